"""Numbers that a log tells over time, thinned so that a plot of any log is small and keeps its peaks."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from .conditions import number_of
from .line import LogLine
from .query import Any_, Condition, Keyword, both


class Point(NamedTuple):
    """A value: its line, its time (Unix ms), and the how manieth of its keyword and worker it is."""

    id: int
    time: int | None
    step: int
    value: float


@dataclass(slots=True)
class Series:
    """One keyword of one worker, in at most `most` points.

    Neighbouring values share a bucket, of which the smallest and the largest are kept; when there are too many buckets
    each two become one.
    """

    keyword: str
    worker: int
    most: int
    count: int = 0
    first: Point | None = None
    last: Point | None = None
    _width: int = 1
    _buckets: list[tuple[Point, Point]] = field(default_factory=list)

    def add(self, line: LogLine, value: float) -> None:
        """One more value."""
        self.count += 1
        self.last = point = Point(line.id, line.time, self.count, value)
        self.first = self.first or point
        if (self.count - 1) % self._width:
            self._buckets[-1] = _merged(self._buckets[-1], (point, point))
            return
        if self._width == 1 and len(self._buckets) >= self.most:
            self._halve()
        while self._width > 1 and 2 * len(self._buckets) >= self.most:
            self._halve()
        if (self.count - 1) % self._width:
            self._buckets[-1] = _merged(self._buckets[-1], (point, point))
        else:
            self._buckets.append((point, point))

    @property
    def points(self) -> list[Point]:
        """The values that stand for all, in order."""
        return [point for pair in self._buckets for point in sorted(set(pair))]

    def _halve(self) -> None:
        pairs = self._buckets
        merged = [_merged(pairs[place], pairs[place + 1]) for place in range(0, len(pairs) - 1, 2)]
        self._buckets = merged + (pairs[-1:] if len(pairs) % 2 else [])
        self._width *= 2


class SeriesSet:
    """The series of some keywords. `scanned`: the last line that was looked at."""

    def __init__(self, names: Sequence[str], most: int) -> None:
        self._names = names
        self._most = max(most, 4)
        self._series: dict[tuple[str, int], Series] = {}
        self.scanned = 0

    def condition(self, asked: Condition) -> Condition:
        """Lines that pass and have at least one of the keywords."""
        present = tuple(Keyword(name, _is_number, name) for name in self._names)
        return both(asked, present[0] if len(present) == 1 else Any_(present))

    def take(self, line: LogLine) -> None:
        """Add the line's values."""
        for name in self._names:
            value = number_of((line.keywords or {}).get(name))
            if value is not None and math.isfinite(value):
                key = (name, line.worker)
                series = self._series.get(key) or self._series.setdefault(key, Series(*key, self._most))
                series.add(line, value)

    def all(self) -> list[Series]:
        """By keyword, then worker."""
        return [self._series[key] for key in sorted(self._series)]


def _is_number(value: object) -> bool:
    return number_of(value) is not None


def _merged(one: tuple[Point, Point], two: tuple[Point, Point]) -> tuple[Point, Point]:
    low = one[0] if one[0].value <= two[0].value else two[0]
    high = one[1] if one[1].value >= two[1].value else two[1]
    return low, high
