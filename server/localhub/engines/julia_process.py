"""One Julia process of a job: how it is started, and the thread that reads what it writes."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from localhub.domain.process_stream import Item, Record, StreamDecoder

from .job_log import printed_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .protocol import JobSpec

LOOPBACK = "127.0.0.1"
_READ_BYTES = 64 * 1024
# On Windows a program without a console would be given a window of its own.
_NO_WINDOW = getattr(subprocess, "CREATE_NO_WINDOW", 0)
_USERS_PYTHON_PATH = "JULIAHUB_LS_USER_PYTHONPATH"
_FOREIGN = ("JRUN_", "JULIAHUB_RESULTS_")
_FOREIGN_NAMES = frozenset({"RESULTS", "RESULTS_FILE", "JULIA_PROJECT", "JULIA_LOAD_PATH", "JULIA_WORKER_TIMEOUT"})


class JuliaProcess:
    """A started Julia. What it writes goes to ``write``, in the form in which the log holds it.

    ``take_record(process, record)`` acts on a record, and returns its stored form, None when it is not to be stored.
    ``on_end(process)`` is called from a thread once the process is gone; its last output may still be on the way.
    """

    def __init__(
        self,
        command: list[str],
        cwd: str,
        env: Mapping[str, str],
        write: Callable[[bytes], None],
        take_record: Callable[[JuliaProcess, Record], bytes | None],
        on_end: Callable[[JuliaProcess], None],
        worker_id: int | None = None,
    ) -> None:
        self.worker_id = worker_id
        self._write = write
        self._take_record = take_record
        self._popen = subprocess.Popen(
            command,
            cwd=cwd,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            creationflags=_NO_WINDOW,
        )
        self.pid = self._popen.pid
        self._reader = threading.Thread(target=self._read, name=f"read-{self.pid}", daemon=True)
        self._reader.start()
        self._waiter = threading.Thread(target=self._wait, args=(on_end,), name=f"wait-{self.pid}", daemon=True)
        self._waiter.start()

    @property
    def exit_code(self) -> int | None:
        """As ``Popen.returncode``: negative for a signal, None while the process runs."""
        return self._popen.returncode

    def ask_to_end(self) -> None:
        """Close its stdin: JuliaRunJob then ends the process in good order, unless the code never lets it run."""
        assert self._popen.stdin is not None
        self._popen.stdin.close()

    def drain(self, timeout: float) -> bool:
        """After its end: wait until all output was taken in; False when the pipe is still held after ``timeout`` s."""
        self._waiter.join(timeout)
        self._reader.join(timeout)
        return not self._reader.is_alive()

    def _wait(self, on_end: Callable[[JuliaProcess], None]) -> None:
        self._popen.wait()
        on_end(self)

    def _read(self) -> None:
        assert self._popen.stdout is not None
        decoder, descriptor = StreamDecoder(), self._popen.stdout.fileno()
        while chunk := os.read(descriptor, _READ_BYTES):
            self._store(decoder.feed(chunk))
        self._store(decoder.finish())

    def _store(self, items: list[Item]) -> None:
        """One write for all that one read brought: few system calls under load, no waiting when idle."""
        now = time.time()
        stored: list[bytes] = []
        lines: list[str] = []
        for item in items:
            if isinstance(item, str):
                lines.append(item)
                continue
            if lines:
                stored.append(printed_lines(lines, now, self.worker_id, self.pid))
                lines = []
            record = self._take_record(self, item)
            if record is not None:
                stored.append(record)
        if lines:
            stored.append(printed_lines(lines, now, self.worker_id, self.pid))
        if stored:
            self._write(b"".join(stored))


def julia_command(spec: JobSpec, *options: str) -> list[str]:
    """How a process of the job starts. Nothing secret may stand here: command lines are public on a machine."""
    entry = Path(spec.runjob) / "JuliaRunJob" / "main.jl"
    return [*spec.julia, "--startup-file=no", *options, str(entry)]


def julia_environment(spec: JobSpec, own: Mapping[str, str]) -> dict[str, str]:
    """The variables of a process: this computer's, the user's over them, ours over both (docs/job-directory.md).

    Variables that another job or an interactive Julia left in our own environment are not passed on.
    """
    ours = {
        "JULIA_LOAD_PATH": os.pathsep.join(["@", spec.runjob, "@stdlib"]),
        "JULIA_NUM_THREADS": str(spec.threads),
        "JULIAHUB_RESULTS_SUMMARY_FILE": spec.summary_file,
        "JULIAHUB_RESULTS_UPLOAD_DIR": spec.results_dir,
        "JRUN_NAME": spec.jobname,
        "JRUN_CODE": spec.code,
        "JRUN_EXPECTED_WORKERS": str(spec.processes - 1),
        "JRUN_PROJECT": spec.project or "",
        "JRUN_BUNDLE_DEPOT": spec.bundle_depot or "",
    }
    return {**machine_environment(os.environ), **spec.env, **ours, **own}


def machine_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """This computer's variables for the user's code: without those of jobs, and with the user's own `PYTHONPATH`.

    An editor's extension may have started us with libraries of its own there; it keeps the user's beside (PyCall).
    """
    kept = {name: value for name, value in environ.items() if not name.startswith(_FOREIGN)}
    users_python_path = kept.pop(_USERS_PYTHON_PATH, None)
    if users_python_path is not None:
        kept["PYTHONPATH"] = users_python_path
    if not kept.get("PYTHONPATH"):
        kept.pop("PYTHONPATH", None)
    return {name: value for name, value in kept.items() if name not in _FOREIGN_NAMES}
