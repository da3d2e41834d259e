"""Bounds what the bundle cache keeps: in number, in bytes, and by what is left of the disk.

Of each folder only the newest bundle is worth keeping. One handed out less than ten minutes ago may be on its way to a
server and stays, whatever the bounds. Several processes may tidy the same shelf.
"""

import contextlib
import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MAX_BYTES = 4 * 2**30
"""All kept bundles together, in bytes: two of the largest that JuliaHub takes."""

FREE_BYTES = 2**30
"""What stays free on the disk: with less than this left, older bundles go and new ones are not kept."""

IN_USE_SECONDS = 600


@dataclass(frozen=True, slots=True)
class _Kept:
    """A tar, its size in bytes with its index, and when it was last used (Unix seconds)."""

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
        self._handed_out: dict[Path, float] = {}

    def use(self, path: Path) -> None:
        """Marks a bundle as in use from now on, for this process and for others."""
        self._handed_out[path] = time.monotonic()
        with contextlib.suppress(OSError):
            os.utime(path.with_suffix(".index"))

    def has_room(self) -> bool:
        """Whether the disk has more than `FREE_BYTES` left. A disk that does not say is taken to."""
        return self._free() > FREE_BYTES

    def make_room(self, size: int, spare: Path | None) -> None:
        """Removes old bundles until `size` bytes can be written and enough stays free; `spare` goes last."""
        kept = sorted(self._list(), key=lambda item: (item.path == spare, item.used))
        for item in kept:
            if self._free() - size > FREE_BYTES:
                return
            self._remove(item)

    def tidy(self) -> None:
        """Removes what is superseded or beyond the bounds, oldest first, and what dead processes left behind."""
        folders: set[str] = set()
        total = count = 0
        for item in sorted(self._list(), key=lambda item: item.used, reverse=True):
            superseded = item.folder in folders
            beyond = count + 1 > self._keep or total + item.size > self._max_bytes
            folders.add(item.folder)
            if not ((superseded or beyond) and self._remove(item)):
                count += 1
                total += item.size
        self._sweep()

    def _list(self) -> Iterator[_Kept]:
        for path in self._directory.glob("*.tar"):
            with contextlib.suppress(OSError):
                status, used, size = path.stat(), 0.0, 0
                with contextlib.suppress(OSError):
                    index = path.with_suffix(".index").stat()
                    used, size = index.st_mtime, index.st_size
                yield _Kept(path, status.st_size + size, max(status.st_mtime, used))

    def _remove(self, item: _Kept) -> bool:
        if self._in_use(item.path, item.used):
            return False
        with contextlib.suppress(OSError):  # Windows: another process has it open
            item.path.with_suffix(".index").unlink(missing_ok=True)
            item.path.unlink(missing_ok=True)
            self._handed_out.pop(item.path, None)
            return True
        return False

    def _in_use(self, path: Path, used: float) -> bool:
        """Our own uses are timed by a clock that nobody sets; those of others by their mark, also one in the future."""
        handed_out = self._handed_out.get(path)
        if handed_out is not None and time.monotonic() - handed_out < IN_USE_SECONDS:
            return True
        return abs(time.time() - used) < IN_USE_SECONDS

    def _sweep(self) -> None:
        """Removes parts of bundles that nobody has written to for a while, and indexes without a tar."""
        for path in self._directory.iterdir():
            orphan = path.suffix != ".tar" and not path.with_suffix(".tar").exists()
            with contextlib.suppress(OSError):
                if orphan and abs(time.time() - path.stat().st_mtime) > IN_USE_SECONDS:
                    path.unlink()

    def _free(self) -> int:
        try:
            return shutil.disk_usage(self._directory).free
        except OSError:
            return FREE_BYTES * 2**20
