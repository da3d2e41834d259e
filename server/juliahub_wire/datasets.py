"""Datasets and their versions (protocol §10)."""

from pydantic import Field

from .model import WireModel
from .paths import DATASETS, segment


class Owner(WireModel):
    """Whose dataset it is."""

    username: str
    type: str = "User"


class DatasetVersion(WireModel):
    """One version; numbers count from 1. `date` has a numeric offset (§10.2)."""

    version: int
    size: int
    date: str
    blobstore_path: str
    uploader: Owner | None = None
    project: str | None = None


class ProjectAccess(WireModel):
    """How a project that was asked for holds the dataset."""

    project_id: str
    is_writable: bool


class Dataset(WireModel):
    """A dataset (§10.2): a `Blob`, one file, or a `BlobTree`, a folder. `size` is the sum over its versions."""

    id: str
    name: str
    owner: Owner
    type: str
    description: str = ""
    tags: list[str] = Field(default_factory=list)
    size: int
    versions: list[DatasetVersion] = Field(default_factory=list)
    visibility: str | None = None
    lastModified: str | None = None  # noqa: N815 - the wire's name
    project: ProjectAccess | None = None

    @property
    def latest(self) -> DatasetVersion | None:
        """The version with the highest number; a dataset may have none."""
        return max(self.versions, key=lambda version: version.version, default=None)


class DownloadUrl(WireModel):
    """`GET /datasets/{uuid}/url/v{N}` (§10.5): where the bytes are, to be asked for without a token."""

    dataset_id: str
    version: str
    dataset: str
    url: str


class PresignedUpload(WireModel):
    """`POST /datasets/{uuid}/versions` with `{"_presigned": true}` (§10.1): where to put the file."""

    presigned_url: str
    upload_id: str


def versions_path(dataset: str) -> str:
    """Opens and closes versions of a dataset, named by its UUID."""
    return f"{DATASETS}/{segment(dataset)}/versions"


def url_path(dataset: str, version: int) -> str:
    """Tells where a version's bytes are."""
    return f"{DATASETS}/{segment(dataset)}/url/v{version}"
