"""A proxy that breaks things, the same way for the same seed: between a client and a real hub.

Requests are lost before they arrive, their answers after; answers are truncated, delayed, replaced by a gateway's
trouble; harmless requests and submissions arrive twice. Frames of a WebSocket come twice, in the wrong order, or not
at all because the connection breaks.
"""

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import AsyncIterator
from urllib.parse import urlencode

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.support.scripted_http import Cut, quiet_server

REQUEST_TROUBLE, FRAME_TROUBLE = 0.35, 0.05
FRAME_KINDS = ("frame twice", "frames swapped", "stream broken")
HOP_BY_HOP = frozenset({"host", "connection", "transfer-encoding", "content-length", "keep-alive", "upgrade"})


class ChaosProxy:
    """`done` counts what was done."""

    def __init__(self, upstream: str, seed: int) -> None:
        self.url = ""
        self.done: Counter[str] = Counter()
        self._upstream = upstream
        self._random = random.Random(seed)
        self._due = self._random.sample(FRAME_KINDS, len(FRAME_KINDS))
        """Each kind befalls one of the first frames, whatever chance says later."""
        self._upstreams: list[ClientConnection] = []
        self._http = httpx.AsyncClient(trust_env=False, timeout=30)
        self.app = Starlette(
            routes=[
                WebSocketRoute("/{path:path}", self._socket),
                Route("/{path:path}", self._answer, methods=["GET", "POST", "PUT"]),
            ]
        )

    async def aclose(self) -> None:
        """End its connections to the hub, also those whose closing was itself broken off."""
        for upstream in self._upstreams:
            upstream.transport.abort()
        await asyncio.gather(*(upstream.wait_closed() for upstream in self._upstreams))
        await self._http.aclose()

    def _chooses(self, trouble: float, *kinds: str) -> str | None:
        if self._random.random() >= trouble:
            return None
        kind = self._random.choice(kinds)
        self.done[kind] += 1
        return kind

    async def _answer(self, request: Request) -> Response:
        body = await request.body()
        kinds = ["lost before", "lost after", "gateway", "truncated", "late"]
        if request.method == "GET" or request.url.path.endswith("/submit_job"):
            kinds.append("twice")
        kind = self._chooses(REQUEST_TROUBLE, *kinds)
        if kind == "lost before":
            return Cut(b"", 10)
        if kind == "gateway":
            return Response("The gateway has a problem.", self._random.choice([502, 503, 504]))
        answer = await self._forward(request, body)
        if kind == "twice":
            answer = await self._forward(request, body)
        if kind == "lost after":
            return Cut(b"", 10)
        if kind == "late":
            await asyncio.sleep(self._random.random() / 20)
        content = answer.content.replace(self._upstream.encode(), self.url.encode())
        if kind == "truncated" and content:
            return Cut(content[: self._random.randrange(len(content))], len(content), answer.status_code)
        return Response(content, answer.status_code, headers=_passed_on(answer.headers))

    async def _forward(self, request: Request, body: bytes) -> httpx.Response:
        target = self._upstream + request.url.path + (f"?{request.url.query}" if request.url.query else "")
        headers = _passed_on(request.headers)
        return await self._http.request(request.method, target, headers=headers, content=body)

    async def _socket(self, socket: WebSocket) -> None:
        query = urlencode([pair for pair in socket.query_params.multi_items() if pair[0] != "log_batch"])
        target = (
            self._upstream.replace("http", "ws", 1) + f"{socket.url.path}?{query}"
        )  # one object a frame: more to break
        headers = {"Authorization": socket.headers["authorization"]}
        async with connect(target, additional_headers=headers, proxy=None, max_size=None) as upstream:
            self._upstreams.append(upstream)
            await socket.accept()
            with contextlib.suppress(ConnectionClosed, WebSocketDisconnect):
                await self._frames(upstream, socket)

    async def _frames(self, upstream: ClientConnection, socket: WebSocket) -> None:
        held: str | bytes | None = None
        async for frame in upstream:
            kind = self._due.pop() if self._due else self._chooses(FRAME_TROUBLE, *FRAME_KINDS)
            if kind == "stream broken":
                await socket.close(1011)
                return
            if kind == "frames swapped" and held is None:
                held = frame
                continue
            await _send(socket, frame)
            if kind == "frame twice":
                await _send(socket, frame)
            if held is not None:
                await _send(socket, held)
                held = None


async def _send(socket: WebSocket, frame: str | bytes) -> None:
    await (socket.send_text(frame) if isinstance(frame, str) else socket.send_bytes(frame))


def _passed_on(headers: "httpx.Headers | dict[str, str] | object") -> dict[str, str]:
    pairs = headers.items()  # type: ignore[attr-defined]
    return {name: value for name, value in pairs if name.lower() not in HOP_BY_HOP}


@contextlib.asynccontextmanager
async def chaos(upstream: str, seed: int) -> AsyncIterator[ChaosProxy]:
    """A proxy in front of the hub at `upstream`, for the length of the context."""
    proxy = ChaosProxy(upstream, seed)
    config = uvicorn.Config(
        proxy.app, port=0, log_config=None, lifespan="off", ws="websockets-sansio", timeout_graceful_shutdown=1
    )
    async with quiet_server(config) as url:
        proxy.url = url
        yield proxy
    await proxy.aclose()
