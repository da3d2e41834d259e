"""`$/progress` for one request.

Begun at the first report, throttled, safe from any thread, cancelled by the editor's button.
"""

import asyncio
import time
from types import TracebackType
from typing import TYPE_CHECKING

from lsprotocol import types

if TYPE_CHECKING:
    from juliahub_ls.lsp.server import JuliaHubServer

INTERVAL_SECONDS = 0.1


class EditorProgress:
    """Use as a context manager around the work. Without a token nothing is sent."""

    def __init__(self, server: "JuliaHubServer", token: "str | int | None", title: str) -> None:
        self._server = server
        self._token = token
        self._title = title
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.current_task()
        self._sent = 0.0

    def __enter__(self) -> "EditorProgress":
        if self._token is not None:
            bar = self._server.work_done_progress
            bar.begin(self._token, types.WorkDoneProgressBegin(title=self._title, cancellable=True, percentage=0))
            bar.tokens[self._token].add_done_callback(lambda _future: self._cancel())
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if self._token is not None:
            bar = self._server.work_done_progress
            self._task = None
            bar.tokens.pop(self._token, None)
            bar.end(self._token, types.WorkDoneProgressEnd())

    def report(self, message: str, fraction: float | None = None) -> None:
        """Where the work is; at most ten times a second, but always the end of a step."""
        now = time.monotonic()
        if self._token is None or (now - self._sent < INTERVAL_SECONDS and fraction not in (None, 1.0)):
            return
        self._sent = now
        self._loop.call_soon_threadsafe(self._send, message, fraction)

    def _send(self, message: str, fraction: float | None) -> None:
        if self._token is None or self._task is None:
            return
        percentage = None if fraction is None else round(fraction * 100)
        report = types.WorkDoneProgressReport(message=message, percentage=percentage)
        self._server.work_done_progress.report(self._token, report)

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()
