"""Sets a table's values in a TOML text: comments, order and everything else stay as they are."""

from collections.abc import Mapping, Sequence
from typing import Any

import tomli

from juliahub_ls.domain.problem import Range

from .positions import Entry, TomlPositions
from .text import parse_toml
from .writer import toml_key, toml_value

TablePath = tuple[str, ...]


def set_table(text: str, path: TablePath, values: Mapping[str, Any], *, after: TablePath | None = None) -> str | None:
    """The text in which the table at `path` has exactly these values, besides tables of its own below it.

    Known keys stay where they are, new ones follow in the order of `values`; a new table comes `after` another one,
    else last. None for a text that has mistakes, or has the table in a form that cannot be edited line by line.
    """
    before = parse_toml(text)
    expected = _expected(before.table, path, values)
    if before.problems or expected is None:
        return None
    edited = _set(text, path, values, after)
    made = parse_toml(edited)
    return None if made.problems or made.table != expected else edited


def remove_table(text: str, path: TablePath) -> str | None:
    """The text without the table's header and keys; None where that would not do."""
    lines, header = text.split("\n"), header_line(text, path)
    if header is None:
        return None
    gone = {header, *(line for entry in _plain(text, path) for line in _lines_of(entry))}
    if header and not lines[header - 1].strip():
        gone.add(header - 1)
    edited = "\n".join(line for number, line in enumerate(lines) if number not in gone)
    left = parse_toml(edited)
    return None if left.problems or _at(left.table, path) is not None else edited


def _set(text: str, path: TablePath, values: Mapping[str, Any], after: TablePath | None) -> str:
    lines, header = text.split("\n"), header_line(text, path)
    end = "\r" if lines[0].endswith("\r") else ""
    if header is None:
        return _appended(text, path, values, after)
    entries = _plain(text, path)
    last = max([header, *(entry.value.end_line for entry in entries)])
    known, table = {entry.name for entry in entries}, _at(parse_toml(text).table, path) or {}
    lines[last + 1 : last + 1] = [line + end for line in _pairs({k: v for k, v in values.items() if k not in known})]
    for entry in reversed(entries):
        if entry.name not in values:
            del lines[entry.key.start_line : entry.value.end_line + 1]
        elif not _same(table.get(entry.name), values[entry.name]):
            _replace(lines, entry.value, toml_value(values[entry.name]))
    return "\n".join(lines)


def _appended(text: str, path: TablePath, values: Mapping[str, Any], after: TablePath | None) -> str:
    """A table more: after the keys of another one, else at the end."""
    lines = text.split("\n")
    end = "\r" if lines[0].endswith("\r") else ""
    section = [f"[{'.'.join(map(toml_key, path))}]", *_pairs(values)]
    above = header_line(text, after) if after else None
    if above is None or after is None:
        while lines and not lines[-1].strip():
            lines.pop()
        new = [*([""] if lines else []), *section]
        return "\n".join([*lines, *(line + end for line in new), ""])
    last = max([above, *(entry.value.end_line for entry in _plain(text, after))])
    lines[last + 1 : last + 1] = [line + end for line in ("", *section)]
    return "\n".join(lines)


def _plain(text: str, path: TablePath) -> list[Entry]:
    """The keys with values, one to a line or more; not the tables that have headers."""
    lines = text.split("\n")
    return [entry for entry in TomlPositions(text).entries(*path) if not _is_header(lines[entry.key.start_line])]


def header_line(text: str, path: TablePath) -> int | None:
    """The line of the table's own header, from 0."""
    return next((n for n, line in enumerate(text.split("\n")) if _is_header(line) and _path_of(line) == path), None)


def _is_header(line: str) -> bool:
    return line.lstrip().startswith("[")


def _path_of(line: str) -> TablePath | None:
    """What the header in a line means; None for what is no header of a table."""
    try:
        level = tomli.loads(line.strip())
    except tomli.TOMLDecodeError:
        return None
    path: list[str] = []
    while isinstance(level, dict) and level:
        name, level = next(iter(level.items()))
        path.append(name)
    return tuple(path) if level == {} else None


def _lines_of(entry: Entry) -> range:
    return range(entry.key.start_line, entry.value.end_line + 1)


def _replace(lines: list[str], at: Range, text: str) -> None:
    """Replace a value, from its first line to its last."""
    head, tail = _part(lines[at.start_line], at.start_character)[0], _part(lines[at.end_line], at.end_character)[1]
    lines[at.start_line : at.end_line + 1] = [head + text + tail]


def _part(line: str, character: int) -> tuple[str, str]:
    head = line.encode("utf-16-le")[: 2 * character].decode("utf-16-le", "ignore")
    return head, line[len(head) :]


def _pairs(values: Mapping[str, Any]) -> Sequence[str]:
    return [f"{toml_key(key)} = {toml_value(value)}" for key, value in values.items()]


def _same(one: object, other: object) -> bool:
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def _at(table: Mapping[str, Any], path: TablePath) -> Any:
    found: Any = table
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _expected(table: dict[str, Any], path: TablePath, values: Mapping[str, Any]) -> dict[str, Any] | None:
    """The table as it should be afterwards; None where something else stands in the way."""
    if not path:
        below = {key: item for key, item in table.items() if isinstance(item, dict) and key not in values}
        return {**below, **values}
    inner = table.get(path[0], {})
    changed = _expected(inner, path[1:], values) if isinstance(inner, dict) else None
    return None if changed is None else {**table, path[0]: changed}
