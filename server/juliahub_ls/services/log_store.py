"""Where logs are kept: a folder for each below the cache, bounded in all, each written by one daemon at a time."""

import contextlib
import hashlib
import os
import re
import shutil
import time
import uuid
from pathlib import Path

import msgspec
from filelock import FileLock, Timeout

from juliahub_ls.domain.logs.digest import LogDigest
from juliahub_ls.services.files import replace_file
from juliahub_ls.services.stored_log import StoredLog, decoded

MOST_BYTES = 4_000_000_000
"""More than this is not kept of all logs together: those unused for longest go."""
FORMAT = 1


class Gap(msgspec.Struct, frozen=True, array_like=True):
    """After the line `after` the server's records `first` to `last` are missing."""

    after: int
    first: int
    last: int


class LogMeta(msgspec.Struct):
    """What is known of a stored log beside its lines."""

    format: int = FORMAT
    server: str = ""
    job: str = ""
    complete: bool = False
    gaps: list[Gap] = msgspec.field(default_factory=list)
    digest: LogDigest = msgspec.field(default_factory=LogDigest)


class LogLease:
    """A log that this process alone writes, or `read_only`. Blocks on the disk. Close it."""

    def __init__(
        self, folder: Path, server: str, job: str, lock: "FileLock | None" = None, *, read_only: bool = False
    ) -> None:
        self._lock = lock
        self._read_only = read_only
        self.folder = folder
        self.log = StoredLog(folder, read_only=read_only)
        self.meta = _meta(folder / "log.json", server, job)
        if self.meta.digest.lines > self.log.count or (self.meta.complete and self.meta.digest.lines != self.log.count):
            self.meta = LogMeta(server=server, job=job)
        self._closed = False
        for chunk in self.log.chunks(self.meta.digest.lines + 1, self.log.count):
            for line in decoded(chunk):
                self.meta.digest.take(line)

    def forget(self) -> None:
        """Drop all lines: the server has another log now."""
        self.log.clear()
        self.meta = LogMeta(server=self.meta.server, job=self.meta.job)
        self.save()

    def save(self) -> None:
        """Write what is known beside the lines, which are there already."""
        replace_file(self.folder / "log.json", msgspec.json.encode(self.meta))

    def close(self) -> None:
        """Save and let others write. A copy of our own goes. A second time does nothing."""
        if self._closed:
            return
        self._closed = True
        try:
            if self._lock is not None:
                self.save()
        finally:
            self.log.close()
            if self._lock is not None:
                self._lock.release()
            elif not self._read_only:
                shutil.rmtree(self.folder, ignore_errors=True)


class LogStore:
    """Opens logs, and keeps them bounded."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def open(self, server: str, job: str) -> LogLease:
        """The log of a job, as far as it is stored. Raises `OSError`.

        Where another daemon writes it, a copy for this process alone, empty unless the log is complete.
        """
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder = self.root / _name(server, job)
        folder.mkdir(exist_ok=True, mode=0o700)
        lock = FileLock(folder / "lock", timeout=0, thread_local=False)  # the thread that lets go is another one
        try:
            lock.acquire()
        except Timeout:
            return LogLease(_copy(folder), server, job)
        try:
            return LogLease(folder, server, job, lock)
        except BaseException:
            lock.release()
            raise

    def look(self, server: str, job: str) -> "LogLease | None":
        """What is stored of a job's log, only to be read; None without. Raises `OSError`.

        Also while another daemon writes it: lines are only ever added.
        """
        folder = self.root / _name(server, job)
        return LogLease(folder, server, job, read_only=True) if (folder / "index").is_file() else None

    def tidy(self) -> None:
        """Remove logs unused for longest until the rest fits, and copies whose process is gone."""
        found = []
        for folder in self.root.iterdir() if self.root.is_dir() else ():
            with contextlib.suppress(OSError):
                size = sum(file.stat().st_size for file in folder.iterdir())
                found.append((_used(folder), size, folder))
        total = sum(size for _, size, _ in found)
        for used, size, folder in sorted(found):
            abandoned = ".copy-" in folder.name and time.time() - used > 86_400
            if (total > MOST_BYTES or abandoned) and _removed(folder):
                total -= size


def _meta(path: Path, server: str, job: str) -> LogMeta:
    try:
        meta = msgspec.json.decode(path.read_bytes(), type=LogMeta)
    except (OSError, msgspec.DecodeError):
        return LogMeta(server=server, job=job)
    return meta if meta.format == FORMAT else LogMeta(server=server, job=job)


def _copy(folder: Path) -> Path:
    copy = folder.with_name(f"{folder.name}.copy-{os.getpid()}-{uuid.uuid4().hex[:8]}")
    copy.mkdir(mode=0o700)
    if _meta(folder / "log.json", "", "").complete:
        with contextlib.suppress(OSError):
            for name in ("lines.jsonl", "index", "log.json"):
                shutil.copyfile(folder / name, copy / name)
                (copy / name).chmod(0o600)
    return copy


def _used(folder: Path) -> float:
    return max((file.stat().st_mtime for file in folder.iterdir()), default=0.0)


def _removed(folder: Path) -> bool:
    """Remove a log, unless someone writes it."""
    lock = FileLock(folder / "lock", timeout=0)
    try:
        lock.acquire()
    except (Timeout, OSError):
        return False
    for name in ("log.json", "index", "lines.jsonl"):
        with contextlib.suppress(OSError):
            (folder / name).unlink()
    lock.release()
    shutil.rmtree(folder, ignore_errors=True)
    return True


def _name(server: str, job: str) -> str:
    """A folder's name that every file system takes, different for every job of every server."""
    digest = hashlib.sha256(f"{server}\n{job}".encode()).hexdigest()[:12]
    return f"{re.sub(r'[^A-Za-z0-9_-]', '_', job)[:60]}-{digest}"
