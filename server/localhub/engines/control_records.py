"""The records by which a job's master speaks to the runner (docs/job-directory.md). Pure."""

from __future__ import annotations

from typing import Any

from localhub.domain.process_stream import Record

from .protocol import PHASES

_PHASE_WORDS: dict[str, str] = {
    "starting": "Starting Julia",
    "environment": "Preparing the environment",
    "cluster": "Starting the workers",
    "code": "Running the code",
    "results": "Collecting the results",
}


def event_of(record: Record) -> tuple[str, Any] | None:
    """What a record of the master asks of the runner; None if it is not as it must be."""
    kind = record["jrun"]
    if kind == "phase" and record.get("phase") in PHASES:
        return kind, record["phase"]
    if kind == "joined" and isinstance(record.get("joined"), int) and isinstance(record.get("expected"), int):
        return kind, None
    if kind == "launch" and {"host", "port", "cookie"} <= record.keys():
        return kind, record
    if kind == "results" and isinstance(record.get("file"), str):
        return kind, record["file"]
    if kind == "failed" and isinstance(record.get("reason"), str):
        return kind, record["reason"]
    return None


def shown_as(record: Record) -> Record | None:
    """What a client sees of a record of ours in the log: how far the job is."""
    if record["jrun"] == "phase":
        message, keywords = _PHASE_WORDS[record["phase"]], {"jrun_phase": record["phase"]}
    elif record["jrun"] == "joined":
        joined, expected = record["joined"], record["expected"]
        message = f"{joined} of {expected} workers have joined"
        keywords = {"jrun_workers_joined": joined, "jrun_workers_expected": expected}
    else:
        return None
    return {"message": message, "keywords": keywords, "module": "JuliaRunJob", "group": "runner"}
