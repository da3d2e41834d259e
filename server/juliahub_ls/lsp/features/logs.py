"""Logs: followed in batches, or read by the page, filtered here."""

import asyncio
import uuid
from collections import deque
from collections.abc import AsyncIterator, Iterator
from typing import Any

from juliahub_ls import payloads
from juliahub_ls.domain.jobs.log_filter import LogFilter, log_filter
from juliahub_ls.domain.jobs.log_line import line_of
from juliahub_ls.errors import JuliaHubError, PatternInvalid
from juliahub_ls.lsp.protocol.logs import CloseLogParams, OpenLogParams, ReadLogParams
from juliahub_ls.lsp.protocol.logs import LogFilter as WireFilter
from juliahub_ls.lsp.session import Session
from juliahub_ls.services.log_stream import LogEvent, LogStream, Records
from juliahub_wire.logs import LogRecord

BATCH_LINES = 500
PAGE_LINES = 1000
TAIL_LINES = 10_000


async def open_log(session: Session, params: OpenLogParams) -> dict[str, Any]:
    """Follow a log: its last lines, then each new one."""
    keep = _filter(params.get("filter"))
    view = await session.services.jobs.get(params.get("server"), params["job"])
    log = str(uuid.uuid4())
    window = _Window(session, log, keep, params.get("tail", TAIL_LINES))
    work = _follow(session, log, session.services.jobs.follow(view.server, view.id), window)
    task = session.logs[log] = session.services.tasks.start(work, f"log of {params['job']}")
    task.add_done_callback(lambda _task: session.logs.pop(log, None))
    return {"log": log}


async def close_log(session: Session, params: CloseLogParams) -> dict[str, Any]:
    """End a subscription; one that has ended by itself is no error."""
    task = session.logs.pop(params["log"], None)
    if task is not None:
        task.cancel()
    return {}


async def read_log(session: Session, params: ReadLogParams) -> dict[str, Any]:
    """Lines after a record, at most `limit` that pass the filter."""
    keep = _filter(params.get("filter"))
    limit = params.get("limit", PAGE_LINES)
    client = await session.services.connections.client(params.get("server"))
    await client.job(params["job"])
    stream = LogStream(client, params["job"], params.get("after", 0))
    lines: list[dict[str, Any]] = []
    async for event in stream.pages():
        for payload in _lines(event.records, keep):
            if len(lines) == limit:
                return {"lines": lines, "earlier": 0, "complete": False}
            lines.append(payload)
    return {"lines": lines, "earlier": 0, "complete": stream.complete}


async def _follow(session: Session, log: str, events: AsyncIterator[LogEvent], window: "_Window") -> None:
    """What there is at the start is collected, so that its end alone is sent; then every line is."""
    try:
        async for event in events:
            if isinstance(event, Records):
                await window.take(event.records)
                continue
            await window.show()
            state: dict[str, Any] = {"log": log, "state": event.state, "last": window.last}
            if event.gap is not None:
                state |= {"gapFrom": event.gap[0], "gapTo": event.gap[1]}
            session.notify("juliahub/logState", state)
    except JuliaHubError as error:
        state = {"log": log, "state": "failed", "last": window.last, "message": str(error)}
        session.notify("juliahub/logState", state)


class _Window:
    """The end of a log, as one editor sees it."""

    def __init__(self, session: Session, log: str, keep: LogFilter, tail: int) -> None:
        self._session = session
        self._log = log
        self._keep = keep
        self._lines: deque[dict[str, Any]] = deque(maxlen=tail)
        self._found = 0
        self._shown = False
        self.last = 0

    async def take(self, records: list[LogRecord]) -> None:
        """Collect at first, then send."""
        for start in range(0, len(records), BATCH_LINES):
            lines = list(_lines(records[start : start + BATCH_LINES], self._keep, self.last))
            self.last += len(records[start : start + BATCH_LINES])
            if self._shown:
                self._send(lines, reset=False)
            self._found += len(lines)
            self._lines.extend(lines)
            await asyncio.sleep(0)
        if not self._shown and records:
            self._session.notify("juliahub/logState", {"log": self._log, "state": "reading", "stored": self.last})

    async def show(self) -> None:
        """Send what was collected, once."""
        if self._shown:
            return
        self._shown = True
        lines = list(self._lines)
        self._send(lines[:BATCH_LINES], reset=True, earlier=self._found - len(lines))
        for start in range(BATCH_LINES, len(lines), BATCH_LINES):
            self._send(lines[start : start + BATCH_LINES], reset=False)
            await asyncio.sleep(0)

    def _send(self, lines: list[dict[str, Any]], **more: Any) -> None:
        if lines or more.get("reset"):
            self._session.notify("juliahub/logLines", {"log": self._log, "lines": lines, **more})


def _lines(records: list[LogRecord], keep: LogFilter, before: int = 0) -> Iterator[dict[str, Any]]:
    for number, record in enumerate(records, before + 1):
        line = line_of(record)._replace(id=number)
        if keep.keeps(line):
            yield payloads.log_line(line)


def _filter(wanted: "WireFilter | None") -> LogFilter:
    asked = wanted or {}
    made = log_filter(asked.get("pattern"), asked.get("level"), asked.get("worker"))
    if isinstance(made, str):
        raise PatternInvalid(pattern=asked.get("pattern", ""), reason=made)
    return made


HANDLERS = {"juliahub/openLog": open_log, "juliahub/closeLog": close_log, "juliahub/readLog": read_log}
