"""Which lines of a log a user asked to see: a query, and the three conditions that have parameters of their own."""

from typing import Literal

from .conditions import LEVEL_RANGES, LogTimes
from .line import severity
from .pattern import BoundPattern
from .query import COLUMNS, EVERYTHING, INFINITE, Condition, Matches, Within, both
from .query_parser import QueryMistake, parse_query

Level = Literal["debug", "info", "warn", "error"]


def log_filter(
    times: LogTimes,
    query: str = "",
    pattern: str | None = None,
    level: str | None = None,
    worker: int | None = None,
) -> "Condition | QueryMistake":
    """All that is given must hold; `level` is the least one. Raises `ValueError` of `pattern` with the reason."""
    asked = parse_query(query, times)
    if isinstance(asked, QueryMistake):
        return asked
    regex = Matches(BoundPattern(pattern)) if pattern else EVERYTHING
    least = (
        _within("severity", LEVEL_RANGES[level][0] if level == "debug" else severity(level)) if level else EVERYTHING
    )
    from_worker = _within("worker", worker, worker) if worker is not None else EVERYTHING
    return both(least, from_worker, asked, regex)


def _within(column: str, low: int, high: int = INFINITE) -> Condition:
    return Within(COLUMNS.index(column), low, high, f"{column}:{low}")
