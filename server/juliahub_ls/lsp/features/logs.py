"""Logs: followed in batches, or read by the page, filtered here."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterator
from typing import Any

from juliahub_ls import payloads
from juliahub_ls.domain.jobs.log_filter import LogFilter, log_filter
from juliahub_ls.domain.jobs.log_line import line_of
from juliahub_ls.errors import JuliaHubError, PatternInvalid
from juliahub_ls.lsp.protocol.logs import CloseLogParams, OpenLogParams, ReadLogParams
from juliahub_ls.lsp.protocol.logs import LogFilter as WireFilter
from juliahub_ls.lsp.session import Session
from juliahub_ls.services.log_stream import LogEvent, LogStream, Records, record_number
from juliahub_wire.logs import LogRecord

BATCH_LINES = 500
PAGE_LINES = 1000


async def open_log(session: Session, params: OpenLogParams) -> dict[str, Any]:
    """Follow a log from its first line."""
    keep = _filter(params.get("filter"))
    view = await session.services.jobs.get(params.get("server"), params["job"])
    log = str(uuid.uuid4())
    work = _follow(session, log, session.services.jobs.follow(view.server, view.id), keep)
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
                return {"lines": lines, "complete": False}
            lines.append(payload)
    return {"lines": lines, "complete": stream.complete}


async def _follow(session: Session, log: str, events: AsyncIterator[LogEvent], keep: LogFilter) -> None:
    last = 0
    try:
        async for event in events:
            if isinstance(event, Records):
                last = record_number(event.records[-1], last + len(event.records))
                await _send_lines(session, log, event.records, keep)
                continue
            state: dict[str, Any] = {"log": log, "state": event.state, "last": last}
            if event.gap is not None:
                state |= {"gapFrom": event.gap[0], "gapTo": event.gap[1]}
            session.notify("juliahub/logState", state)
    except JuliaHubError as error:
        state = {"log": log, "state": "failed", "last": last, "message": str(error)}
        session.notify("juliahub/logState", state)


async def _send_lines(session: Session, log: str, records: list[LogRecord], keep: LogFilter) -> None:
    """In batches, letting other requests in between."""
    for start in range(0, len(records), BATCH_LINES):
        lines = list(_lines(records[start : start + BATCH_LINES], keep))
        if lines:
            session.notify("juliahub/logLines", {"log": log, "lines": lines})
        await asyncio.sleep(0)


def _lines(records: list[LogRecord], keep: LogFilter) -> Iterator[dict[str, Any]]:
    for record in records:
        line = line_of(record, 0)
        if keep.keeps(line):
            yield payloads.log_line(line)


def _filter(wanted: "WireFilter | None") -> LogFilter:
    asked = wanted or {}
    made = log_filter(asked.get("pattern"), asked.get("level"), asked.get("worker"))
    if isinstance(made, str):
        raise PatternInvalid(pattern=asked.get("pattern", ""), reason=made)
    return made


HANDLERS = {"juliahub/openLog": open_log, "juliahub/closeLog": close_log, "juliahub/readLog": read_log}
