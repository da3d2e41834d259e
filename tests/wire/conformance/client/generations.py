"""A scripted server for each generation of JuliaHub's, with what is odd about it (protocol §13, Appendix D)."""

import base64
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.websockets import WebSocket

from juliahub_wire import julia_text, logs
from tests.support.scripted_http import ScriptedServer

TOKEN = "token-1"
JOB, FILE_CONTENT = "jr-eezd3arpcj", b"println(1)\n"
DIGEST = hashlib.sha256(FILE_CONTENT).digest()
MESSAGES = ("first", "", 'with "quotes" and \\ and Δ and 𝄞', "last")
NODE = ["m6", False, 2.0, 8.0, 0.17, "3.5 GHz Intel Xeon", "", "4", 81.5, 83.25, 7]
INPUTS = {"jobname": "pi", "path": "C:\\new", "quote": 'say "hi"'}


@dataclass(frozen=True)
class Generation:
    """What a generation of servers does its own way. `api_version` None: there is no `/api/v1`."""

    name: str
    api_version: str | None
    hash_value: str
    """Of SHA-256: base64 of its bytes, or their hex digits (§7.4)."""
    timestamp: Callable[[int], Any]
    """Of the n-th log record: text or an integer, or none at all (§8.1)."""
    event_id: Callable[[int], str]
    """Opaque, or the line's number (§8.1)."""
    escaped: bool = True
    """Whether `inputs` that have backslashes are escaped once more (§7.2)."""
    kill_is_asynchronous: bool = True
    """Whether a killed job keeps its status for a while (6.4 and newer)."""
    bad_token_status: int = 401
    tails_strictly: bool = False
    """Whether the stream without an offset begins at the present end (mid-2026), else at the log's beginning."""
    message_missing: bool = False
    """Whether an entry with an empty message has none (§8.1)."""

    def __str__(self) -> str:
        return self.name


def _iso(number: int) -> str:
    return f"2023-03-15T07:56:55.{number:03d}Z"


LEGACY = Generation(
    "6.1",
    None,
    DIGEST.hex(),
    lambda n: _iso(n).rstrip("Z"),
    lambda n: f"{n:032x}-a",
    escaped=False,
    kill_is_asynchronous=False,
    bad_token_status=500,
    message_missing=True,
)
FIRST_API = Generation(
    "6.2", "0.0.1", DIGEST.hex().upper(), _iso, lambda n: f"{n:032x}-b", kill_is_asynchronous=False, tails_strictly=True
)
PROJECTS = Generation(
    "6.9", "0.2.0", base64.b64encode(DIGEST).decode(), lambda n: 1678867015000 + n, str, bad_token_status=500
)
YEAR_2026 = Generation(
    "26.6",
    "0.2.0",
    base64.b64encode(DIGEST).decode(),
    lambda n: None if n == 2 else 1678867015000 + n,
    str,
    tails_strictly=True,
    message_missing=True,
)
GENERATIONS = (LEGACY, FIRST_API, PROJECTS, YEAR_2026)


class Server:
    """One server of a generation with one job, which has run since the test began. `finish` ends it."""

    def __init__(self, script: ScriptedServer, generation: Generation) -> None:
        self.script = script
        self.generation = generation
        self.killed = 0
        """How often the job has been shown since it was killed."""
        self.status = "Running"
        self.written = len(MESSAGES)
        """Lines of the log so far."""
        self.offsets: list[str | None] = []
        calls: dict[str, Callable[[Request], Any]] = {
            "GET /app/config/nodespecs/info": lambda _r: {"success": True, "message": "", "node_specs": [NODE]},
            "GET /juliaruncloud/get_jobs": lambda _r: [self.job()],
            f"GET /api/rest/jobs/{JOB}": lambda _r: {"details": [self.job()]},
            "GET /api/rest/jobs/jr-none": lambda _r: {"details": []},
            "GET /juliaruncloud/kill_job": self._kill,
            "POST /juliaruncloud/extend_job_time_limit": self._extend,
            "POST /juliaruncloud/submit_job": lambda _r: {"success": True, "message": "", "jobname": JOB},
            "GET /juliaruncloud/get_logs": self._logs,
            f"GET /jobs/{JOB}/files/code.jl": lambda _r: Response(FILE_CONTENT),
        }
        if generation.api_version is None:
            calls["POST /v1/graphql"] = self._graphql
        else:
            answer = {"username": "ada", "api_version": generation.api_version}
            calls["GET /api/v1"] = lambda _r: answer | {"timezone": {"abbreviation": "Etc/UTC", "utc_offset": "+00:00"}}
        for call, answer_to in calls.items():
            script.on(call, self._guarded(answer_to))
        script.on_socket("/ws/stream_logs", self._stream)

    def job(self) -> dict[str, Any]:
        """The job as the list and the single call show it (§7.2), with fields that no client knows."""
        status = self.status
        if self.killed:
            self.killed += 1
            settled = not self.generation.kill_is_asynchronous or self.killed > 3
            status = "Stopped" if settled else status
        text = json.dumps(INPUTS)
        return {
            "id": 8148,
            "jobname": JOB,
            "jobname_alias": "pi",
            "status": status,
            "submittimestamp": "2023-03-15T07:56:50.974+00:00",
            "starttimestamp": "2023-03-15T07:56:51.251+00:00",
            "endtimestamp": None,
            "inputs": julia_text.escape(text) if self.generation.escaped else text,
            "outputs": "",
            "limit_type": "time",
            "sysimage_build": False,
            "proxy_link": "",
            "unheard_of": {"deep": [1]},
            "files": [
                {
                    "name": "code.jl",
                    "type": "input",
                    "size": len(FILE_CONTENT),
                    "upload_timestamp": "2023-03-15T07:56:49.953077+00:00",
                    "hash": {"algorithm": "sha2_256", "value": self.generation.hash_value},
                },
                {"name": "out.tar", "type": "result", "size": None, "hash": {"algorithm": None, "value": None}},
            ],
        }

    def record(self, number: int) -> dict[str, Any]:
        """The n-th log record, from 1 (§8.1)."""
        record = {
            "message": MESSAGES[number - 1],
            "timestamp": self.generation.timestamp(number),
            "eventId": self.generation.event_id(number),
            "keywords": {"jrun_worker_id": 1},
            "metadata": {"level": "Info"},
        }
        if self.generation.message_missing and not record["message"]:
            del record["message"]
        return {key: value for key, value in record.items() if value is not None}

    def _guarded(self, answer_to: Callable[[Request], Any]) -> Callable[[Request], Any]:
        async def handler(request: Request) -> Response:
            if request.headers.get("authorization") != f"Bearer {TOKEN}":
                return JSONResponse({"message": "no"}, self.generation.bad_token_status)
            answer = answer_to(request)
            return answer if isinstance(answer, Response) else JSONResponse(answer)

        return handler

    def _graphql(self, _request: Request) -> Any:
        user = {"id": 42, "username": "ada", "name": "Ada Example", "firstname": "Ada", "info": [{"email": "a@b.c"}]}
        return {"data": {"users": [user]}}

    def _kill(self, request: Request) -> Any:
        if request.query_params["jobname"] != JOB:
            return Response(status_code=403)
        self.killed = 1
        return {"status": True, "message": f"Job {JOB} stopped successfully"}

    def _extend(self, _request: Request) -> Any:
        body = json.loads(self.script.bodies[-1])
        if body["jobname"] != JOB:
            return {"success": False, "message": f"Invalid jobname {body['jobname']}"}
        return {"success": True, "message": ""}

    def _logs(self, request: Request) -> Response:
        """Pages of two, exclusive of the reference; unknown ids are refused as no other call refuses (§8.1)."""
        query = request.query_params
        if query["jobname"] != JOB:
            return JSONResponse("User does not have access to this job.", 403)
        ids = [self.generation.event_id(number) for number in range(1, self.written + 1)]
        if "event_id" in query and query["event_id"] not in ids:
            return JSONResponse({"success": False, "reason": "Unknown event."})
        if "start_time" in query:
            first = ids.index(query["event_id"]) + 2
            last = min(first + 1, self.written)
        else:
            last = ids.index(query["event_id"]) if "end_time" in query else self.written
            first = max(last - 1, 1)
        elements = [self.record(number) for number in range(first, last + 1)]
        if first == 1:
            elements.insert(0, logs.marker(logs.TOP))
        if self.status == "Completed" and last == self.written:
            elements.append(logs.marker(logs.BOTTOM))
        return PlainTextResponse(logs.encode_page([julia_text.dumps(element) for element in elements]))

    async def _stream(self, socket: WebSocket) -> None:
        """From the offset on, where there is one: the rest of the log, keep-alives between, then the end (§8.2)."""
        offset = socket.query_params.get("offset")
        self.offsets.append(offset)
        await socket.accept()
        start = int(offset or 0)
        if offset is None and self.generation.tails_strictly:
            start = self.written
        self.written = len(MESSAGES)
        for number in range(start + 1, self.written + 1):
            await socket.send_text("")
            await socket.send_text(julia_text.dumps(self.record(number)))
        self.status = "Completed"
        await socket.send_text(julia_text.dumps(logs.marker(logs.BOTTOM)))
        await socket.receive()
