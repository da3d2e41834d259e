"""What servers last said, for while they are away: offline is a state, and what was known stays to be seen, marked."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from juliahub_ls.errors import ServerError
from juliahub_ls.services.connections import Connections
from juliahub_ls.services.hub_client import HubClient

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Known(Generic[T]):
    """A value. `offline_since` (Unix ms): the server is away or in trouble, and this is what it last said."""

    value: T
    offline_since: int | None = None


class LastKnown:
    """Asks servers, and remembers in memory what they answered."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._values: dict[tuple[str, str], Any] = {}
        self._since: dict[tuple[str, str], int] = {}

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
