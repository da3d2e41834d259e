"""What a job left: its summary, its files, and how jobs compare."""

from typing import Any, Literal

from typing_extensions import NotRequired, TypedDict

from juliahub_ls.lsp.protocol.jobs import Job


class SummaryRow(TypedDict):
    """A line of a summary, in reading order. A `group` of `entries` comes before those, which are one `depth` deeper.

    `path` names it in the whole summary, as `fit.loss[2]`.
    """

    key: str
    path: str
    depth: int
    kind: Literal["group", "number", "text", "flag", "nothing"]
    text: str
    entries: NotRequired[int]


class ResultFile(TypedDict):
    """A file on the server. `kind` is how it can be looked at, by its name. `sha256` in hex when the server knows it.

    `uri`: the downloaded copy, `verified` when its SHA-256 is the server's. `unpacked`: so many files of an archive
    are in the folder instead. `arrived`: a download was paused or broken off after so many bytes.
    """

    name: str
    size: int
    kind: Literal["image", "table", "json", "text", "archive", "other"]
    sha256: NotRequired[str]
    uri: NotRequired[str]
    verified: NotRequired[bool]
    unpacked: NotRequired[int]
    arrived: NotRequired[int]


class ResultsResult(TypedDict):
    """The summary and the files that the job left. `rows` are the summary's, for a table. `cut`: the text is as long
    as JuliaHub keeps any (1,000 characters), so its end is probably missing. `directory` is where files are saved.
    """

    job: Job
    outputs: str
    cut: bool
    summary: NotRequired[dict[str, Any]]
    rows: list[SummaryRow]
    files: list[ResultFile]
    directory: str


class DownloadResultsParams(TypedDict):
    """Fetch the result files, or those named in `files`, into `directory`, else `juliahub-results/{job}` in the
    workspace. Cancelling pauses: what has arrived is kept, and asking again goes on from there.
    """

    server: NotRequired[str]
    job: str
    files: NotRequired[list[str]]
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


class PreviewFileParams(TypedDict):
    """Look into a result file, or into a `member` of an archive."""

    server: NotRequired[str]
    job: str
    name: str
    member: NotRequired[str]


class ArchiveMember(TypedDict):
    """A file in an archive, by its path there."""

    name: str
    size: int
    kind: Literal["image", "table", "json", "text", "archive", "other"]


class PreviewFileResult(TypedDict):
    """What can be seen of a file, bounded in size. `whole`: nothing is left out; else `note` says what is.

    By `kind`: `image` has `mediaType` and `base64`, to be shown as an image and never as markup; `table` has `header`,
    the first `lines`, the number of `columns`, and how many lines are `ragged`; `text` and `json` have `text`;
    `archive` has its `members`; `none` has a `note` why there is nothing to see.
    """

    kind: Literal["image", "table", "text", "json", "archive", "none"]
    size: int
    whole: bool
    note: NotRequired[str]
    mediaType: NotRequired[str]
    base64: NotRequired[str]
    header: NotRequired[list[str]]
    lines: NotRequired[list[list[str]]]
    columns: NotRequired[int]
    numeric: NotRequired[list[bool]]
    ragged: NotRequired[int]
    text: NotRequired[str]
    members: NotRequired[list[ArchiveMember]]


class JobReference(TypedDict):
    """A job by its server and id."""

    server: NotRequired[str]
    job: str


class CompareJobsParams(TypedDict):
    """Jobs side by side, in this order."""

    jobs: list[JobReference]


class Trend(TypedDict):
    """How a number went: `points` to be drawn, which stand for `count` values from `first` to `last`."""

    points: list[float]
    first: str
    last: str
    count: int


class ComparisonCell(TypedDict):
    """One job's value. `number` is what a `number` sorts by. `trend`: of a list of numbers, and of a value that the job
    logged as well.
    """

    kind: Literal["number", "text", "absent"]
    text: str
    number: NotRequired[float]
    trend: NotRequired[Trend]


class ComparisonRow(TypedDict):
    """One thing of all jobs, a cell for each. `numeric`: to be aligned as numbers. `key` is unique in its section."""

    key: str
    label: str
    cells: list[ComparisonCell]
    differs: bool
    numeric: bool


class ComparisonSection(TypedDict):
    """Rows that belong together. `summary`: a job that does not have a value in its own shows what it logged under that
    name last. `logged`: numbers in the logs that no summary has, by their last value.
    """

    id: Literal["job", "inputs", "cluster", "times", "summary", "logged"]
    title: str
    rows: list[ComparisonRow]


class ComparedJob(TypedDict):
    """A column. `problem`: why the job's server could not be asked; its cells are `absent` and say nothing of it.

    `logHere`: its log is on this computer, at least in part. Without, no number that it logged is told: none is fetched
    for a comparison.
    """

    server: str
    id: str
    name: str
    job: NotRequired[Job]
    problem: NotRequired[str]
    logHere: bool


class CompareJobsResult(TypedDict):
    """A table with a column for each job. `differs` is told of those that could be asked for."""

    jobs: list[ComparedJob]
    sections: list[ComparisonSection]


class ExportComparisonParams(TypedDict):
    """Write a comparison into `file` as CSV (RFC 4180, UTF-8). A cell that a spreadsheet would take for a formula gets
    an apostrophe in front.
    """

    jobs: list[JobReference]
    file: str


class ExportComparisonResult(TypedDict):
    """The file, and how many lines it has below its header."""

    uri: str
    lines: int
