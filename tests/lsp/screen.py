"""A document on an editor's screen: typed in with UTF-16 ranges, and read back by the ranges that the daemon gives."""

from pathlib import Path
from typing import Any

from tests.lsp.client import Editor


class Screen:
    """One open document. `text` is what the user sees."""

    def __init__(self, editor: Editor, path: Path, text: "str | None" = None) -> None:
        self.editor = editor
        self.uri = path.as_uri()
        self.text = path.read_bytes().decode() if text is None else text
        self.version = 1
        item = {"uri": self.uri, "languageId": "toml", "version": 1, "text": self.text}
        editor.notify("textDocument/didOpen", {"textDocument": item})

    def type(self, old: str, new: str) -> None:
        """Replace the first `old` by `new`, as one edit of that range."""
        start = self.text.index(old)
        edit = {"range": self.range(start, start + len(old)), "text": new}
        self.text = self.text[:start] + new + self.text[start + len(old) :]
        self._changed([edit])

    def replace(self, text: str) -> None:
        """Another whole text."""
        self.text = text
        self._changed([{"text": text}])

    def close(self) -> None:
        """Close it, unsaved."""
        self.editor.notify("textDocument/didClose", {"textDocument": {"uri": self.uri}})

    def told(self) -> "list[dict[str, Any]]":
        """Every diagnostics message for this file so far."""
        return [told for told in self.editor.all("textDocument/publishDiagnostics") if told["uri"] == self.uri]

    def diagnostics(self) -> "list[dict[str, Any]] | None":
        """What is told of the text as it is now; None before that."""
        told = self.told()
        return told[-1]["diagnostics"] if told and told[-1].get("version") == self.version else None

    async def codes(self, *expected: str) -> "list[dict[str, Any]]":
        """Wait until exactly these problems are told; they, in the order of the text."""
        try:
            await self.editor.until(lambda: self._shown() == list(expected), f"the problems {expected}")
        except AssertionError as error:
            raise AssertionError(f"{error}; told last: {self.told()[-1:]}, now version {self.version}") from None
        return self.diagnostics() or []

    def _shown(self) -> "list[str] | None":
        found = self.diagnostics()
        return None if found is None else [item["code"] for item in found]

    async def ask(self, method: str, **params: Any) -> Any:
        """A request about this document."""
        return await self.editor.send_request(f"textDocument/{method}", {"textDocument": {"uri": self.uri}, **params})

    async def hover(self, words: str, offset: int = 0) -> "tuple[str, str] | None":
        """What a mouse over the first `words` shows, and the text that it is about."""
        position = self.position(self.text.index(words) + offset)
        answer = await self.ask("hover", position=position)
        return (answer["contents"]["value"], self.words(answer["range"])) if answer else None

    async def actions(self, words: str) -> "list[dict[str, Any]]":
        """The quick fixes for a cursor in `words`."""
        start = self.text.index(words)
        return list(await self.ask("codeAction", range=self.range(start, start), context={"diagnostics": []}))

    async def links(self) -> "dict[str, str]":
        """Text → where it leads."""
        return {self.words(link["range"]): link["target"] for link in await self.ask("documentLink")}

    async def hints(self) -> "dict[str, str]":
        """The line before a hint → what it says."""
        whole = {"start": {"line": 0, "character": 0}, "end": self.position(len(self.text))}
        found = await self.ask("inlayHint", range=whole)
        return {
            self.words({"start": {**h["position"], "character": 0}, "end": h["position"]}): h["label"] for h in found
        }

    def apply(self, edit: "dict[str, Any]") -> str:
        """The text after a `WorkspaceEdit` of this document alone."""
        (change,) = edit["documentChanges"]
        assert change["textDocument"] == {"uri": self.uri, "version": self.version}
        (one,) = change["edits"]
        start, end = self.index(one["range"]["start"]), self.index(one["range"]["end"])
        return self.text[:start] + one["newText"] + self.text[end:]

    def words(self, range_: "dict[str, Any]") -> str:
        """The text in a range."""
        return self.text[self.index(range_["start"]) : self.index(range_["end"])]

    def range(self, start: int, end: int) -> "dict[str, Any]":
        """An LSP range of two indices."""
        return {"start": self.position(start), "end": self.position(end)}

    def position(self, index: int) -> "dict[str, int]":
        """An LSP position of an index."""
        before = self.text[:index]
        line = before.count("\n")
        return {"line": line, "character": len(before.rpartition("\n")[2].encode("utf-16-le")) // 2}

    def index(self, position: "dict[str, int]") -> int:
        """The index of an LSP position, which must be in the text."""
        lines = self.text.split("\n")
        before = sum(len(line) + 1 for line in lines[: position["line"]])
        if position["line"] == len(lines):
            assert position["character"] == 0
            return len(self.text)
        units = lines[position["line"]].encode("utf-16-le")
        assert 2 * position["character"] <= len(units), "beyond the end of the line"
        return before + len(units[: 2 * position["character"]].decode("utf-16-le"))

    def _changed(self, changes: "list[dict[str, Any]]") -> None:
        self.version += 1
        document = {"uri": self.uri, "version": self.version}
        self.editor.notify("textDocument/didChange", {"textDocument": document, "contentChanges": changes})
