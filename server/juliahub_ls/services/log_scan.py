"""Which lines of a stored log pass a filter: found once, kept, and carried on as the log grows.

The index answers first (level, worker, time), then a search in the bytes of a chunk as a whole; only the lines that are
left are decoded. All of it runs in a thread that lets others run.
"""

import threading
import time
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec

from juliahub_ls.domain.logs.line import LogLine
from juliahub_ls.domain.logs.query import EVERYTHING, Condition, parted
from juliahub_ls.domain.logs.sieve import Sieve
from juliahub_ls.services.stored_log import Chunk, StoredLog, decode_line

YIELD_SECONDS = 0.0001
"""What a scan leaves to the daemon's other work after each chunk of some milliseconds."""


class ScanCancelled(Exception):
    """Whoever asked is gone."""


class _MessageOnly(msgspec.Struct, array_like=True):
    """The first fields of a stored line: all that many filters look at."""

    id: int
    message: str


_message_decoder = msgspec.json.Decoder(_MessageOnly)


class Selection:
    """The lines of a log that a filter shows, with `context` lines around each. Thread-safe; blocks on the disk."""

    def __init__(self, log: StoredLog, condition: Condition, context: int = 0) -> None:
        self._log = log
        self._condition = condition
        self._context = context
        self._lock = threading.Lock()
        self._matches = array("I")
        self._shown = array("I")
        self._all = condition == EVERYTHING
        self.scanned = 0
        """The last line that has been looked at."""

    def extend(self, cancelled: Callable[[], bool] = lambda: False) -> None:
        """Look at what has come since. Raises `ScanCancelled`, or `PatternTooSlow` of an expression."""
        if self._all:
            self.scanned = self._log.count
            return
        with self._lock:
            last = self._log.count
            for end, found in matching(self._log, self._condition, self.scanned + 1, last):
                self._matches.extend(found)
                self._show(found, end)
                self.scanned = end
                if cancelled():
                    raise ScanCancelled
                time.sleep(YIELD_SECONDS)

    def count(self) -> int:
        """How many lines are shown."""
        return self.scanned if self._all else len(self._shown)

    def before(self, number: int) -> int:
        """How many lines that are shown come before this one."""
        return min(number - 1, self.scanned) if self._all else bisect_left(self._shown, number)

    def numbers(self, start: int, end: int) -> Sequence[int]:
        """The numbers of the shown lines with places `start` to `end` (exclusive), from 0."""
        start, end = max(start, 0), min(end, self.count())
        return range(start + 1, end + 1) if self._all else self._shown[start:end]

    def is_match(self, number: int) -> bool:
        """Whether the line passes itself, or is shown for one near it."""
        if self._all or not self._context:
            return True
        place = bisect_left(self._matches, number)
        return place < len(self._matches) and self._matches[place] == number

    def match_count(self) -> int:
        """How many lines pass."""
        return self.scanned if self._all else len(self._matches)

    def _show(self, found: Sequence[int], end: int) -> None:
        """Add matches up to line `end` with what is around them; what follows the last may come later."""
        if not self._context:
            self._shown.extend(found)
            return
        last = self._shown[-1] if self._shown else 0
        earlier = bisect_right(self._matches, self.scanned) - 1
        around = [self._matches[earlier], *found] if earlier >= 0 else list(found)
        for number in around:
            first = max(last + 1, number - self._context)
            until = min(number + self._context, end)
            if until >= first:
                self._shown.extend(range(first, until + 1))
                last = until


def matching(log: StoredLog, condition: Condition, first: int, last: int) -> Iterator[tuple[int, Sequence[int]]]:
    """For each chunk of these lines: its last line's number, and the numbers of those that pass."""
    verdicts, rest = parted(condition)
    sieve = rest.sieve()
    for part in log.index(first, last):
        places = range(len(part)) if verdicts is None else _passing(verdicts(part))
        if rest != EVERYTHING and places:
            chunk = log.chunk(part)
            places = list(_decoded(chunk, rest, places) if sieve is None else _sifted(chunk, rest, places, sieve))
        yield part.first + len(part) - 1, [part.first + place for place in places]


def _passing(verdicts: Iterable[bool]) -> Sequence[int]:
    return [place for place, passes in enumerate(verdicts) if passes]


def _sifted(chunk: Chunk, condition: Condition, places: Sequence[int], sieve: Sieve) -> Iterator[int]:
    """Only lines in which the sieve finds something are looked at."""
    content, ends, following, is_certain = chunk.content, chunk.ends, sieve.over(chunk.content), condition.certainty()
    asked = places if isinstance(places, range) else frozenset(places)
    decode = _message if condition.message_only else decode_line
    place = end = 0
    while (found := following(end)) >= 0:
        place = bisect_right(ends, found, place)
        begin, end = ends[place - 1] if place else 0, ends[place]
        if place in asked and (
            (is_certain is not None and is_certain(content, begin, found))
            or condition.keeps(decode(content[begin:end]))
        ):
            yield place


def _decoded(chunk: Chunk, condition: Condition, places: Iterable[int]) -> Iterator[int]:
    lines = chunk.content.split(b"\n")
    decode = _message if condition.message_only else decode_line
    return (place for place in places if condition.keeps(decode(lines[place])))


def _message(raw: bytes) -> LogLine:
    found = _message_decoder.decode(raw)
    return LogLine(found.id, found.message, "Info", 1)
