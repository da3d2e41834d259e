"""A server whose answers and breaks a test scripts one by one: real HTTP and WebSocket on loopback."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

Handler = Callable[[Request], Awaitable[Response]]
Answer = Response | Handler | dict[str, Any] | list[Any]


class ScriptedServer:
    """Answers each call from its script: `on` gives a call's answers in turn, the last one again and again.

    `requests` are those that came, `bodies` what they carried.
    """

    def __init__(self) -> None:
        self.url = ""
        self.requests: list[Request] = []
        self.bodies: list[bytes] = []
        self._answers: dict[str, list[Answer]] = {}
        self._sockets: dict[str, Callable[[WebSocket], Awaitable[None]]] = {}
        self.app = Starlette(
            routes=[
                WebSocketRoute("/{path:path}", self._socket),
                Route("/{path:path}", self._http, methods=["GET", "POST", "PUT", "HEAD"]),
            ]
        )

    @property
    def seen(self) -> list[str]:
        """`METHOD path` of every request."""
        return [f"{request.method} {request.url.path}" for request in self.requests]

    def on(self, call: str, *answers: Answer) -> None:
        """Script a call such as `GET /api/v1`: JSON values, responses, or functions that make one."""
        self._answers[call] = list(answers)

    def on_socket(self, path: str, handler: Callable[[WebSocket], Awaitable[None]]) -> None:
        """Script a WebSocket; the handler accepts or denies it."""
        self._sockets[path] = handler

    async def _http(self, request: Request) -> Response:
        self.bodies.append(await request.body())
        self.requests.append(request)
        script = self._answers.get(f"{request.method} {request.url.path}")
        if not script:
            return JSONResponse({"message": "not in the script"}, 404)
        answer = script.pop(0) if len(script) > 1 else script[0]
        if isinstance(answer, (dict, list)):
            return JSONResponse(answer)
        return answer if isinstance(answer, Response) else await answer(request)

    async def _socket(self, socket: WebSocket) -> None:
        handler = self._sockets.get(socket.url.path)
        if handler is None:
            await socket.send_denial_response(Response(status_code=404))
            return
        with contextlib.suppress(WebSocketDisconnect):
            await handler(socket)


class Cut(Response):
    """Promises `length` bytes, sends `body`, and breaks the connection."""

    def __init__(self, body: bytes, length: int, status_code: int = 200) -> None:
        super().__init__(body, status_code, headers={"Content-Length": str(length)})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the head and a part."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": self.body, "more_body": True})
        raise ConnectionAbortedError("as scripted")


class _Quiet(uvicorn.Server):
    """Leaves signals to the test runner."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


@contextlib.asynccontextmanager
async def scripted_server(certificate: Path | None = None) -> AsyncIterator[ScriptedServer]:
    """A scripted server on a free port, for the length of the context; with TLS when there is a certificate (PEM)."""
    script = ScriptedServer()
    config = uvicorn.Config(
        script.app,
        port=0,
        log_config=None,
        lifespan="off",
        ws="websockets-sansio",
        timeout_graceful_shutdown=1,
        ssl_certfile=certificate,
    )
    async with quiet_server(config) as script.url:
        yield script


@contextlib.asynccontextmanager
async def quiet_server(config: uvicorn.Config) -> AsyncIterator[str]:
    """A server on a free port, for the length of the context; its URL."""
    server = _Quiet(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        if serving.done():
            serving.result()
        await asyncio.sleep(0)
    scheme = "https" if config.is_ssl else "http"
    try:
        yield f"{scheme}://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving


async def hang(_request: Request) -> Response:
    """Never answer."""
    await asyncio.Event().wait()
    raise AssertionError("unreachable")
