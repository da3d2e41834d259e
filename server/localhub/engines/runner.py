"""The runner: starts the Julia processes of one job, stores what they write, keeps its time limit, tells how it ended.

Run as ``python -m localhub.engines.runner JOBDIR``, detached from whoever started it. It starts within milliseconds:
standard library only until Julia is on its way.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import queue
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import job_files
from .control_records import event_of, shown_as
from .job_log import JobLog, LogUnwritableError, log_record, printed_lines, runner_record
from .julia_process import LOOPBACK, JuliaProcess, julia_command, julia_environment
from .protocol import Control, ExitState, JobSpec, ProcessId, RunnerState
from .verdict import Verdict, duration, how_ended, judge, told

if TYPE_CHECKING:
    from localhub.domain.process_stream import Record

FULL_DISK_PATIENCE_SECONDS = 60.0
_CONTROL_SECONDS = 0.15
_NOTICE_SECONDS = 2.0
_LAST_OUTPUT_SECONDS = 5.0
_RESERVE_BYTES = 256 * 1024
_INSIST_SECONDS = 1.0


class Runner:
    """One job from start to end. All but reading pipes and waiting for processes happens in the calling thread."""

    def __init__(self, job_dir: Path, spec: JobSpec, state: RunnerState) -> None:
        self._dir = job_dir
        self._spec = spec
        self._state = state
        self._log = JobLog(job_dir / job_files.LOG, FULL_DISK_PATIENCE_SECONDS)
        self._events: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
        self._processes: list[JuliaProcess] = []
        self._control = Control()
        self._control_seen: tuple[int, int] | None = None
        self._give_up = 0.0
        self._verdict: Verdict | None = None
        self._failure: str | None = None
        self._results_file: str | None = None

    def run(self) -> None:
        """Run the job to its end; afterwards ``exit.json`` is there."""
        for name in ("SIGTERM", "SIGBREAK"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), lambda *_: self._events.put(("terminate", None)))
        try:
            self._reserve()
            self._start_master()
            self._follow()
        except OSError as error:
            self._decide(Verdict("Failed", f"The job could not be run: {told(error)}."))
        self._end_processes()
        self._conclude()

    def _reserve(self) -> None:
        """Room set aside, so that the reason can be told even when the job has filled the disk."""
        (self._dir / job_files.RESERVE).write_bytes(bytes(_RESERVE_BYTES))

    def _start_master(self) -> None:
        self._start_process(julia_command(self._spec), {"JRUN_ROLE": "master", "JRUN_HOST": LOOPBACK}, worker_id=1)

    def _start_workers(self, launch: Record) -> None:
        """Start the workers the master asks for. It asks once, for as many as the spec says."""
        if len(self._processes) > 1:
            return
        own = {
            "JRUN_ROLE": "worker",
            "JRUN_MASTER": f"{launch['host']}:{launch['port']}",
            "JRUN_COOKIE": str(launch["cookie"]),
        }
        for _ in range(self._spec.processes - 1):
            self._start_process(julia_command(self._spec, f"--bind-to={LOOPBACK}"), own, worker_id=None)

    def _start_process(self, command: list[str], own: dict[str, str], worker_id: int | None) -> None:
        process = JuliaProcess(
            command,
            self._spec.cwd,
            julia_environment(self._spec, own),
            self._write,
            self._take_record,
            lambda ended: self._events.put(("ended", ended)),
            worker_id,
        )
        self._processes.append(process)
        self._save_state(process)

    def _save_state(self, started: JuliaProcess) -> None:
        from .process_tree import identify  # psutil takes 25 ms to load: Julia is starting meanwhile

        me, other = identify(os.getpid()), identify(started.pid)
        self._state = dataclasses.replace(
            self._state,
            create_time=me.create_time if me else 0.0,
            processes=[*self._state.processes, other or ProcessId(started.pid, 0.0)],
        )
        job_files.write_object(self._dir / job_files.RUNNER, self._state.to_json())

    def _follow(self) -> None:
        """Until the master has ended or the job is to be stopped."""
        while self._verdict is None:
            try:
                kind, value = self._events.get(timeout=_CONTROL_SECONDS)
            except queue.Empty:
                kind, value = "look", None
            if kind == "ended" and value is self._processes[0]:
                return
            self._handle(kind, value)
            self._look_at_control()

    def _handle(self, kind: str, value: Any) -> None:
        if kind == "phase":
            self._state = dataclasses.replace(self._state, phase=value)
            with contextlib.suppress(OSError):  # a full disk: the phase is in the log as well
                job_files.write_object(self._dir / job_files.RUNNER, self._state.to_json())
        elif kind == "launch":
            self._start_workers(value)
        elif kind == "ended":
            self._worker_ended(value)
        elif kind == "results":
            self._results_file = value
        elif kind == "failed":
            self._failure = value
        elif kind == "unwritable":
            self._decide(Verdict("Failed", f"The job was stopped because its log could not be written: {value}."))
        elif kind == "terminate":
            self._decide(Verdict("Failed", "The job was stopped because the computer asked its runner to end."))

    def _worker_ended(self, worker: JuliaProcess) -> None:
        how = how_ended(worker.exit_code)
        if self._state.phase == "cluster":
            self._decide(Verdict("Failed", f"A worker process {how} before it had joined the others."))
        elif worker.exit_code != 0:
            self._write(runner_record("Warn", f"Worker process {worker.worker_id} {how}."))

    def _look_at_control(self) -> None:
        self._read_control()
        if self._control.stop is not None:
            self._decide(Verdict("Stopped", "Stopped by the user.", "Info"))
        elif self._control.deadline is not None and time.monotonic() >= self._give_up:
            limit = duration(self._control.deadline - self._state.started_at)
            reason = f"Stopped: the job reached its time limit of {limit}."
            self._decide(Verdict("Stopped", reason, "Warn", stored=False))

    def _read_control(self) -> None:
        """Look whether it has changed. Time runs by a clock that nobody sets: a corrected one must not end a job."""
        path = self._dir / job_files.CONTROL
        try:
            stat = path.stat()
        except OSError:
            if not self._dir.exists():
                self._decide(Verdict("Failed", "The job was stopped because its directory was removed."))
            return
        seen = (stat.st_mtime_ns, stat.st_ino)
        value = job_files.read_object(path) if seen != self._control_seen else None
        if value is not None:
            before, self._control, self._control_seen = self._control, Control.from_json(value), seen
            if self._control.deadline is not None and self._control.deadline != before.deadline:
                self._give_up = time.monotonic() + self._control.deadline - time.time()

    def _decide(self, verdict: Verdict) -> None:
        self._verdict = self._verdict or verdict

    def _end_processes(self) -> None:
        """End what still runs, take in the last output, and hear the last records."""
        from .process_tree import end_all, session_members

        if self._processes:
            self._processes[0].ask_to_end()
            end_all(session_members, notice=_NOTICE_SECONDS)
        for process in self._processes:
            process.drain(_LAST_OUTPUT_SECONDS)
        while not self._events.empty():
            kind, value = self._events.get()
            if kind in ("results", "failed"):
                self._handle(kind, value)

    def _conclude(self) -> None:
        """Collect the results, tell the reason as the last record, and write ``exit.json`` last of all."""
        verdict = self._verdict or judge(self._processes[0].exit_code, self._failure)
        (self._dir / job_files.RESERVE).unlink(missing_ok=True)
        result_file = self._collect_results() if verdict.stored else None
        if verdict.reason is not None:
            self._insist(lambda: self._log.append(runner_record(verdict.level, verdict.reason or ""), patience=0.0))
        self._insist(self._log.sync)
        ended = ExitState(
            verdict.status,
            time.time(),
            verdict.reason,
            self._processes[0].exit_code if self._processes else None,
            None if result_file is None else str(result_file),
            verdict.stored,
        )
        self._insist(lambda: job_files.write_object(self._dir / job_files.EXIT, ended.to_json()))
        self._log.close()

    def _collect_results(self) -> Path | None:
        from . import results  # tarfile and shutil are needed only now

        def warn(message: str) -> None:
            self._write(runner_record("Warn", message))

        try:
            results.shorten_summary(Path(self._spec.summary_file), self._spec.results_max_chars, warn)
            return results.collect(self._spec, self._results_file, self._dir / job_files.OUTPUT, warn)
        except OSError as error:
            warn(f"The results were not stored: {told(error)}.")
            return None

    def _insist(self, write: Any) -> None:
        """Write even if the disk stays full for hours: without the end on disk, nobody knows that the job has ended."""
        while self._dir.exists():
            try:
                write()
            except (OSError, LogUnwritableError):
                time.sleep(_INSIST_SECONDS)
            else:
                return

    def _write(self, records: bytes) -> None:
        """Called from the threads that read pipes, too."""
        try:
            self._log.append(records)
        except LogUnwritableError as error:
            self._log.impatient()
            self._events.put(("unwritable", str(error)))

    def _take_record(self, process: JuliaProcess, record: Record) -> bytes | None:
        """Act on a record of a process; its stored form, None for what is not stored. Called from reading threads.

        What none of our own code writes is user output that looks like a record: it is stored as the line it was.
        """
        now, kind = time.time(), record["jrun"]
        if kind == "log":
            return log_record(record, now, process.worker_id, process.pid)
        if kind == "worker" and isinstance(record.get("id"), int):
            process.worker_id = record["id"]
            return None
        event = event_of(record) if not self._processes or process is self._processes[0] else None
        if event is None:
            return printed_lines([json.dumps(record, ensure_ascii=False)], now, process.worker_id, process.pid)
        if event[0] != "joined":
            self._events.put(event)
        shown = shown_as(record)
        return None if shown is None else log_record(shown, now, process.worker_id, process.pid)


def main(arguments: list[str]) -> int:
    """Run the job in the directory named by the only argument, unless another runner has it."""
    job_dir = Path(arguments[0])
    for name in ("SIGHUP", "SIGINT"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), _ignore)
    state = RunnerState(os.getpid(), 0.0, time.time())
    if not job_files.claim(job_dir / job_files.RUNNER, state.to_json()):
        return 0
    spec = job_files.read_object(job_dir / job_files.SPEC)
    if spec is None:
        return 1
    Runner(job_dir, JobSpec.from_json(spec), state).run()
    return 0


def _ignore(*_: object) -> None:
    """A handler rather than SIG_IGN: what is ignored stays so in every program the job starts."""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
