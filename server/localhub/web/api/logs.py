"""A job's log: pages (protocol §8.1) and the stream (§8.2)."""

import asyncio
import logging
from collections.abc import Coroutine, Iterator

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from juliahub_wire import paths
from localhub.domain import job
from localhub.domain.permissions import User
from localhub.domain.refusals import Refusal, UnknownJob
from localhub.services import job_log
from localhub.services.hub import Hub
from localhub.services.job_log import Cursor
from localhub.services.log_watch import Follower
from localhub.web.requests import blocking, failure, hub_of, integer, user_of

NO_ACCESS = "User does not have access to this job."
BATCH_RECORDS = 500
CLOSE_SECONDS = 5.0
"""A client closes the stream itself when it has seen the bottom; this is how long it may take."""

_log = logging.getLogger(__name__)


async def get_logs(request: Request) -> Response:
    """One page: the last one, or the one right before or after a record."""
    try:
        jobname, query = request.query_params["jobname"], _PageQuery(request)
        body = await blocking(_page_body, hub_of(request), user_of(request), jobname, query)
    except KeyError:
        return failure("The request needs a jobname.", 400)
    except UnknownJob:
        return JSONResponse(NO_ACCESS, 403)
    except Refusal as refusal:
        return failure(str(refusal), 400)
    return Response(body, media_type="application/json", headers={"Cache-Control": "no-store"})


async def no_second_version(_request: Request) -> Response:
    """404 tells old clients to use the API above (§8.3)."""
    return failure("There is no such log API.", 404)


async def stream_logs(socket: WebSocket) -> None:
    """Every record after `offset`, then each as it is written, then `bottom`; an empty frame when nothing came."""
    hub, user = hub_of(socket), user_of(socket)
    try:
        jobname = socket.query_params.get("jobname", "")
        offset = integer(socket.query_params, "offset")
        interval = max(1, min(integer(socket.query_params, "refresh_interval") or 1, 30))
        await blocking(hub.jobs.get, user, jobname)
    except UnknownJob:
        await socket.send_denial_response(JSONResponse(NO_ACCESS, 403))
        return
    except Refusal as refusal:
        await socket.send_denial_response(failure(str(refusal), 400))
        return
    log = hub.logs.get(hub.runs.directory(jobname).log)
    cursor = await blocking(log.cursor, offset if offset is None or offset >= 0 else None)
    await socket.accept()
    stream = _Stream(hub, user, jobname, cursor, socket)
    await _until_closed(socket, stream.run(interval))


class _PageQuery:
    """Which page is asked for. Raises `Refusal` for what cannot be one."""

    def __init__(self, request: Request) -> None:
        query = request.query_params
        self.count = job_log.page_size(integer(query, "nentries"))
        self.event_id = integer(query, "event_id")
        self.forward = "start_time" in query
        self.backward = "end_time" in query
        if self.forward and self.backward:
            raise Refusal("Ask for the records before or after one, not both.")
        if self.event_id is None and (self.forward or self.backward):
            raise Refusal("The request needs the event_id of the record to go on from.")


def _page_body(hub: Hub, user: User, jobname: str, query: _PageQuery) -> str:
    # Status first, log second: a job that ends in between only misses its bottom marker, never a record.
    finished = job.is_done(hub.jobs.get(user, jobname).status)
    log = hub.logs.get(hub.runs.directory(jobname).log)
    if query.event_id is None:
        page = log.last(query.count)
    elif query.forward:
        page = log.after(max(0, query.event_id), query.count)
    else:
        page = log.before(max(1, query.event_id), query.count)
    return job_log.encode(page, finished)


class _Stream:
    """One client that follows one log. What it has not taken yet stays on disk, however slow it is."""

    def __init__(self, hub: Hub, user: User, jobname: str, cursor: Cursor, socket: WebSocket) -> None:
        self._hub = hub
        self._user = user
        self._jobname = jobname
        self._cursor = cursor
        self._socket = socket
        self._batch = socket.query_params.get("log_batch", "").lower() == "true"

    async def run(self, interval: int) -> None:
        """Send until the bottom was sent."""
        with self._hub.runs.watch.follow(self._hub.runs.directory(self._jobname).log) as follower:
            while True:
                finished = await self._finished()
                await self._send_all()
                if finished:
                    await self._send(job_log.BOTTOM)
                    return
                await self._wait(follower, interval)

    async def _send_all(self) -> None:
        while records := await blocking(self._cursor.read, BATCH_RECORDS):
            for frame in self._frames(records):
                await self._send(frame)

    async def _wait(self, follower: Follower, interval: int) -> None:
        while not await follower.wait(interval):
            await self._send("")

    async def _finished(self) -> bool:
        if self._hub.runs.is_live(self._jobname):
            return False
        row = await blocking(self._hub.jobs.get, self._user, self._jobname)
        return job.is_done(row.status)

    def _frames(self, records: list[str]) -> Iterator[str]:
        return iter([f"[{','.join(records)}]"] if self._batch else records)

    async def _send(self, text: str) -> None:
        await self._socket.send({"type": "websocket.send", "text": text})


async def _until_closed(socket: WebSocket, work: Coroutine[None, None, None]) -> None:
    """Do the work until it is done or the client has gone; a client that saw the bottom closes first."""
    sending = asyncio.create_task(work)
    closed = asyncio.create_task(_closed(socket))
    try:
        await asyncio.wait({sending, closed}, return_when=asyncio.FIRST_COMPLETED)
        if not closed.done():
            await asyncio.wait({closed}, timeout=CLOSE_SECONDS)
        if not closed.done():
            await socket.close()
    finally:
        for task in (sending, closed):
            task.cancel()
        for outcome in await asyncio.gather(sending, closed, return_exceptions=True):
            if isinstance(outcome, Exception) and not isinstance(outcome, WebSocketDisconnect):
                _log.error("the log stream broke", exc_info=outcome)


async def _closed(socket: WebSocket) -> None:
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass


routes = [
    Route(paths.GET_LOGS, get_logs),
    Route(paths.GET_LOGS_V2, no_second_version),
    WebSocketRoute(paths.STREAM_LOGS, stream_logs),
]
