"""One stream for each log, however many look at it; what is stored is asked for once (protocol §8)."""

import asyncio
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.responses import Response
from websockets.asyncio.client import ClientConnection, connect
from websockets.protocol import State

from juliahub_ls import errors
from juliahub_ls.config import Settings
from juliahub_ls.services import log_feed, log_stream
from juliahub_ls.services.connections import Connections
from juliahub_ls.services.log_feed import LogFeed, Logs
from juliahub_ls.services.log_store import LogLease, LogStore
from juliahub_ls.services.log_stream import StreamState
from juliahub_ls.services.log_window import LogWindow, WindowLines
from juliahub_ls.services.servers import Servers
from juliahub_ls.services.tasks import Tasks
from juliahub_ls.services.this_computer import ThisComputer
from juliahub_wire.auth import TokenTable
from juliahub_wire.logs import LogRecord
from tests.support.scripted_http import ScriptedServer
from tests.unit.services.test_log_stream import BOTTOM, LOGS, Log, record, script, sends

SECONDS = 20


class Daemon:
    """The logs of one run of the daemon; the next one finds what it stored."""

    def __init__(self, folder: Path, server: ScriptedServer, http: httpx.AsyncClient) -> None:
        self.tasks = Tasks()
        servers = Servers(folder / "config", Settings(server=server.url))
        connections = Connections(servers, ThisComputer(folder / "state"), lambda: http)
        connections.tokens(servers.current).write(TokenTable(id_token="token-1"))
        self.logs = Logs(connections, self.tasks, LogStore(folder / "logs"))

    async def __aenter__(self) -> Logs:
        return self.logs

    async def __aexit__(self, *_: object) -> None:
        await self.tasks.aclose()
        await self.logs.aclose()


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("JULIA_DEPOT_PATH", str(tmp_path / "depot"))
    monkeypatch.setattr(log_stream, "LONGEST_PAUSE", 0.02)
    monkeypatch.setattr(log_feed, "RETRY_SECONDS", 0.02)


async def messages(feed: LogFeed, tail: int | None = None) -> list[str]:
    """What a view shows when the log is complete."""
    found: list[str] = []

    async def look() -> None:
        async for event in LogWindow(feed, tail=tail).events():
            if isinstance(event, WindowLines):
                found[:] = ([] if event.reset else found) + [one.line.message for one in event.lines]

    await asyncio.wait_for(look(), SECONDS)
    return found


def expected(first: int, last: int) -> list[str]:
    return [f"line {number}" for number in range(first, last + 1)]


@pytest.fixture
async def daemons(server: ScriptedServer, tmp_path: Path, http: httpx.AsyncClient) -> list[Daemon]:
    """Two runs of the daemon, one after the other."""
    return [Daemon(tmp_path, server, http) for _ in range(2)]


async def test_a_complete_log_is_asked_for_once(daemons: list[Daemon], server: ScriptedServer) -> None:
    log = Log(250, finished=True)
    script(server, log)
    for number, daemon in enumerate(daemons):
        async with daemon as logs, logs.open(None, "jr-1") as feed:
            assert await messages(feed) == expected(1, 250)
            assert await messages(feed, tail=10) == expected(241, 250)
            assert len(log.queries) == (4, 5)[number], "the second run looks at the last page alone"


async def test_a_log_goes_on_where_it_was_left(daemons: list[Daemon], server: ScriptedServer) -> None:
    log = Log(150)
    script(server, log, *[sends()] * 9)
    async with daemons[0] as logs, logs.open(None, "jr-1") as feed:
        await asyncio.wait_for(feed.read(), SECONDS)
        assert feed.log.count == 150
    log.count, before = 300, len(log.queries)
    sockets = script(server, log, sends(record(301), BOTTOM))
    async with daemons[1] as logs, logs.open(None, "jr-1") as feed:
        assert await messages(feed) == expected(1, 301)
    asked = [query.get("event_id") for query in log.queries[before:]]
    assert asked[:3] == [None, "150", "250"]
    assert sockets.offsets == ["300"]


async def test_another_log_under_the_same_name_takes_its_place(daemons: list[Daemon], server: ScriptedServer) -> None:
    script(server, Log(20, finished=True))
    async with daemons[0] as logs, logs.open(None, "jr-1") as feed:
        assert await messages(feed) == expected(1, 20)
    other = Log(30, finished=True)
    other.first_word = "other"
    script(server, other)
    async with daemons[1] as logs, logs.open(None, "jr-1") as feed:
        assert await messages(feed, tail=5) == [f"other {number}" for number in range(26, 31)]
        assert feed.log.count == 30


async def test_whoever_is_ended_while_lines_are_stored_leaves_no_connection(
    daemons: list[Daemon], server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The stream waits for its lines to be stored; it is closed all the same, and before the daemon has ended."""
    reached, goes_on, opened = asyncio.Event(), threading.Event(), []
    loop = asyncio.get_running_loop()

    async def noted(*arguments: Any, **options: Any) -> ClientConnection:
        opened.append(await connect(*arguments, **options))
        return opened[-1]

    def slow(feed: LogFeed, records: Sequence[LogRecord]) -> None:
        if opened:
            loop.call_soon_threadsafe(reached.set)
            assert goes_on.wait(SECONDS)
        take(feed, records)

    take = LogFeed._take
    monkeypatch.setattr(LogFeed, "_take", slow)
    monkeypatch.setattr(log_stream, "connect", noted)
    script(server, Log(1), sends(record(2)))
    async with daemons[0] as logs, logs.open(None, "jr-1"):
        await asyncio.wait_for(reached.wait(), SECONDS)
        await daemons[0].tasks.aclose()
        assert [socket.state for socket in opened] == [State.CLOSED]
        goes_on.set()


async def test_whoever_leaves_while_a_log_opens_holds_nothing(
    daemons: list[Daemon], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, reached, goes_on = LogStore(tmp_path / "logs"), threading.Event(), threading.Event()
    opened = store.open

    def slow(server: str, job: str) -> LogLease:
        reached.set()
        assert goes_on.wait(SECONDS)
        return opened(server, job)

    monkeypatch.setattr(store, "open", slow)
    monkeypatch.setattr(daemons[0].logs, "_store", store)

    async def look() -> None:
        async with daemons[0].logs.open(None, "jr-1"):
            raise AssertionError("it was cancelled before")

    looking = asyncio.ensure_future(look())
    assert await asyncio.to_thread(reached.wait, SECONDS)
    looking.cancel()
    goes_on.set()
    with pytest.raises(asyncio.CancelledError):
        await looking
    lease = opened(daemons[0].logs._connections.servers.current.id, "jr-1")
    assert ".copy-" not in lease.folder.name
    lease.close()


async def test_a_log_that_another_window_follows_is_here(daemons: list[Daemon], server: ScriptedServer) -> None:
    """What that window has stored so far, without a question to the server."""
    script(server, Log(3), sends(record(4), record(5)))
    key = daemons[0].logs._connections.servers.current.id, "jr-1"
    async with daemons[1] as looking:
        async with looking.stored(*key) as feed:
            assert feed is None
        async with daemons[0] as following, following.open(*key) as followed:
            while followed.log.count < 5:
                await asyncio.wait_for(followed.changed(followed.version), SECONDS)
            asked = len(server.seen)
            async with looking.stored(*key) as feed:
                assert feed is not None
                assert [line.message for line in feed.log.read(1, 9)] == expected(1, 5)
                assert feed.digest.lines == 5
        assert len(server.seen) == asked


async def test_many_views_share_a_stream(daemons: list[Daemon], server: ScriptedServer) -> None:
    sockets = script(server, Log(3), sends(record(4), record(5), BOTTOM))
    async with daemons[0] as logs:

        async def view() -> list[str]:
            async with logs.open(None, "jr-1") as feed:
                return await messages(feed)

        assert await asyncio.gather(*(view() for _ in range(5))) == [expected(1, 5)] * 5
    assert sockets.offsets == ["3"]


async def test_a_complete_log_is_read_while_its_server_is_away(daemons: list[Daemon], server: ScriptedServer) -> None:
    script(server, Log(20, finished=True))
    async with daemons[0] as logs, logs.open(None, "jr-1") as feed:
        await messages(feed)
    server.on(LOGS, Response(status_code=503))
    async with daemons[1] as logs, logs.open(None, "jr-1") as feed:
        assert await messages(feed, tail=5) == expected(16, 20)
        assert feed.complete


async def test_a_log_that_is_not_there(daemons: list[Daemon], server: ScriptedServer) -> None:
    server.on(LOGS, Response(status_code=403))
    async with daemons[0] as logs, logs.open(None, "jr-1") as feed:
        with pytest.raises(errors.JobNotFound):
            await messages(feed)


async def test_a_gap_is_told_in_its_place(daemons: list[Daemon], server: ScriptedServer) -> None:
    log = Log(3)
    log.missing = {4, 5}
    script(server, log, sends(record(6), BOTTOM))
    told: list[object] = []
    async with daemons[0] as logs, logs.open(None, "jr-1") as feed:
        async for event in LogWindow(feed).events():
            if isinstance(event, WindowLines):
                told += [(one.line.id, one.line.event) for one in event.lines]
            elif isinstance(event, StreamState) and event.gap:
                told.append(event.gap)
        assert [(gap.after, gap.first, gap.last) for gap in feed.gaps] == [(3, 4, 5)]
    assert told == [(1, "1"), (2, "2"), (3, "3"), (4, 5), (4, "6")]
