"""One log on disk: its lines in an append-only file, and an index of fixed width beside it.

`lines.jsonl` holds a JSON array for each line (`LogLine`'s fields, in order), `index` 32 bytes for each: where the line
ends, its severity, worker and time, and its number at the server. Neither is ever held in memory, so that a million
lines cost no more than one. A line counts once its index entry is written: what a crash left half-written is cut off.
"""

import os
import struct
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import msgspec

from juliahub_ls.domain.logs.line import LogLine
from juliahub_ls.encoding import encode

ENTRY = struct.Struct("=iiqqq")
"""In the machine's own order, so that a column is read at once: a store is for one machine."""
CHUNK_LINES = 4096
"""Lines that are read in one go: some hundred kilobytes."""
NO_NUMBER = -1
"""The number of a line whose server gives it none."""

_decoder = msgspec.json.Decoder(LogLine)
_encoder = msgspec.json.Encoder()


Entry = tuple[int, int, int, int, int]
"""Severity, worker and time (a condition's `COLUMNS`), the server's number, and where the line ends."""
NUMBER, END = 3, 4
_PLACES = (("i", 0), ("i", 1), ("q", 1), ("q", 2), ("q", 3))
"""Of each column: its numbers' kind, and how manieth of that kind it is in an entry."""


class IndexPart:
    """The index of the lines from the number `first`, which begins at the byte `start`; by columns as `Entry` has."""

    def __init__(self, first: int, start: int, raw: bytes) -> None:
        self.first = first
        self.start = start
        self._raw = memoryview(raw)

    def __len__(self) -> int:
        return len(self._raw) // ENTRY.size

    def __getitem__(self, column: int) -> Sequence[int]:
        kind, place = _PLACES[column]
        numbers = self._raw.cast(kind)  # type: ignore[call-overload]
        found: list[int] = numbers[place :: ENTRY.size // numbers.itemsize].tolist()
        return found


class Chunk(NamedTuple):
    """Lines from the number `first`: their bytes, the last line's end left out, and where each line ends in them."""

    first: int
    content: bytes
    ends: Sequence[int]


class StoredLog:
    """Thread-safe; every method blocks on the disk. Raises `OSError`.

    `read_only`: as it is in this moment, while another may add to it; nothing on disk is changed.
    """

    def __init__(self, folder: Path, *, read_only: bool = False) -> None:
        self.folder = folder
        if not read_only:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock = threading.Lock()
        self._lines = _opened(folder / "lines.jsonl", read_only=read_only)
        self._index = _opened(folder / "index", read_only=read_only)
        self.count = self._whole()
        """How many lines there are; their numbers are 1 to this."""
        self._end = self._entry_end(self.count)
        if not read_only:
            self._cut(self.count, self._end)

    @property
    def size(self) -> int:
        """Bytes on disk."""
        return self._end + self.count * ENTRY.size

    def append(self, lines: Sequence[LogLine]) -> None:
        """Add lines, which are numbered on from `count`."""
        with self._lock:
            content, entries = [], bytearray()
            end = self._end
            for line in lines:
                raw = _encoded(line)
                end += len(raw)
                content.append(raw)
                severity, worker, time = line.columns
                entries += ENTRY.pack(severity, _int32(worker), time, _number(line), end)
            _write_at(self._lines, self._end, b"".join(content))
            _write_at(self._index, self.count * ENTRY.size, bytes(entries))
            self._end = end
            self.count += len(lines)

    def read(self, first: int, last: int) -> list[LogLine]:
        """The lines of these numbers, as far as there are any."""
        return [line for chunk in self.chunks(first, last) for line in decoded(chunk)]

    def pick(self, numbers: Sequence[int]) -> list[LogLine]:
        """The lines of these numbers, which ascend; near ones are read together."""
        found: list[LogLine] = []
        start = 0
        for place in range(1, len(numbers) + 1):
            near = place < len(numbers) and numbers[place] - numbers[start] < CHUNK_LINES
            if near and numbers[place] - numbers[place - 1] < CHUNK_LINES // 16:
                continue
            group = numbers[start:place]
            chunk = next(self.chunks(group[0], group[-1]), None)
            if chunk is not None:
                raw = chunk.content.split(b"\n")
                found += [_decoder.decode(raw[number - chunk.first]) for number in group]
            start = place
        return found

    def entry(self, number: int) -> "Entry | None":
        """The index's entry of one line."""
        if not 1 <= number <= self.count:
            return None
        with self._lock:
            return ENTRY.unpack(_read_at(self._index, (number - 1) * ENTRY.size, ENTRY.size))

    def chunks(self, first: int, last: int) -> Iterator[Chunk]:
        """These lines in order, `CHUNK_LINES` at a time."""
        return map(self.chunk, self.index(first, last))

    def index(self, first: int, last: int) -> Iterator[IndexPart]:
        """The index alone of these lines, `CHUNK_LINES` at a time."""
        last = min(last, self.count)
        for start in range(max(first, 1), last + 1, CHUNK_LINES):
            yield self._index_part(start, min(start + CHUNK_LINES - 1, last))

    def chunk(self, part: IndexPart) -> Chunk:
        """The lines of a part of the index."""
        ends = part[END]
        with self._lock:
            content = _read_at(self._lines, part.start, ends[-1] - part.start)
        return Chunk(part.first, content[:-1], [end - part.start for end in ends])

    def clear(self) -> None:
        """Forget all lines."""
        with self._lock:
            self._cut(0, 0)

    def close(self) -> None:
        """Close the files."""
        with self._lock:
            self._lines.close()
            self._index.close()

    def _index_part(self, first: int, last: int) -> IndexPart:
        """With the entry of the line before, which tells where the first begins."""
        before = max(first - 2, 0)
        with self._lock:
            raw = _read_at(self._index, before * ENTRY.size, (last - before) * ENTRY.size)
        if first == 1:
            return IndexPart(first, 0, raw)
        return IndexPart(first, ENTRY.unpack_from(raw)[END], raw[ENTRY.size :])

    def _whole(self) -> int:
        """So many lines are whole: behind them are index entries without their line, or bytes without their entry."""
        count, size = _size(self._index) // ENTRY.size, _size(self._lines)
        while count and not self._is_whole(count, size):
            count = self._last_within(count, size) if self._entry_end(count) > size else count - 1
        return count

    def _last_within(self, count: int, size: int) -> int:
        """The last line that ends within `size` bytes; the ends ascend."""
        low, high = 0, count - 1
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if self._entry_end(middle) <= size else (low, middle - 1)
        return low

    def _is_whole(self, number: int, size: int) -> bool:
        start, end = self._entry_end(number - 1), self._entry_end(number)
        if not start < end <= size:
            return False
        raw = _read_at(self._lines, start, end - start)
        try:
            return raw.endswith(b"\n") and _decoder.decode(raw).id == number
        except msgspec.DecodeError:
            return False

    def _entry_end(self, number: int) -> int:
        if number == 0:
            return 0
        end: int = ENTRY.unpack(_read_at(self._index, (number - 1) * ENTRY.size, ENTRY.size))[END]
        return end

    def _cut(self, count: int, end: int) -> None:
        self._index.truncate(count * ENTRY.size)
        self._lines.truncate(end)
        self.count, self._end = count, end


def decoded(chunk: Chunk) -> list[LogLine]:
    """The lines of a chunk."""
    return [_decoder.decode(raw) for raw in chunk.content.split(b"\n")]


def decode_line(raw: bytes) -> LogLine:
    """One stored line."""
    return _decoder.decode(raw)


def _encoded(line: LogLine) -> bytes:
    try:
        if line.keywords is not None and not all(map(_is_simple, line.keywords.values())):
            line = line._replace(keywords=encode(line.keywords))
        return _encoder.encode(line) + b"\n"
    except (UnicodeEncodeError, OverflowError, RecursionError):
        return _encoder.encode(_plain(line)) + b"\n"


def _plain(line: LogLine) -> LogLine:
    """Half a surrogate pair, a number beyond 64 bits, what is nested too deeply: text that JSON can hold."""
    values = [value.encode("utf-8", "replace").decode() if isinstance(value, str) else value for value in line]
    plain = LogLine._make(values)
    keywords = {_text(name): _text(value) for name, value in (line.keywords or {}).items()}
    return plain._replace(keywords=keywords or None, internal=None, line=None)


def _is_simple(value: Any) -> bool:
    """Whether JSON has it as it is: no number that is none or infinite, nothing that could hold one."""
    return isinstance(value, (str, int)) or value is None or (isinstance(value, float) and value - value == 0)


def _text(value: Any) -> str:
    try:
        return str(value).encode("utf-8", "replace").decode()
    except (RecursionError, ValueError):
        return "…"


def _number(line: LogLine) -> int:
    """The server's number of it, where its id is one."""
    event = line.event
    return int(event) if event is not None and event.isdecimal() and len(event) < 19 else NO_NUMBER


def _int32(value: int) -> int:
    return max(-(2**31), min(value, 2**31 - 1))


def _opened(path: Path, *, read_only: bool) -> BinaryIO:
    if read_only:
        return path.open("rb", buffering=0)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
    return os.fdopen(descriptor, "r+b", buffering=0)


def _read_at(file: BinaryIO, position: int, size: int) -> bytes:
    file.seek(position)
    parts = []
    while size > 0 and (part := file.read(size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _write_at(file: BinaryIO, position: int, content: bytes) -> None:
    file.seek(position)
    view = memoryview(content)
    while view:
        view = view[file.write(view) :]


def _size(file: BinaryIO) -> int:
    return file.seek(0, os.SEEK_END)
