"""A file's bytes from a server, on their way to whoever asked for them.

A thread that blocks on the socket reads them: an event loop that is told of each piece costs more than hashing and
writing it, and everything else in the daemon would wait. Connection and thread are the download's own and end with it.
"""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, TypeVar

import httpcore
import httpx

from juliahub_ls.services.transport import NOTHING_CHANGED, make_file_client, translated

CHUNK = 1 << 20
LOT_SECONDS = 0.25
"""What has arrived by then is given out, however little it is: someone looks at the progress."""
ERROR_BYTES = 65_536
"""Of an answer that is no file, no more is read."""
KEPT = "What has arrived is kept; the download goes on from there."
T = TypeVar("T")


class Download:
    """One file, or why there is none: `answer`, whose body is read already unless `is_file`. Close it."""

    answer: httpx.Response

    def __init__(self, server: str, timeout: httpx.Timeout) -> None:
        self._server = server
        self._client = make_file_client(timeout)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="download")
        self._connection: Any = None
        self._pieces: Iterator[bytes] = iter(())
        self._broken: Exception | None = None
        self._ended = False
        self._running: asyncio.Future[Any] | None = None

    @property
    def is_file(self) -> bool:
        """Whether the file's bytes follow."""
        return self.answer.status_code in (200, 206)

    @property
    def resumed(self) -> bool:
        """The server honoured the range and the bytes continue from there."""
        return self.answer.status_code == 206

    @property
    def remaining(self) -> int | None:
        """Bytes to come, when the server says."""
        return _length(self.answer)

    async def open(self, url: str | httpx.URL, headers: dict[str, str], state: str = NOTHING_CHANGED) -> None:
        """Ask for the file, as it is: a `.tar.gz` stays one."""
        headers = headers | {"Accept-Encoding": "identity"}
        request = self._client.build_request("GET", url, headers=headers, extensions={"trace": self._trace})
        async with translated(self._server, state):
            self.answer = await self._run(lambda: _answer(self._client, request))
        if self.is_file:
            self._pieces = _body(self.answer)

    async def chunks(self) -> AsyncIterator[list[bytes]]:
        """The bytes, in pieces as they came: joining them would be a copy. What arrived before a break comes first."""
        while not self._ended:
            async with translated(self._server, KEPT):
                pieces = await self._run(self._lot)
            if pieces:
                yield pieces

    async def aclose(self) -> None:
        """End the connection, also while a thread waits for it: that is not waited for."""
        if self._connection is not None:
            with suppress(OSError):
                socket.socket.shutdown(self._connection.get_extra_info("socket"), socket.SHUT_RDWR)
        self._thread.shutdown(wait=False)
        if self._running is None or self._running.done():
            self._client.close()
        else:
            self._running.add_done_callback(self._close_after)

    def _close_after(self, done: "asyncio.Future[Any]") -> None:
        if not done.cancelled():
            done.exception()  # nobody asks for it any more
        self._client.close()

    async def _run(self, work: Callable[[], T]) -> T:
        self._running = running = asyncio.get_running_loop().run_in_executor(self._thread, work)
        return await asyncio.shield(running)

    def _lot(self) -> list[bytes]:
        """The next megabyte, or what there is of it."""
        if self._broken is not None:
            raise self._broken
        pieces: list[bytes] = []
        size, until = 0, time.monotonic() + LOT_SECONDS
        try:
            while size < CHUNK and (not pieces or time.monotonic() < until):
                piece = next(self._pieces, None)
                if piece is None:
                    self._ended = True
                    break
                pieces.append(piece)
                size += len(piece)
        except httpx.HTTPError as error:
            if not pieces:
                raise
            self._broken = error
        return pieces

    def _trace(self, event: str, info: dict[str, Any]) -> None:
        """Keeps the connection as soon as there is one: a wait for its first bytes can be ended, too."""
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            self._connection = info["return_value"]


def _answer(client: httpx.Client, request: httpx.Request) -> httpx.Response:
    response = client.send(request, stream=True)
    if response.status_code in (200, 206):
        return response
    content = bytearray()
    for piece in response.iter_raw():
        content += piece
        if len(content) >= ERROR_BYTES:
            break
    response.close()
    told = [(name, value) for name, value in response.headers.items() if name in ("retry-after", "content-range")]
    return httpx.Response(response.status_code, headers=told, content=bytes(content), request=request)


def _body(response: httpx.Response) -> Iterator[bytes]:
    """The body as it arrives: its beginning from httpx and, where it is plain, the rest from the connection.

    httpx reads 64 KiB at a time and copies each three times. Its first piece is all that came with the head.
    """
    remaining = _length(response) if "transfer-encoding" not in response.headers else None
    for piece in response.iter_raw():
        yield piece
        if remaining is not None:
            yield from _rest(response, remaining - len(piece))
            return


def _rest(response: httpx.Response, remaining: int) -> Iterator[bytes]:
    """So many bytes of the connection. Raises httpx's errors, as httpx does."""
    stream, seconds = response.extensions["network_stream"], response.request.extensions["timeout"]["read"]
    while remaining > 0:
        try:
            piece = stream.read(min(CHUNK, remaining), seconds)
        except httpcore.TimeoutException as error:
            raise httpx.ReadTimeout(str(error)) from error
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise httpx.ReadError(str(error)) from error
        if not piece:
            raise httpx.RemoteProtocolError("the connection ended before the body")
        remaining -= len(piece)
        yield piece


def _length(response: httpx.Response) -> int | None:
    length = response.headers.get("content-length", "")
    return int(length) if length.isdigit() else None
