"""One line of a job's log, and what lines say about the job: phase, workers, progress, the reason of a failure."""

from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from juliahub_wire.logs import LogRecord

LEVELS = {"debug": -1000, "progress": -1, "info": 0, "warn": 1000, "warning": 1000, "error": 2000}
INTERNAL_PREFIX = "jrun_"
WORKER = "jrun_worker_id"
TOLD = frozenset({"jrun_phase", "jrun_workers_joined", "jrun_workers_expected"})
"""The runner's own keywords that tell of the job."""
PHASES = {
    "environment": "Preparing the environment",
    "cluster": "Starting the workers",
    "code": "Running",
    "results": "Collecting the results",
}
"""What a job does in each of its phases (`jrun_phase`)."""
NO_TIME = -(2**63)
"""The time of a line that has none: before every other."""
REASON_GROUP = "runner"
"""The group of what a localhub's runner says itself; its last word on a job is why it ended."""


class LogLine(NamedTuple):
    """A record as people read it. `time` in Unix milliseconds; `keywords` are the user's own."""

    id: int
    message: str
    level: str
    worker: int
    time: int | None = None
    module: str | None = None
    file: str | None = None
    line: int | None = None
    keywords: dict[str, Any] | None = None
    group: str | None = None
    event: str | None = None
    """The server's own id."""
    internal: dict[str, Any] | None = None
    """What the job's runner says of the job in keywords of its own, without their prefix."""

    @property
    def columns(self) -> tuple[int, int, int]:
        """Severity, worker and time: what an index knows of it."""
        return severity(self.level), self.worker, NO_TIME if self.time is None else self.time


@dataclass(frozen=True, slots=True)
class LogFacts:
    """What the log has told so far."""

    phase: str | None = None
    progress: float | None = None
    progress_name: str | None = None
    workers_joined: int | None = None
    workers_expected: int | None = None
    error: str | None = None
    reason: str | None = None


def line_of(record: LogRecord, number: int | None = None) -> LogLine:
    """A line from a wire record; its number is `number`, else the server's own, else 0."""
    keywords, event, get = record.keywords, record.event_id, record.metadata.get
    place, module, file, group = get("line"), get("_module"), get("filepath"), get("group")
    worker = 1
    own: dict[str, Any] | None = None
    internal: dict[str, Any] | None = None
    for key, value in keywords.items():
        if not key.startswith(INTERNAL_PREFIX):
            own = {} if own is None else own
            own[key] = value
        elif key == WORKER:
            worker = _integer(value, 1)
        elif key in TOLD:
            internal = {} if internal is None else internal
            internal[key[len(INTERNAL_PREFIX) :]] = value
    return LogLine(
        _integer(event, 0) if number is None else number,
        record.message,
        str(get("level") or "Info"),
        worker,
        record.unix_ms,
        module if isinstance(module, str) and module else None,
        file if isinstance(file, str) and file else None,
        place if isinstance(place, int) and not isinstance(place, bool) else None,
        own,
        group if isinstance(group, str) and group else None,
        event,
        internal,
    )


def learn(facts: LogFacts, line: LogLine) -> LogFacts:
    """The facts after one more line."""
    internal, changed = line.internal or {}, dict[str, Any]()
    if "phase" in internal:
        changed["phase"] = str(internal["phase"])
    for key in ("workers_joined", "workers_expected"):
        value = internal.get(key)
        if isinstance(value, int):
            changed[key] = value
    progress = fraction_of((line.keywords or {}).get("progress"))
    if progress is not None:
        changed["progress"], changed["progress_name"] = progress, line.message or None
    if severity(line.level) >= LEVELS["error"]:
        changed["error"] = line.message.split("\n", 1)[0]
    if line.group == REASON_GROUP:
        changed["reason"] = line.message.split("\n", 1)[0].rstrip(".")
    return replace(facts, **changed) if changed else facts


def severity(level: str) -> int:
    """A level's number as Julia's `LogLevel` orders them; an unknown name counts as info."""
    return LEVELS.get(level.lower(), 0)


def fraction_of(value: object) -> float | None:
    """The keyword `progress` as a number from 0 to 1; None when it is none."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return 1.0 if value == "done" else None
    return min(max(float(value), 0.0), 1.0) if value == value else None


def _integer(value: object, fallback: int) -> int:
    try:
        return int(value) if isinstance(value, (int, str)) else fallback
    except ValueError:
        return fallback
