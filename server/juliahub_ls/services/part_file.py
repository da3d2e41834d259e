"""A download on its way to disk: written and hashed in one pass, while the next bytes arrive."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import TracebackType

from filelock import FileLock, Timeout

from juliahub_ls.config import cache_dir
from juliahub_ls.services.progress import Progress

READ_CHUNK = 1 << 20
SLICE = 1 << 17
"""Hashed and then written: it is still in the processor's cache."""
LOOK_SECONDS = 0.2
"""So often one looks whether another download has ended: it may be another program's."""


@asynccontextmanager
async def alone(target: Path, progress: Progress) -> AsyncIterator[None]:
    """Wait until nothing else downloads to `target`, here or in another window; then nothing else does."""
    key = hashlib.sha256(str(target).encode("utf-8", "replace")).hexdigest()
    path = cache_dir() / "downloads" / f"{key}.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path, timeout=0, thread_local=False)
    while True:
        try:
            lock.acquire()
            break
        except Timeout:
            progress.report(f"Waiting for another download of {target.name}")
            await asyncio.sleep(LOOK_SECONDS)
    try:
        yield
    finally:
        lock.release()


class PartFile:
    """Use as an async context manager. `resumed`: what is there already stays, and is hashed first."""

    def __init__(self, path: Path, *, resumed: bool) -> None:
        self._path = path
        self._resumed = resumed
        self._digest = hashlib.sha256()
        self._writing: asyncio.Future[None] | None = None

    async def __aenter__(self) -> "PartFile":
        await asyncio.to_thread(self._open)
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        try:
            await self._written()
        finally:
            await asyncio.to_thread(self._file.close)

    async def write(self, pieces: list[bytes]) -> None:
        """Take `pieces` once those before are on disk; at most two lots are in memory."""
        await self._written()
        self._writing = asyncio.ensure_future(asyncio.to_thread(self._take, pieces))

    async def sha256(self) -> str:
        """Of all that is in the file, in hex."""
        await self._written()
        return self._digest.hexdigest()

    async def _written(self) -> None:
        writing, self._writing = self._writing, None
        if writing is not None:
            await asyncio.shield(writing)

    def _open(self) -> None:
        if self._resumed:
            with self._path.open("rb") as file:
                while chunk := file.read(READ_CHUNK):
                    self._digest.update(chunk)
        self._file = self._path.open("ab" if self._resumed else "wb")

    def _take(self, pieces: list[bytes]) -> None:
        for piece in pieces:
            whole = memoryview(piece)
            for start in range(0, len(whole), SLICE):
                self._digest.update(whole[start : start + SLICE])
                self._file.write(whole[start : start + SLICE])


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(READ_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
