"""What could stand at a place of a filter: fields, and what this log has of levels, workers, names and keywords."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from .conditions import LEVEL_RANGES, ORIGINS
from .digest import LogDigest
from .query_parser import NAME, quoted

FIELDS = (
    ("level>=", "this level and above: debug, info, warn, error"),
    ("level:", "exactly this level"),
    ("worker:", "a worker, or several: worker:2..4"),
    ("module:", "the module that logged it"),
    ("group:", "the part of the job that wrote it"),
    ("file:", "the file that logged it, by the end of its path"),
    ("time>", "after a time: time>14:02"),
    ("time<", "before a time"),
    ("since:", "the last while: since:10m"),
)
MOST = 50
_VALUE = re.compile(rf"(?P<name>{NAME})(?P<sign>>=|<=|!=|==|[:=<>])(?P<value>.*)", re.DOTALL)


class Completion(NamedTuple):
    """Replace `start` to `end` of the query by `text`."""

    text: str
    detail: str
    start: int
    end: int


def complete_query(query: str, position: int, digest: LogDigest) -> list[Completion]:
    """What could stand at `position`; nothing inside quotes or a regular expression."""
    start, end = _token(query, position)
    typed = query[start:position]
    if typed[:1] in ('"', "/"):
        return []
    match = _VALUE.fullmatch(typed)
    if match is None:
        found = [(text, detail) for text, detail in _names(digest) if text.lower().startswith(typed.lower())]
        return [Completion(text, detail, start, end) for text, detail in found[:MOST]]
    begun = position - len(match["value"])
    values = [pair for pair in _values(match["name"], digest) if pair[0].lower().startswith(match["value"].lower())]
    return [Completion(text, detail, begun, end) for text, detail in values[:MOST]]


def _token(query: str, position: int) -> tuple[int, int]:
    """Where the word at `position` begins, without its minus sign or parenthesis, and ends."""
    start = position
    while start > 0 and not query[start - 1].isspace():
        start -= 1
    while start < position and query[start] in "-(":
        start += 1
    end = position
    while end < len(query) and not query[end].isspace() and query[end] != ")":
        end += 1
    return start, end


def _names(digest: LogDigest) -> Iterator[tuple[str, str]]:
    yield from FIELDS
    for name, use in sorted(digest.keywords.items(), key=lambda item: (-item[1].count, item[0])):
        if re.fullmatch(NAME, name):
            kind = "a number" if use.numbers == use.count else "a keyword"
            yield f"{name}{'>' if use.numbers == use.count else ':'}", f"{kind}, in {use.count:,} lines"
    yield "OR", "either side"


def _values(name: str, digest: LogDigest) -> Iterator[tuple[str, str]]:
    if name == "level":
        yield from ((level, "level") for level in LEVEL_RANGES if level != "warning")
    elif name == "worker":
        yield from ((str(worker), "the master" if worker == 1 else "worker") for worker in sorted(digest.workers))
    elif name in ORIGINS[:2]:
        names = digest.modules if name == "module" else digest.groups
        yield from ((text if re.fullmatch(r'[^\s"()]+', text) else quoted(text), name) for text in sorted(names))
    elif name == "since":
        yield from ((span, "back from the log's end") for span in ("1m", "10m", "1h", "1d"))
