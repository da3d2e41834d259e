"""The life cycle of a job (protocol §7.3) and the values it carries."""

from dataclasses import dataclass
from datetime import datetime, timezone

from juliahub_wire.bundles import UploadInfo
from juliahub_wire.jobs import TERMINAL, JobStatus
from juliahub_wire.limits import RESULTS_MAX_CHARS

SUBMISSION_KEY = "jr_submission"
"""An `args` key of this project: a UUID made by the client. The same key by the same user is the same job."""

RESERVED_ARGS = frozenset({"jobname", "jr_uuid", SUBMISSION_KEY})
"""`args` that are not environment variables of the job (protocol §5.4)."""

_SUCCESSORS = {
    JobStatus.SUBMITTED.value: {JobStatus.RUNNING.value} | TERMINAL,
    JobStatus.RUNNING.value: set(TERMINAL),
}


@dataclass(frozen=True)
class JobDesign:
    """A submission that was accepted, in this hub's terms.

    `nodes × processes_per_node` Julia processes of `threads` threads each; `limit_hours` None: no time limit.
    `args` is what the client sent, reserved keys included.
    """

    code: str
    args: dict[str, str]
    node_class: str
    nodes: int
    processes_per_node: int
    threads: int
    image: str
    limit_hours: float | None
    project_toml: str | None = None
    manifest_toml: str | None = None
    bundle: UploadInfo | None = None

    @property
    def alias(self) -> str | None:
        """The display name the user gave."""
        return self.args.get("jobname")

    @property
    def submission_key(self) -> str | None:
        """The client's key for this submission, None when it sent none."""
        return self.args.get(SUBMISSION_KEY) or None


def may_become(status: str, successor: str) -> bool:
    """Whether a job may go from one status to the other: never back, never on from an end."""
    return successor in _SUCCESSORS.get(status, ())


def is_done(status: str) -> bool:
    """Whether the job has ended."""
    return status in TERMINAL


def environment(args: dict[str, str], package_server: str | None) -> dict[str, str]:
    """The variables a job runs with: the user's, and the hub's package server unless the user chose one."""
    variables = {name: value for name, value in args.items() if name not in RESERVED_ARGS}
    if package_server is not None:
        variables.setdefault("JULIA_PKG_SERVER", package_server)
    return variables


def deadline(started_at: float, limit_hours: float | None) -> float | None:
    """When the time limit is reached, Unix seconds; it counts from the start of the runner."""
    return None if limit_hours is None else started_at + limit_hours * 3600


def outputs_of(summary: str) -> str:
    """The `outputs` a client sees: the summary, cut where JuliaHub cuts it (§7.5)."""
    return summary[:RESULTS_MAX_CHARS]


def timestamp(unix_seconds: float | None) -> str | None:
    """RFC 3339 with milliseconds and `+00:00`, as job objects carry it (§7.2)."""
    if unix_seconds is None:
        return None
    return datetime.fromtimestamp(unix_seconds, timezone.utc).isoformat(timespec="milliseconds")
