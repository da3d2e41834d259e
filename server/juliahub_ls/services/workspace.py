"""The workspace's Julia environments: found by a scan, kept true by watching (watchdog), told when they change."""

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable
from pathlib import Path

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver

from juliahub_ls.domain.environment import LoadedEnvironment, load_environments
from juliahub_ls.domain.environment_files import is_environment_file
from juliahub_ls.domain.workspace_scan import scan
from juliahub_ls.services.tasks import Tasks

QUIET_SECONDS = 0.3
"""Changes within this time are one change: a `git checkout` touches many files."""
log = logging.getLogger(__name__)


class Workspace:
    """The folders that the editor has open. `environments()` is the last scan's answer, made when first asked for."""

    def __init__(self, tasks: Tasks, on_change: Callable[[list[LoadedEnvironment]], None]) -> None:
        self._tasks = tasks
        self._on_change = on_change
        self.truncated = False
        self._roots: list[Path] = []
        self._found: list[LoadedEnvironment] | None = None
        self._scanning = asyncio.Lock()
        self._observer: BaseObserver | None = None
        self._quiet: asyncio.TimerHandle | None = None
        self._cancelled = threading.Event()

    async def open(self, roots: list[Path]) -> None:
        """Watch these folders from now on instead of those before."""
        self._roots = roots
        self._found = None
        loop = asyncio.get_running_loop()
        await asyncio.to_thread(self._watch, loop)

    async def environments(self) -> list[LoadedEnvironment]:
        """Every environment below the folders."""
        async with self._scanning:
            if self._found is None:
                self._found = await asyncio.to_thread(self._scan)
            return self._found

    def scan_again(self) -> None:
        """Look anew in the background, and tell when the environments differ from those before."""
        self._tasks.start(self._scan_again(), "scan again")

    async def aclose(self) -> None:
        """Stop watching and scanning."""
        self._cancelled.set()
        if self._quiet is not None:
            self._quiet.cancel()
        await asyncio.to_thread(self._unwatch)

    def _scan(self) -> list[LoadedEnvironment]:
        found = scan(self._roots, cancelled=self._cancelled.is_set)
        self.truncated = found.truncated
        return load_environments(found.environments)

    def _watch(self, loop: asyncio.AbstractEventLoop) -> None:
        self._unwatch()
        self._observer = Observer()
        self._observer.start()  # before the folders: one that cannot be watched must not keep the others from it
        handler = _Handler(lambda: _call(loop, self._touched))
        for root in self._roots:
            try:
                self._observer.schedule(handler, str(root), recursive=True)
            except OSError as error:
                log.warning("The folder %s cannot be watched: %s", root, error)

    def _unwatch(self) -> None:
        if self._observer is not None:
            self._observer.stop()
            self._observer.join()
            self._observer = None

    def _touched(self) -> None:
        """Wait for quiet, then scan again."""
        if self._quiet is not None:
            self._quiet.cancel()
        loop = asyncio.get_running_loop()
        self._quiet = loop.call_later(QUIET_SECONDS, self.scan_again)

    async def _scan_again(self) -> None:
        async with self._scanning:
            before = self._found
            self._found = await asyncio.to_thread(self._scan)
        if self._found != before:
            self._on_change(self._found)


class _Handler(FileSystemEventHandler):
    """Passes on events about files that can make or change an environment."""

    def __init__(self, touched: Callable[[], None]) -> None:
        self._touched = touched

    def on_any_event(self, event: FileSystemEvent) -> None:
        if event.event_type in ("opened", "closed_no_write"):
            return
        names = [Path(str(path)).name for path in (event.src_path, event.dest_path) if path]
        moved_folder = event.is_directory and event.event_type in ("deleted", "moved")
        if moved_folder or any(is_environment_file(name) for name in names):
            self._touched()


def _call(loop: asyncio.AbstractEventLoop, function: Callable[[], None]) -> None:
    """Run `function` on the loop; a loop that has closed meanwhile wants no more news."""
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(function)
