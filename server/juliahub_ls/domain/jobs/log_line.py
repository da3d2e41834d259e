"""One line of a job's log, and what lines say about the job: phase, workers, progress, the reason of a failure."""

from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from juliahub_wire.logs import LogRecord

LEVELS = {"debug": -1000, "progress": -1, "info": 0, "warn": 1000, "warning": 1000, "error": 2000}
INTERNAL_PREFIX = "jrun_"
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


def line_of(record: LogRecord, fallback_id: int) -> LogLine:
    """A line from a wire record; a server that does not number its records gets `fallback_id`."""
    metadata, keywords = record.metadata, record.keywords
    number, module, file = metadata.get("line"), metadata.get("_module"), metadata.get("filepath")
    return LogLine(
        _integer(record.event_id, fallback_id),
        record.message,
        str(metadata.get("level") or "Info"),
        _integer(keywords.get("jrun_worker_id"), 1),
        record.unix_ms,
        module if isinstance(module, str) and module else None,
        file if isinstance(file, str) and file else None,
        number if isinstance(number, int) else None,
        {key: value for key, value in keywords.items() if not key.startswith(INTERNAL_PREFIX)} or None,
    )


def learn(facts: LogFacts, record: LogRecord) -> LogFacts:
    """The facts after one more record."""
    keywords = record.keywords
    changed: dict[str, Any] = {}
    if "jrun_phase" in keywords:
        changed["phase"] = str(keywords["jrun_phase"])
    for key in ("workers_joined", "workers_expected"):
        value = keywords.get(f"{INTERNAL_PREFIX}{key}")
        if isinstance(value, int):
            changed[key] = value
    progress = fraction_of(keywords.get("progress"))
    if progress is not None:
        changed["progress"], changed["progress_name"] = progress, record.message or None
    if severity(str(record.metadata.get("level") or "Info")) >= LEVELS["error"]:
        changed["error"] = record.message.split("\n", 1)[0]
    if record.metadata.get("group") == REASON_GROUP:
        changed["reason"] = record.message.split("\n", 1)[0].rstrip(".")
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
