"""Tells streams that a log has grown.

One thread looks at the size of every followed log and wakes those whose log changed, so that a new line is on its way
within some 15 ms, whatever number of streams follow it, and no disk access happens on the event loop. Polling is the
one way that works the same on every OS and on network file systems.
"""

import asyncio
import contextlib
import os
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from anyio import move_on_after

BUSY_SECONDS = 0.012
QUIET_SECONDS = 0.040
QUIET_AFTER_SECONDS = 5.0
"""Polls become rare when no followed log has grown for this long."""


class Follower:
    """One stream's view: `wait` returns when its log grew or its job ended."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._event = asyncio.Event()

    async def wait(self, seconds: float) -> bool:
        """True when woken, False when that time went by. Clears the mark before returning."""
        with move_on_after(seconds):
            await self._event.wait()
        woken = self._event.is_set()
        self._event.clear()
        return woken

    def wake(self) -> None:
        """From any thread."""
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            self._loop.call_soon_threadsafe(self._event.set)


class LogWatch:
    """Follows any number of logs. Its thread runs only while there are some."""

    def __init__(self) -> None:
        self._followers: defaultdict[Path, set[Follower]] = defaultdict(set)
        self._sizes: dict[Path, int] = {}
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    @contextlib.contextmanager
    def follow(self, path: Path) -> Iterator[Follower]:
        """Watch this log while the context lasts."""
        follower = Follower(asyncio.get_running_loop())
        with self._lock:
            self._followers[path].add(follower)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="log-watch", daemon=True)
                self._thread.start()
        try:
            yield follower
        finally:
            with self._lock:
                self._followers[path].discard(follower)
                if not self._followers[path]:
                    del self._followers[path]
                    self._sizes.pop(path, None)

    def wake(self, path: Path) -> None:
        """Wake those who follow this log, because its job has ended."""
        with self._lock:
            followers = list(self._followers.get(path, ()))
        for follower in followers:
            follower.wake()

    def _run(self) -> None:
        grown_at = time.monotonic()
        while True:
            with self._lock:
                paths = list(self._followers)
                if not paths:
                    self._thread = None
                    return
            for path in paths:
                if self._grew(path):
                    grown_at = time.monotonic()
                    self.wake(path)
            quiet = time.monotonic() - grown_at > QUIET_AFTER_SECONDS
            time.sleep(QUIET_SECONDS if quiet else BUSY_SECONDS)

    def _grew(self, path: Path) -> bool:
        size = _size(path)
        if size == self._sizes.get(path):
            return False
        self._sizes[path] = size
        return True


def _size(path: Path) -> int:
    try:
        return os.stat(path).st_size  # noqa: PTH116 - eighty times a second
    except OSError:
        return -1
