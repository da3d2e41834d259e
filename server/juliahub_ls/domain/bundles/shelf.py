"""Bounds what the bundle cache keeps: in number, in bytes, and by what is left of the disk.

Of each folder only the newest bundle is worth keeping. One that was handed out and not released may be on its way to a
server and stays for ten minutes, whatever the bounds; a lease beside it says so to other processes, any of which may
tidy the shelf.
"""

import contextlib
import math
import os
import shutil
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

MAX_BYTES = 4 * 2**30
"""All kept bundles together, in bytes: two of the largest that JuliaHub takes."""

FREE_BYTES = 2**30
"""What stays free on the disk: with less than this left, older bundles go and new ones are not kept."""

LEASE_SECONDS = 600
"""How long a bundle stays for who does not release it."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """A tar, its size in bytes with its index, and when it was last used (Unix seconds).

    From before a clock was set back nothing is used again: it counts as the oldest.
    """

    path: Path
    size: int
    used: float

    @property
    def folder(self) -> str:
        return self.path.name.partition("-")[0]


class BundleShelf:
    """The bundles in `directory`: at most `keep`, and `max_bytes` in all."""

    def __init__(self, directory: Path, keep: int, max_bytes: int = MAX_BYTES) -> None:
        self._directory = directory
        self._keep = keep
        self._max_bytes = max_bytes
        self._leases: dict[Path, list[float]] = {}
        self._lock = FileLock(directory / _LOCK)
        """Held while something is leased or removed, so that no process removes what another has just leased."""
        self._name = uuid.uuid4().hex[:8]

    def lease(self, path: Path) -> None:
        """Marks a bundle as used now, and in use until as many `release` or ten minutes have passed.

        It need not be there yet: a bundle that is being written is in use, too.
        """
        with self._lock:
            self._leases.setdefault(path, []).append(time.monotonic())
            with contextlib.suppress(OSError):
                self._lease_file(path).touch()
                os.utime(path.with_suffix(_INDEX))

    def release(self, path: Path) -> None:
        """One user less; when it was the last one, the bundle goes when it is its turn."""
        leases = self._leases.get(path, [])
        del leases[:1]
        if not leases:
            self._leases.pop(path, None)
            with contextlib.suppress(OSError):
                self._lease_file(path).unlink(missing_ok=True)

    def has_room(self) -> bool:
        """Whether the disk has more than `FREE_BYTES` left. A disk that does not say is taken to."""
        return self._free() > FREE_BYTES

    def make_room(self, size: int, spare: Path | None) -> None:
        """Removes old bundles until `size` bytes can be written and enough stays free; `spare` goes last."""
        kept = sorted(self._list(), key=lambda item: (item.path == spare, item.used))
        for item in kept:
            if self._free() - size > FREE_BYTES:
                return
            self._remove(item.path)

    def tidy(self) -> None:
        """Removes what is superseded or beyond the bounds, oldest first, and what dead processes left behind."""
        folders: set[str] = set()
        total = count = 0
        for item in sorted(self._list(), key=lambda item: item.used, reverse=True):
            superseded = item.folder in folders
            beyond = count + 1 > self._keep or total + item.size > self._max_bytes
            folders.add(item.folder)
            if not ((superseded or beyond) and self._remove(item.path)):
                count += 1
                total += item.size
        self._sweep()

    def _list(self) -> Iterator[_Kept]:
        for path in self._directory.glob("*.tar"):
            with contextlib.suppress(OSError):
                status, size, used = path.stat(), 0, 0.0
                with contextlib.suppress(OSError):
                    index = path.with_suffix(_INDEX).stat()
                    size, used = index.st_size, index.st_mtime
                used = used or status.st_mtime
                from_the_future = used > time.time() + LEASE_SECONDS
                yield _Kept(path, status.st_size + size, 0.0 if from_the_future else used)

    def _remove(self, path: Path) -> bool:
        with self._lock:
            if self._is_leased(path):
                return False
            with contextlib.suppress(OSError):  # Windows: another process has it open
                path.with_suffix(_INDEX).unlink(missing_ok=True)
                path.unlink(missing_ok=True)
                self._leases.pop(path, None)
                return True
            return False

    def _is_leased(self, path: Path) -> bool:
        """Our own leases are timed by a clock that nobody sets; those of others by their files, also future ones."""
        leases = self._leases.get(path)
        if leases and time.monotonic() - leases[-1] < LEASE_SECONDS:
            return True
        others = (file for file in self._directory.glob(f"{path.stem}.*{_LEASE}") if file != self._lease_file(path))
        return any(_age(file) < LEASE_SECONDS for file in others)

    def _lease_file(self, path: Path) -> Path:
        return path.with_name(f"{path.stem}.{self._name}{_LEASE}")

    def _sweep(self) -> None:
        """Removes old leases, parts of bundles that nobody writes to any more, and indexes whose tar is gone."""
        for path in self._directory.iterdir():
            orphan = path.suffix not in (".tar", _LOCK_SUFFIX) and not path.with_suffix(".tar").exists()
            with contextlib.suppress(OSError):
                if orphan and _age(path) > LEASE_SECONDS:
                    path.unlink()

    def _free(self) -> int:
        try:
            return shutil.disk_usage(self._directory).free
        except OSError:
            return FREE_BYTES * 2**20


def _age(path: Path) -> float:
    """Seconds since the file was written, either way; infinite when it is gone."""
    try:
        return abs(time.time() - path.stat().st_mtime)
    except OSError:
        return math.inf


_INDEX, _LEASE, _LOCK_SUFFIX = ".index", ".lease", ".lock"
_LOCK = f"shelf{_LOCK_SUFFIX}"
