"""Makes a bundle from the one before it: what did not change is copied out of the old tar, not read from the folder.

Beside each kept tar lies an index: for every file where its record is in the tar and the status it had, and a checksum
of each chunk of the tar. A record is used again only for a file of the same path, source, size, times, inode and mode.
Files that had changed less than two seconds before the old bundle was made are not in the index: a second change within
the grain of the clock could look the same. Times from before a clock was set back prove nothing, so an index from the
future is not used at all.

The old tar is trusted chunk by chunk: each is checked against its CRC-32 as it is read, so a tar that was cut, written
over or lost its content with the power is found out (though not one forged on purpose by who may write the user's
cache). Copying saves opening each file; the hash of the whole is still taken over every byte, as nothing less is
SHA-256.
"""

import marshal
import os
import struct
import tempfile
import zlib
from array import array
from bisect import bisect_right
from collections.abc import Iterator
from itertools import compress
from pathlib import Path
from typing import BinaryIO, NamedTuple

from .file_status import GRAIN_NS, Status
from .gather import sort_key
from .model import PlannedFile
from .plan import BundlePlan

_FORMAT = "juliahub bundle index 2"
_BATCH = 2048
_FRAME = struct.Struct("<II")
_MAX_FRAME = 2**25
_Known = tuple[str, str, int, int, int, int, bool]
_Member = tuple[_Known, int, int]
_Batch = tuple[list[_Known], list[int], list[int]]


class SpliceDamaged(Exception):
    """The old tar is not what it was; nothing of the new one can be trusted. Write it anew."""


class Layout:
    """Where the writer put things: start and end of each planned file's record, and of each chunk the end and CRC-32.

    All in bytes from the archive's start, in the archive's order.
    """

    def __init__(self) -> None:
        self.records: array[int] = array("Q")
        self.chunk_ends: array[int] = array("Q")
        self.checksums: array[int] = array("L")

    def clear(self) -> None:
        """As new: for another attempt."""
        for values in (self.records, self.chunk_ends, self.checksums):
            del values[:]

    def add_record(self, start: int, end: int) -> None:
        """The next planned file's."""
        self.records.extend((start, end))

    def add_chunk(self, size: int, checksum: int) -> None:
        """The next chunk's; `size` in bytes."""
        self.chunk_ends.append(size + (self.chunk_ends[-1] if self.chunk_ends else 0))
        self.checksums.append(checksum)


class Record(NamedTuple):
    """What an index says of its tar: the plan's fingerprint, when it was made (ns), the hash, and the tar's own status.

    `settled`: every file was old enough to be known by its status, so that an equal plan is an equal bundle.
    """

    key: str
    settled: bool
    made: int
    sha256: str
    size: int
    files: int
    status: Status


def write_index(path: Path, plan: BundlePlan, layout: Layout, record: Record) -> None:
    """Writes the index, whole or not at all. Raises OSError."""
    handle, name = tempfile.mkstemp(prefix=".index", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            _write_frame(stream, (_FORMAT, tuple(record)))
            _write_frame(stream, (list(layout.chunk_ends), list(layout.checksums)))
            for batch in _batches(plan, layout, record.made):
                _write_frame(stream, batch)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def read_record(path: Path) -> Record | None:
    """The index's head; None when there is none, or none of ours."""
    try:
        with path.open("rb") as stream:
            return _record(_read_frame(stream))
    except OSError:
        return None


def is_settled(plan: BundlePlan, made: int) -> bool:
    """Whether every file had last changed so long before `made` (ns) that any later change shows in its status."""
    newest = made - GRAIN_NS
    return all(file[3] < newest and file[4] < newest for file in plan.files)


class Splice:
    """An old tar and its index, opened to be read once, front to back. A context manager.

    Raises OSError when they cannot be opened, SpliceDamaged when the index is no good.
    """

    def __init__(self, tar: Path, index: Path) -> None:
        self._index = index.open("rb")
        try:
            if _record(_read_frame(self._index)) is None:
                raise SpliceDamaged
            self._ends, self._checksums = _chunk_table(_read_frame(self._index))
            self._tar = tar.open("rb", buffering=0)
        except BaseException:
            self._index.close()
            raise
        self._members = _read_members(self._index)
        self._member: _Member | None = None
        self._order = ""
        self._chunk, self._chunk_start, self._chunk_end = b"", 0, 0

    def __enter__(self) -> "Splice":
        return self

    def __exit__(self, *_error: object) -> None:
        self._index.close()
        self._tar.close()

    def find(self, file: PlannedFile) -> tuple[int, int] | None:
        """Start and end of the file's record in the old tar, when it may be used again. Ask in the archive's order."""
        order = sort_key(file.archive_path)
        while self._order < order:
            self._member = next(self._members, None)
            if self._member is None:
                return None
            self._order = sort_key(self._member[0][0])
        if self._member is None or self._member[0] != file[:7]:
            return None
        return self._member[1:]

    def read(self, start: int, end: int) -> Iterator[memoryview]:
        """The old tar's bytes from `start` to `end`, each chunk checked. Raises SpliceDamaged."""
        while start < end:
            if not self._chunk_start <= start < self._chunk_end:
                self._load(start)
            stop = min(end, self._chunk_end)
            yield memoryview(self._chunk)[start - self._chunk_start : stop - self._chunk_start]
            start = stop

    def _load(self, offset: int) -> None:
        number = bisect_right(self._ends, offset)
        if number >= len(self._ends):
            raise SpliceDamaged
        self._chunk_start, self._chunk_end = self._ends[number - 1] if number else 0, self._ends[number]
        self._chunk = b""
        try:
            self._tar.seek(self._chunk_start)
            self._chunk = _read_exactly(self._tar, self._chunk_end - self._chunk_start)
        except OSError as reason:
            raise SpliceDamaged from reason
        if zlib.crc32(self._chunk) != self._checksums[number]:
            raise SpliceDamaged


def _batches(plan: BundlePlan, layout: Layout, made: int) -> Iterator[_Batch]:
    """The settled files in pieces, as what can be compared and stored at once."""
    newest = made - GRAIN_NS
    for start in range(0, len(plan.files), _BATCH):
        files = plan.files[start : start + _BATCH]
        records = layout.records[2 * start : 2 * (start + len(files))]
        known = [file[3] < newest and file[4] < newest for file in files]
        yield (
            [file[:7] for file in compress(files, known)],
            list(compress(records[::2], known)),
            list(compress(records[1::2], known)),
        )


def _read_members(index: BinaryIO) -> Iterator[_Member]:
    while isinstance(batch := _read_frame(index), tuple):
        yield from zip(*batch, strict=True)


def _chunk_table(frame: object) -> tuple[list[int], list[int]]:
    if not isinstance(frame, tuple) or len(frame) != 2:
        raise SpliceDamaged
    return frame


def _record(frame: object) -> Record | None:
    if not isinstance(frame, tuple) or len(frame) != 2 or frame[0] != _FORMAT:
        return None
    return Record(*frame[1])


def _write_frame(stream: BinaryIO, content: tuple[object, ...]) -> None:
    data: bytes = marshal.dumps(content, 2)  # type: ignore[arg-type]
    stream.write(_FRAME.pack(len(data), zlib.crc32(data)) + data)


def _read_frame(stream: BinaryIO) -> object:
    """The next frame's content; None at the end, and where what follows is no frame of ours."""
    head = stream.read(_FRAME.size)
    if len(head) < _FRAME.size:
        return None
    length, checksum = _FRAME.unpack(head)
    if length > _MAX_FRAME:
        return None
    data = stream.read(length)
    return marshal.loads(data) if len(data) == length and zlib.crc32(data) == checksum else None  # noqa: S302 - ours


def _read_exactly(stream: BinaryIO, size: int) -> bytes:
    pieces: list[bytes] = []
    while size:
        piece = stream.read(size)
        if not piece:
            raise SpliceDamaged
        pieces.append(piece)
        size -= len(piece)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)
