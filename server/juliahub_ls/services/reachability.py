"""Which servers cannot be reached, and since when. A server that is lost is looked for until it is back."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable

from juliahub_ls.services.tasks import Tasks

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 30.0
Listener = Callable[[str], None]
Probe = Callable[[], Awaitable[bool]]
"""Whether a server answers at all."""


class Reachability:
    """Told by every request how its server fared. Looks for lost servers only when somebody listens."""

    def __init__(self, tasks: Tasks) -> None:
        self._tasks = tasks
        self._since: dict[str, int] = {}
        self._listeners: list[Listener] = []

    def subscribe(self, listener: Listener) -> None:
        """Call `listener` with the id of each server that is lost or found again."""
        self._listeners.append(listener)

    def offline_since(self, server: str) -> int | None:
        """When a server was lost, Unix milliseconds; None while it is thought to be there."""
        return self._since.get(server)

    def lost(self, server: str, probe: Probe) -> None:
        """A request did not get through."""
        if server in self._since:
            return
        self._since[server] = round(time.time() * 1000)
        self._tell(server)
        if self._listeners:
            self._tasks.start(self._look_for(server, probe), f"look for {server}")

    def found(self, server: str) -> None:
        """A request got an answer, whichever."""
        if self._since.pop(server, None) is not None:
            self._tell(server)

    def _tell(self, server: str) -> None:
        for listener in self._listeners:
            listener(server)

    async def _look_for(self, server: str, probe: Probe) -> None:
        pause = FIRST_PAUSE
        while server in self._since:
            await asyncio.sleep(pause * (0.75 + random.random() / 2))  # noqa: S311 - jitter, not a secret
            pause = min(pause * 2, LONGEST_PAUSE)
            if server in self._since and await probe():
                self.found(server)
