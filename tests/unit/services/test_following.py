"""What following costs a server: a socket for each job, and silence while nothing happens (protocol §8)."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.websockets import WebSocket

from juliahub_ls.config import Settings
from juliahub_ls.services import log_stream
from juliahub_ls.services.connections import Connections
from juliahub_ls.services.hub_client import HubClient
from juliahub_ls.services.jobs import Jobs
from juliahub_ls.services.log_feed import Logs
from juliahub_ls.services.log_store import LogStore
from juliahub_ls.services.log_stream import LogEvent, LogStream, StreamState
from juliahub_ls.services.log_window import WindowLines
from juliahub_ls.services.servers import Servers
from juliahub_ls.services.tasks import Tasks
from juliahub_ls.services.this_computer import ThisComputer
from juliahub_wire import logs
from juliahub_wire.auth import TokenTable
from tests.support.scripted_http import ScriptedServer
from tests.unit.services.test_hub_client import JOB

NAMES = [f"jr-{number}" for number in range(10)]
LOGS, STREAM = "GET /juliaruncloud/get_logs", "/ws/stream_logs"
EMPTY = PlainTextResponse(logs.encode_page([json.dumps(logs.marker(logs.TOP))]))
KEEP_ALIVES = 30
SECONDS = 20


@pytest.fixture
async def jobs(
    server: ScriptedServer, tmp_path: Path, http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Jobs]:
    """Jobs of a server that has ten, all running, whose logs are empty so far."""
    monkeypatch.setenv("JULIA_DEPOT_PATH", str(tmp_path / "depot"))
    servers, tasks = Servers(tmp_path / "config", Settings(server=server.url)), Tasks()
    connections = Connections(servers, ThisComputer(tmp_path / "state"), lambda: http)
    connections.tokens(servers.current).write(TokenTable(id_token="token-1"))

    async def details(request: Request) -> Response:
        name = request.url.path.rpartition("/")[2]
        return JSONResponse({"details": [JOB | {"jobname": name, "status": "Running"}]})

    for name in NAMES:
        server.on(f"GET /api/rest/jobs/{name}", details)
    server.on(LOGS, EMPTY)
    logs = Logs(connections, tasks, LogStore(tmp_path / "logs"))
    yield Jobs(connections, tasks, logs)
    await tasks.aclose()
    await logs.aclose()


def record(number: int) -> str:
    return json.dumps({"message": f"line {number}", "eventId": str(number), "timestamp": 1000 + number})


class Sockets:
    """Sends a record on every socket and then, once it `goes_on`, keep-alive frames and another."""

    def __init__(self) -> None:
        self.opened: list[str] = []
        self.goes_on = asyncio.Event()

    async def __call__(self, socket: WebSocket) -> None:
        self.opened.append(socket.query_params["jobname"])
        await socket.accept()
        await socket.send_text(record(1))
        await self.goes_on.wait()
        for _ in range(KEEP_ALIVES):
            await socket.send_text("")
        await socket.send_text(record(2))
        await socket.receive_text()


async def test_ten_jobs_cost_ten_sockets_and_nothing_while_they_are_silent(jobs: Jobs, server: ScriptedServer) -> None:
    sockets = Sockets()
    server.on_socket(STREAM, sockets)
    came: asyncio.Queue[str] = asyncio.Queue()

    async def follow(name: str) -> None:
        async for event in jobs.follow(None, name):
            if isinstance(event, WindowLines):
                came.put_nowait(name)

    async def from_each() -> list[str]:
        return sorted([await asyncio.wait_for(came.get(), SECONDS) for _ in NAMES])

    followers = [asyncio.create_task(follow(name)) for name in NAMES]
    assert await from_each() == NAMES
    asked = len(server.seen)
    sockets.goes_on.set()
    assert await from_each() == NAMES
    assert server.seen[asked:] == [], "nothing is asked for while a socket is open"
    assert sorted(sockets.opened) == NAMES
    for follower in followers:
        follower.cancel()
    await asyncio.gather(*followers, return_exceptions=True)


class Clock:
    """`asyncio` whose pauses pass at once; `slept` is how long they would have been."""

    def __init__(self, enough: float) -> None:
        self.slept = 0.0
        self.pauses: list[float] = []
        self.enough = enough
        self.passed = asyncio.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(asyncio, name)

    async def sleep(self, seconds: float) -> None:
        """Let the time pass; after enough of it, for good."""
        self.slept += seconds
        self.pauses.append(seconds)
        if self.slept >= self.enough:
            self.passed.set()
            await asyncio.Event().wait()
        await asyncio.sleep(0)


async def blocked(socket: WebSocket) -> None:
    """As a gateway that knows no WebSockets."""
    await socket.send_denial_response(Response(status_code=502))


async def test_where_websockets_are_blocked_it_polls_gently(
    client: HubClient, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock(enough=600.0)
    monkeypatch.setattr(log_stream, "asyncio", clock)
    server.on(LOGS, EMPTY)
    server.on_socket(STREAM, blocked)
    states: list[str] = []

    def note(event: LogEvent) -> None:
        states.append(event.state if isinstance(event, StreamState) else "records")

    async def follow() -> None:
        async for event in LogStream(client, "jr-1").events():
            note(event)

    following = asyncio.create_task(follow())
    await asyncio.wait_for(clock.passed.wait(), SECONDS)
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)
    assert states == ["live"], "polling is no trouble, and is not told as one"
    assert clock.pauses[:5] == [2, 4, 8, 15, 15], "ever more rarely while nothing comes"
    assert len(server.seen) <= len(clock.pauses) + 2, "one request for each pause"


async def test_a_polled_log_that_speaks_again_is_asked_often_again(
    client: HubClient, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock(enough=600.0)
    monkeypatch.setattr(log_stream, "asyncio", clock)
    page = PlainTextResponse(logs.encode_page([json.dumps(logs.marker(logs.TOP)), record(1)]))

    async def speaks_late(_request: Request) -> Response:
        return page if len(clock.pauses) == 4 else EMPTY

    server.on(LOGS, speaks_late)
    server.on_socket(STREAM, blocked)
    following = asyncio.create_task(_all(LogStream(client, "jr-1")))
    await asyncio.wait_for(clock.passed.wait(), SECONDS)
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)
    assert clock.pauses[:8] == [2, 4, 8, 15, 2, 4, 8, 15]


async def _all(stream: LogStream) -> None:
    async for _ in stream.events():
        pass
