r"""Reading a job's `log.jsonl`: line *n* is event id *n*, and a last line without `\n` is not yet a record.

Lines are passed on as the JSON text they are, with `eventId` put in front: a million-line log is never parsed here.
"""

import json
import threading
from array import array
from bisect import bisect_left
from collections import OrderedDict
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, NamedTuple

from juliahub_wire import logs
from juliahub_wire.limits import LOG_PAGE_ENTRIES

BLOCK = 2**16
"""The index remembers how many lines precede each block of this many bytes: 5,600 numbers for a million lines."""

PAGE_BYTES = 2**24
"""A page of long records holds fewer of them, so that asking for one never costs more memory than this."""

_INDEXES_KEPT = 64


class Page(NamedTuple):
    """Records `first` to `first + len(records) - 1`, ready for the wire. `total`: complete lines there are."""

    records: list[str]
    first: int
    total: int


class JobLog:
    """One log, indexed as far as it was read. Thread-safe; every method blocks on the disk."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lines_before = array("Q", [0])
        self._scanned = 0
        self._lines = 0
        self._end = 0
        self._lock = threading.Lock()

    def last(self, count: int) -> Page:
        """The newest `count` records."""
        with self._lock, _opened(self._path) as file:
            self._scan(file)
            return self._page_up_to(file, self._lines, count)

    def before(self, event_id: int, count: int) -> Page:
        """The `count` records right before that one, exclusive."""
        with self._lock, _opened(self._path) as file:
            self._scan(file)
            return self._page_up_to(file, min(event_id - 1, self._lines), count)

    def after(self, event_id: int, count: int) -> Page:
        """The `count` records right after that one, exclusive."""
        with self._lock, _opened(self._path) as file:
            self._scan(file)
            return self._page_from(file, event_id + 1, count)

    def cursor(self, event_id: int | None) -> "Cursor":
        """A cursor after that record; None: at the present end."""
        with self._lock, _opened(self._path) as file:
            self._scan(file)
            after = self._lines if event_id is None else max(0, min(event_id, self._lines))
            return Cursor(self._path, after, self._offset(file, after + 1))

    def _scan(self, file: BinaryIO) -> None:
        """Count the lines that came since. A runner whose disk filled up takes back what it wrote in part."""
        if file.seek(0, 2) < self._scanned:
            self._lines_before, self._scanned, self._lines, self._end = array("Q", [0]), 0, 0, 0
        file.seek(self._scanned)
        while piece := file.read(BLOCK - self._scanned % BLOCK):
            newlines = piece.count(b"\n")
            if newlines:
                self._end = self._scanned + piece.rindex(b"\n") + 1
            self._lines += newlines
            self._scanned += len(piece)
            if self._scanned % BLOCK == 0:
                self._lines_before.append(self._lines)

    def _offset(self, file: BinaryIO, line: int) -> int:
        """Where that line begins; it must be at most one beyond the last."""
        if line <= 1:
            return 0
        if line > self._lines:
            return self._end
        block = bisect_left(self._lines_before, line - 1) - 1
        file.seek(block * BLOCK)
        content, position = file.read(BLOCK), -1
        for _ in range(line - 1 - self._lines_before[block]):
            position = content.index(b"\n", position + 1)
        return block * BLOCK + position + 1

    def _page_from(self, file: BinaryIO, first: int, count: int) -> Page:
        last = min(first + count - 1, self._lines)
        if last < first:
            return Page([], first, self._lines)
        start, end = self._offset(file, first), self._offset(file, last + 1)
        file.seek(start)
        content = file.read(min(end - start, PAGE_BYTES))
        return Page(_spliced(content[: content.rindex(b"\n") + 1], first), first, self._lines)

    def _page_up_to(self, file: BinaryIO, last: int, count: int) -> Page:
        first = max(1, last - count + 1)
        if last < first:
            return Page([], first, self._lines)
        start, end = self._offset(file, first), self._offset(file, last + 1)
        if end - start > PAGE_BYTES:
            start = end - PAGE_BYTES
        file.seek(start)
        content = file.read(end - start)
        first = last - content.count(b"\n") + 1
        if self._offset(file, first) != start:
            content, first = content[content.index(b"\n") + 1 :], first + 1
        return Page(_spliced(content, first), first, self._lines)


class Cursor:
    """Reads on from one place. For one stream; not thread-safe. Its methods block on the disk."""

    def __init__(self, path: Path, event_id: int, offset: int) -> None:
        self._path = path
        self.event_id = event_id
        self.offset = offset

    def read(self, max_records: int, max_bytes: int = 2**18) -> list[str]:
        """The next records, [] when there are none yet. A record longer than `max_bytes` comes alone."""
        with _opened(self._path) as file:
            file.seek(self.offset)
            content = file.read(max_bytes)
            while b"\n" not in content and (more := file.read(max_bytes)):
                content += more
        content = _first_lines(content, max_records)
        records = _spliced(content, self.event_id + 1)
        self.event_id += len(records)
        self.offset += len(content)
        return records


class JobLogs:
    """The logs read lately, by path, so that their indexes are used again."""

    def __init__(self) -> None:
        self._logs: OrderedDict[Path, JobLog] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, path: Path) -> JobLog:
        """The log at that path."""
        with self._lock:
            log = self._logs.pop(path, None) or JobLog(path)
            self._logs[path] = log
            while len(self._logs) > _INDEXES_KEPT:
                self._logs.popitem(last=False)
            return log


def encode(page: Page, finished: bool) -> str:
    """The body of a log page with its markers (§8.1). `finished`: the job ended and its log is whole."""
    records = page.records
    if page.first == 1:
        records = [_TOP, *records]
    if finished and page.first + len(page.records) > page.total:
        records = [*records, BOTTOM]
    return logs.encode_page(records)


def page_size(requested: int | None) -> int:
    """How many records a page holds: what was asked for, within the protocol's 10,000."""
    return LOG_PAGE_ENTRIES if requested is None else max(1, min(requested, LOG_PAGE_ENTRIES))


def _spliced(content: bytes, first: int) -> list[str]:
    lines = content.decode("utf-8", "replace").split("\n")
    lines.pop()
    return [_with_id(line, number) for number, line in enumerate(lines, first)]


def _with_id(line: str, number: int) -> str:
    if line[:2] == '{"' and line[-1] == "}":
        return f'{{"eventId":"{number}",{line[1:]}'
    return json.dumps({"eventId": str(number), "message": line}, ensure_ascii=False)


def _first_lines(content: bytes, count: int) -> bytes:
    """At most the first `count` complete lines."""
    end = content.rfind(b"\n") + 1
    if content.count(b"\n", 0, end) <= count:
        return content[:end]
    position = -1
    for _ in range(count):
        position = content.index(b"\n", position + 1)
    return content[: position + 1]


class _opened:  # noqa: N801 - reads as a function in `with`
    """The file, or an empty one before the runner has made it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> BinaryIO:
        try:
            self._file: BinaryIO = self._path.open("rb")
        except FileNotFoundError:
            self._file = BytesIO()
        return self._file

    def __exit__(self, *_error: object) -> None:
        self._file.close()


_TOP = json.dumps(logs.marker(logs.TOP))
BOTTOM = json.dumps(logs.marker(logs.BOTTOM))
