"""A job's log, complete and in order.

By REST from the first line, then by WebSocket from the last, resumed after every break (protocol §8).
"""

import asyncio
import json
import random
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import Any, Literal

import anyio
import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus, WebSocketException

from juliahub_ls.errors import JobNotFound, RefusedByServer, ServerError, ServerFailed, UnexpectedAnswer
from juliahub_ls.services.hub_client import HubClient
from juliahub_ls.services.trust import trusted_by_sockets
from juliahub_wire.logs import LogRecord, record_of

SILENCE_SECONDS = 20.0
"""Servers send keep-alive frames each second or so; a stream that is silent for this long is broken."""
LONGEST_PAUSE = 15.0
POLL_SECONDS = 2.0
LONGEST_POLL_SECONDS = 15.0
"""Where WebSockets are blocked it is asked this often: soon after a line, ever more rarely while none comes."""
FRAME_BYTES = 64 << 20
LONG_FRAME = 1 << 14
"""A frame from this length on is read off the loop."""
REMEMBERED_IDS = 50_000

_decoder = msgspec.json.Decoder()


@dataclass(frozen=True, slots=True)
class Records:
    """A batch of records, in order, each once."""

    records: list[LogRecord]


@dataclass(frozen=True, slots=True)
class StreamState:
    """What became of the stream. A `gap` tells the ids that cannot be had."""

    state: Literal["live", "reconnecting", "gap", "complete"]
    gap: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """The last page of a log whose beginning is read next: its records come again, in their order."""

    records: list[LogRecord]


LogEvent = Records | StreamState | Preview


class LogStream:
    """Follows one job's log. `last` is the id of the last record that was given out.

    `renew` gives the client to go on with after a break: this computer's hub may have to be started, or be elsewhere.
    `preview`: give out the end of a long log first.
    """

    def __init__(
        self,
        client: HubClient,
        jobname: str,
        after: int = 0,
        renew: Callable[[], Awaitable[HubClient]] | None = None,
        *,
        preview: bool = False,
    ) -> None:
        self._client = client
        self._renew = renew
        self._preview = preview
        self._jobname = jobname
        self.last = after
        self._begun = after > 0
        """Whether a record is known. Some servers number from 0, which `last` alone cannot tell."""
        self._reference = ("0", str(after))
        """Time and id of the record that pages are asked for from: the last that has both."""
        self._seen: dict[str, None] | None = None
        """The latest ids, of a server whose ids are no numbers: what comes twice is known by them alone."""
        self._complete = False
        self._ended = False
        """A marker of the end came, but not as the last element: there may be more."""
        self._breaks = 0
        self._empty_polls = 0

    async def events(self) -> AsyncGenerator[LogEvent, None]:
        """Batches and state changes until the log is complete.

        Ends only then, or with `JobNotFound` or a sign-in error. Who leaves before that closes it, and so its socket.
        """
        live = False
        while not self._complete:
            try:
                async for batch in self.pages():
                    yield batch
                if self.complete:
                    break
                if not live:
                    live = True
                    yield StreamState("live")
                async with aclosing(self._socket()) as events:
                    async for event in events:
                        self._breaks = 0
                        yield event
            except (ServerError, OSError, WebSocketException, asyncio.TimeoutError):
                if live or self._breaks == 0:
                    yield StreamState("reconnecting")
                live = False
                await self._pause()
                if self._renew is not None:
                    self._client = await self._renew()
        yield StreamState("complete")

    def resume(self, reference: tuple[str, str], seen: Sequence[str] | None) -> None:
        """Go on after a record that came in an earlier run.

        `reference` is its time and id; `seen` are the latest ids, of a server whose ids are no numbers.
        """
        self._begun, self._reference = True, reference
        self._seen = None if seen is None else dict.fromkeys(seen)

    async def pages(self) -> AsyncIterator[Records | Preview]:
        """What the server has now, by REST from the record after `last`."""
        while True:
            if self._begun:
                page = await self._page_after_last()
            else:
                page = await self._client.log_page(self._jobname)
                if page and not page[0].is_top:
                    if self._preview:
                        yield Preview(page)
                    page = await self._from_the_top(page)
            fresh = await asyncio.to_thread(self._fresh, page)  # a page may have thousands
            if fresh:
                yield Records(fresh)
            self._complete = self._complete or (self._ended and not fresh)
            if self._complete or not fresh:
                return

    @property
    def complete(self) -> bool:
        """Whether the end of a finished job's log has been reached."""
        return self._complete

    async def _from_the_top(self, page: list[LogRecord]) -> list[LogRecord]:
        """The beginning of a log whose last page does not hold it.

        It is read forwards where the server takes id 0 as the beginning, as those that number their records do, else
        backwards.
        """
        try:
            first = await self._page_after_last()
        except (RefusedByServer, ServerFailed, UnexpectedAnswer):  # no record has the id 0
            first = []
        return first if first and first[0].is_top else await self._whole(page)

    async def _page_after_last(self) -> list[LogRecord]:
        time, event_id = self._reference
        return await self._client.log_page(self._jobname, {"start_time": time, "event_id": event_id})

    async def _whole(self, collected: list[LogRecord]) -> list[LogRecord]:
        """Page backwards from the last page to the top, as JuliaHub.jl does (§8.1)."""
        while collected and not collected[0].is_top:
            oldest = next((r for r in collected if r.unix_ms is not None and not r.meta), None)
            if oldest is None:
                break
            query = {"end_time": str(oldest.unix_ms), "event_id": oldest.event_id or ""}
            earlier = await self._client.log_page(self._jobname, query)
            known = {record.event_id for record in collected if not record.meta}
            if all(record.event_id in known for record in earlier if not record.meta):
                break  # the beginning, whether it is marked or not
            collected = earlier + collected
        return collected

    def _fresh(self, records: list[LogRecord]) -> list[LogRecord]:
        """Records not given out yet, numbered; notes the bottom marker, which counts where nothing comes after it."""
        fresh = []
        for record in records:
            if record.meta:
                self._ended = self._ended or record.is_bottom
                continue
            number = record_number(record, self.last + 1)
            known = number <= self.last if self._begun else number < self.last
            if known or self._came_before(record.event_id):
                continue
            self.last, self._begun = number, True
            fresh.append(record)
        if fresh:
            self._empty_polls = 0
            self._refer_to_last(fresh)
        self._complete = self._complete or (bool(records) and records[-1].is_bottom)
        return fresh

    def _refer_to_last(self, fresh: Sequence[LogRecord]) -> None:
        """Pages are asked for from the last of these that has a time. Only that one is read: a page has thousands."""
        for back, record in enumerate(reversed(fresh)):
            if record.unix_ms is not None:
                self._reference = (str(record.unix_ms), record.event_id or str(self.last - back))
                return

    def _came_before(self, event_id: str | None) -> bool:
        """Whether an id that is no number has been given out; if not, it has from now on."""
        if event_id is None or event_id.isdecimal():
            return False
        seen = self._seen = self._seen if self._seen is not None else {}
        if event_id in seen:
            return True
        seen[event_id] = None
        if len(seen) > REMEMBERED_IDS:
            del seen[next(iter(seen))]
        return False

    async def _socket(self) -> AsyncGenerator[LogEvent, None]:
        """Stream from the cursor. A hole in the numbers is filled by REST, or told as a gap.

        A server without numbers streams from its present end; what came between is fetched once the stream is open.
        """
        after = self.last if self._seen is None else None
        url, headers = await self._client.stream_request(self._jobname, after)
        options: dict[str, Any] = {"compression": None, "max_size": FRAME_BYTES, "ping_interval": None}
        if url.startswith("ws://"):
            options["proxy"] = None
        else:
            options["ssl"] = trusted_by_sockets()
        try:
            socket = await connect(url, additional_headers=headers, **options)
        except InvalidStatus as error:
            await self._refused(error.response.status_code)
            return
        async with _closing(socket):
            if after is None or not self._begun:
                async for batch in self.pages():
                    yield batch
            while not self._complete:
                with anyio.fail_after(SILENCE_SECONDS):  # `asyncio.wait_for` may lose a cancellation (Python < 3.12)
                    frame = await socket.recv()
                records = _records(frame) if len(frame) < LONG_FRAME else await asyncio.to_thread(_records, frame)
                if not records:
                    continue
                async for event in self._fill_gap(records):
                    yield event
                fresh = self._fresh(records)
                if fresh:
                    yield Records(fresh)
                if self._ended:
                    self._complete = False  # what came out of order, or late, is asked for once
                    async for batch in self.pages():
                        yield batch

    async def _fill_gap(self, records: list[LogRecord]) -> AsyncIterator[LogEvent]:
        first = next((record for record in records if not record.meta), None)
        expected = self.last + 1
        if first is None or record_number(first, expected) <= expected:
            return
        while self.last + 1 < record_number(first, expected):
            page = await self._page_after_last()
            missing = [r for r in page if not r.meta and record_number(r, expected) < record_number(first, expected)]
            fresh = self._fresh(missing)
            if not fresh:
                break
            yield Records(fresh)
        if self.last + 1 < record_number(first, expected):
            yield StreamState("gap", (self.last + 1, record_number(first, expected) - 1))

    async def _refused(self, status: int) -> None:
        """No WebSocket: an unknown job, or something between that blocks them; then REST alone serves, gently."""
        if status == 403:
            raise JobNotFound(server=self._client.server, job=self._jobname)
        await asyncio.sleep(min(POLL_SECONDS * 2**self._empty_polls, LONGEST_POLL_SECONDS))
        self._empty_polls += 1

    async def _pause(self) -> None:
        """Wait before the next try: half a second, doubling, with jitter."""
        seconds = min(0.5 * 2**self._breaks, LONGEST_PAUSE)
        self._breaks += 1
        await asyncio.sleep(seconds * (0.5 + random.random() / 2))  # noqa: S311 - jitter, not a secret


@asynccontextmanager
async def _closing(socket: ClientConnection) -> AsyncIterator[None]:
    """Leaves it closed: with a farewell, and where that is broken off, without."""
    try:
        async with socket:
            yield
    finally:
        socket.transport.abort()


def _records(frame: str | bytes) -> list[LogRecord]:
    """The records of one frame: none for a keep-alive, one object, or an array from a server that knows `log_batch`."""
    if not frame:
        return []
    try:
        value = _decoder.decode(frame)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        value = _of_any_kind(frame)
    elements = value if isinstance(value, list) else [value]
    return [record_of(element) for element in elements if isinstance(element, dict)]


def _of_any_kind(frame: str | bytes) -> Any:
    """JSON that only some read, such as one with control characters."""
    try:
        return json.loads(frame, strict=False)
    except (ValueError, RecursionError):
        return None


def record_number(record: LogRecord, fallback: int) -> int:
    """The record's id; servers that do not number their records get `fallback`."""
    text = record.event_id or ""
    return int(text) if text.isdecimal() else fallback
