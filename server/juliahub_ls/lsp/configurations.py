"""The workspace's saved configurations as the editor knows them: from the screen before the disk, told when they
change.
"""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

from juliahub_ls.domain.jobs.configurations import FILE
from juliahub_ls.domain.toml.text import ReadText
from juliahub_ls.payloads.configurations import configuration
from juliahub_ls.services.configurations import all_configurations

if TYPE_CHECKING:
    from juliahub_ls.lsp.session import Session

QUIET_SECONDS = 0.15


class Configurations:
    """One editor's. Used on the event loop."""

    def __init__(self, session: "Session") -> None:
        self._session = session
        self._told: list[dict[str, Any]] | None = None
        self._timer: asyncio.TimerHandle | None = None

    def read(self) -> ReadText:
        """Reads what is open, else what is on disk."""
        return self._session.server.documents.snapshot().read

    async def all(self) -> list[dict[str, Any]]:
        """Every `Configuration`, by folder."""
        folders, read = self._session.folders(), self.read()
        found = await asyncio.to_thread(lambda: [configuration(item) for item in all_configurations(folders, read)])
        self._told = found
        return found

    def touched(self, path: Path) -> None:
        """Look again, a moment after the last change, where it may be of a file of ours."""
        if self._told is None or (path.name not in FILE.parts and path not in self._session.folders()):
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(QUIET_SECONDS, self._look)

    def close(self) -> None:
        """Say nothing more."""
        if self._timer is not None:
            self._timer.cancel()

    def _look(self) -> None:
        self._timer = None
        self._session.services.tasks.start(self._tell(), "tell configurations")

    async def _tell(self) -> None:
        before = self._told
        found = await self.all()
        if found != before:
            self._session.notify("juliahub/configurationsChanged", {"configurations": found})
