"""What an engine is, and the values that localhub, engine and runner pass each other (docs/job-directory.md)."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from juliahub_wire.nodes import NodeSpec

ExitStatus = Literal["Completed", "Failed", "Stopped"]
Phase = Literal["starting", "environment", "cluster", "code", "results"]
PHASES: tuple[Phase, ...] = ("starting", "environment", "cluster", "code", "results")


@dataclass(frozen=True)
class JobSpec:
    """``spec.json``: what to run. Paths are absolute; ``julia`` is the command that starts Julia."""

    jobname: str
    julia: list[str]
    runjob: str
    code: str
    cwd: str
    results_dir: str
    summary_file: str
    alias: str | None = None
    project: str | None = None
    bundle_depot: str | None = None
    env: dict[str, str] = field(default_factory=dict)
    nodes: int = 1
    processes_per_node: int = 1
    threads: int = 1
    results_max_chars: int = 1000
    results_max_bytes: int = 5 * 1024**3

    @property
    def processes(self) -> int:
        """Julia processes in all, the master among them."""
        return self.nodes * self.processes_per_node

    def to_json(self) -> dict[str, Any]:
        """The JSON object of ``spec.json``."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> JobSpec:
        """The spec in a parsed ``spec.json``, unknown keys left aside. Raises TypeError where a key is missing."""
        return _from_json(cls, value)


@dataclass(frozen=True)
class Control:
    """``control.json``: what localhub asks of a running job. ``deadline`` in Unix seconds, None without a limit."""

    stop: Literal["user"] | None = None
    deadline: float | None = None

    def to_json(self) -> dict[str, Any]:
        """The JSON object of ``control.json``."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Control:
        """The control in a parsed ``control.json``."""
        return _from_json(cls, value)


@dataclass(frozen=True)
class ProcessId:
    """A process that cannot be mistaken for a later one of the same pid; ``create_time`` as psutil gives it."""

    pid: int
    create_time: float


@dataclass(frozen=True)
class RunnerState:
    """``runner.json``: the runner itself, the Julia processes it started (the master first), and how far the job is."""

    pid: int
    create_time: float
    started_at: float
    phase: Phase = "starting"
    processes: list[ProcessId] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """The JSON object of ``runner.json``."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> RunnerState:
        """The state in a parsed ``runner.json``."""
        processes = [ProcessId(**item) for item in value.get("processes", [])]
        return _from_json(cls, {**value, "processes": processes})


@dataclass(frozen=True)
class ExitState:
    """``exit.json``: how the job ended. ``result_file`` is absolute; ``stored`` False: no outputs are to be kept."""

    status: ExitStatus
    ended_at: float
    reason: str | None = None
    exit_code: int | None = None
    result_file: str | None = None
    stored: bool = True

    def to_json(self) -> dict[str, Any]:
        """The JSON object of ``exit.json``."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> ExitState:
        """The state in a parsed ``exit.json``."""
        return _from_json(cls, value)


@dataclass(frozen=True)
class Observation:
    """Where a job stands: ended when ``exit`` is there; else running when ``runner`` is there; else about to start."""

    runner: RunnerState | None = None
    exit: ExitState | None = None


class Engine(Protocol):
    """A place where jobs run. Every call may block for a moment on disk or on the process table, never on a job."""

    def node_specs(self) -> Sequence[NodeSpec]:
        """The machine types a job can ask for (protocol §3)."""

    def start(self, job_dir: Path, spec: JobSpec, deadline: float | None = None) -> None:
        """Start the job and return at once; it lives on when this process ends. Starting it twice is harmless.

        Raises OSError when nothing could be started; the job directory is then as before.
        """

    def observe(self, job_dir: Path) -> Observation:
        """Where the job stands. A job whose runner died is cleaned up here, and has ended as Failed."""

    def stop(self, job_dir: Path) -> None:
        """Ask the job to end; ``observe`` tells when it has. No effect on a job that has ended."""

    def set_deadline(self, job_dir: Path, deadline: float | None) -> None:
        """Move the time limit, Unix seconds; the runner keeps it."""


_T = TypeVar("_T")


def _from_json(cls: type[_T], value: dict[str, Any]) -> _T:
    known = {item.name for item in fields(cls)}  # type: ignore[arg-type]
    return cls(**{name: content for name, content in value.items() if name in known})
