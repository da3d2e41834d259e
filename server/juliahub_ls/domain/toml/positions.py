"""Where in a TOML text its keys, values and table headers stand, exactly, also in a text that is being typed.

Nothing is parsed before the first question, and of each table only what is asked for. Lines that `toml_text.parse_toml`
could not understand have no places, so both always speak of the same keys.
"""

import bisect
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple

from juliahub_ls.domain.problem import Range

from .tree import Path, TomlTree, items, pair_value

if TYPE_CHECKING:
    from tree_sitter import Node

Part = Literal["header", "key", "value"]
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
            found.setdefault(header.key, Entry(header.name, header.key, header.range))
        return sorted(found.values(), key=lambda entry: (entry.key.start_line, entry.key.start_character))

    def at(self, line: int, character: int) -> Place | None:
        """What stands at a position (zero-based, UTF-16), its end included; None on blanks and comments."""
        number = bisect.bisect_right(self._headers.starts, line) - 1
        here = (line, character)
        places = [place for place in self._headers.sections[number].places() if _holds(place.range, here)]
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
        return _headers(self._text)


class _Spot(NamedTuple):
    key: Range | None
    value: Range | None


class _Header(NamedTuple):
    name: str
    key: Range
    range: Range


class _Section:
    """A header and the lines below it, or what stands before the first header. Read when first asked."""

    def __init__(self, path: Path, start: int, segments: list[tuple[Path, Range]], node: "Node | None", tree: TomlTree):
        self.path = path
        self.start = start
        self._segments = segments
        self._node = node
        self._tree = tree

    @cached_property
    def spots(self) -> dict[Path, _Spot]:
        """Everything that has a place here, by its path below the section's."""
        found: dict[Path, _Spot] = {}
        nodes = self._node.children if self._node else self._tree.statements
        waiting: list[tuple[Path, Node]] = [((), node) for node in reversed(nodes) if node.type == "pair"]
        while waiting:  # not recursive: what is nested deep must not be too deep
            path, node = waiting.pop()
            value: Node | None = node
            key: Range | None = None
            if node.type == "pair":
                keys, value = self._tree.keys(node.children[0]), pair_value(node)
                for name, segment in keys[:-1]:
                    path = (*path, name)
                    found.setdefault(path, _Spot(segment, None))
                path, key = (*path, keys[-1][0]), keys[-1][1]
            found.setdefault(path, _Spot(key, self._tree.range(value) if value else None))
            waiting += items(path, value) if value else []
        return found

    def places(self) -> Iterator[Place]:
        """The same as places, with paths from the top."""
        for path, range_ in self._segments:
            yield Place(path, "header", range_)
        for path, spot in self.spots.items():
            if spot.key:
                yield Place((*self.path, *path), "key", spot.key)
            if spot.value:
                yield Place((*self.path, *path), "value", spot.value)


class _Headers:
    """All headers of a text, with the paths they mean: `[a.b]` after `[[a]]` is in that array's last element."""

    def __init__(self, text: str) -> None:
        self._tree = TomlTree(text)
        self._lengths: dict[Path, int] = {}
        self.sections = [_Section((), -1, [], None, self._tree)]
        self.by_path: dict[Path, list[_Section]] = {(): self.sections[:]}
        self.first: dict[Path, _Header] = {}
        self.below: dict[Path, list[_Header]] = {}
        for node in self._tree.statements:
            if node.type in _HEADERS:
                self._add(node)
        self.starts = [section.start for section in self.sections]

    def _add(self, node: "Node") -> None:
        inside = node.children[1]
        keys = self._tree.keys(inside)
        if not keys:
            return
        path: Path = ()
        segments = []
        for name, range_ in keys:
            parent, path = path, (*path, name)
            last = range_ is keys[-1][1]
            new_item = last and node.type == "table_array_element"
            if new_item:
                self._lengths[path] = self._lengths.get(path, 0) + 1
            if new_item or path not in self.first:
                header = _Header(name, range_, self._tree.range(inside) if last else range_)
                self.below.setdefault(parent, []).append(header)
                self.first.setdefault(path, header)
            if path in self._lengths:
                path = (*path, self._lengths[path] - 1)
                if new_item:
                    self.first[path] = header
            segments.append((path, range_))
        section = _Section(path, node.start_point.row, segments, node, self._tree)
        self.sections.append(section)
        self.by_path.setdefault(path, []).append(section)


@lru_cache(maxsize=8)
def _headers(text: str) -> _Headers:
    """Those of a text; a large manifest's are asked for again at each change of another file."""
    return _Headers(text)


def _holds(range_: Range, here: tuple[int, int]) -> bool:
    return (range_.start_line, range_.start_character) <= here <= (range_.end_line, range_.end_character)


def _extent(range_: Range) -> tuple[int, int]:
    lines = range_.end_line - range_.start_line
    return lines, range_.end_character - range_.start_character
