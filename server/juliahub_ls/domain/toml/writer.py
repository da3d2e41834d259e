"""Writes TOML as Julia's own `TOML.print(sorted = true)` does, so that every Julia since 1.0 reads it.

Julia before 1.6 finds packages in a manifest line by line, so inline tables and arrays of tables are out of the
question: each entry gets its own `[[deps.Name]]` header.
"""

import datetime
import math
import re
from collections.abc import Mapping
from typing import Any

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}
_ESCAPED = re.compile(r'["\\\x00-\x1f\x7f]')


def write_toml(table: Mapping[str, Any]) -> str:
    """The text of a TOML document, keys sorted, tables indented as Julia indents them."""
    lines: list[str] = []
    _write_keys(lines, table, "")
    _write_sections(lines, table, (), "")
    return "\n".join(lines) + "\n" if lines else ""


def _write_keys(lines: list[str], table: Mapping[str, Any], pad: str) -> None:
    lines += [f"{pad}{toml_key(key)} = {toml_value(table[key])}" for key in sorted(table) if not _is_table(table[key])]


def _write_sections(lines: list[str], table: Mapping[str, Any], path: tuple[str, ...], pad: str) -> None:
    for key in sorted(table):
        value, name = table[key], (*path, key)
        if isinstance(value, Mapping) and value and all(map(_is_table, value.values())):
            _write_sections(lines, value, name, pad)  # a table of tables only needs no header of its own
        elif isinstance(value, Mapping):
            _write_section(lines, value, name, "[{}]", pad)
        elif _is_table(value):
            for item in value:
                _write_section(lines, item, name, "[[{}]]", pad)


def _write_section(lines: list[str], table: Mapping[str, Any], path: tuple[str, ...], header: str, pad: str) -> None:
    if lines:
        lines.append("")
    lines.append(pad + header.format(".".join(map(toml_key, path))))
    _write_keys(lines, table, pad)
    _write_sections(lines, table, path, pad + "    ")


def _is_table(value: object) -> bool:
    if isinstance(value, list):
        return bool(value) and all(isinstance(item, Mapping) for item in value)
    return isinstance(value, Mapping)


def toml_key(key: str) -> str:
    """A key, quoted where it must be."""
    return key if _BARE_KEY.fullmatch(key) else _string(key)


def toml_value(value: object) -> str:
    """A value in one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, list):
        return "[" + ", ".join(map(toml_value, value)) + "]"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{toml_key(key)} = {toml_value(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, (datetime.datetime, datetime.date, datetime.time)):
        return value.isoformat()
    return str(value)


def _string(text: str) -> str:
    return '"' + _ESCAPED.sub(_escape, text) + '"'


def _escape(match: "re.Match[str]") -> str:
    return _ESCAPES.get(match[0]) or f"\\u{ord(match[0]):04x}"
