"""Section 8 from the client's side: bodies, markers, ids and times as servers have them."""

import asyncio
import json
from typing import Any

import pytest
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.websockets import WebSocket

from juliahub_ls import errors
from juliahub_ls.services.hub_client import HubClient
from juliahub_ls.services.log_stream import LogStream, Records
from juliahub_wire import logs
from tests.support.scripted_http import ScriptedServer
from tests.wire.conformance.support import rows

LOGS, STREAM = "GET /juliaruncloud/get_logs", "/ws/stream_logs"
TOP, BOTTOM = logs.marker(logs.TOP), logs.marker(logs.BOTTOM)


def record(number: int, **changes: Any) -> dict[str, Any]:
    return {"message": f"line {number}", "eventId": str(number), "timestamp": 1000 + number} | changes


def page(*elements: Any) -> Response:
    return PlainTextResponse(logs.encode_page([json.dumps(element) for element in elements]))


async def followed(hub: HubClient) -> list[str]:
    """The messages until the log is complete."""
    told: list[str] = []

    async def follow() -> None:
        async for event in LogStream(hub, "jr-1").events():
            told.extend(r.message for r in event.records) if isinstance(event, Records) else None

    await asyncio.wait_for(follow(), 20)
    return told


# 8.1 Body


@rows(
    "body",
    [
        ("a JSON string", json.dumps(json.dumps([TOP, record(1), BOTTOM]))),
        ("a trailing newline", json.dumps(json.dumps([TOP, record(1), BOTTOM])) + "\n"),
        ("a bare array", json.dumps([TOP, record(1), BOTTOM])),
        ("escaped slashes", json.dumps(json.dumps([TOP, record(1), BOTTOM])).replace("_", "\\u005f")),
        ("bad elements", json.dumps(json.dumps([TOP, None, 5, "x", [1], record(1), BOTTOM]))),
    ],
)
async def test_8_1_bodies(hub: HubClient, script: ScriptedServer, body: str) -> None:
    script.on(LOGS, PlainTextResponse(body))
    assert await followed(hub) == ["line 1"]


@rows(
    "answer, kind, words",
    [
        ("a reason", {"success": False, "reason": "Gone.", "message": "no"}, "RefusedByServer", "Gone."),
        ("a message", {"success": False, "message": "Gone."}, "RefusedByServer", "Gone."),
        ("403", JSONResponse("User does not have access to this job.", 403), "JobNotFound", "jr-1"),
        ("400", Response(status_code=400), "UnexpectedAnswer", "400"),
    ],
)
async def test_8_1_answers(hub: HubClient, script: ScriptedServer, answer: Any, kind: str, words: str) -> None:
    script.on(LOGS, answer)
    with pytest.raises(getattr(errors, kind), match=words):
        await hub.log_page("jr-1")


@rows(
    "changes, expected",
    [
        ("ISO with Z", {"timestamp": "2023-03-15T07:56:55.120Z"}, 1678867015120),
        ("ISO without Z", {"timestamp": "2023-03-15T07:56:55.12"}, 1678867015120),
        ("ISO without a fraction", {"timestamp": "2023-03-15T07:56:55"}, 1678867015000),
        ("Unix milliseconds", {"timestamp": 1678867015120}, 1678867015120),
        ("none", {"timestamp": None}, None),
        ("no time at all", {"timestamp": "soon"}, None),
    ],
)
async def test_8_1_timestamps(
    hub: HubClient, script: ScriptedServer, changes: "dict[str, Any]", expected: "int | None"
) -> None:
    script.on(LOGS, page(TOP, record(1, **changes), BOTTOM))
    assert [entry.unix_ms for entry in await hub.log_page("jr-1") if not entry.meta] == [expected]


@rows(
    "changes, expected",
    [
        ("no message", {"message": None}, ""),
        ("a message that is none", {"message": {"a": 1}}, ""),
        ("keywords that are none", {"keywords": "x", "metadata": [1]}, "line 1"),
        ("an integer id", {"eventId": 1}, "line 1"),
    ],
)
async def test_8_1_fields(hub: HubClient, script: ScriptedServer, changes: "dict[str, Any]", expected: str) -> None:
    script.on(LOGS, page(TOP, record(1, **changes), BOTTOM))
    assert await followed(hub) == [expected]


@rows(
    "elements",
    [
        ("the end before the last lines", [TOP, record(1), BOTTOM, record(2), record(3)]),
        ("the end first", [BOTTOM, TOP, record(1), record(2), record(3)]),
        ("the top last", [record(1), record(2), record(3), TOP, BOTTOM]),
        ("no top", [record(1), record(2), record(3), BOTTOM]),
        ("a marker without an end", [TOP, {"_meta": True}, record(1), record(2), record(3), BOTTOM]),
    ],
)
async def test_8_1_misplaced_markers_lose_no_line(
    hub: HubClient, script: ScriptedServer, elements: "list[Any]"
) -> None:
    script.on(LOGS, page(*elements))
    assert await followed(hub) == ["line 1", "line 2", "line 3"]


async def test_8_1_pages_are_asked_for_from_a_record_that_has_a_time(hub: HubClient, script: ScriptedServer) -> None:
    script.on(LOGS, page(TOP, record(1), record(2, timestamp=None)), page(record(2, timestamp=None), record(3), BOTTOM))
    assert await followed(hub) == ["line 1", "line 2", "line 3"]
    query = script.requests[-1].query_params
    assert (query["start_time"], query["event_id"], "end_time" in query) == ("1001", "1", False)


async def test_8_1_a_server_that_knows_no_event_0_is_read_backwards(hub: HubClient, script: ScriptedServer) -> None:
    refusal = {"success": False, "reason": "Unknown event."}
    script.on(LOGS, page(record(3), BOTTOM), refusal, page(record(2)), page(TOP, record(1)))
    assert await followed(hub) == ["line 1", "line 2", "line 3"]
    assert script.requests[-1].query_params["end_time"] == "1002"


async def test_8_1_a_server_that_pages_in_circles_is_left(hub: HubClient, script: ScriptedServer) -> None:
    script.on(LOGS, page(record(2), record(3), BOTTOM))
    assert await followed(hub) == ["line 2", "line 3"]


# 8.2 Streaming


async def test_8_2_lines_numbered_from_0_are_all_there(hub: HubClient, script: ScriptedServer) -> None:
    """`offset=0` skips the first line of a server that counts from 0: it comes by REST."""
    script.on(LOGS, page(TOP), page(TOP, record(0), record(1)), page())

    async def stream(socket: WebSocket) -> None:
        await socket.accept()
        for frame in ("", json.dumps(record(1)), "", json.dumps(record(2)), json.dumps(BOTTOM)):
            await socket.send_text(frame)
        await socket.receive()

    script.on_socket(STREAM, stream)
    assert await followed(hub) == ["line 0", "line 1", "line 2"]


async def test_8_2_the_handshake(hub: HubClient, script: ScriptedServer) -> None:
    script.on(LOGS, page(TOP, record(1)), page())
    seen: list[Any] = []

    async def stream(socket: WebSocket) -> None:
        seen.append((dict(socket.query_params), socket.headers["authorization"]))
        await socket.accept()
        await socket.send_text(json.dumps(BOTTOM))
        await socket.receive()

    script.on_socket(STREAM, stream)
    await followed(hub)
    ((query, authorization),) = seen
    assert authorization == "Bearer token-1"
    documented = {"jobname": "jr-1", "refresh_interval": "1", "log_out_type": "json", "offset": "1"}
    assert documented.items() <= query.items()
