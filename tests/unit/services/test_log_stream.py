"""A log, complete, in order and each line once, whatever the stream does (protocol §8)."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from functools import lru_cache
from pathlib import Path
from unittest.mock import create_autospec

import pytest
import trustme
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.websockets import WebSocket

from juliahub_ls import errors
from juliahub_ls.services import log_stream, transport, trust
from juliahub_ls.services.account import Account
from juliahub_ls.services.hub_client import HubClient
from juliahub_ls.services.log_stream import LogStream, Records, StreamState
from juliahub_ls.services.token_store import TokenStore
from juliahub_wire import logs
from tests.support.scripted_http import Cut, ScriptedServer, scripted_server

LOGS, STREAM = "GET /juliaruncloud/get_logs", "/ws/stream_logs"
TOP, BOTTOM = (json.dumps(logs.marker(end)) for end in (logs.TOP, logs.BOTTOM))
Handler = Callable[[WebSocket], Awaitable[None]]


def record(number: int, word: str = "line") -> str:
    return json.dumps({"message": f"{word} {number}", "eventId": str(number), "timestamp": 1000 + number})


class Log:
    """A job's log as a server has it: `count` records, numbered from 1, served in pages of `page`."""

    def __init__(self, count: int, *, page: int = 100, finished: bool = False, forward_from_zero: bool = True) -> None:
        self.count = count
        self.page = page
        self.finished = finished
        self.forward_from_zero = forward_from_zero
        self.missing: set[int] = set()
        self.first_word = "line"
        self.queries: list[dict[str, str]] = []

    async def answer(self, request: Request) -> Response:
        query = dict(request.query_params)
        self.queries.append(query)
        if "start_time" in query:
            first = int(query["event_id"]) + 1
            if first == 1 and not self.forward_from_zero:
                return PlainTextResponse(logs.encode_page([]))
        elif "end_time" in query:
            first = max(1, int(query["event_id"]) - self.page)
            return self._page(first, int(query["event_id"]) - 1)
        else:
            first = max(1, self.count - self.page + 1)
        return self._page(first, min(first + self.page - 1, self.count))

    def _page(self, first: int, last: int) -> Response:
        numbers = (number for number in range(first, last + 1) if number not in self.missing)
        elements = [record(number, self.first_word) for number in numbers]
        top = [json.dumps(logs.marker(logs.TOP))] if first == 1 else []
        bottom = [BOTTOM] if self.finished and last >= self.count else []
        return PlainTextResponse(logs.encode_page([*top, *elements, *bottom]))


class Sockets:
    """One handler for each connection in turn; then no more."""

    def __init__(self, *handlers: Handler) -> None:
        self.handlers = list(handlers)
        self.offsets: list[str] = []

    async def __call__(self, socket: WebSocket) -> None:
        self.offsets.append(socket.query_params["offset"])
        await self.handlers.pop(0)(socket)


def sends(*frames: str, close: bool = False) -> Handler:
    """Accepts, sends the frames, and waits for the client to go, or breaks off."""

    async def handler(socket: WebSocket) -> None:
        await socket.accept()
        for frame in frames:
            await socket.send_text(frame)
        if close:
            await socket.close(1011)
            return
        while True:
            await socket.receive_text()

    return handler


def denies(status: int) -> Handler:
    async def handler(socket: WebSocket) -> None:
        await socket.send_denial_response(Response(status_code=status))

    return handler


class Told:
    """What a stream gave out."""

    def __init__(self) -> None:
        self.ids: list[int] = []
        self.states: list[str] = []
        self.gaps: list[tuple[int, int]] = []
        self.batches: list[int] = []

    def take(self, event: "Records | StreamState") -> None:
        if isinstance(event, Records):
            self.ids += [int(one.event_id or 0) for one in event.records]
            self.batches.append(len(event.records))
            return
        self.states.append(event.state)
        self.gaps += [event.gap] if event.gap else []


async def told(client: HubClient, after: int = 0, until: "Callable[[Told], object] | None" = None) -> Told:
    """Follow to the end, or until the condition holds; bounded."""
    result = Told()

    async def follow() -> None:
        async for event in LogStream(client, "jr-1", after).events():
            result.take(event)
            if until and until(result):
                return

    await asyncio.wait_for(follow(), 20)
    return result


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_stream, "LONGEST_PAUSE", 0.02)
    monkeypatch.setattr(log_stream, "POLL_SECONDS", 0.02)


def script(server: ScriptedServer, log: Log, *handlers: Handler) -> Sockets:
    sockets = Sockets(*handlers)
    server.on(LOGS, log.answer)
    server.on_socket(STREAM, sockets)
    return sockets


@pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 250, 300])
async def test_a_finished_log(client: HubClient, server: ScriptedServer, count: int) -> None:
    sockets = script(server, Log(count, finished=True))
    result = await told(client)
    assert result.ids == list(range(1, count + 1))
    assert result.states == ["complete"]
    assert sockets.offsets == [], "there is nothing to wait for"


@pytest.mark.parametrize("count", [0, 100, 250, 300])
async def test_a_server_that_does_not_page_from_zero(client: HubClient, server: ScriptedServer, count: int) -> None:
    script(server, Log(count, finished=True, forward_from_zero=False))
    assert (await told(client)).ids == list(range(1, count + 1))


async def test_pages_are_asked_for_as_documented(client: HubClient, server: ScriptedServer) -> None:
    log = Log(250, finished=True)
    script(server, log)
    await told(client)
    assert {query["jobname"] for query in log.queries} == {"jr-1"}
    times = [(query.get("start_time"), query.get("event_id")) for query in log.queries]
    assert times == [(None, None), ("0", "0"), ("1100", "100"), ("1200", "200")]


FRAMES: "dict[str, Sequence[str]]" = {
    "one record a frame": [record(4), record(5), record(6), BOTTOM],
    "arrays": [f"[{record(4)},{record(5)}]", f"[{record(6)}]", BOTTOM],
    "keep-alives": ["", record(4), "", "", record(5), record(6), "", BOTTOM],
    "repeats": [record(2), record(3), record(4), record(4), f"[{record(5)},{record(4)},{record(6)}]", BOTTOM],
    "noise": ["no json", "[" * 100_000, "5", "[null]", TOP, f"[{record(4)},5]", record(5), record(6), BOTTOM],
    "the end in an array": [f"[{record(4)},{record(5)},{record(6)},{BOTTOM}]"],
}


@pytest.mark.parametrize("case", sorted(FRAMES))
async def test_the_stream_goes_on_where_the_pages_end(client: HubClient, server: ScriptedServer, case: str) -> None:
    sockets = script(server, Log(3), sends(*FRAMES[case]))
    result = await told(client)
    assert result.ids == [1, 2, 3, 4, 5, 6]
    assert result.states == ["live", "complete"]
    assert sockets.offsets == ["3"]


async def test_a_batch_stays_a_batch(client: HubClient, server: ScriptedServer) -> None:
    script(server, Log(0), sends("[" + ",".join(record(n) for n in range(1, 501)) + "]", BOTTOM))
    assert (await told(client)).batches == [500]


async def test_after_a_break_it_goes_on_from_the_last(client: HubClient, server: ScriptedServer) -> None:
    log = Log(2)

    async def breaks(socket: WebSocket) -> None:
        log.count = 5  # written meanwhile: comes by REST
        await sends(record(3), close=True)(socket)

    sockets = script(server, log, breaks, sends(record(5), record(6), BOTTOM))
    result = await told(client)
    assert result.ids == [1, 2, 3, 4, 5, 6]
    assert result.states == ["live", "reconnecting", "live", "complete"]
    assert sockets.offsets == ["2", "5"]


async def test_a_server_that_goes_away_and_comes_back(client: HubClient, server: ScriptedServer) -> None:
    log = Log(2)

    async def goes(socket: WebSocket) -> None:
        down = [Response(status_code=503)] * 9 + [Cut(b'"[', 99)]
        server.on(LOGS, *down, log.answer)
        await sends(close=True)(socket)

    script(server, log, goes, sends(record(3), BOTTOM))
    result = await told(client)
    assert result.ids == [1, 2, 3]
    assert result.states == ["live", "reconnecting", "live", "complete"], "one word for one outage"


async def test_a_silent_stream_is_a_broken_one(
    client: HubClient, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_stream, "SILENCE_SECONDS", 0.05)
    script(server, Log(1), sends(), sends(record(2), BOTTOM))
    result = await told(client)
    assert (result.ids, result.states) == ([1, 2], ["live", "reconnecting", "live", "complete"])


async def test_a_hole_is_filled_by_rest(client: HubClient, server: ScriptedServer) -> None:
    log = Log(2, page=3)

    async def skips(socket: WebSocket) -> None:
        log.count = 16
        await sends(record(15), record(16), BOTTOM)(socket)

    script(server, log, skips)
    result = await told(client)
    assert result.ids == list(range(1, 17))
    assert result.gaps == []


async def test_what_comes_after_the_end_is_there_all_the_same(client: HubClient, server: ScriptedServer) -> None:
    log = Log(2)

    async def ends_early(socket: WebSocket) -> None:
        log.count = 5
        await sends(record(3), BOTTOM, record(4), record(5))(socket)

    script(server, log, ends_early)
    result = await told(client)
    assert (result.ids, result.states) == ([1, 2, 3, 4, 5], ["live", "complete"])


async def test_a_hole_that_cannot_be_filled_is_told(client: HubClient, server: ScriptedServer) -> None:
    log = Log(2)

    async def skips(socket: WebSocket) -> None:
        log.count, log.missing = 9, {5, 6, 7}
        await sends(record(8), record(9), BOTTOM)(socket)

    script(server, log, skips)
    result = await told(client)
    assert result.ids == [1, 2, 3, 4, 8, 9]
    assert result.gaps == [(5, 7)]
    assert result.states == ["live", "gap", "complete"]


async def test_without_websockets_the_log_is_polled(client: HubClient, server: ScriptedServer) -> None:
    log = Log(1)

    async def grows(socket: WebSocket) -> None:
        log.count += 1
        log.finished = log.count > 6
        await denies(404)(socket)

    sockets = script(server, log, *[grows] * 6)
    result = await told(client)
    assert result.ids == [1, 2, 3, 4, 5, 6, 7]
    assert result.states == ["live", "complete"]
    assert sockets.offsets == ["1", "2", "3", "4", "5", "6"]


async def test_a_job_that_is_not_there(client: HubClient, server: ScriptedServer) -> None:
    server.on(LOGS, Response(status_code=403))
    with pytest.raises(errors.JobNotFound):
        await told(client)
    script(server, Log(1), denies(403))
    with pytest.raises(errors.JobNotFound):
        await told(client)


async def test_a_sign_in_that_is_gone_ends_it(client: HubClient, server: ScriptedServer) -> None:
    server.on(LOGS, Response(status_code=401))
    with pytest.raises(errors.TokenRefused):
        await told(client)


async def test_from_the_middle(client: HubClient, server: ScriptedServer) -> None:
    sockets = script(server, Log(5), sends(record(6), BOTTOM))
    assert (await told(client, after=3)).ids == [4, 5, 6]
    assert sockets.offsets == ["5"]


async def test_leaving_early_closes_the_connection(client: HubClient, server: ScriptedServer) -> None:
    left = asyncio.Event()

    async def waits(socket: WebSocket) -> None:
        try:
            await sends(record(2))(socket)
        finally:
            left.set()

    script(server, Log(1), waits)
    streamed = asyncio.Event()
    following = asyncio.create_task(told(client, until=lambda result: 2 in result.ids and streamed.set()))
    await asyncio.wait_for(streamed.wait(), 20)
    following.cancel()
    with pytest.raises(asyncio.CancelledError):
        await following
    await asyncio.wait_for(left.wait(), 20)


async def test_a_stream_trusts_whom_requests_trust(
    store: TokenStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An organisation's authority, named in one of Julia's own variables. HTTP/2, which requests may offer, is none."""
    authority = trustme.CA()
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(tmp_path / "server.pem")
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.setenv("JULIA_SSL_CA_ROOTS_PATH", str(tmp_path / "ca.pem"))
    for context in (trust.trusted, trust.trusted_by_sockets):
        monkeypatch.setattr(trust, context.__name__, lru_cache(context.__wrapped__))
    monkeypatch.setattr(log_stream, "trusted_by_sockets", trust.trusted_by_sockets)
    async with scripted_server(tmp_path / "server.pem") as server, transport.make_client() as http:
        sockets = script(server, Log(1), sends(record(2), BOTTOM))
        result = await told(HubClient("hub", server.url, Account("hub", store, http), http))
    assert (result.ids, result.states, sockets.offsets) == ([1, 2], ["live", "complete"], ["1"])


class FullSocket:
    """A stream that always has a frame: whoever is ended while reading has one at the same moment."""

    def __init__(self) -> None:
        self.read = asyncio.Event()
        self.transport = create_autospec(asyncio.Transport, instance=True)

    async def __aenter__(self) -> "FullSocket":
        return self

    async def __aexit__(self, *_: object) -> None:
        return

    async def recv(self) -> str:
        ready = asyncio.get_running_loop().create_future()

        def arrives() -> None:
            if not ready.done():
                ready.set_result("")

        asyncio.get_running_loop().call_soon(arrives)
        await ready
        self.read.set()
        return ""


@pytest.mark.parametrize("turns", range(12))
async def test_an_end_that_comes_with_a_frame_is_not_lost(
    client: HubClient, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch, turns: int
) -> None:
    script(server, Log(1))
    socket = FullSocket()

    async def connected(*_: object, **__: object) -> FullSocket:
        return socket

    monkeypatch.setattr(log_stream, "connect", connected)
    following = asyncio.create_task(told(client))
    await socket.read.wait()
    for _ in range(turns):
        await asyncio.sleep(0)
    following.cancel()
    await asyncio.wait({following}, timeout=1)
    assert following.cancelled()


class OpaqueLog:
    """A log whose ids are no numbers. Pages hold `page` records; the stream starts at the present end."""

    def __init__(self, names: str, page: int = 3) -> None:
        self.names = names
        self.page = page
        self.finished = False

    async def answer(self, request: Request) -> Response:
        query = request.query_params
        if "start_time" in query:
            start = self.names.index(query["event_id"][0]) + 1 if query["event_id"] != "0" else 0
            return self._page(start, start + self.page)
        if "end_time" in query:
            end = self.names.index(query["event_id"][0])
            return self._page(max(0, end - self.page), end)
        return self._page(max(0, len(self.names) - self.page), len(self.names))

    def _page(self, start: int, end: int) -> Response:
        elements = [opaque(name, self.names.index(name)) for name in self.names[start:end]]
        top = [TOP] if start == 0 else []
        bottom = [BOTTOM] if self.finished and end >= len(self.names) else []
        return PlainTextResponse(logs.encode_page([*top, *elements, *bottom]))


def opaque(name: str, place: int) -> str:
    return json.dumps({"message": name, "eventId": f"{name}-uuid", "timestamp": 1000 + place})


async def test_ids_that_are_no_numbers_come_once_and_in_order(client: HubClient, server: ScriptedServer) -> None:
    """Written between the last page and the stream's opening, sent twice, broken off, and all there in the end."""
    log = OpaqueLog("abcde")
    server.on(LOGS, log.answer)

    async def first(socket: WebSocket) -> None:
        assert "offset" not in socket.query_params
        log.names += "fgh"
        await socket.accept()
        for name in "ghi":
            log.names += name if name not in log.names else ""
            await socket.send_text(opaque(name, log.names.index(name)))
        await socket.close(1011)

    async def second(socket: WebSocket) -> None:
        await socket.accept()
        log.names += "j"
        for name in "hij":
            await socket.send_text(opaque(name, log.names.index(name)))
        await socket.send_text(BOTTOM)
        await socket.receive_text()

    handlers = [first, second]

    async def connection(socket: WebSocket) -> None:
        await handlers.pop(0)(socket)

    server.on_socket(STREAM, connection)
    messages: list[str] = []

    async def follow() -> None:
        async for event in LogStream(client, "jr-1").events():
            if isinstance(event, Records):
                messages.extend(one.message for one in event.records)

    await asyncio.wait_for(follow(), 20)
    assert "".join(messages) == "abcdefghij"
