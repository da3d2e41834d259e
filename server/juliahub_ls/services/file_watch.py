"""Tells when a file that makes an environment, rules a bundle or keeps configurations appears, changes or goes."""

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver, ObservedWatch

from juliahub_ls.domain.bundles.ignore_rules import IGNORE_FILE
from juliahub_ls.domain.environments.files import is_environment_file
from juliahub_ls.domain.jobs.configurations import FILE

log = logging.getLogger(__name__)


def _of_interest(name: str) -> bool:
    return is_environment_file(name) or name in (IGNORE_FILE, FILE.name)


class FileWatch:
    """Watches whole trees, and single folders elsewhere. The methods may take a while: call them in a thread.

    `on_change` is called on the event loop with a file, or with a folder that was moved, deleted or made.
    """

    def __init__(self, on_change: Callable[[Path], None], wanted: Callable[[str], bool] = _of_interest) -> None:
        self._on_change = on_change
        self.wanted = wanted
        """Whether a file of that name is of interest."""
        self._loop = asyncio.get_running_loop()
        self._lock = threading.Lock()
        self._observer: BaseObserver | None = None
        self._trees: list[Path] = []
        self._single: dict[Path, ObservedWatch] = {}

    def open(self, trees: Iterable[Path]) -> list[Path]:
        """Watch these trees instead of those before; those that cannot be watched, such as too large ones."""
        with self._lock:
            self._stop()
            self._observer = Observer()
            self._observer.start()  # before the folders: one that cannot be watched must not keep the others from it
            refused = []
            for tree in trees:
                if self._schedule(tree, recursive=True):
                    self._trees.append(tree)
                else:
                    refused.append(tree)
            return refused

    def also(self, folders: Iterable[Path]) -> bool:
        """Watch these folders and those that they are in, too, wherever they are, instead of those before.

        Whether some are watched only from now on, so that something may have happened there unseen.
        """
        with self._lock:
            if self._observer is None:
                return False
            places = {place for folder in folders for place in (folder, folder.parent)}
            wanted = {place for place in places if not self._in_tree(place) and _exists(place)}
            for gone in self._single.keys() - wanted:
                self._observer.unschedule(self._single.pop(gone))
            before = len(self._single)
            for new in wanted - self._single.keys():
                watch = self._schedule(new, recursive=False)
                if watch is not None:
                    self._single[new] = watch
            return len(self._single) > before

    def close(self) -> None:
        """Watch nothing any more."""
        with self._lock:
            self._stop()

    def _schedule(self, folder: Path, *, recursive: bool) -> ObservedWatch | None:
        assert self._observer is not None
        try:
            return self._observer.schedule(_Handler(self, recursive=recursive), str(folder), recursive=recursive)
        except OSError as error:
            log.warning("The folder %s cannot be watched: %s", folder, error)
            return None

    def _in_tree(self, folder: Path) -> bool:
        return any(folder.is_relative_to(tree) for tree in self._trees)

    def _stop(self) -> None:
        if self._observer is not None:
            self._observer.stop()
            self._observer.join()
        self._observer = None
        self._trees = []
        self._single = {}

    def tell(self, path: Path) -> None:
        """From the observer's thread; a loop that has closed meanwhile wants no more news."""
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._on_change, path)


class _Handler(FileSystemEventHandler):
    def __init__(self, watch: FileWatch, *, recursive: bool) -> None:
        self._watch = watch
        self._folders = ("deleted", "moved") if recursive else ("deleted", "moved", "created")

    def on_any_event(self, event: FileSystemEvent) -> None:
        if event.event_type in ("opened", "closed_no_write"):
            return
        moved = event.is_directory and event.event_type in self._folders
        for path in (event.src_path, event.dest_path):
            file = Path(str(path)) if path else None
            if file and (moved or self._watch.wanted(file.name)):
                self._watch.tell(file)


def _exists(folder: Path) -> bool:
    try:
        return folder.is_dir()
    except OSError:
        return False
