"""Writes a planned bundle as a tar and hashes it in the same pass (protocol §6.4).

While this thread hashes one chunk, another writes it and a third reads the next: the three overlap, and memory holds
two chunks whatever the size. A source file that is not what the plan saw stops the work; a
stopped or failed write leaves no file behind.
"""

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NamedTuple

from .bundle_gather import sort_key
from .bundle_model import InjectedFile, PlannedFile
from .bundle_plan import BundlePlan
from .tar_format import END, directory_header, file_header, padding

_CHUNK = 4 * 2**20
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
    progress: Callable[[BundleProgress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> WrittenBundle:
    """Writes the tar to a path (whole or not at all) or an open binary file.

    `progress` is called on this thread after each 4 MiB or so. Raises FileChanged,
    BundleCancelled, and OSError from the output alone (a full disk, no permission).
    """
    if not isinstance(output, Path):
        return _write(plan, output, progress, cancelled)
    output.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{output.name}.", dir=output.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb", buffering=0) as stream:
            written = _write(plan, stream, progress, cancelled)
        temporary.replace(output)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    return written


class _Chunk(NamedTuple):
    """Bytes of the archive, with the files and content bytes complete once they are written."""

    data: bytes
    files: int
    bytes: int


def _write(
    plan: BundlePlan,
    stream: BinaryIO,
    progress: Callable[[BundleProgress], None] | None,
    cancelled: Callable[[], bool] | None,
) -> WrittenBundle:
    digest = hashlib.sha256()
    size = 0
    chunks = _chunks(plan)
    with contextlib.closing(chunks), ThreadPoolExecutor(2, thread_name_prefix="bundle") as pool:
        chunk = next(chunks, None)
        while chunk is not None:
            if cancelled and cancelled():
                raise BundleCancelled
            writing = pool.submit(_write_all, stream, chunk.data)
            reading = pool.submit(next, chunks, None)
            digest.update(chunk.data)
            size += len(chunk.data)
            following = reading.result()
            writing.result()
            if progress:
                progress(BundleProgress(chunk.files, plan.file_count, chunk.bytes, plan.total_size))
            chunk = following
    return WrittenBundle(digest.hexdigest(), size, plan.file_count)


def _write_all(stream: BinaryIO, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[stream.write(rest) :]


def _chunks(plan: BundlePlan) -> Generator[_Chunk, None, None]:
    """The archive in pieces of about `_CHUNK` bytes."""
    parts: list[bytes] = []
    waiting = files = content = 0
    top = plan.name + "/"
    for record in _records(plan):
        if isinstance(record, str):
            parts.append(directory_header(top + record))
            waiting += len(parts[-1])
            continue
        size = len(record.content) if isinstance(record, InjectedFile) else record.size
        executable = isinstance(record, PlannedFile) and record.executable
        parts.append(file_header(top + record.archive_path, size, executable))
        waiting += len(parts[-1])
        for piece in _content(record):
            parts.append(piece)
            waiting += len(piece)
            content += len(piece)
            if waiting >= _CHUNK:
                yield _Chunk(b"".join(parts), files, content)
                parts, waiting = [], 0
        fill = padding(size)
        if fill:
            parts.append(_ZEROS[:fill])
            waiting += fill
        files += 1
    parts.append(END)
    yield _Chunk(b"".join(parts), files, content)


def _records(plan: BundlePlan) -> list[PlannedFile | InjectedFile | str]:
    """Files and empty folders in the archive's order."""
    records: list[PlannedFile | InjectedFile | str] = [*plan.files, *plan.injected, *plan.empty_directories]
    if plan.injected or plan.empty_directories:
        records.sort(key=_order)
    return records


def _order(record: PlannedFile | InjectedFile | str) -> str:
    return sort_key(record if isinstance(record, str) else record.archive_path)


def _content(record: PlannedFile | InjectedFile) -> Iterator[bytes]:
    if isinstance(record, InjectedFile):
        return iter((record.content,))
    return _read(record)


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
        if status.st_size != file.size or status.st_mtime_ns != file.mtime_ns:
            raise FileChanged(file.source, "was changed")
    finally:
        os.close(descriptor)


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
