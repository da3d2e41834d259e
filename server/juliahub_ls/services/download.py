"""Bytes from a server, on their way to whoever asked for them."""

from collections.abc import AsyncIterator

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
                async for piece in self._response.aiter_raw():
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

    async def aclose(self) -> None:
        """End the connection."""
        await self._response.aclose()
