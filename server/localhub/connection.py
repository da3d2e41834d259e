"""A connection as the hub takes it: whoever does not say what they want is cut off.

uvicorn waits for a request's head as long as its client likes, so a few hundred silent connections would keep everyone
else out.
"""

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_SECONDS = 20.0
"""A request's line and headers are here after so long. Streams and uploads, once begun, take as long as they take."""


class Connection(H11Protocol):
    """uvicorn's, which bounds the size of a head to 64 kB, with a bound for its time."""

    _cut_off: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """The head of the first request is awaited from now on."""
        super().connection_made(transport)
        self._await_head()

    def data_received(self, data: bytes) -> None:
        """A head that is complete ends the wait; the beginning of the next one begins it anew."""
        super().data_received(data)
        if self.conn.their_state is h11.IDLE:
            self._await_head()
        else:
            self._have_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is awaited any more."""
        self._have_head()
        super().connection_lost(exc)

    def _await_head(self) -> None:
        if self._cut_off is None:
            self._cut_off = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _have_head(self) -> None:
        if self._cut_off is not None:
            self._cut_off.cancel()
            self._cut_off = None
