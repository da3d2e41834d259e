"""Reads TOML that a user may be in the middle of typing: never raises, always gives what could be understood."""

import re
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tomli

from juliahub_ls.domain.problem import Problem, Range, error

ReadText = Callable[[Path], tuple[str, Problem | None]]
"""A file's text, or a problem that says why there is none: `read_text`, or an editor's open documents before it."""

_MAX_REPAIRS = 16
_MAX_DEPTH = 100
_MAX_OPEN = 1_000
_MANY_DOTS = re.compile(r"(?:\.[^.\n]*){100}")
_OPENING = re.compile(r"=\s*([\[{])")
_UNCLOSED = {"[": "Unclosed array", "{": "Unclosed inline table"}
_UNENDED = ("Unterminated string", "Expected \"'''\"")
_TRIPLE_QUOTES = ('"""', "'''")


@dataclass(frozen=True, slots=True)
class TomlDocument:
    """`table` holds all lines that parse; each that does not is in `problems` with its place."""

    table: dict[str, Any]
    problems: list[Problem] = field(default_factory=list)


def parse_toml(text: str, path: Path | None = None) -> TomlDocument:
    """Parses; on a syntax error reports it, blanks the line and goes on, so that the rest is still known.

    A byte order mark is no part of the text: places are those an editor shows.
    """
    return _parse(_lines(text), path)


def repaired_toml(text: str) -> str:
    """The text whose lines are those that `parse_toml` understood, each at its place; the others are empty."""
    lines = _lines(text)
    _parse(lines, None)
    return "\n".join(lines)


def read_toml(path: Path) -> TomlDocument:
    """`parse_toml` of a file; an absent or unreadable file is an empty table with a problem."""
    text, problem = read_text(path)
    return TomlDocument({}, [problem]) if problem else parse_toml(text, path)


def read_text(path: Path) -> tuple[str, Problem | None]:
    """The file's text, or a problem that says why there is none."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return "", error("file-unreadable", f"{path.name} is not a regular file.", path)
        return path.read_bytes().decode("utf-8"), None
    except UnicodeDecodeError:
        return "", error("file-not-utf8", f"{path.name} is not UTF-8 text.", path)
    except (OSError, ValueError) as reason:
        detail = getattr(reason, "strerror", None) or str(reason)
        return "", error("file-unreadable", f"{path.name} could not be read: {detail}.", path)


def strings(value: object) -> dict[str, str]:
    """The string entries of a table; anything else, entries or table, is dropped."""
    if not isinstance(value, dict):
        return {}
    return {key: item for key, item in value.items() if isinstance(item, str)}


def string(table: Mapping[str, Any], key: str) -> str | None:
    """`table[key]` when it is a string."""
    value = table.get(key)
    return value if isinstance(value, str) else None


def string_list(value: object) -> tuple[str, ...]:
    """The strings of a list, or a lone string."""
    if isinstance(value, str):
        return (value,)
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def utf16_length(text: str) -> int:
    """How many characters an editor counts (LSP: UTF-16 code units)."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _lines(text: str) -> list[str]:
    return text.removeprefix("\ufeff").split("\n")


def _parse(lines: list[str], path: Path | None) -> TomlDocument:
    """What the lines say; those that cannot be understood are blanked in place."""
    problems: list[Problem] = []
    for _ in range(_MAX_REPAIRS):
        text = "\n".join(lines)
        try:
            table = tomli.loads(text)
            if _MANY_DOTS.search(text) and _depth(table) > _MAX_DEPTH:
                raise RecursionError
            return TomlDocument(table, problems)
        except tomli.TOMLDecodeError as reason:
            culprit = _culprit(lines, reason)
            problems.append(_syntax_error(culprit, path, lines))
            for line in (culprit.line, *culprit.lost):
                lines[line] = ""
        except (ValueError, RecursionError):
            problems.append(error("toml-syntax", "This TOML is too deep or has a number too long to read.", path))
            break
    lines[:] = [""] * len(lines)
    return TomlDocument({}, problems)


@dataclass(frozen=True, slots=True)
class _Culprit:
    """The mistake (zero-based, `column` in code points), and further lines that mean nothing without this one."""

    line: int
    column: int
    reason: str
    lost: tuple[int, ...] = ()


def _culprit(lines: list[str], mistake: tomli.TOMLDecodeError) -> _Culprit:
    """Blames a bracket or string that was left open where it opens, not where it first hurts."""
    line = min(mistake.lineno, len(lines)) - 1
    found = _open_string(lines, line, mistake) or _open_bracket(lines, line, mistake)
    if found:
        return found
    while line and not lines[line].strip():
        line -= 1
    column = mistake.colno - 1 if line == mistake.lineno - 1 else len(lines[line])
    return _Culprit(line, column, mistake.msg)


def _open_string(lines: list[str], end: int, mistake: tomli.TOMLDecodeError) -> _Culprit | None:
    """A string of several lines that never ends, when that is the mistake."""
    if end < len(lines) - 1 or not mistake.msg.startswith(_UNENDED):
        return None
    for line in range(end, -1, -1):
        column = max(lines[line].rfind(quotes) for quotes in _TRIPLE_QUOTES)
        if column >= 0:
            return _Culprit(line, column, _UNENDED[0])
    return None


def _open_bracket(lines: list[str], end: int, mistake: tomli.TOMLDecodeError) -> _Culprit | None:
    """An array or inline table that is still open at line `end`, where a new statement or nothing follows."""
    inline_table = mistake.msg == _UNCLOSED["{"]  # what looks like statements may then be its keys
    if _mistake(lines[end]):
        if not mistake.msg.startswith("Unclosed"):
            return None
        end += 1  # the text ends inside
    lost: list[int] = []
    for line in range(end - 1, max(end - _MAX_OPEN, 0) - 1, -1):
        text = lines[line].strip()
        alone, opening = _mistake(lines[line]), _OPENING.search(lines[line])
        if alone and opening and alone.colno > len(lines[line].rstrip()):
            return _Culprit(line, opening.start(1), _UNCLOSED[opening[1]], tuple(lost))
        if alone:
            lost.append(line)
        elif text and not text.startswith("#") and (text.startswith("[") or not inline_table):
            return None  # a statement of its own: nothing is open here
    return None


def _depth(table: dict[str, Any]) -> int:
    """How many tables lie in one another by name. Of brackets and braces the parser itself accepts few enough."""
    depth, level = 0, [table]
    while level and depth <= _MAX_DEPTH:
        depth += 1
        level = [below for above in level for below in above.values() if isinstance(below, dict)]
    return depth


def _mistake(text: str) -> tomli.TOMLDecodeError | None:
    try:
        tomli.loads(text)
    except tomli.TOMLDecodeError as reason:
        return reason
    except (ValueError, RecursionError):
        return None
    return None


def _syntax_error(culprit: _Culprit, path: Path | None, lines: list[str]) -> Problem:
    line = lines[culprit.line].rstrip("\r")
    column = min(culprit.column, len(line))
    start = column if line[column:].strip() else len(line) - len(line.lstrip())  # nothing is left to underline
    range_ = Range(culprit.line, utf16_length(line[:start]), culprit.line, utf16_length(line))
    name = path.name if path else "This file"
    detail = culprit.reason[:1].lower() + culprit.reason[1:]
    message = f"{name} has a mistake in line {culprit.line + 1}, column {column + 1}: {detail}."
    return error("toml-syntax", message, path, range_)
