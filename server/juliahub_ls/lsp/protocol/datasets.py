"""Datasets and projects of a server."""

from typing_extensions import NotRequired, TypedDict


class DatasetVersion(TypedDict):
    """One version of a dataset; numbers count from 1. `project`: the UUID of the project it was added through."""

    version: int
    size: int
    date: NotRequired[int]
    uploader: NotRequired[str]
    project: NotRequired[str]


class Dataset(TypedDict):
    """A dataset. `type` is the server's word: `Blob`, one file, or `BlobTree`, a folder. `size`: of all versions.

    `versions`: the newest first. `writable`: whether the project that was asked for lets one add versions.
    """

    id: str
    name: str
    owner: str
    type: str
    description: str
    tags: list[str]
    size: int
    versions: list[DatasetVersion]
    visibility: NotRequired[str]
    modified: NotRequired[int]
    writable: NotRequired[bool]


class DatasetsParams(TypedDict):
    """Datasets that the account can see; with `project`, a UUID, those of that project."""

    server: NotRequired[str]
    project: NotRequired[str]


class DatasetsResult(TypedDict):
    """By owner and name."""

    datasets: list[Dataset]


class DatasetResult(TypedDict):
    """One dataset."""

    dataset: Dataset


class DownloadDatasetParams(TypedDict):
    """Save a version, else the latest, as the file `file`. `dataset`: its name, `owner/name` or UUID."""

    server: NotRequired[str]
    dataset: str
    version: NotRequired[int]
    file: str
    workDoneToken: NotRequired["str | int"]


class DownloadDatasetResult(TypedDict):
    """What was saved, and where."""

    dataset: str
    version: int
    uri: str
    size: int


class UploadDatasetParams(TypedDict):
    """Add `file` as a new version of a dataset that exists."""

    server: NotRequired[str]
    dataset: str
    file: str
    workDoneToken: NotRequired["str | int"]


class UploadDatasetResult(TypedDict):
    """The dataset's UUID, and the new version's number where the server tells it."""

    dataset: str
    version: NotRequired[int]


class Project(TypedDict):
    """People, datasets and code under one name. `id` is its UUID."""

    id: str
    name: str
    owner: str
    description: str
    tags: list[str]
    archived: bool
    visibility: NotRequired[str]
    created: NotRequired[int]


class ProjectsParams(TypedDict):
    """Projects that the account can see."""

    server: NotRequired[str]


class ProjectsResult(TypedDict):
    """By owner and name."""

    projects: list[Project]
