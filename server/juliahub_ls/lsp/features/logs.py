"""Logs: followed in a window, read by the page, searched, summed up, plotted and saved."""

import asyncio
import uuid
from typing import Any

from juliahub_ls import payloads
from juliahub_ls.domain.logs.completion import complete_query
from juliahub_ls.domain.logs.filter import log_filter
from juliahub_ls.domain.logs.query import EVERYTHING, Condition
from juliahub_ls.domain.logs.query_parser import QueryMistake, parse_query
from juliahub_ls.domain.logs.text import LogText
from juliahub_ls.domain.text import Paint
from juliahub_ls.domain.toml.text import utf16_length
from juliahub_ls.errors import FilterInvalid, JuliaHubError, PatternInvalid, ServerError
from juliahub_ls.lsp.json_rpc import encoded
from juliahub_ls.lsp.protocol.logs import (
    CloseLogParams,
    CompleteFilterParams,
    LogSeriesParams,
    LogSummaryParams,
    OpenLogParams,
    ReadLogParams,
    SaveLogParams,
)
from juliahub_ls.lsp.protocol.logs import LogFilter as WireFilter
from juliahub_ls.lsp.session import Session
from juliahub_ls.lsp.uris import path_of
from juliahub_ls.services.log_feed import LogFeed
from juliahub_ls.services.log_reading import as_json_lines, digest_of, read_page, save_log, series_of
from juliahub_ls.services.log_window import LogWindow, Reading, WindowLines

TAIL_LINES = 10_000
PAGE_LINES = 1000
MOST_LINES = 100_000
SERIES_POINTS = 2000
FEW_LINES = 100
"""More than these keep other requests waiting while their payload is made."""


async def open_log(session: Session, params: OpenLogParams) -> dict[str, Any]:
    """Follow a log: its last lines at once, then each new one."""
    services = session.services
    ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    log = str(uuid.uuid4())

    async def work() -> None:
        try:
            async with services.logs.open(params.get("server"), params["job"]) as feed:
                window = await _window(session, params, feed)
                ready.set_result(None)
                await _follow(session, log, window)
        except JuliaHubError as error:
            if ready.done():
                raise
            ready.set_exception(error)

    task = session.logs[log] = services.tasks.start(work(), f"view of the log of {params['job']}")
    task.add_done_callback(lambda _task: (session.logs.pop(log, None), ready.cancel()))
    await ready
    return {"log": log}


async def close_log(session: Session, params: CloseLogParams) -> dict[str, Any]:
    """End a subscription; one that has ended by itself is no error."""
    task = session.logs.pop(params["log"], None)
    if task is not None:
        task.cancel()
    return {}


async def read_log(session: Session, params: ReadLogParams) -> dict[str, Any]:
    """A page of lines that pass the filter."""
    async with session.services.logs.open(params.get("server"), params["job"]) as feed:
        await feed.read()
        condition = _condition(params.get("filter"), feed)
        limit = max(1, min(params.get("limit", PAGE_LINES), MOST_LINES))
        lines, earlier, complete = await read_page(
            feed,
            condition,
            _context(params.get("context")),
            after=params.get("after", 0),
            before=params.get("before"),
            limit=limit,
        )
        shown = await asyncio.to_thread(payloads.shown_lines, lines)
        return {"lines": shown, "earlier": earlier, "complete": complete}


async def log_summary(session: Session, params: LogSummaryParams) -> dict[str, Any]:
    """Marks, counts and names."""
    async with session.services.logs.open(params.get("server"), params["job"]) as feed:
        await feed.begun()
        digest = await digest_of(feed, _condition(params.get("filter"), feed))
        return payloads.log_summary(digest, feed.digest, complete=feed.complete)


async def log_series(session: Session, params: LogSeriesParams) -> dict[str, Any]:
    """Numbers over time."""
    if not params["keywords"]:
        return {"series": [], "complete": True}
    async with session.services.logs.open(params.get("server"), params["job"]) as feed:
        await feed.begun()
        condition = _condition(params.get("filter"), feed)
        series = await series_of(feed, params["keywords"], condition, params.get("points", SERIES_POINTS))
        return {"series": [payloads.log_series(one) for one in series], "complete": feed.complete}


async def complete_filter(session: Session, params: CompleteFilterParams) -> dict[str, Any]:
    """What could stand at a place of a filter, and what is wrong with it."""
    async with session.services.logs.open(params.get("server"), params["job"]) as feed:
        await feed.begun()
        query = params["query"]
        position = len(query.encode("utf-16-le")[: 2 * max(params["position"], 0)].decode("utf-16-le", "ignore"))
        found = [
            one._asdict() | {"start": utf16_length(query[: one.start]), "end": utf16_length(query[: one.end])}
            for one in complete_query(query, position, feed.digest)
        ]
        asked = parse_query(query, feed.times())
        return {"completions": found} | ({"problem": asked.sentence} if isinstance(asked, QueryMistake) else {})


async def save(session: Session, params: SaveLogParams) -> dict[str, Any]:
    """Write a log into a file."""
    file = path_of(params["file"])
    text = LogText(Paint(colours=False), headings=not params.get("filter"))
    render = as_json_lines if params["format"] == "jsonl" else text.rendered
    async with session.services.logs.open(params.get("server"), params["job"]) as feed:
        with session.progress(params.get("workDoneToken"), "Saving the log") as progress:
            await feed.read()
            condition = _condition(params.get("filter"), feed)
            records = await save_log(feed, condition, file, render, progress)
        return {"uri": file.absolute().as_uri(), "records": records, "complete": feed.complete}


async def _window(session: Session, params: OpenLogParams, feed: LogFeed) -> LogWindow:
    """A view. A stored log opens also while its server is away."""
    condition = _condition(params.get("filter"), feed)
    try:
        await session.services.jobs.get(params.get("server"), params["job"])
    except ServerError:
        if not feed.log.count:
            raise
    tail = max(1, min(params.get("tail", TAIL_LINES), MOST_LINES))
    return LogWindow(feed, condition, _context(params.get("context")), tail)


async def _follow(session: Session, log: str, window: LogWindow) -> None:
    try:
        async for event in window.events():
            if isinstance(event, WindowLines):
                session.notify("juliahub/logLines", await _lines(log, event))
            elif isinstance(event, Reading):
                session.notify("juliahub/logState", {"log": log, "state": "reading", "stored": event.stored})
            else:
                state: dict[str, Any] = {"log": log, "state": event.state, "last": window.last}
                if event.gap is not None:
                    state |= {"gapFrom": event.gap[0], "gapTo": event.gap[1]}
                session.notify("juliahub/logState", state)
    except JuliaHubError as error:
        state = {"log": log, "state": "failed", "last": window.last, "message": str(error)}
        session.notify("juliahub/logState", state)


async def _lines(log: str, event: WindowLines) -> Any:
    """A batch's payload; that of a long one is made in a thread."""
    many = len(event.lines) > FEW_LINES
    lines = await asyncio.to_thread(payloads.shown_lines, event.lines) if many else payloads.shown_lines(event.lines)
    told = {"earlier": event.earlier, "matches": event.matches}
    known = {name: count for name, count in told.items() if count is not None}
    return await encoded({"log": log, "lines": lines, "reset": event.reset} | known)


def _context(lines: "int | None") -> int:
    return max(0, min(lines or 0, 1000))


def _condition(wanted: "WireFilter | None", feed: LogFeed) -> Condition:
    if not wanted:
        return EVERYTHING
    query, pattern = wanted.get("query", ""), wanted.get("pattern")
    try:
        made = log_filter(feed.times(), query, pattern, wanted.get("level"), wanted.get("worker"))
    except ValueError as error:
        raise PatternInvalid(pattern=pattern or "", reason=str(error)) from None
    if isinstance(made, QueryMistake):
        raise FilterInvalid(sentence=made.sentence, position=utf16_length(query[: made.position]))
    return made


HANDLERS = {
    "juliahub/openLog": open_log,
    "juliahub/closeLog": close_log,
    "juliahub/readLog": read_log,
    "juliahub/logSummary": log_summary,
    "juliahub/logSeries": log_series,
    "juliahub/completeFilter": complete_filter,
    "juliahub/saveLog": save,
}
