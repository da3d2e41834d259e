"""What servers last said, for while they are away: offline is a state, and what was known stays to be seen, marked."""

import contextlib
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from juliahub_ls.errors import JuliaHubError, ServerError
from juliahub_ls.services.connections import Connections
from juliahub_ls.services.hub_client import HubClient
from juliahub_ls.services.tasks import Tasks

T = TypeVar("T")
FRESH_SECONDS = 60.0
LOST_SECONDS = 5.0
"""What was asked for since is not asked for again; of a server that was away, after a shorter time."""


@dataclass(frozen=True, slots=True)
class Known(Generic[T]):
    """A value. `offline_since` (Unix ms): the server is away or in trouble, and this is what it last said."""

    value: T
    offline_since: int | None = None


class LastKnown:
    """Asks servers, and remembers in memory what they answered."""

    def __init__(self, connections: Connections, tasks: Tasks | None = None) -> None:
        self._connections = connections
        self._tasks = tasks or Tasks()
        self._values: dict[tuple[str, str], Any] = {}
        self._since: dict[tuple[str, str], int] = {}
        self._asked: dict[tuple[str, str], float] = {}

    async def get(self, server: str | None, what: str, ask: Callable[[HubClient], Awaitable[T]]) -> Known[T]:
        """The answer to `ask`, known as `what`. Raises its `ServerError` only when nothing was ever answered."""
        key = (self._connections.servers.find(server).id, what)
        try:
            value = await ask(await self._connections.client(server))
        except ServerError:
            if key not in self._values:
                raise
            away = self._connections.reachability.offline_since(key[0])
            since = self._since.setdefault(key, away or round(time.time() * 1000))
            return Known(self._values[key], since)
        self._since.pop(key, None)
        self._values[key] = value
        return Known(value)

    async def recent(self, server: str | None, what: str, ask: Callable[[HubClient], Awaitable[T]]) -> Known[T]:
        """What is known at once, and asked for again behind the answer when that was a while ago; as `get` before."""
        known = self.peek(server, what)
        key, now = (self._connections.servers.find(server).id, what), time.monotonic()
        patience = LOST_SECONDS if known and known.offline_since is not None else FRESH_SECONDS
        fresh = now - self._asked.get(key, float("-inf")) < patience
        if not fresh:
            self._asked[key] = now
        if known is None:
            return await self.get(server, what, ask)
        if not fresh:
            self._tasks.start(self._ask_again(server, what, ask), f"ask for {what}")
        return known

    def peek(self, server: str | None, what: str) -> Known[Any] | None:
        """What is known, without asking."""
        key = (self._connections.servers.find(server).id, what)
        if key not in self._values:
            return None
        return Known(self._values[key], self._connections.reachability.offline_since(key[0]) or self._since.get(key))

    async def _ask_again(self, server: str | None, what: str, ask: Callable[[HubClient], Awaitable[Any]]) -> None:
        with contextlib.suppress(JuliaHubError):
            await self.get(server, what, ask)
