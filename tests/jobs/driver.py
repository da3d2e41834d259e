"""Runs one job through the engine, as localhub does, and looks at what is left in its directory."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

import localhub
from localhub.engines.local import LocalEngine
from localhub.engines.process_tree import end_all, orphans
from localhub.engines.protocol import ExitState, JobSpec, Observation, ProcessId, RunnerState

PATIENCE_SECONDS = 90.0


def wait_until(holds: Callable[[], bool], what: str) -> None:
    """Returns as soon as it holds; fails after a generous time."""
    give_up = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < give_up, f"waited too long for {what}"
        time.sleep(0.01)


class Job:
    """A job of its own directory. Options are fields of ``JobSpec``."""

    def __init__(self, folder: Path, julia: list[str], code: str, **options: Any) -> None:
        self.dir = folder
        self.engine = LocalEngine()
        for name in ("work", "results"):
            (folder / name).mkdir(parents=True)
        (folder / "code.jl").write_text(code, encoding="utf-8")
        paths = {
            "runjob": str(Path(localhub.__file__).parent / "julia"),
            "code": str(folder / "code.jl"),
            "cwd": str(folder / "work"),
            "results_dir": str(folder / "results"),
            "summary_file": str(folder / "summary"),
        }
        self.spec = JobSpec(**{"jobname": f"jr-{folder.name}", "julia": julia, **paths, **options})

    def start(self, deadline: float | None = None) -> "Job":
        self.engine.start(self.dir, self.spec, deadline)
        return self

    def run(self) -> ExitState:
        return self.start().end()

    def end(self) -> ExitState:
        """Wait for the end."""
        wait_until(lambda: self.observe().exit is not None, "the job's end")
        ended = self.observe().exit
        assert ended is not None
        return ended

    def observe(self) -> Observation:
        return self.engine.observe(self.dir)

    @property
    def runner(self) -> RunnerState:
        """The runner, once it has started Julia."""
        wait_until(lambda: bool((state := self.observe().runner) and state.processes), "the runner")
        state = self.observe().runner
        assert state is not None
        return state

    @property
    def log(self) -> list[dict[str, Any]]:
        path = self.dir / "log.jsonl"
        text = path.read_bytes().decode() if path.exists() else ""
        return [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]

    @property
    def messages(self) -> list[str]:
        """What the user's code wrote: the log without the records of the machinery."""
        return [record["message"] for record in self.user_log]

    @property
    def user_log(self) -> list[dict[str, Any]]:
        return [record for record in self.log if record["metadata"]["_module"] != "JuliaRunJob"]

    def says(self, message: str) -> "Job":
        """Wait until the job has logged this."""
        wait_until(lambda: message in self.messages or self.observe().exit is not None, f"the message {message!r}")
        assert message in self.messages, self.log
        return self

    def clean_up(self) -> None:
        """End whatever a failed test has left running."""
        runner = self.engine.observe(self.dir).runner
        if runner is None:
            return
        leader = ProcessId(runner.pid, runner.create_time)
        end_all(lambda: orphans(leader, [leader, *runner.processes], self.spec.jobname))


def is_running(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
