"""Content-addressed files: `{root}/ab/cd…` holds the bytes whose SHA-256 is `abcd…`.

A blob is written beside, verified, synced and only then renamed: under its name it is whole or not there.
"""

import errno
import hashlib
import os
import time
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, NamedTuple

from localhub.domain.refusals import Refusal, StorageFull

from .files import PRIVATE, private_dir, sync_dir, sync_file

CHUNK = 2**20
UNUSED_SECONDS = 24 * 3600
"""An uploaded bundle that no job uses is kept this long for the submission to come."""


class Blob(NamedTuple):
    """A stored content: `sha256` in lower-case hex, `size` in bytes."""

    sha256: str
    size: int


class BlobStore:
    """The blobs under one folder. Every method blocks on the disk."""

    def __init__(self, root: Path) -> None:
        self.root = private_dir(root)
        self._incoming = private_dir(root / "incoming")

    def path(self, sha256: str) -> Path:
        """Where that content is, or would be."""
        return self.root / sha256[:2] / sha256[2:]

    def find(self, sha256: str) -> Blob | None:
        """The blob, or None when it is not here."""
        try:
            return Blob(sha256, self.path(sha256).stat().st_size)
        except OSError:
            return None

    def writer(self) -> "BlobWriter":
        """A new blob to be written piece by piece; leaving its context without `finish` keeps nothing."""
        return BlobWriter(self, self._incoming)

    def put(self, content: bytes) -> Blob:
        """Store these bytes. Raises `StorageFull`."""
        with self.writer() as writer:
            writer.write(content)
            return writer.finish()

    def put_file(self, path: Path) -> Blob:
        """Store a file's content. Raises `StorageFull`."""
        with self.writer() as writer, path.open("rb") as file:
            writer.write(file.read(CHUNK))
            while piece := file.read(CHUNK):
                writer.write(piece)
            return writer.finish()

    def adopt(self, path: Path) -> Blob:
        """Store a file that nobody writes any more without copying it, where the file system can link.

        Raises `StorageFull`.
        """
        with path.open("rb") as file:
            digest = hashlib.sha256()
            while piece := file.read(CHUNK):
                digest.update(piece)
            blob = Blob(digest.hexdigest(), file.tell())
        place = self.path(blob.sha256)
        if not place.exists():
            try:
                private_dir(place.parent)
                sync_file(path)
                place.hardlink_to(path)
                sync_dir(place.parent)
            except OSError:
                return self.put_file(path)
        return blob

    def sweep(self, used: Iterable[str], now: float | None = None) -> None:
        """Remove half-written blobs, and those that nothing uses and that are older than a day."""
        oldest = (time.time() if now is None else now) - UNUSED_SECONDS
        keep = {self.path(sha256) for sha256 in used}
        for left_over in self._incoming.iterdir():
            left_over.unlink(missing_ok=True)
        for path in self.root.glob("??/*"):
            if path not in keep and path.stat().st_mtime < oldest:
                path.unlink(missing_ok=True)


class BlobWriter:
    """Hashes what it writes; `close` in the end, or use it as a context. Not safe for several threads at once."""

    def __init__(self, store: BlobStore, folder: Path) -> None:
        self._store = store
        self._path = folder / os.urandom(8).hex()
        self._hash = hashlib.sha256()
        self._file: BinaryIO | None = None
        self.size = 0

    def __enter__(self) -> "BlobWriter":
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _tb: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Remove what was written, unless it was finished."""
        if self._file is not None:
            _close_quietly(self._file)
            self._path.unlink(missing_ok=True)

    def write(self, piece: bytes | bytearray) -> None:
        """Append. Raises `StorageFull` when the disk is."""
        self._hash.update(piece)
        self.size += len(piece)
        with storage_errors("The upload"):
            if self._file is None:
                self._file = os.fdopen(os.open(self._path, _CREATE, PRIVATE), "wb")
            self._file.write(piece)

    def finish(self, expected: Blob | None = None) -> Blob:
        """Sync and put in place. Raises `Refusal` when the content is not the `expected` one, `StorageFull`."""
        assert self._file is not None, "written to, if only with nothing"
        blob = Blob(self._hash.hexdigest(), self.size)
        if expected is not None and blob != expected:
            raise Refusal("The upload was not stored: it is not the file that was announced. Upload it again.")
        with storage_errors("The upload"):
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            place = self._store.path(blob.sha256)
            private_dir(place.parent)
            self._path.replace(place)
            sync_dir(place.parent)
        return blob


class storage_errors:  # noqa: N801 - reads as a function in `with`
    """Turns “no space left” and “quota exceeded” into `StorageFull`."""

    def __init__(self, what: str) -> None:
        self._what = what

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, _type: type[BaseException] | None, error: BaseException | None, _tb: TracebackType | None
    ) -> None:
        if isinstance(error, OSError) and error.errno in _FULL:
            raise StorageFull(self._what) from error


def _close_quietly(file: BinaryIO) -> None:
    """Closing flushes, and a full disk may refuse that too; the file is thrown away anyway."""
    try:
        file.close()
    except OSError:
        return


_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
