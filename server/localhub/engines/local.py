"""This computer as a place where jobs run: a detached runner for each job, found again by its files."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import psutil

import localhub
from juliahub_wire.nodes import NodeSpec

from . import job_files
from .job_log import JobLog, LogUnwritableError, runner_record
from .process_tree import end_all, is_alive, orphans
from .protocol import Control, ExitState, JobSpec, Observation, ProcessId, RunnerState

_RUNNER_MESSAGES = "runner.err"


class LocalEngine:
    """Runs jobs as processes of this user on this computer. Safe to use from several threads for different jobs."""

    def __init__(self, python: str = sys.executable) -> None:
        self._python = python

    def node_specs(self) -> list[NodeSpec]:
        """This computer in parts: 1, 2, 4, … vCPUs up to all, memory in proportion, at no price (protocol §3)."""
        vcpus, memory = available_vcpus(), psutil.virtual_memory().total
        sizes = sorted({size for size in (2**power for power in range(vcpus.bit_length())) if size < vcpus} | {vcpus})
        return [
            _node_spec(index, size, max(1, round(memory * size / vcpus / 1e9))) for index, size in enumerate(sizes, 1)
        ]

    def start(self, job_dir: Path, spec: JobSpec, deadline: float | None = None) -> None:
        """As ``Engine.start``."""
        job_files.write_object(job_dir / job_files.SPEC, spec.to_json())
        if not (job_dir / job_files.CONTROL).exists():
            job_files.write_object(job_dir / job_files.CONTROL, Control(deadline=deadline).to_json())
        with (job_dir / _RUNNER_MESSAGES).open("ab") as messages:
            runner = subprocess.Popen(
                [self._python, "-m", "localhub.engines.runner", str(job_dir.resolve())],
                cwd=Path(localhub.__file__).parents[1],
                stdin=subprocess.DEVNULL,
                stdout=messages,
                stderr=messages,
                close_fds=True,
                **_detached(),
            )
        threading.Thread(target=runner.wait, name=f"reap-{runner.pid}", daemon=True).start()

    def observe(self, job_dir: Path) -> Observation:
        """As ``Engine.observe``."""
        ended = _read_exit(job_dir)
        if ended is not None:
            return Observation(_read_runner(job_dir), ended)
        runner = _read_runner(job_dir)
        if runner is None or _runs(runner):
            return Observation(runner)
        # Between the two looks above the runner may have ended in good order.
        return Observation(runner, _read_exit(job_dir) or self._settle(job_dir, runner))

    def stop(self, job_dir: Path) -> None:
        """As ``Engine.stop``."""
        self._ask(job_dir, stop="user")

    def set_deadline(self, job_dir: Path, deadline: float | None) -> None:
        """As ``Engine.set_deadline``."""
        self._ask(job_dir, deadline=deadline)

    def _ask(self, job_dir: Path, **changes: Any) -> None:
        control = Control.from_json(job_files.read_object(job_dir / job_files.CONTROL) or {})
        job_files.write_object(job_dir / job_files.CONTROL, dataclasses.replace(control, **changes).to_json())

    def _settle(self, job_dir: Path, runner: RunnerState) -> ExitState:
        """Clean up after a runner that died, and write the end it could not write."""
        spec = job_files.read_object(job_dir / job_files.SPEC) or {}
        leader = ProcessId(runner.pid, runner.create_time)
        end_all(lambda: orphans(leader, runner.processes, str(spec.get("jobname", ""))))
        reason = "The job was lost: its runner was killed. What it had logged is kept; its results are not."
        ended = ExitState("Failed", time.time(), reason, stored=False)
        log = JobLog(job_dir / job_files.LOG)
        try:
            (job_dir / job_files.RESERVE).unlink(missing_ok=True)
            log.append(runner_record("Error", reason))
            log.sync()
        except LogUnwritableError as error:
            raise OSError(f"the log of {job_dir.name} cannot be written: {error}") from error
        finally:
            log.close()
        job_files.write_object(job_dir / job_files.EXIT, ended.to_json())
        return ended


def available_vcpus() -> int:
    """The cores this process may use, which can be fewer than the computer has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _node_spec(index: int, vcpus: int, memory_gb: int) -> NodeSpec:
    return NodeSpec(
        f"local-{vcpus}", False, vcpus, memory_gb, 0.0, "This computer", "", str(memory_gb), 0.0, 0.0, index
    )


def _detached() -> dict[str, Any]:
    """How a process is started so that closing our terminal, or our own end, does not end it."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


def _read_exit(job_dir: Path) -> ExitState | None:
    value = job_files.read_object(job_dir / job_files.EXIT)
    return None if value is None else ExitState.from_json(value)


def _read_runner(job_dir: Path) -> RunnerState | None:
    value = job_files.read_object(job_dir / job_files.RUNNER)
    return None if value is None else RunnerState.from_json(value)


def _runs(runner: RunnerState) -> bool:
    """Whether the runner lives. In its first instants it has not yet looked up its own creation time."""
    if runner.create_time == 0.0:
        return psutil.pid_exists(runner.pid)
    return is_alive(ProcessId(runner.pid, runner.create_time))
