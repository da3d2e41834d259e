"""The Julia files that the editor has open, as they are on its screen: what is read before the disk.

Text is kept in lines, so that a key press costs one line and not the whole of a large manifest. pygls's own documents
copy the text each time, and end lines where LSP does not (U+2028, form feed).
"""

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types

from juliahub_ls.lsp.uris import path_key, path_of

if TYPE_CHECKING:
    from juliahub_ls.domain.problem import Problem

_SURROGATE = re.compile("[\ud800-\udfff]")


class FrozenText:
    """A document's text at one moment, safe to read in any thread."""

    def __init__(self, lines: "list[str]") -> None:
        self._lines = lines

    @cached_property
    def text(self) -> str:
        """The whole text, put together when first asked for."""
        return "".join(self._lines)


class OpenDocument:
    """One document. Changed on the event loop only; threads get `freeze()`."""

    def __init__(self, item: types.TextDocumentItem) -> None:
        self.uri = item.uri
        self.path = path_of(item.uri)
        self.version = item.version
        self._lines = split_lines(item.text)
        self._frozen: FrozenText | None = None

    def apply(self, change: types.TextDocumentContentChangeEvent) -> None:
        """Replace a range, or everything. Positions are UTF-16; what lies beyond a line or the text is its end."""
        self._frozen = None
        if not isinstance(change, types.TextDocumentContentChangePartial):
            self._lines = split_lines(change.text)
            return
        start, end = change.range.start, change.range.end
        first = max(start.line - 1, 0)  # with the line before, as its `\r` and a new `\n` would be one line's end
        last = max(start.line, end.line)
        before = "".join(self._lines[first : start.line]) + self._part(start, after=False)
        self._lines[first : last + 1] = split_lines(before + change.text + self._part(end, after=True))

    def freeze(self) -> FrozenText:
        """The text as it is now."""
        if self._frozen is None:
            self._frozen = FrozenText(self._lines.copy())
        return self._frozen

    def _part(self, position: types.Position, *, after: bool) -> str:
        line = self._lines[position.line] if position.line < len(self._lines) else ""
        index = _index(line, position.character)
        return line[index:] if after else line[:index]


@dataclass(frozen=True)
class Snapshot:
    """All open documents at one moment. `read` is a `ReadText`; `seen` are the files that it was asked for."""

    texts: Mapping[str, FrozenText] = field(default_factory=dict)
    seen: "set[Path]" = field(default_factory=set)

    def read(self, path: Path) -> "tuple[str, Problem | None]":
        """The text of a file: what is open, else what is on disk."""
        from juliahub_ls.domain.toml.text import read_text

        self.seen.add(path)
        opened = self.texts.get(path_key(path))
        return (opened.text, None) if opened is not None else read_text(path)


class Documents:
    """The open documents of those files that are ours. Others are not kept."""

    def __init__(self) -> None:
        self._open: dict[str, OpenDocument] = {}

    def open(self, item: types.TextDocumentItem) -> OpenDocument | None:
        """Take a document when it is one of ours."""
        from juliahub_ls.lsp.file_kinds import kind_of

        if not item.uri.startswith("file:") or kind_of(path_of(item.uri)) is None:
            return None
        document = OpenDocument(item)
        self._open[path_key(document.path)] = document
        return document

    def change(self, params: types.DidChangeTextDocumentParams) -> OpenDocument | None:
        """Follow an edit."""
        document = self.get(params.text_document.uri)
        if document is not None:
            for change in params.content_changes:
                document.apply(change)
            document.version = params.text_document.version
        return document

    def close(self, uri: str) -> OpenDocument | None:
        """Let a document go: the disk counts again."""
        return self._open.pop(path_key(path_of(uri)), None) if uri.startswith("file:") else None

    def get(self, uri: str) -> OpenDocument | None:
        """The open document of a URI."""
        return self.at(path_of(uri)) if uri.startswith("file:") else None

    def at(self, path: Path) -> OpenDocument | None:
        """The open document of a file."""
        return self._open.get(path_key(path))

    def all(self) -> "list[OpenDocument]":
        """Every open document."""
        return list(self._open.values())

    def snapshot(self) -> Snapshot:
        """All of them as they are now, for work in a thread."""
        return Snapshot({key: document.freeze() for key, document in self._open.items()})


def split_lines(text: str) -> "list[str]":
    """The lines with their ends. Half a surrogate pair, which no UTF-8 text can hold, becomes U+FFFD."""
    if not text.isascii():
        text = _SURROGATE.sub("\ufffd", text)
    return list(io.StringIO(text, newline=""))


def _index(line: str, character: int) -> int:
    """The index in `line` of a UTF-16 position, at most at the line's end."""
    content = line.rstrip("\r\n")
    if content.isascii():
        return min(character, len(content))
    return len(content.encode("utf-16-le")[: 2 * character].decode("utf-16-le", "ignore"))
