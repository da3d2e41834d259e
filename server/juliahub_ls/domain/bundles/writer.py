"""Writes a planned bundle as a tar and hashes it in the same pass (protocol §6.4).

While this thread hashes one chunk, another writes it and a third reads the next: the three overlap, and memory holds
two chunks whatever the size. What an older tar already holds is copied from there in runs, many files at once. A source
file that is not what the plan saw stops the work; a stopped or failed write leaves no file behind.
"""

import contextlib
import hashlib
import os
import tempfile
import zlib
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NamedTuple

from .gather import sort_key
from .model import InjectedFile, PlannedFile
from .plan import BundlePlan
from .splice import Layout, Splice
from .tar_format import END, directory_header, file_header, padding

_CHUNK = 4 * 2**20
_ALONE = 2**20
_LONGEST_RUN = 16 * _CHUNK
_WINDOWS = os.name == "nt"
_OPEN = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


class BundleCancelled(Exception):
    """The caller's `cancelled` said so; nothing is left behind."""


class FileChanged(Exception):
    """A file is not as it was when the bundle was planned: changed, gone, or no longer readable. Plan again."""

    def __init__(self, path: str, detail: str) -> None:
        super().__init__(f"{path} {detail} while the bundle was being written")
        self.path = path
        self.detail = detail


@dataclass(frozen=True, slots=True)
class BundleProgress:
    """How far: files and content bytes done, of all."""

    files: int
    total_files: int
    bytes: int
    total_bytes: int


@dataclass(frozen=True, slots=True)
class WrittenBundle:
    """`sha256` of the whole tar, lower-case hex; `size` of the tar in bytes; `files` in it."""

    sha256: str
    size: int
    files: int


def write_bundle(
    plan: BundlePlan,
    output: Path | BinaryIO,
    *,
    splice: Splice | None = None,
    layout: Layout | None = None,
    progress: Callable[[BundleProgress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> WrittenBundle:
    """Writes the tar to a path (whole or not at all) or an open binary file.

    `splice`: an older tar to copy from; the result is the same bytes. `layout` is filled with where things went.
    `progress` is called on this thread after each 4 MiB or so. Raises FileChanged, BundleCancelled, SpliceDamaged
    (write again without), and OSError from the output alone (a full disk, no permission).
    """
    if not isinstance(output, Path):
        return _write(plan, output, splice, layout, progress, cancelled)
    output.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{output.name}.", dir=output.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb", buffering=0) as stream:
            written = _write(plan, stream, splice, layout, progress, cancelled)
        temporary.replace(output)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    return written


class _Chunk(NamedTuple):
    """Bytes of the archive, with the files and content bytes complete once they are written."""

    data: bytes | memoryview
    files: int
    bytes: int


def _write(
    plan: BundlePlan,
    stream: BinaryIO,
    splice: Splice | None,
    layout: Layout | None,
    progress: Callable[[BundleProgress], None] | None,
    cancelled: Callable[[], bool] | None,
) -> WrittenBundle:
    digest = hashlib.sha256()
    size = 0
    chunks = _Archive(plan, splice, layout).chunks()
    with contextlib.closing(chunks), ThreadPoolExecutor(2, thread_name_prefix="bundle") as pool:
        chunk = next(chunks, None)
        while chunk is not None:
            if cancelled and cancelled():
                raise BundleCancelled
            writing = pool.submit(_write_all, stream, chunk.data, layout)
            reading = pool.submit(next, chunks, None)
            digest.update(chunk.data)
            size += len(chunk.data)
            following = reading.result()
            writing.result()
            if progress:
                progress(BundleProgress(chunk.files, plan.file_count, chunk.bytes, plan.total_size))
            chunk = following
    return WrittenBundle(digest.hexdigest(), size, plan.file_count)


def _write_all(stream: BinaryIO, data: bytes | memoryview, layout: Layout | None) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[stream.write(rest) :]
    if layout:
        layout.add_chunk(len(data), zlib.crc32(data))


@dataclass(slots=True)
class _Run:
    """Records that follow each other in an older tar, from `start` to `end`: so many files and content bytes."""

    start: int
    end: int
    files: int = 0
    bytes: int = 0

    def follows(self, start: int) -> bool:
        return start == self.end and self.end - self.start < _LONGEST_RUN


class _Archive:
    """The archive in pieces of about `_CHUNK` bytes, from the folder and, where it can be, from an older tar."""

    def __init__(self, plan: BundlePlan, splice: Splice | None, layout: Layout | None) -> None:
        self._plan = plan
        self._top = plan.name + "/"
        self._splice = splice
        self._layout = layout
        self._parts: list[bytes | memoryview] = []
        self._waiting = self._offset = 0
        self._files = self._content = 0

    def chunks(self) -> Generator[_Chunk, None, None]:
        """Raises FileChanged and SpliceDamaged."""
        run = _Run(0, 0)
        for record in _records(self._plan):
            found = self._splice.find(record) if self._splice and isinstance(record, PlannedFile) else None
            if run.files and not (found and run.follows(found[0])):
                yield from self._copy(run)
                run = _Run(0, 0)
            if found and isinstance(record, PlannedFile):
                self._take(run, found, record)
            elif isinstance(record, str):
                self._add(directory_header(self._top + record))
            else:
                yield from self._file(record)
            if self._waiting >= _CHUNK:  # headers of empty files and folders are bytes, too
                yield self._flush()
        if run.files:
            yield from self._copy(run)
        self._add(END)
        yield self._flush()

    def _file(self, record: PlannedFile | InjectedFile) -> Iterator[_Chunk]:
        start = self._offset
        size = record.size if isinstance(record, PlannedFile) else len(record.content)
        executable = isinstance(record, PlannedFile) and record.executable
        self._add(file_header(self._top + record.archive_path, size, executable))
        for piece in _content(record):
            self._add(piece)
            self._content += len(piece)
            if self._waiting >= _CHUNK:
                yield self._flush()
        self._add(_ZEROS[: padding(size)])
        self._files += 1
        if self._layout and isinstance(record, PlannedFile):
            self._layout.add_record(start, self._offset)

    def _take(self, run: _Run, found: tuple[int, int], record: PlannedFile) -> None:
        """Puts a record of the older tar at the end of the run, or begins one with it."""
        start, end = found
        if not run.files:
            run.start = start
        run.end = end
        run.files += 1
        run.bytes += record.size
        if self._layout:
            shift = self._offset - run.start
            self._layout.add_record(start + shift, end + shift)

    def _copy(self, run: _Run) -> Iterator[_Chunk]:
        assert self._splice is not None
        done = self._content + run.bytes
        for piece in self._splice.read(run.start, run.end):
            if len(piece) >= _ALONE and self._parts:
                yield self._flush()
            self._add(piece)
            self._content = min(self._content + len(piece), done)
            if self._waiting >= _ALONE:
                yield self._flush()
        self._files += run.files
        self._content = done

    def _add(self, data: bytes | memoryview) -> None:
        self._parts.append(data)
        self._waiting += len(data)
        self._offset += len(data)

    def _flush(self) -> _Chunk:
        data = self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
        chunk = _Chunk(data, self._files, self._content)
        self._parts, self._waiting = [], 0
        return chunk


def _records(plan: BundlePlan) -> Iterator[PlannedFile | InjectedFile | str]:
    """Files and empty folders in the archive's order: the few others go in between the files, which are sorted."""
    others: list[InjectedFile | str] = [*plan.injected, *plan.empty_directories]
    others.sort(key=_order, reverse=True)
    following = _order(others[-1]) if others else None
    for file in plan.files:
        while following is not None and following < sort_key(file.archive_path):
            yield others.pop()
            following = _order(others[-1]) if others else None
        yield file
    yield from reversed(others)


def _order(record: InjectedFile | str) -> str:
    return sort_key(record if isinstance(record, str) else record.archive_path)


def _content(record: PlannedFile | InjectedFile) -> Iterator[bytes]:
    return _read(record) if isinstance(record, PlannedFile) else iter((record.content,))


def _read(file: PlannedFile) -> Iterator[bytes]:
    """The file's content, exactly as long as planned. Raises FileChanged."""
    try:
        descriptor = os.open(file.source, _OPEN)
    except OSError as reason:
        raise FileChanged(file.source, _reason(reason)) from reason
    try:
        rest = file.size
        while rest:
            piece = _read_piece(descriptor, min(rest, _CHUNK), file)
            rest -= len(piece)
            yield piece
        status = os.fstat(descriptor)
        if not _is_as_planned(status, file):
            raise FileChanged(file.source, "was changed")
    finally:
        os.close(descriptor)


def _is_as_planned(status: os.stat_result, file: PlannedFile) -> bool:
    """Windows has no time of a status' change, and keeps no promise that two ways to ask for times agree on it."""
    same = status.st_size == file.size and status.st_mtime_ns == file.mtime_ns
    return same and (_WINDOWS or (status.st_ctime_ns, status.st_ino) == (file.ctime_ns, file.inode))


def _read_piece(descriptor: int, size: int, file: PlannedFile) -> bytes:
    try:
        piece = os.read(descriptor, size)
    except OSError as reason:
        raise FileChanged(file.source, _reason(reason)) from reason
    if not piece:
        raise FileChanged(file.source, "became shorter")
    return piece


def _reason(reason: OSError) -> str:
    if isinstance(reason, FileNotFoundError):
        return "disappeared"
    return f"could not be read ({reason.strerror or reason})"


_ZEROS = bytes(512)
