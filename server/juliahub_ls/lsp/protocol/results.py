"""What a job left."""

from typing import Any

from typing_extensions import NotRequired, TypedDict

from juliahub_ls.lsp.protocol.jobs import JobFile


class ResultsResult(TypedDict):
    """The summary and the files that the job left."""

    outputs: str
    summary: NotRequired[dict[str, Any]]
    files: list[JobFile]


class DownloadResultsParams(TypedDict):
    """Fetch the result files into `directory`, else `juliahub-results/{job}` in the workspace."""

    server: NotRequired[str]
    job: str
    directory: NotRequired[str]
    workDoneToken: NotRequired["str | int"]


class DownloadedFile(TypedDict):
    """A file on disk. `verified`: its SHA-256 is the server's."""

    uri: str
    name: str
    size: int
    verified: bool


class DownloadResultsResult(TypedDict):
    """What was saved, archives unpacked."""

    directory: str
    files: list[DownloadedFile]
