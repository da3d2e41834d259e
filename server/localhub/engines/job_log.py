"""``log.jsonl``: every record of a job, one JSON object a line, written by one process only (protocol §8.1)."""

from __future__ import annotations

import json
import os
import socket
import threading
import time
from json.encoder import encode_basestring
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .job_files import PRIVATE

if TYPE_CHECKING:
    from collections.abc import Iterable

_RETRY_SECONDS = 0.2
_TAIL_BYTES = 64 * 1024
_hostname = socket.gethostname()


class LogUnwritableError(Exception):
    """The log could not be written for longer than the patience allows; the message says why."""


class JobLog:
    """The open log of one job. ``append`` is safe to call from several threads and blocks while the disk is full.

    Blocking holds up the thread that reads a process's pipe, and so the process: nothing piles up in memory.
    """

    def __init__(self, path: Path, patience: float = 0.0) -> None:
        self._fd = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), PRIVATE)
        self._lock = threading.Lock()
        self._patience = patience
        self._size = _end_of_last_record(self._fd)
        self._drop_unfinished()

    def append(self, records: bytes, patience: float | None = None) -> None:
        """Add whole records (each ended by a newline); all are in the file when this returns.

        Raises LogUnwritableError when ``patience`` seconds did not suffice; the file then ends with a whole record.
        """
        with self._lock:
            give_up = time.monotonic() + (self._patience if patience is None else patience)
            rest = memoryview(records)
            while rest:
                try:
                    rest = rest[os.write(self._fd, rest) :]
                except OSError as error:
                    if time.monotonic() > give_up:
                        self._drop_unfinished()
                        raise LogUnwritableError(error.strerror or str(error)) from error
                    time.sleep(_RETRY_SECONDS)
            self._size += len(records)

    def impatient(self) -> None:
        """From now on try every record once only: the job is being stopped because its log cannot be written."""
        self._patience = 0.0

    def sync(self) -> None:
        """Make what was written last through a power cut."""
        os.fsync(self._fd)

    def close(self) -> None:
        """Close the file."""
        os.close(self._fd)

    def _drop_unfinished(self) -> None:
        os.ftruncate(self._fd, self._size)
        os.lseek(self._fd, self._size, os.SEEK_SET)


def printed_lines(lines: Iterable[str], now: float, worker_id: int | None, pid: int) -> bytes:
    """The records of printed lines that arrived at ``now``. One step for all: this is the path of every ``println``."""
    stamp = timestamp(now)
    rest = json.dumps(
        {
            "timestamp": stamp + "Z",
            "keywords": {"jrun_stream": "stdout", **_origin(stamp, worker_id, pid, 1)},
            "metadata": {"level": "Info", "_module": "Main"},
        }
    )
    tail = ", " + rest[1:] + "\n"
    return "".join([f'{{"message": {encode_basestring(line)}{tail}' for line in lines]).encode("utf-8", "replace")


def log_record(record: dict[str, Any], now: float, worker_id: int | None, pid: int) -> bytes:
    """The stored form of a ``"jrun": "log"`` record, whatever types its fields have."""
    stamp = timestamp(now)
    keywords, thread = record.get("keywords"), record.get("thread")
    stored = {
        "message": _text(record.get("message", "")),
        "timestamp": stamp + "Z",
        "keywords": {
            **(keywords if isinstance(keywords, dict) else {}),
            **_origin(stamp, worker_id, pid, thread if isinstance(thread, int) else 1),
        },
        "metadata": {
            "level": _text(record.get("level", "Info")),
            "_module": _text(record.get("module", "Main")),
            "filepath": _text(record.get("file", "")),
            "line": record["line"] if isinstance(record.get("line"), int) else 0,
            "id": _text(record.get("id", "")),
            "group": _text(record.get("group", "")),
        },
    }
    return (json.dumps(stored, ensure_ascii=False) + "\n").encode("utf-8", "replace")


def runner_record(level: str, message: str, keywords: dict[str, Any] | None = None) -> bytes:
    """A record of the runner's own, such as the reason why a job ended."""
    record = {"level": level, "message": message, "module": "JuliaRunJob", "keywords": keywords, "group": "runner"}
    return log_record(record, time.time(), 1, os.getpid())


def timestamp(now: float) -> str:
    """``2023-03-15T07:56:55.120``: UTC, milliseconds, no zone."""
    milliseconds = int(now * 1000)
    text = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(milliseconds // 1000))
    return f"{text}.{milliseconds % 1000:03d}"


def _origin(stamp: str, worker_id: int | None, pid: int, thread: int) -> dict[str, Any]:
    known = {} if worker_id is None else {"jrun_worker_id": worker_id}
    return {
        "jrun_hostname": _hostname,
        **known,
        "jrun_thread_id": thread,
        "jrun_process_id": pid,
        "jrun_time": stamp,
    }


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _end_of_last_record(fd: int) -> int:
    """Where the last newline-ended record ends: a writer that died may have left a part behind it."""
    end = os.lseek(fd, 0, os.SEEK_END)
    while end > 0:
        start = max(0, end - _TAIL_BYTES)
        os.lseek(fd, start, os.SEEK_SET)
        newline = os.read(fd, end - start).rfind(b"\n")
        if newline >= 0:
            return start + newline + 1
        end = start
    return 0
