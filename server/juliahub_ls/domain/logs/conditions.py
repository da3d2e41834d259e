"""What `name>value` asks of a line: of its level, worker, time, origin, or of a keyword of the user's own."""

import math
import operator
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .line import NO_TIME
from .query import COLUMNS, INFINITE, Condition, Keyword, Not, Origin, Within

LEVEL_RANGES = {
    "debug": (-(2**31), -1000),
    "info": (-999, 999),
    "warn": (1000, 1999),
    "warning": (1000, 1999),
    "error": (2000, 2**31 - 1),
}
"""From which to which number of Julia's `LogLevel` a name reaches; what reports progress (-1) counts as info."""
ORIGINS = ("module", "group", "file")
SIGNS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq, "!=": operator.ne, ">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le,
}  # fmt: skip
UNIT_MS = {"ms": 1, "s": 1000, "m": 60_000, "min": 60_000, "h": 3_600_000, "d": 86_400_000}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|min|m|h|d)")
_CLOCK = re.compile(r"(?:(\d{4})-(\d\d?)-(\d\d?)(?:T(?=\d)|$))?(?:(\d\d?):(\d\d)(?::(\d\d)(?:\.(\d{1,3}))?)?)?(Z?)")
_DAY_MS = 86_400_000


class Mistaken(Exception):
    """A sentence about a query, and where it applies."""

    def __init__(self, sentence: str, position: "int | None" = None) -> None:
        self.position = position
        super().__init__(sentence)


@dataclass(frozen=True, slots=True)
class LogTimes:
    """When the log begins and ends, and what “since” counts back from, in Unix milliseconds."""

    first: int
    last: int
    now: int


def condition(name: str, sign: str, value: str, source: str, times: LogTimes) -> Condition:
    """The condition of `name`, one of `SIGNS`, and a value. Raises `Mistaken` with a sentence about the value."""
    field = name.lower()
    if field == "level":
        return _level(sign, value, source)
    if field == "worker":
        return _within(
            "worker", sign, *_span(value, _whole, "a worker's number, as in worker:3 or worker:2..4"), source
        )
    if field == "time":
        low, high = _span(value, lambda text: _moment(text, times), _TIME_HELP)
        whole = sign in ("=", "!=")
        return _within("time", sign, low, high + _precision(value) if whole else low, source)
    if field == "since":
        return _since(sign, value, source, times)
    if field in ORIGINS:
        return _origin(field, sign, value)
    return _keyword(name, sign, value, source)


_TIME_HELP = "a time, as in time>14:02, time>=2026-11-22T14:00 or time:14:00..14:05"


def _level(sign: str, value: str, source: str) -> Condition:
    if value.lower() not in LEVEL_RANGES:
        raise Mistaken(f"There is no level “{value}”. The levels are debug, info, warn and error.")
    return _within("severity", sign, *LEVEL_RANGES[value.lower()], source)


def _since(sign: str, value: str, source: str, times: LogTimes) -> Condition:
    match = _DURATION.fullmatch(value)
    if match is None or sign not in ("=", ">", ">="):
        raise Mistaken("“since” takes a span of time, as in since:10m, since:30s or since:2h.")
    age = min(round(float(match[1]) * UNIT_MS[match[2]]), 2**52)
    return Within(COLUMNS.index("time"), times.now - age, INFINITE, source)


def _origin(field: str, sign: str, value: str) -> Condition:
    if sign not in ("=", "!="):
        raise Mistaken(f"“{field}” takes a name, as in {field}:{value or 'Main'}.")
    found = Origin(field, value)
    return found if sign == "=" else Not(found)


def _within(name: str, sign: str, low: int, high: int, source: str) -> Condition:
    """`low` to `high` is what the value stands for: an hour and minute for all its seconds."""
    column = COLUMNS.index(name)
    bounds = {
        "=": (low, high), ">=": (low, INFINITE), "<=": (NO_TIME, high),
        ">": (high + 1, INFINITE), "<": (NO_TIME, low - 1),
    }  # fmt: skip
    if sign == "!=":
        return Not(Within(column, low, high, source))
    return Within(column, *bounds[sign], source)


def _span(value: str, read: Callable[[str], "int | None"], wanted: str) -> tuple[int, int]:
    first, dots, last = value.partition("..")
    low, high = read(first), read(last) if dots else read(first)
    if low is None or high is None:
        raise Mistaken(f"“{value}” is not {wanted}.")
    return low, high


def _whole(text: str) -> "int | None":
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def _moment(text: str, times: LogTimes) -> "int | None":
    """Unix milliseconds of a date, a clock's time, or both; local unless it ends with Z."""
    match = _CLOCK.fullmatch(text)
    if match is None or not (match[1] or match[4]):
        return None
    date = tuple(int(part) for part in match.group(1, 2, 3)) if match[1] else None
    hour, minute, second = (int(part or 0) for part in match.group(4, 5, 6))
    ms = int((match[7] or "0").ljust(3, "0"))
    if hour > 24 or minute > 59 or second > 60:
        return None
    clock = (hour, minute, second)
    if date is not None:
        return _unix_ms(date, clock, ms, utc=bool(match[8]))
    return _nearest(clock, ms, times, utc=bool(match[8]))


def _unix_ms(date: tuple[int, ...], clock: tuple[int, ...], ms: int, *, utc: bool) -> "int | None":
    import calendar

    parts = (*date, *clock, 0, 0, -1)
    try:
        calendar.monthrange(date[0], date[1])
        seconds = calendar.timegm(parts) if utc else time.mktime(parts)  # type: ignore[arg-type]
    except (ValueError, OverflowError):
        return None
    return round(seconds) * 1000 + ms


def _nearest(clock: tuple[int, ...], ms: int, times: LogTimes, *, utc: bool) -> "int | None":
    """The latest such moment within the log, or the one that is nearest to it."""
    best: tuple[int, int] | None = None
    for day in (times.last + _DAY_MS, times.last, times.last - _DAY_MS, times.first, times.first - _DAY_MS):
        date = (time.gmtime if utc else time.localtime)(day / 1000)[:3]
        moment = _unix_ms(date, clock, ms, utc=utc)
        if moment is not None:
            distance = max(times.first - moment, moment - times.last, 0)
            if best is None or distance < best[0]:
                best = (distance, moment)
    return best[1] if best else None


def _precision(value: str) -> int:
    """How many milliseconds a time stands for beyond its first."""
    text = value.rpartition("..")[2].rstrip("Z")
    if "." in text:
        return 0
    return {0: _DAY_MS - 1, 1: 59_999}.get(text.count(":"), 999)


def _keyword(name: str, sign: str, value: str, source: str) -> Condition:
    low, dots, high = value.partition("..")
    if dots and sign in ("=", "!=") and (a := _number(low)) is not None and (b := _number(high)) is not None:
        found: Condition = Keyword(name, _Between(a, b), source)
    elif value == "*" and sign in ("=", "!="):
        found = Keyword(name, _Present(), source)
    elif sign in ("=", "!="):
        found = Keyword(name, _Equals(value), source)
    else:
        return Keyword(name, _Compares(sign, _needed_number(name, sign, value)), source)
    return Not(found) if sign == "!=" else found


def _needed_number(name: str, sign: str, value: str) -> float:
    number = _number(value)
    if number is None:
        raise Mistaken(f"“{value}” is not a number. For text write {name}:{value}, or put it all in quotes.")
    return number


@dataclass(frozen=True, slots=True)
class _Present:
    def __call__(self, _value: Any) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class _Between:
    low: float
    high: float

    def __call__(self, value: Any) -> bool:
        number = number_of(value)
        return number is not None and self.low <= number <= self.high


@dataclass(frozen=True, slots=True)
class _Compares:
    sign: str
    bound: float

    def __call__(self, value: Any) -> bool:
        number = number_of(value)
        return number is not None and SIGNS[self.sign](number, self.bound)


@dataclass(frozen=True, slots=True)
class _Equals:
    """As a number where both are, else as text without regard to case."""

    wanted: str

    def __call__(self, value: Any) -> bool:
        wanted, number = _number(self.wanted), number_of(value)
        if wanted is not None and number is not None:
            return wanted == number
        text = "true" if value is True else "false" if value is False else str(value)
        return text.lower() == self.wanted.lower()


def number_of(value: Any) -> "float | None":
    """A keyword's value as a number: one, or a text that is one; None for all else."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    if isinstance(value, str):
        return _number(value)
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _number(text: str) -> "float | None":
    if not text or len(text) > 40 or text[-1] not in "0123456789.fFN":
        return None
    try:
        number = float(text.replace("_", "x"))
    except ValueError:
        return None
    return None if math.isnan(number) else number
