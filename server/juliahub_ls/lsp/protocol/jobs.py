"""Submitting, and jobs."""

from typing import Any, Literal

from typing_extensions import NotRequired, TypedDict

from juliahub_ls.lsp.protocol.common import Problem


class SubmitParams(TypedDict):
    """Run a script, or an application. Absent fields have their defaults: the current server, the script's environment
    as the bundle, one process, one hour.

    `send` says what goes along: the bundle folder (the default where there is an environment), else the script's text
    with its project and manifest (`environment`), with its project alone, for the server to resolve (`project`), or
    nothing but the text (`script`). `manifest` and `artifacts`: files in the place of those that Julia would read; the
    bundle has them under the names of those. `code`: run this text, a selection of the script's, in its place.
    `timeLimit` in hours; 0: none; JuliaHub rounds up to whole ones. `costLimit` in US dollars, in its place: the hours
    that it buys.

    Machines: `processesPerNode`, or with `processPerVcpu` one for each vCPU; `minNodes` starts with fewer than `nodes`,
    `elastic` with what there is; `node` names a class. Image: by `julia` version or by name (`image`), of the default
    product or of `product`. `port` is shown to `portAccess`: the user (`me`, the default), `anyone` signed in, who
    knows `portPassword` (`password`), or `public`. `sysimage` wants a manifest. `project`: a project's UUID. In place
    of `script`: `app`, a name, or `appRepo`, the URL of one's own application, from a `branch` or at a `revision`.
    """

    script: NotRequired[str]
    code: NotRequired[str]
    server: NotRequired[str]
    directory: NotRequired[str]
    manifest: NotRequired[str]
    artifacts: NotRequired[str]
    send: NotRequired[Literal["folder", "environment", "project", "script"]]
    gitignore: NotRequired[bool]
    allow: NotRequired[list[str]]
    name: NotRequired[str]
    env: NotRequired[dict[str, str]]
    nodes: NotRequired[int]
    processesPerNode: NotRequired[int]
    processPerVcpu: NotRequired[bool]
    threads: NotRequired[int]
    vcpus: NotRequired[int]
    memory: NotRequired[int]
    gpu: NotRequired[bool]
    node: NotRequired[str]
    minNodes: NotRequired[int]
    elastic: NotRequired[bool]
    timeLimit: NotRequired[float]
    costLimit: NotRequired[float]
    julia: NotRequired[str]
    image: NotRequired[str]
    product: NotRequired[str]
    port: NotRequired[int]
    portAccess: NotRequired[Literal["me", "anyone", "password", "public"]]
    portPassword: NotRequired[str]
    portName: NotRequired[str]
    sysimage: NotRequired[bool]
    project: NotRequired[str]
    app: NotRequired[str]
    appRepo: NotRequired[str]
    branch: NotRequired[str]
    revision: NotRequired[str]
    workDoneToken: NotRequired["str | int"]


class PreflightResult(TypedDict):
    """Whether a submission would be accepted here, and what would go wrong with it, worst first. Nothing was sent.

    `bundleFiles` and `bundleSize` (of the content) when a folder would go along.
    """

    ready: bool
    problems: list[Problem]
    bundleFiles: NotRequired[int]
    bundleSize: NotRequired[int]


class JobFile(TypedDict):
    """A file of a job. `sha256` in hex when the server knows it."""

    name: str
    type: str
    size: int
    sha256: NotRequired[str]


class ResultEntry(TypedDict):
    """A value that a job left, by its name; of a results text that is no JSON its first line, with no `text`."""

    key: str
    text: str


class Job(TypedDict):
    """A job. `status` is the server's word, `label` what a user reads. `summary` is the results text as JSON when it
    is JSON; `results` are its entries, each in a line, or the text's first line; `result` is the one that is most
    telling, as `π = 3.14159`.

    `progress` (0 to 1), `workersJoined`, `workersExpected`, `phase` and `reason` come from the log of jobs that are
    followed. `deadline`: when its time limit stops it. `link`: where its exposed port is shown while it runs. What was
    submitted from here also has `script`, `cluster` (in words), `pricePerHour` in US dollars for all its nodes, and
    `canRunAgain`.
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
    deadline: NotRequired[int]
    link: NotRequired[str]
    script: NotRequired[str]
    cluster: NotRequired[str]
    pricePerHour: NotRequired[float]
    canRunAgain: bool
    phase: NotRequired[str]
    progress: NotRequired[float]
    workersJoined: NotRequired[int]
    workersExpected: NotRequired[int]
    reason: NotRequired[str]
    inputs: dict[str, str]
    outputs: str
    summary: NotRequired[dict[str, Any]]
    result: NotRequired[str]
    results: list[ResultEntry]
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
    """`more`: the server has older ones; ask with a larger `limit`.

    `offlineSince`: it cannot be reached and these are the last known.
    """

    jobs: list[Job]
    more: bool
    offlineSince: NotRequired[int]


class JobParams(TypedDict):
    """One job."""

    server: NotRequired[str]
    job: str


class Submission(TypedDict):
    """What was submitted from this computer: the choices, to run it again, and what they came to.

    `nodes` machines of `nodeClass` with `vcpus` and `memory` (GB) each, `processes` Julia processes in all;
    `pricePerHour` in US dollars for all. `environment`: its name. The bundle's `bundleSize` is the archive's.
    """

    choices: SubmitParams
    submitted: int
    cluster: str
    nodeClass: str
    nodes: int
    processes: int
    vcpus: int
    memory: int
    gpu: bool
    pricePerHour: float
    juliaVersion: NotRequired[str]
    image: NotRequired[str]
    environment: NotRequired[str]
    bundleFiles: NotRequired[int]
    bundleSize: NotRequired[int]
    bundleSha256: NotRequired[str]


class SubmissionResult(TypedDict):
    """Absent for a job that was submitted elsewhere."""

    submission: NotRequired[Submission]


class StopJobParams(TypedDict):
    """Ask for a job's end. `quiet`: who asks tells of the end, so that no `jobNotice` does."""

    server: NotRequired[str]
    job: str
    quiet: NotRequired[bool]


class ExtendJobParams(TypedDict):
    """Give a running job `hours` more."""

    server: NotRequired[str]
    job: str
    hours: float


class JobResult(TypedDict):
    """The job as it is now."""

    job: Job


class JobsChangedParams(TypedDict):
    """Jobs that are new or differ from what was sent before."""

    jobs: list[Job]


class JobNoticeParams(TypedDict):
    """Something about a job that a user wants to hear now: its limit comes near (`minutesLeft`), it waits unusually
    long for a machine, or it has ended. `message` is a sentence for the user.
    """

    job: Job
    kind: Literal["deadline", "waiting", "ended"]
    message: str
    minutesLeft: NotRequired[int]
