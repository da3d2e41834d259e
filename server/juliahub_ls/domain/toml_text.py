"""Reads TOML that a user may be in the middle of typing: never raises, always gives what could be understood."""

import re
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tomli

from .problem import Problem, Range, error

ReadText = Callable[[Path], tuple[str, Problem | None]]
"""A file's text, or a problem that says why there is none: `read_text`, or an editor's open documents before it."""

_MAX_REPAIRS = 16
_TABLE = re.compile(r"^\s*\[{1,2}\s*([^\[\]#]+?)\s*\]{1,2}\s*(?:#.*)?$")
_KEY = re.compile(r"""^\s*("(?:[^"\\]|\\.)*"|'[^']*'|[A-Za-z0-9_-]+)\s*[=.]""")


@dataclass(frozen=True, slots=True)
class TomlDocument:
    """`table` holds all lines that parse; each that does not is in `problems` with its place."""

    table: dict[str, Any]
    problems: list[Problem] = field(default_factory=list)


def parse_toml(text: str, path: Path | None = None) -> TomlDocument:
    """Parses; on a syntax error reports it, blanks the line and goes on, so that the rest is still known."""
    lines = text.removeprefix("\ufeff").split("\n")
    problems: list[Problem] = []
    for _ in range(_MAX_REPAIRS):
        try:
            return TomlDocument(tomli.loads("\n".join(lines)), problems)
        except tomli.TOMLDecodeError as problem:
            line, column = problem.lineno - 1, problem.colno - 1
            problems.append(_syntax_error(problem.msg, path, line, column, lines))
            if not _blank(lines, line):
                break
        except (ValueError, RecursionError):
            problems.append(error("toml-syntax", "This TOML is too deep or has a number too long to read.", path))
            break
    return TomlDocument({}, problems)


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


def locate(text: str, table: str, key: str | None = None) -> Range | None:
    """Where `[table]`'s header, or `key` in it, stands (zero-based); `table` "" is the top. None when absent."""
    current = ""
    for number, line in enumerate(text.split("\n")):
        header = _TABLE.match(line)
        if header:
            current = header[1].replace('"', "").replace("'", "")
            if key is None and current == table:
                return Range(number, header.start(1), number, header.end(1))
        elif key is not None and current == table:
            found = _KEY.match(line)
            if found and found[1].strip("\"'") == key:
                return Range(number, found.start(1), number, found.end(1))
    return None


def strings(value: object) -> dict[str, str]:
    """The string entries of a table; anything else, entries or table, is dropped."""
    if not isinstance(value, dict):
        return {}
    return {key: item for key, item in value.items() if isinstance(item, str)}


def string(table: dict[str, Any], key: str) -> str | None:
    """`table[key]` when it is a string."""
    value = table.get(key)
    return value if isinstance(value, str) else None


def string_list(value: object) -> tuple[str, ...]:
    """The strings of a list, or a lone string."""
    if isinstance(value, str):
        return (value,)
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def _syntax_error(reason: str, path: Path | None, line: int, column: int, lines: list[str]) -> Problem:
    end = max(column + 1, len(lines[line])) if line < len(lines) else column + 1
    name = path.name if path else "This file"
    detail = reason[:1].lower() + reason[1:]
    message = f"{name} has a mistake in line {line + 1}, column {column + 1}: {detail}."
    return error("toml-syntax", message, path, Range(line, column, line, end))


def _blank(lines: list[str], line: int) -> bool:
    """Blanks the line; false when that cannot help any further."""
    if line >= len(lines) or not lines[line].strip():
        return False
    lines[line] = ""
    return True
