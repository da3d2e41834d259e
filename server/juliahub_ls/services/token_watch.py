"""Tells when a token file appears, changes or goes: another window, Julia or `jh` signs in and out, too (§1.3)."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from juliahub_ls.services.connections import Connections
from juliahub_ls.services.file_watch import FileWatch
from juliahub_ls.services.tasks import Tasks
from juliahub_wire.hub_state import AUTH_FILE

QUIET_SECONDS = 0.1
"""A file that is replaced makes several events."""


class TokenWatch:
    """Watches the folders of the known servers' `auth.toml`, and those above that appear before them.

    `on_change` is called at first, too: something may have happened before the watch began.
    """

    def __init__(self, connections: Connections, tasks: Tasks, on_change: Callable[[], None]) -> None:
        self._connections = connections
        self._tasks = tasks
        self._on_change = on_change
        self._files: FileWatch | None = None
        self._quiet: asyncio.TimerHandle | None = None
        self._known: dict[Path, bytes | None] = {}

    def start(self) -> None:
        """Watch the servers that are known now; again when there are more."""
        self._tasks.start(self._look(), "watch tokens")

    async def aclose(self) -> None:
        """Watch nothing any more."""
        if self._quiet is not None:
            self._quiet.cancel()
        if self._files is not None:
            await asyncio.to_thread(self._files.close)

    def _touched(self, _path: Path) -> None:
        if self._quiet is not None:
            self._quiet.cancel()
        self._quiet = asyncio.get_running_loop().call_later(QUIET_SECONDS, self.start)

    async def _look(self) -> None:
        """Watch first, then read: what changes in between is told."""
        if self._files is None:
            self._files = FileWatch(self._touched, AUTH_FILE.__eq__)
            await asyncio.to_thread(self._files.open, ())
        files = [self._connections.tokens(profile).path for profile in self._connections.servers.all() if profile.url]
        folders = {folder for file in files for folder in (file.parent, file.parent.parent)}
        await asyncio.to_thread(self._files.also, folders)
        found = await asyncio.to_thread(lambda: {file: _content(file) for file in files})
        if found != self._known:
            self._known = found
            self._on_change()


def _content(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except OSError:
        return None
