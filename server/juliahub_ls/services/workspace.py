"""The workspace's Julia environments: found by a scan, kept true by watching, told when they change."""

import asyncio
import threading
from collections.abc import Callable, Collection
from pathlib import Path

from juliahub_ls.config import SCAN_LIMIT
from juliahub_ls.domain.bundles.ignore_rules import IGNORE_FILE
from juliahub_ls.domain.environments.environment import LoadedEnvironment, load_environments
from juliahub_ls.domain.environments.scan import scan
from juliahub_ls.domain.jobs.configurations import FILE
from juliahub_ls.services.file_watch import FileWatch
from juliahub_ls.services.tasks import Tasks

QUIET_SECONDS = 0.3
"""Changes within this time are one change: a `git checkout` touches many files."""
MAX_SINGLE_FOLDERS = 1000
"""Folders that are watched one by one where a whole tree cannot be."""


class Workspace:
    """The folders that the editor has open. `environments()` is the last scan's answer, made when first asked for.

    `on_change` gets all environments when they differ from before; `on_file` each file of theirs that was touched.
    After `scan_limit` files and folders the search ends, and there may be more environments: it was `truncated`.
    """

    def __init__(
        self,
        tasks: Tasks,
        on_change: Callable[[list[LoadedEnvironment]], None],
        on_file: Callable[[Path], None] = lambda _path: None,
        *,
        scan_limit: int = SCAN_LIMIT,
    ) -> None:
        self._tasks = tasks
        self._on_change = on_change
        self._on_file = on_file
        self.scan_limit = scan_limit
        self.truncated = False
        self._roots: list[Path] = []
        self._found: list[LoadedEnvironment] | None = None
        self._known: list[LoadedEnvironment] | None = None
        self._scanning = asyncio.Lock()
        self._files = FileWatch(self._touched)
        self._singly: set[Path] = set()
        self._elsewhere: Collection[Path] = ()
        self._quiet: asyncio.TimerHandle | None = None
        self._cancelled = threading.Event()

    def use(self, roots: list[Path]) -> None:
        """These are the folders from now on."""
        self._roots = roots
        self._found = None

    async def watch(self) -> None:
        """Watch the folders instead of those before.

        Where a scan meets its bound, or the system refuses a whole tree, only the environments found are watched.
        """
        await self._scanned()
        trees = [] if self.truncated else self._roots
        refused = await asyncio.to_thread(self._files.open, trees)
        self._singly = self._folders(self._roots if self.truncated else refused)
        await self.watch_elsewhere(self._elsewhere)
        for root in self._roots:
            self._on_file(root)  # what changed before the watch began was not told
        await self._scan_again()

    async def watch_elsewhere(self, folders: Collection[Path]) -> bool:
        """Watch these single folders, too, wherever they are, instead of those before; whether some are new."""
        self._elsewhere = folders
        return await asyncio.to_thread(self._files.also, self._singly.union(folders))

    async def environments(self) -> list[LoadedEnvironment]:
        """Every environment below the folders."""
        self._known = await self._scanned()
        return self._known

    def scan_again(self) -> None:
        """Look anew in the background, and tell when the environments differ from those last asked for or told."""
        self._tasks.start(self._scan_again(), "scan again")

    async def aclose(self) -> None:
        """Stop watching and scanning."""
        self._cancelled.set()
        if self._quiet is not None:
            self._quiet.cancel()
        await asyncio.to_thread(self._files.close)

    async def _scanned(self) -> list[LoadedEnvironment]:
        async with self._scanning:
            if self._found is None:
                self._found = await asyncio.to_thread(self._scan)
            return self._found

    def _scan(self) -> list[LoadedEnvironment]:
        found = scan(self._roots, cancelled=self._cancelled.is_set, max_entries=self.scan_limit)
        self.truncated = found.truncated
        return load_environments(found.environments, cancelled=self._cancelled.is_set)

    def _folders(self, roots: list[Path]) -> set[Path]:
        environments = (loaded.environment.directory for loaded in self._found or ())
        below = [folder for folder in environments if any(folder.is_relative_to(root) for root in roots)]
        kept = (root / FILE.parent for root in roots)
        return {*roots, *kept, *below[:MAX_SINGLE_FOLDERS]}

    def _touched(self, path: Path) -> None:
        """Wait for quiet, then scan again."""
        self._on_file(path)
        if path.name in (IGNORE_FILE, FILE.name):
            return
        if self._quiet is not None:
            self._quiet.cancel()
        loop = asyncio.get_running_loop()
        self._quiet = loop.call_later(QUIET_SECONDS, self.scan_again)

    async def _scan_again(self) -> None:
        async with self._scanning:
            found = self._found = await asyncio.to_thread(self._scan)
        if self._known is not None and found != self._known:
            self._known = found
            self._on_change(found)
