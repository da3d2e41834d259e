"""A file's bytes from a server, on their way to whoever asked for them.

A thread that blocks on the socket reads them: an event loop that is told of each piece costs more than hashing and
writing it, and everything else in the daemon would wait. Connection and thread are the download's own and end with it.
The process's end does not wait for the thread: while it looks for a name or connects, nothing can interrupt it.
"""

import asyncio
import math
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Future
from contextlib import suppress
from queue import SimpleQueue
from typing import Any, TypeVar

import httpcore
import httpx

from juliahub_ls.services.transport import NOTHING_CHANGED, make_file_client, translated

CHUNK = 1 << 20
LOT_SECONDS = 0.25
"""What has arrived is given out when so long nothing more comes, however little it is: someone looks at the progress.
Not so where the server does not tell the length.
"""
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
        self._work: SimpleQueue[tuple[Callable[[], Any], Future[Any]] | None] = SimpleQueue()
        self._socket: socket.socket | None = None
        self._pieces: Iterator[bytes] = iter(())
        self._broken: Exception | None = None
        self._ended = False
        self._closed = False
        threading.Thread(target=self._serve, name="download", daemon=True).start()

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
        """End the connection, and the thread once what it does has ended: that is not waited for."""
        self._closed = True
        self._end_connection()
        self._work.put(None)

    def _end_connection(self) -> None:
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    async def _run(self, work: Callable[[], T]) -> T:
        done: Future[T] = Future()
        self._work.put((work, done))
        return await asyncio.wrap_future(done)

    def _serve(self) -> None:
        """The thread: one piece of work after the other, until the download is closed."""
        while (asked := self._work.get()) is not None:
            work, done = asked
            if not done.set_running_or_notify_cancel():
                continue
            try:
                done.set_result(work())
            except Exception as error:  # noqa: BLE001 - it is raised where the work was asked for
                done.set_exception(error)
        self._client.close()
        if self._socket is not None:
            self._socket.close()

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
                if piece:
                    pieces.append(piece)
                    size += len(piece)
                elif pieces:
                    break
        except httpx.HTTPError as error:
            if not pieces:
                raise
            self._broken = error
        return pieces

    def _trace(self, event: str, info: dict[str, Any]) -> None:
        """Keeps the connection as soon as there is one, so that any wait for it can be ended.

        It is a duplicate: where TLS is spoken, the first socket is not the connection any more.
        """
        if event.endswith("connect_tcp.complete"):
            self._socket = info["return_value"].get_extra_info("socket").dup()
            if self._closed:
                self._end_connection()


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
    """So many bytes of the connection; an empty piece where none came for a lot's time. Raises httpx's errors."""
    stream, patience = response.extensions["network_stream"], response.request.extensions["timeout"]["read"] or math.inf
    waited = 0.0
    while remaining > 0:
        wait = min(LOT_SECONDS, patience - waited)
        try:
            piece = stream.read(min(CHUNK, remaining), wait)
        except httpcore.TimeoutException as error:
            waited += wait
            if waited >= patience:
                raise httpx.ReadTimeout(str(error)) from error
            yield b""
            continue
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise httpx.ReadError(str(error)) from error
        if not piece:
            raise httpx.RemoteProtocolError("the connection ended before the body")
        waited, remaining = 0.0, remaining - len(piece)
        yield piece


def _length(response: httpx.Response) -> int | None:
    length = response.headers.get("content-length", "")
    return int(length) if length.isdigit() else None
