"""The grammar's side of `toml_positions`: statements, keys and values of a TOML text, with their ranges in UTF-16."""

import re
from typing import TYPE_CHECKING

import tomli

from juliahub_ls.domain.problem import Range

from .text import repaired_toml, utf16_length

if TYPE_CHECKING:
    from tree_sitter import Node, Point

Path = tuple[str | int, ...]
"""Keys from the top; in arrays the index: `("deps", "Foo", 0, "path")`."""

_PLAIN_KEY = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*")


class TomlTree:
    """One text, read. `statements`: pairs before the first header, then headers with what is below them.

    Lines that cannot be understood count as blank.
    """

    def __init__(self, text: str) -> None:
        import tree_sitter_toml  # when first needed: a daemon that starts has no text to look at
        from tree_sitter import Language, Parser

        parser = Parser(Language(tree_sitter_toml.language()))
        self._source = text.encode("utf-8", "surrogatepass")
        root = parser.parse(self._source).root_node
        if root.has_error:
            text = repaired_toml(text)
            self._source = text.encode("utf-8", "surrogatepass")
            root = parser.parse(self._source).root_node
        self._lines = None if text.isascii() else text.split("\n")
        self.statements = root.children

    def range(self, node: "Node") -> Range:
        """Where a node stands."""
        start, end = node.start_point, node.end_point
        return Range(start.row, self._column(start), end.row, self._column(end))

    def keys(self, node: "Node") -> list[tuple[str, Range]]:
        """The parts of a key, one or dotted: what each means, its quotes and escapes undone, and where it stands."""
        text = self._text(node)
        if not _PLAIN_KEY.fullmatch(text):
            return [(self._name(key), self.range(key)) for key in _key_nodes(node)]
        found = []
        row, column = node.start_point.row, self._column(node.start_point)
        for name in text.split("."):
            found.append((name, Range(row, column, row, column + len(name))))
            column += len(name) + 1
        return found

    def _name(self, key: "Node") -> str:
        text = self._text(key)
        try:
            return text if key.type == "bare_key" else next(iter(tomli.loads(f"{text} = 0")))
        except ValueError:
            return text[1:-1]

    def _text(self, node: "Node") -> str:
        return self._source[node.start_byte : node.end_byte].decode("utf-8", "surrogatepass")

    def _column(self, point: "Point") -> int:
        """The grammar counts bytes, an editor UTF-16."""
        if self._lines is None:
            return point.column
        line = self._lines[point.row]
        if line.isascii():
            return point.column
        return utf16_length(line.encode("utf-8", "surrogatepass")[: point.column].decode("utf-8", "surrogatepass"))


def pair_value(pair: "Node") -> "Node | None":
    """What stands right of the equals sign."""
    children = pair.children
    return children[2] if len(children) > 2 and not children[2].is_missing else None


def items(path: Path, value: "Node") -> list[tuple[Path, "Node"]]:
    """What an array or inline table at `path` holds, the last first; nothing for other values."""
    if value.type == "inline_table":
        return [(path, child) for child in reversed(value.named_children) if child.type == "pair"]
    if value.type != "array":
        return []
    children = [child for child in value.named_children if child.type not in ("comment", "ERROR")]
    return [((*path, number), child) for number, child in reversed(list(enumerate(children)))]


def _key_nodes(node: "Node") -> list["Node"]:
    """The grammar nests dotted keys to the left."""
    found: list[Node] = []
    waiting = [node]
    while waiting:
        current = waiting.pop()
        if current.type in ("bare_key", "quoted_key"):
            found.append(current)
        else:
            waiting += reversed(current.named_children)
    return found
