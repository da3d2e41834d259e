"""An HTTP client that reads no answer without end into memory, whatever a server sends or a compression hides."""

from typing import Any

import httpx

MOST_BYTES = 256 * 2**20
"""Decoded. The largest answer that is read as a whole is a page of a log; files are streamed to disk."""

_OF_THE_BODY = frozenset({"content-encoding", "content-length", "transfer-encoding"})


class AnswerTooLong(httpx.DecodingError):
    """More than `MOST_BYTES`."""


class BoundedClient(httpx.AsyncClient):
    """As `httpx.AsyncClient`. Streamed answers are as long as they are."""

    async def send(self, request: httpx.Request, *, stream: bool = False, **options: Any) -> httpx.Response:
        """The answer, whole unless streamed. Raises `AnswerTooLong`, and what httpx raises."""
        response = await super().send(request, stream=True, **options)
        if stream:
            return response
        try:
            return await _whole(response)
        finally:
            await response.aclose()


async def _whole(response: httpx.Response) -> httpx.Response:
    content = bytearray()
    async for piece in response.aiter_bytes():
        content += piece
        if len(content) > MOST_BYTES:
            raise AnswerTooLong("the answer is too long", request=response.request)
    headers = [(name, value) for name, value in response.headers.multi_items() if name not in _OF_THE_BODY]
    return httpx.Response(
        response.status_code,
        headers=headers,
        content=bytes(content),
        request=response.request,
        extensions={"http_version": response.extensions.get("http_version", b"HTTP/1.1")},
    )
