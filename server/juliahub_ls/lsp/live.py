"""Keeps what the editor shows of Julia's TOML files true while the user types and while files change on disk."""

import asyncio
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

from juliahub_ls.lsp.documents import Documents, OpenDocument
from juliahub_ls.lsp.file_kinds import FileKind, kind_of
from juliahub_ls.lsp.json_rpc import encoded
from juliahub_ls.lsp.uris import path_key
from juliahub_ls.lsp.views import Views
from juliahub_ls.services.tasks import Tasks

QUIET_SECONDS = 0.15
"""After the last key press: shorter shows mistakes in every half-typed word."""
FRESH_SECONDS = 10.0
"""What is not watched, such as the depots, is looked at again after this."""


class Editor(Protocol):
    """What is told."""

    def publish(self, params: Any) -> None:
        """`textDocument/publishDiagnostics`."""

    def touched(self, path: Path) -> None:
        """A file, or a folder, is another than before, on the screen or on disk."""

    def refresh_hints(self) -> None:
        """`workspace/inlayHint/refresh`, where the editor knows it."""

    async def watch(self, directories: set[Path]) -> bool:
        """Watch these folders, too, wherever they are; whether some are watched only from now on."""


class LiveFiles:
    """`views()` is what all features answer from. Used on the event loop; views are asked in threads."""

    def __init__(
        self, editor: Editor, documents: Documents, tasks: Tasks, depots: Callable[[], Sequence[Path]]
    ) -> None:
        self._editor = editor
        self._documents = documents
        self._tasks = tasks
        self._depots = depots
        self._views: Views | None = None
        self._made = 0.0
        self._generation = 0
        self._changed: set[str] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._looking: asyncio.Task[None] | None = None
        self._look_again = False
        self._published: dict[str, tuple[int, list[Any]]] = {}

    def views(self) -> Views:
        """As things are now."""
        now = time.monotonic()
        if self._views is None or now - self._made > FRESH_SECONDS:
            self._views = Views(self._documents.snapshot(), self._depots())
            self._made = now
        return self._views

    def start(self) -> None:
        """Look at what was opened before the session was ready."""
        for document in self._documents.all():
            self.changed(document.path)

    def changed(self, path: Path) -> None:
        """A file, or a folder, is another than before, on the screen or on disk."""
        self._views = None
        self._generation += 1
        self._changed.add(path_key(path))
        self._editor.touched(path)
        if self._timer is not None:
            self._timer.cancel()
        if self._documents.all():
            self._timer = asyncio.get_running_loop().call_later(QUIET_SECONDS, self._quiet)

    def closed(self, document: OpenDocument) -> None:
        """The editor shows a file no longer; for those that belong to it the disk counts again."""
        self._published.pop(path_key(document.path), None)
        self._editor.publish({"uri": document.uri, "diagnostics": []})
        self.changed(document.path)

    def close(self) -> None:
        """Say nothing more."""
        if self._timer is not None:
            self._timer.cancel()

    def _quiet(self) -> None:
        """One look at a time: what changes meanwhile makes for one more."""
        self._timer = None
        self._look_again = True
        if self._looking is None or self._looking.done():
            self._looking = self._tasks.start(self._look(), "diagnostics")

    async def _look(self) -> None:
        while self._look_again:
            self._look_again = False
            await self._publish_all(self._generation)

    async def _publish_all(self, generation: int) -> None:
        """The changed files first. What was found for a text that is no longer there is not told."""
        from juliahub_ls.lsp.features.diagnostics import diagnostics

        views = self.views()
        documents = sorted(self._documents.all(), key=lambda document: path_key(document.path) not in self._changed)
        for document in documents:
            found = await asyncio.to_thread(diagnostics, views, document.path)
            if generation != self._generation:
                return
            await self._publish(document, found)
        projects = [path_key(document.path) for document in documents if kind_of(document.path) is FileKind.PROJECT]
        if any(self._changed - {project} for project in projects):
            self._editor.refresh_hints()  # for changes of the document itself an editor asks without being told
        self._changed.clear()
        if await self._editor.watch(await asyncio.to_thread(views.folders)):
            self._views = None  # something may have happened there since it was read
            self._look_again = True

    async def _publish(self, document: OpenDocument, found: list[Any]) -> None:
        key = path_key(document.path)
        news = (document.version, found)
        if self._published.get(key) != news:
            payload = {"uri": document.uri, "version": document.version, "diagnostics": found}
            self._editor.publish(await encoded(payload))
            self._published[key] = news
