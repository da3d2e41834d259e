"""A job in the user's words: what the server says of it, joined with what its log has told."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from juliahub_ls.domain.logs.line import PHASES, LogFacts
from juliahub_wire.jobs import Job, JobStatus
from juliahub_wire.logs import to_unix_ms

from .job_args import ALIAS, APPLICATION, SUBMISSION_KEY
from .submission_record import SubmissionRecord

RESERVED_INPUTS = frozenset({ALIAS, APPLICATION, SUBMISSION_KEY})


@dataclass(frozen=True, slots=True)
class JobFileView:
    """A file of a job; `sha256` in hex when the server knows it."""

    name: str
    type: str
    size: int
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class JobView:
    """A job as editor and terminal show it; the fields are those of `Job` in `docs/protocol.md`."""

    server: str
    id: str
    name: str
    status: str
    label: str
    done: bool
    succeeded: bool
    submitted: int | None = None
    started: int | None = None
    ended: int | None = None
    time_limit: float | None = None
    deadline: int | None = None
    link: str | None = None
    script: Path | None = None
    cluster: str | None = None
    price_per_hour: float | None = None
    can_run_again: bool = False
    phase: str | None = None
    progress: float | None = None
    workers_joined: int | None = None
    workers_expected: int | None = None
    reason: str | None = None
    inputs: dict[str, str] = field(default_factory=dict)
    outputs: str = ""
    summary: dict[str, Any] | None = None
    files: tuple[JobFileView, ...] = ()


def view_job(
    job: Job, server: str, facts: LogFacts, *, stopping: bool = False, record: SubmissionRecord | None = None
) -> JobView:
    """Join the server's job with its log's facts, and with what was submitted from here.

    `stopping`: a stop was asked for and has not happened yet.
    """
    inputs = {key: str(value) for key, value in job.input_values().items()}
    reason = _reason(job, facts)
    running = job.status == JobStatus.RUNNING.value
    return JobView(
        server=server,
        id=job.jobname,
        name=job.jobname_alias or inputs.get("jobname") or job.jobname,
        status=job.status,
        label=_label(job, facts, reason, stopping),
        done=job.done,
        succeeded=job.status == JobStatus.COMPLETED.value,
        submitted=to_unix_ms(job.submittimestamp),
        started=to_unix_ms(job.starttimestamp),
        ended=to_unix_ms(job.endtimestamp),
        time_limit=job.limit_value,
        deadline=deadline_of(job),
        link=_link(job) if running else None,
        script=Path(record.script) if record and record.script else None,
        cluster=record.cluster if record else None,
        price_per_hour=record.price_per_hour if record else None,
        can_run_again=record is not None and record.can_run_again,
        phase=facts.phase if running else None,
        progress=facts.progress if running else None,
        workers_joined=facts.workers_joined,
        workers_expected=facts.workers_expected,
        reason=reason,
        inputs={key: value for key, value in inputs.items() if key not in RESERVED_INPUTS},
        outputs=job.outputs,
        summary=summary_of(job.outputs),
        files=tuple(JobFileView(f.name, f.type, f.size or 0, f.hash.sha256_hex()) for f in job.files),
    )


def summary_of(outputs: str) -> dict[str, Any] | None:
    """The results text as an object, when it is one: that is what can stand in a table (protocol §7.5)."""
    try:
        value = json.loads(outputs)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) and value else None


def duration(milliseconds: int) -> str:
    """`0:42`, `1:02:03`."""
    seconds = max(round(milliseconds / 1000), 0)
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def elapsed(job: Job) -> str | None:
    """How long a finished job ran."""
    started, ended = to_unix_ms(job.starttimestamp), to_unix_ms(job.endtimestamp)
    return None if started is None or ended is None else duration(ended - started)


def deadline_of(job: Job) -> int | None:
    """When its time limit stops a job that runs, in Unix ms; a limit of 0 hours is none."""
    started = to_unix_ms(job.starttimestamp)
    if job.done or started is None or not job.limit_value or job.limit_type not in (None, "time"):
        return None
    return started + round(job.limit_value * 3_600_000)


def _link(job: Job) -> str | None:
    """Where its exposed port is shown (protocol §7.2). Of a page about the job itself no client knows an address."""
    link = job.proxy_link
    return link if link and link.startswith("https://") else None


def _reason(job: Job, facts: LogFacts) -> str | None:
    if job.status == JobStatus.FAILED.value:
        return facts.reason or facts.error
    return facts.reason if job.status == JobStatus.STOPPED.value else None


def _label(job: Job, facts: LogFacts, reason: str | None, stopping: bool) -> str:
    took = elapsed(job)
    if job.status == JobStatus.COMPLETED.value:
        return f"Completed {took}" if took else "Completed"
    if job.status == JobStatus.FAILED.value:
        head = f"Failed after {took}" if took else "Failed"
        return f"{head}: {reason}" if reason else head
    if job.status == JobStatus.STOPPED.value:
        if reason:
            return reason.replace("by the user", "by you")  # the log is for everyone, the list of jobs is yours
        return f"Stopped after {took}" if took else "Stopped"
    if stopping:
        return "Stopping…"
    return _running_label(facts) if job.status == JobStatus.RUNNING.value else "Waiting for a machine"


def _running_label(facts: LogFacts) -> str:
    expected = facts.workers_expected
    if facts.phase == "cluster" and expected:
        return f"Starting, {facts.workers_joined or 0} of {expected} workers"
    if facts.phase in (None, "code") and facts.progress is not None:
        return f"Running, {facts.progress:.0%}"
    return PHASES.get(facts.phase or "code", "Running")
