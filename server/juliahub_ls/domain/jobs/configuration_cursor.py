"""What could be typed at a place of `.vscode/juliahub.toml`: found line by line, as half a line is no TOML."""

import re
from dataclasses import dataclass
from typing import Literal

import tomli

from juliahub_ls.domain.jobs.choices import BY_OPTION, Choice
from juliahub_ls.domain.jobs.configurations import SECTION

_HEADER = re.compile(r"[ \t]*\[[^\[\]]*$")
_KEY = re.compile(r"[ \t]*([A-Za-z-]*)")
_VALUE = re.compile(r"[ \t]*([A-Za-z-]+)[ \t]*=[ \t]*(\"?)([^\"#]*)")


@dataclass(frozen=True, slots=True)
class Cursor:
    """`wants` a table's header, a key or the value of `choice`. What was typed of it begins at `start` (a character of
    the line, in code points), its quote included. `used`: keys that the table has already.
    """

    wants: Literal["header", "key", "value"]
    start: int
    choice: Choice | None = None
    used: frozenset[str] = frozenset()


def cursor_at(text: str, line: int, before: str) -> Cursor | None:
    """At the end of `before`, the part of a line that stands before the cursor; None where nothing is offered."""
    lines = text.split("\n")
    if _HEADER.fullmatch(before):
        return Cursor("header", before.index("["))
    if not _in_configuration(lines[:line]):
        return None
    value = _VALUE.fullmatch(before)
    if value:
        choice = BY_OPTION.get(value[1])
        return Cursor("value", value.start(2), choice) if choice else None
    key = _KEY.fullmatch(before)
    return Cursor("key", key.start(1), used=_used(lines, line)) if key else None


def _in_configuration(above: list[str]) -> bool:
    """Whether the nearest header is that of a configuration itself."""
    header = next((text.strip() for text in reversed(above) if text.lstrip().startswith("[")), "")
    try:
        section = tomli.loads(header).get(SECTION)
    except tomli.TOMLDecodeError:
        return False
    return isinstance(section, dict) and list(section.values()) == [{}]


def _used(lines: list[str], line: int) -> frozenset[str]:
    """The keys from the header above to the next one."""
    start = next((n for n in range(line - 1, -1, -1) if lines[n].lstrip().startswith("[")), 0)
    end = next((n for n in range(line + 1, len(lines)) if lines[n].lstrip().startswith("[")), len(lines))
    pairs = (_VALUE.match(lines[n]) for n in range(start, end) if n != line)
    return frozenset(pair[1] for pair in pairs if pair)
