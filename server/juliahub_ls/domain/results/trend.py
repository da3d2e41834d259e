"""How a number went: few enough points for a line of the text's height, in words its first and last value."""

from collections.abc import Sequence
from dataclasses import dataclass

from juliahub_ls.domain.logs.series import Series
from juliahub_ls.domain.values import finite

POINTS = 60
"""A sparkline has no room for more."""


@dataclass(frozen=True, slots=True)
class Trend:
    """`Trend` of `docs/protocol.md`. `points` stand for `count` values; all are finite."""

    points: tuple[float, ...]
    first: float
    last: float
    count: int


def trend_of(values: Sequence[float]) -> Trend | None:
    """Of a list; None without two numbers to draw a line between."""
    numbers = [number for value in values if (number := finite(value)) is not None]
    if len(numbers) < 2:
        return None
    points = tuple(numbers[place] for place in _spread(len(numbers)))
    return Trend(points, numbers[0], numbers[-1], len(values))


def trend_of_series(series: Series) -> Trend | None:
    """Of what a log tells: its peaks are kept, its first and its last value."""
    if series.first is None or series.last is None or series.count < 2:
        return None
    points = sorted({series.first, *series.points, series.last}, key=lambda point: point.step)
    values = tuple(point.value for point in points)
    return Trend(values, values[0], values[-1], series.count)


def _spread(count: int) -> Sequence[int]:
    """At most as many places as are drawn, the first and the last among them."""
    if count <= POINTS:
        return range(count)
    return [round(number * (count - 1) / (POINTS - 1)) for number in range(POINTS)]
