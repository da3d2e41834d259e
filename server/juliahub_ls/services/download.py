"""Bytes from a server, on their way to whoever asked for them."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any, cast

import httpcore
import httpx

from juliahub_ls import errors
from juliahub_ls.services.transport import translated

CHUNK = 1 << 20
KEPT = "What has arrived is kept; the download goes on from there."


class Download:
    """An open download. `resumed`: the server honoured the range and the bytes continue from there."""

    def __init__(self, response: httpx.Response, server: str, *, resumed: bool) -> None:
        self.resumed = resumed
        self._response = response
        self._server = server

    @property
    def remaining(self) -> int | None:
        """Bytes to come, when the server says."""
        length = self._response.headers.get("content-length")
        return int(length) if length and length.isdigit() else None

    async def chunks(self) -> AsyncIterator[list[bytes]]:
        """The raw bytes, never decoded: a `.tar.gz` stays one. All that arrived before a break is given out first.

        In pieces as they came: joining them would cost more than all else.
        """
        pieces: list[bytes] = []
        size = 0
        try:
            async with translated(self._server, KEPT):
                async for piece in self._pieces():
                    pieces.append(piece)
                    size += len(piece)
                    if size >= CHUNK:
                        yield pieces
                        pieces, size = [], 0
        except errors.ServerError:
            if pieces:
                yield pieces
            raise
        if pieces:
            yield pieces

    async def _pieces(self) -> AsyncIterator[bytes]:
        """The body as it arrives: its beginning from httpx and, where it is plain, the rest from the connection.

        httpx reads 64 KiB at a time and copies each three times, which costs more than writing and hashing together.
        Its first piece is all that came with the head. A body that was not read through httpx to its end makes
        `aclose` end the connection, so that nothing else is read from it.
        """
        stream, remaining = _connection(self._response), self.remaining
        async with aclosing(cast("AsyncGenerator[bytes, None]", self._response.aiter_raw())) as beginning:
            async for piece in beginning:
                yield piece
                if stream is not None and remaining is not None:
                    async for more in _read(stream, remaining - len(piece), _patience(self._response)):
                        yield more
                    return

    async def aclose(self) -> None:
        """End the connection."""
        await self._response.aclose()


def _connection(response: httpx.Response) -> Any:
    """httpcore's stream, where the body's bytes are nothing but the connection's next ones; else None."""
    plain = response.http_version == "HTTP/1.1" and "transfer-encoding" not in response.headers
    return response.extensions.get("network_stream") if plain else None


async def _read(stream: Any, remaining: int, seconds: float | None) -> AsyncIterator[bytes]:
    """So many bytes of httpcore's stream, in the pieces in which they come. Raises httpx's errors, as httpx does."""
    while remaining > 0:
        try:
            piece = await stream.read(min(CHUNK, remaining), seconds)
        except httpcore.TimeoutException as error:
            raise httpx.ReadTimeout(str(error)) from error
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise httpx.ReadError(str(error)) from error
        if not piece:
            raise httpx.RemoteProtocolError("the connection ended before the body")
        remaining -= len(piece)
        yield piece


def _patience(response: httpx.Response) -> float | None:
    """How long a read may take."""
    seconds: float | None = response.request.extensions.get("timeout", {}).get("read")
    return seconds
