"""Where in a TOML text its keys, values and table headers stand, exactly, also in a text that is being typed.

Nothing is parsed before the first question, and of each table only what is asked for. Lines that `toml_text.parse_toml`
could not understand have no places, so both always speak of the same keys.
"""

import bisect
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal, NamedTuple

import tomli

from .problem import Range
from .toml_text import repaired_toml, utf16_length

if TYPE_CHECKING:
    from tree_sitter import Node, Point

Path = tuple[str | int, ...]
"""Keys from the top; in arrays the index: `("deps", "Foo", 0, "path")`."""

Part = Literal["header", "key", "value"]
_KEYS = ("bare_key", "quoted_key")
_HEADERS = ("table", "table_array_element")


@dataclass(frozen=True, slots=True)
class Place:
    """What stands somewhere: `path` up to there, and the range of that word (or of the whole value)."""

    path: Path
    part: Part
    range: Range


@dataclass(frozen=True, slots=True)
class Entry:
    """One key of a table. Of a key that is a table with its own header, `value` is the header between its brackets."""

    name: str
    key: Range
    value: Range


class TomlPositions:
    """The places in one text. A byte order mark does not count, as editors do not show it; quotes do."""

    def __init__(self, text: str) -> None:
        self._text = text.removeprefix("\ufeff")

    def table(self, *path: str | int) -> Range | None:
        """The header of a table, without its brackets, else the key that makes it. `table()` has none."""
        header = self._headers.first.get(path)
        return header.range if header else self.key(*path)

    def key(self, *path: str | int) -> Range | None:
        """The last key of `path`, quotes included."""
        return next((spot.key for spot in self._spots(path) if spot.key), None)

    def value(self, *path: str | int) -> Range | None:
        """The value at `path`, quotes and brackets included; None for tables that have headers."""
        return next((spot.value for spot in self._spots(path) if spot.value), None)

    def entries(self, *table: str | int) -> list[Entry]:
        """The keys of a table in the order of the text, once for each element of an array of tables."""
        found = {
            spot.key: Entry(path[-1], spot.key, spot.value)
            for section, rest in self._sections(table)
            for path, spot in section.spots.items()
            if len(path) == len(rest) + 1 and path[: len(rest)] == rest and spot.key and spot.value
            if isinstance(path[-1], str)
        }
        for header in self._headers.below.get(table, ()):
            found.setdefault(header.key, Entry(str(header.name), header.key, header.range))
        return sorted(found.values(), key=lambda entry: (entry.key.start_line, entry.key.start_character))

    def at(self, line: int, character: int) -> Place | None:
        """What stands at a position (zero-based, UTF-16), its end included; None on blanks and comments."""
        sections = self._headers.sections
        number = bisect.bisect_right([section.start for section in sections], line) - 1
        here = (line, character)
        places = [place for place in sections[number].places() if _holds(place.range, here)]
        return min(places, key=lambda place: _extent(place.range), default=None)

    def _spots(self, path: Path) -> Iterator["_Spot"]:
        for section, rest in self._sections(path):
            spot = section.spots.get(rest)
            if spot:
                yield spot
        header = self._headers.first.get(path)
        if header:
            yield _Spot(header.key, None)

    def _sections(self, path: Path) -> Iterator[tuple["_Section", Path]]:
        """The parts of the text that may say something of `path`, each with what is left of it there."""
        for length in range(len(path), -1, -1):
            for section in self._headers.by_path.get(path[:length], ()):
                yield section, path[length:]

    @cached_property
    def _headers(self) -> "_Headers":
        return _Headers(self._text)


class _Spot(NamedTuple):
    key: Range | None
    value: Range | None


class _Header(NamedTuple):
    name: str | int
    key: Range
    range: Range


class _Columns:
    """Bytes of a line, as tree-sitter counts, to UTF-16."""

    def __init__(self, text: str) -> None:
        self._lines = None if text.isascii() else text.split("\n")

    def range(self, node: "Node") -> Range:
        start, end = node.start_point, node.end_point
        return Range(start.row, self._column(start), end.row, self._column(end))

    def _column(self, point: "Point") -> int:
        if self._lines is None:
            return point.column
        line = self._lines[point.row]
        if line.isascii():
            return point.column
        return utf16_length(line.encode("utf-8", "surrogatepass")[: point.column].decode("utf-8", "surrogatepass"))


class _Section:
    """A header and the lines below it, or what stands before the first header. Read when first asked."""

    def __init__(self, path: Path, start: int, nodes: list["Node"], columns: _Columns) -> None:
        self.path = path
        self.start = start
        self.segments: list[tuple[Path, Range]] = []
        self._nodes = nodes
        self._columns = columns

    @cached_property
    def spots(self) -> dict[Path, _Spot]:
        """Everything that has a place here, by its path below the section's."""
        found: dict[Path, _Spot] = {}
        waiting: list[tuple[Path, Node]] = [((), node) for node in reversed(self._nodes) if node.type == "pair"]
        while waiting:  # not recursive: what is nested deep must not be too deep
            path, node = waiting.pop()
            if node.type != "pair":
                found.setdefault(path, _Spot(None, self._columns.range(node)))
                waiting += _items(path, node)
                continue
            keys, value = _pair(node)
            for key in keys[:-1]:
                path = (*path, _name(key))
                found.setdefault(path, _Spot(self._columns.range(key), None))
            path = (*path, _name(keys[-1]))
            found.setdefault(path, _Spot(self._columns.range(keys[-1]), self._columns.range(value) if value else None))
            waiting += _items(path, value) if value else []
        return found

    def places(self) -> Iterator[Place]:
        """The same as places, with paths from the top."""
        for path, range_ in self.segments:
            yield Place(path, "header", range_)
        for path, spot in self.spots.items():
            if spot.key:
                yield Place((*self.path, *path), "key", spot.key)
            if spot.value:
                yield Place((*self.path, *path), "value", spot.value)


class _Headers:
    """All headers of a text, with the paths they mean: `[a.b]` after `[[a]]` is in that array's last element."""

    def __init__(self, text: str) -> None:
        root, text = _tree(text)
        self._columns = _Columns(text)
        self._lengths: dict[Path, int] = {}
        self.sections = [_Section((), -1, root, self._columns)]
        self.by_path: dict[Path, list[_Section]] = {(): self.sections[:]}
        self.first: dict[Path, _Header] = {}
        self.below: dict[Path, list[_Header]] = {}
        for node in root:
            if node.type in _HEADERS and not node.children[1].is_missing:
                self._add(node)

    def _add(self, node: "Node") -> None:
        children = node.children
        keys = _keys(children[1])
        whole = self._columns.range(children[1])
        path: Path = ()
        segments = []
        for number, key in enumerate(keys):
            parent, path = path, (*path, _name(key))
            range_ = self._columns.range(key)
            last = number == len(keys) - 1
            if last and node.type == "table_array_element":
                self._lengths[path] = self._lengths.get(path, 0) + 1
                self._know(parent, path, _Header(path[-1], range_, whole), again=True)
            else:
                self._know(parent, path, _Header(path[-1], range_, whole if last else range_), again=False)
            if path in self._lengths:
                path = (*path, self._lengths[path] - 1)
                self.first.setdefault(path, _Header(path[-2], range_, whole))
            segments.append((path, range_))
        section = _Section(path, node.start_point.row, children[3:], self._columns)
        section.segments = segments
        self.sections.append(section)
        self.by_path.setdefault(path, []).append(section)

    def _know(self, parent: Path, path: Path, header: _Header, *, again: bool) -> None:
        if again or path not in self.first:
            self.below.setdefault(parent, []).append(header)
        self.first.setdefault(path, header)


def _tree(text: str) -> tuple[list["Node"], str]:
    """The statements of the text, and the text as it was read: lines that cannot be understood are blank."""
    import tree_sitter_toml  # when first needed: a daemon that starts has no text to look at
    from tree_sitter import Language, Parser

    parser = Parser(Language(tree_sitter_toml.language()))
    root = parser.parse(text.encode("utf-8", "surrogatepass")).root_node
    if root.has_error:
        text = repaired_toml(text)
        root = parser.parse(text.encode("utf-8", "surrogatepass")).root_node
    return root.children, text


def _items(path: Path, value: "Node") -> list[tuple[Path, "Node"]]:
    """What an array or inline table holds, the last first; nothing for other values."""
    if value.type == "inline_table":
        return [(path, child) for child in reversed(value.named_children) if child.type == "pair"]
    if value.type != "array":
        return []
    children = [child for child in value.named_children if child.type not in ("comment", "ERROR")]
    return [((*path, number), child) for number, child in reversed(list(enumerate(children)))]


def _pair(node: "Node") -> tuple[list["Node"], "Node | None"]:
    children = node.children
    value = children[2] if len(children) > 2 and not children[2].is_missing else None
    return _keys(children[0]), value


def _keys(node: "Node") -> list["Node"]:
    """The parts of a key; the grammar nests dotted ones to the left."""
    found: list[Node] = []
    waiting = [node]
    while waiting:
        current = waiting.pop()
        if current.type in _KEYS:
            found.append(current)
        else:
            waiting += reversed(current.named_children)
    return found


def _name(key: "Node") -> str:
    """What a key means, its quotes and escapes undone."""
    text = (key.text or b"").decode("utf-8", "surrogatepass")
    if key.type == "bare_key":
        return text
    try:
        return next(iter(tomli.loads(f"{text} = 0")))
    except ValueError:
        return text[1:-1]


def _holds(range_: Range, here: tuple[int, int]) -> bool:
    return (range_.start_line, range_.start_character) <= here <= (range_.end_line, range_.end_character)


def _extent(range_: Range) -> tuple[int, int]:
    lines = range_.end_line - range_.start_line
    return lines, range_.end_character - range_.start_character
