"""Every method and payload of ours, once: described in `docs/protocol.md`, mirrored by `vscode-
extension/src/protocol.ts`, compared by a test.

Field names are the wire's own (camelCase), so a payload is plain JSON and nothing converts it. Times are Unix
milliseconds, sizes bytes, durations seconds, files URIs unless a field says `path`.
"""

from typing import Any, Literal

from typing_extensions import NotRequired, TypedDict


class Position(TypedDict):
    """A zero-based position, as in LSP."""

    line: int
    character: int


class Range(TypedDict):
    """A half-open range, as in LSP."""

    start: Position
    end: Position


class Problem(TypedDict):
    """Something to tell the user about an environment or a bundle. `code` is stable; `message` is a sentence."""

    code: str
    severity: Literal["error", "warning", "information"]
    message: str
    uri: NotRequired[str]
    range: NotRequired[Range]


class Environment(TypedDict):
    """A Julia environment in the workspace. `juliaVersion` is the manifest's; `dependencies` counts direct ones."""

    directory: str
    name: str
    projectFile: NotRequired[str]
    manifestFile: NotRequired[str]
    artifactsFile: NotRequired[str]
    juliaVersion: NotRequired[str]
    dependencies: int
    problems: list[Problem]


class EnvironmentsParams(TypedDict):
    """No parameters: the workspace's folders are known."""


class EnvironmentsResult(TypedDict):
    """`truncated`: the scan met its bound and there may be more."""

    environments: list[Environment]
    truncated: bool


class ScriptParams(TypedDict):
    """A script of the user's."""

    script: str


class EnvironmentForResult(TypedDict):
    """Which environment a script runs in, and why in one sentence."""

    environment: NotRequired[Environment]
    reason: str


class BundleParams(TypedDict):
    """What to bundle: `directory`, else the folder of the script's environment.

    `allow` names files let in though they look like secrets.
    """

    script: NotRequired[str]
    directory: NotRequired[str]
    allow: NotRequired[list[str]]


class BundleFile(TypedDict):
    """A file that goes in: `path` inside the bundle; `origin` and `why` for what comes from outside the folder."""

    path: str
    size: int
    origin: NotRequired[str]
    why: NotRequired[str]


class LeftOut(TypedDict):
    """A file or folder that stays home, and the reason: a sentence, with the rule as `file:line` when one decided."""

    path: str
    isDirectory: bool
    size: NotRequired[int]
    reason: str
    rule: NotRequired[str]


class BundlePlan(TypedDict):
    """What a bundle will hold, before anything is read. `problems` of severity error keep it from being written."""

    directory: str
    name: str
    fileCount: int
    totalSize: int
    files: list[BundleFile]
    leftOut: list[LeftOut]
    problems: list[Problem]


class WriteBundleParams(TypedDict):
    """Write the bundle to the file `output`."""

    script: NotRequired[str]
    directory: NotRequired[str]
    allow: NotRequired[list[str]]
    output: str
    workDoneToken: NotRequired["str | int"]


class WriteBundleResult(TypedDict):
    """The archive that was written."""

    output: str
    size: int
    sha256: str
    fileCount: int


class Server(TypedDict):
    """A server profile.

    `id` names it in every other call. `state` is the last known; `tokenExpires` when signed in to an account.
    """

    id: str
    name: str
    url: NotRequired[str]
    kind: Literal["thisComputer", "hub"]
    state: Literal["signedIn", "signedOut", "offline", "stopped"]
    account: NotRequired[str]
    tokenExpires: NotRequired[int]
    current: bool


class ServersParams(TypedDict):
    """No parameters."""


class ServersResult(TypedDict):
    """All profiles, "This computer" first."""

    servers: list[Server]


class ServerParams(TypedDict):
    """`server`: a profile's id, or a host name or URL of a new one; absent: the current one."""

    server: NotRequired[str]
    workDoneToken: NotRequired["str | int"]


class Node(TypedDict):
    """A machine type that the server offers; `price` in US dollars an hour."""

    nodeClass: str
    vcpus: int
    memory: int
    gpu: bool
    price: float
    description: str


class NodesResult(TypedDict):
    """Node specs, smallest first."""

    nodes: list[Node]


class Image(TypedDict):
    """An image that a job can run in. `juliaVersion` when the name tells it."""

    key: str
    name: str
    product: str
    isDefault: bool
    juliaVersion: NotRequired[str]


class ImagesResult(TypedDict):
    """Images, the default first."""

    images: list[Image]


class SubmitParams(TypedDict):
    """Run a script. Absent fields have their defaults: the current server, the script's environment as the bundle,
    one process, one hour.

    `bundle` false sends the script's text with its project and manifest only. `timeLimit` in hours; 0: none.
    """

    script: str
    server: NotRequired[str]
    directory: NotRequired[str]
    bundle: NotRequired[bool]
    allow: NotRequired[list[str]]
    name: NotRequired[str]
    env: NotRequired[dict[str, str]]
    nodes: NotRequired[int]
    processesPerNode: NotRequired[int]
    threads: NotRequired[int]
    vcpus: NotRequired[int]
    memory: NotRequired[int]
    timeLimit: NotRequired[float]
    julia: NotRequired[str]
    workDoneToken: NotRequired["str | int"]


class JobFile(TypedDict):
    """A file of a job. `sha256` in hex when the server knows it."""

    name: str
    type: str
    size: int
    sha256: NotRequired[str]


class Job(TypedDict):
    """A job. `status` is the server's word, `label` what a user reads. `summary` is the results text as JSON when it
    is JSON.

    `progress` (0 to 1), `workersJoined`, `workersExpected`, `phase` and `reason` come from the log of jobs that are
    followed.
    """

    server: str
    id: str
    name: str
    status: str
    label: str
    done: bool
    succeeded: bool
    submitted: NotRequired[int]
    started: NotRequired[int]
    ended: NotRequired[int]
    timeLimit: NotRequired[float]
    phase: NotRequired[str]
    progress: NotRequired[float]
    workersJoined: NotRequired[int]
    workersExpected: NotRequired[int]
    reason: NotRequired[str]
    inputs: dict[str, str]
    outputs: str
    summary: NotRequired[dict[str, Any]]
    files: list[JobFile]


class SubmitResult(TypedDict):
    """The accepted job, and what went with it."""

    job: Job
    bundleSize: NotRequired[int]
    bundleFiles: NotRequired[int]
    bundleSha256: NotRequired[str]
    problems: list[Problem]


class JobsParams(TypedDict):
    """Jobs of one server, newest first."""

    server: NotRequired[str]
    limit: NotRequired[int]


class JobsResult(TypedDict):
    """`offlineSince`: the server cannot be reached and these are the last known."""

    jobs: list[Job]
    offlineSince: NotRequired[int]


class JobParams(TypedDict):
    """One job."""

    server: NotRequired[str]
    job: str


class ExtendJobParams(TypedDict):
    """Give a running job `hours` more."""

    server: NotRequired[str]
    job: str
    hours: float


class JobResult(TypedDict):
    """The job as it is now."""

    job: Job


class LogFilter(TypedDict):
    """Which lines to keep: all given conditions hold.

    `pattern` is a regular expression over the message, `level` the least one.
    """

    pattern: NotRequired[str]
    level: NotRequired[Literal["debug", "info", "warn", "error"]]
    worker: NotRequired[int]


class OpenLogParams(TypedDict):
    """Follow a job's log from its first line.

    Lines come as `juliahub/logLines`, breaks and the end as `juliahub/logState`.
    """

    server: NotRequired[str]
    job: str
    filter: NotRequired[LogFilter]


class OpenLogResult(TypedDict):
    """`log` names the subscription."""

    log: str


class CloseLogParams(TypedDict):
    """End a subscription."""

    log: str


class EmptyResult(TypedDict):
    """Nothing to say."""


class LogLine(TypedDict):
    """One record. `id` counts from 1 without holes on servers that number lines."""

    id: int
    time: NotRequired[int]
    message: str
    level: str
    worker: int
    module: NotRequired[str]
    file: NotRequired[str]
    line: NotRequired[int]
    keywords: NotRequired[dict[str, Any]]


class ReadLogParams(TypedDict):
    """Lines after the record `after` (0: from the first), at most `limit` that pass the filter."""

    server: NotRequired[str]
    job: str
    after: NotRequired[int]
    limit: NotRequired[int]
    filter: NotRequired[LogFilter]


class ReadLogResult(TypedDict):
    """`complete`: the job has ended and this was the rest of its log."""

    lines: list[LogLine]
    complete: bool


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


class EnvironmentsChangedParams(TypedDict):
    """The workspace's environments as they are now."""

    environments: list[Environment]


class JobsChangedParams(TypedDict):
    """Jobs that are new or differ from what was sent before."""

    jobs: list[Job]


class ServersChangedParams(TypedDict):
    """All profiles, as in `juliahub/servers`."""

    servers: list[Server]


class LogLinesParams(TypedDict):
    """A batch of lines, in order."""

    log: str
    lines: list[LogLine]


class LogStateParams(TypedDict):
    """`live`, `reconnecting`, `gap` (`gapFrom` to `gapTo` cannot be had), `complete` (`last` is the last) or `failed`.

    `failed` ends it before the log does; `message` says why, and opening the log again is the way on.
    """

    log: str
    state: Literal["live", "reconnecting", "gap", "complete", "failed"]
    last: NotRequired[int]
    gapFrom: NotRequired[int]
    gapTo: NotRequired[int]
    message: NotRequired[str]


class Action(TypedDict):
    """A button: what it says and the command it runs."""

    title: str
    command: str
    arguments: NotRequired[list[Any]]


class ErrorData(TypedDict):
    """`data` of every failed request.

    A stable code, an optional button, and numbers or names for a client that words it itself.
    """

    code: str
    action: NotRequired[Action]
    details: NotRequired[dict[str, Any]]


REQUESTS: dict[str, tuple[type, type]] = {
    "juliahub/environments": (EnvironmentsParams, EnvironmentsResult),
    "juliahub/environmentFor": (ScriptParams, EnvironmentForResult),
    "juliahub/bundlePlan": (BundleParams, BundlePlan),
    "juliahub/writeBundle": (WriteBundleParams, WriteBundleResult),
    "juliahub/servers": (ServersParams, ServersResult),
    "juliahub/selectServer": (ServerParams, ServersResult),
    "juliahub/signIn": (ServerParams, ServersResult),
    "juliahub/signOut": (ServerParams, ServersResult),
    "juliahub/nodes": (ServerParams, NodesResult),
    "juliahub/images": (ServerParams, ImagesResult),
    "juliahub/submit": (SubmitParams, SubmitResult),
    "juliahub/jobs": (JobsParams, JobsResult),
    "juliahub/job": (JobParams, JobResult),
    "juliahub/stopJob": (JobParams, JobResult),
    "juliahub/extendJob": (ExtendJobParams, JobResult),
    "juliahub/openLog": (OpenLogParams, OpenLogResult),
    "juliahub/closeLog": (CloseLogParams, EmptyResult),
    "juliahub/readLog": (ReadLogParams, ReadLogResult),
    "juliahub/results": (JobParams, ResultsResult),
    "juliahub/downloadResults": (DownloadResultsParams, DownloadResultsResult),
}
"""Requests from the client: method → (params, result).

The same names are `workspace/executeCommand` commands with the params as the one argument.
"""

NOTIFICATIONS: dict[str, type] = {
    "juliahub/environmentsChanged": EnvironmentsChangedParams,
    "juliahub/jobsChanged": JobsChangedParams,
    "juliahub/serversChanged": ServersChangedParams,
    "juliahub/logLines": LogLinesParams,
    "juliahub/logState": LogStateParams,
}
"""Notifications to the client: method → params."""
