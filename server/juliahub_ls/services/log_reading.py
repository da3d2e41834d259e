"""Questions about a stored log that are answered once: a page of it, its summary, its numbers, a copy in a file."""

import asyncio
import contextlib
import os
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from juliahub_ls.domain.logs.digest import LogDigest
from juliahub_ls.domain.logs.line import LogLine
from juliahub_ls.domain.logs.query import EVERYTHING, Condition
from juliahub_ls.domain.logs.series import Series, SeriesSet
from juliahub_ls.errors import FileUnreadable
from juliahub_ls.services.log_feed import LogFeed
from juliahub_ls.services.log_scan import YIELD_SECONDS, ScanCancelled, Selection, matching
from juliahub_ls.services.log_window import ShownLine, off_loop, scanned
from juliahub_ls.services.progress import Progress
from juliahub_ls.services.stored_log import CHUNK_LINES

Render = Callable[[Sequence[LogLine]], str]


async def read_page(
    feed: LogFeed, condition: Condition, context: int, *, after: int, before: int | None, limit: int
) -> tuple[list[ShownLine], int, bool]:
    """At most `limit` lines that are shown: after the line `after`, or the last before `before`.

    With them: how many come before the first, and whether nothing follows the last.
    """
    selection = await selection_of(feed, condition, context)
    if before is not None:
        end = selection.before(before)
        start = max(end - limit, 0)
    else:
        start = selection.before(after + 1)
        end = min(start + limit, selection.count())

    def picked() -> list[ShownLine]:
        lines = feed.log.pick(selection.numbers(start, end))
        return [ShownLine(line, not selection.is_match(line.id)) for line in lines]

    return await off_loop(picked), start, feed.complete and end == selection.count()


async def selection_of(feed: LogFeed, condition: Condition, context: int) -> Selection:
    """The selection for a filter, kept from one question to the next and carried on."""
    key = ("selection", condition, context)
    selection = feed.kept(key, lambda: Selection(feed.log, condition, context))
    return await scanned(selection)


async def digest_of(feed: LogFeed, condition: Condition) -> LogDigest:
    """What the lines that pass hold, in short. Of the whole log it is known already."""
    if condition == EVERYTHING:
        return feed.digest

    selection, found = await selection_of(feed, condition, 0), LogDigest()

    def take(check: Callable[[], None]) -> None:
        count = selection.count()
        for start in range(0, count, CHUNK_LINES):
            for line in feed.log.pick(selection.numbers(start, min(start + CHUNK_LINES, count))):
                found.take(line)
            check()

    await _cancellable(take)
    return found


async def series_of(feed: LogFeed, names: Sequence[str], condition: Condition, points: int) -> list[Series]:
    """The numbers of these keywords, each worker's apart; carried on from one question to the next."""
    key = ("series", tuple(names), condition, points)
    found, busy = feed.kept(key, lambda: (SeriesSet(names, points), asyncio.Lock()))

    def extend(check: Callable[[], None]) -> None:
        last = feed.log.count
        for end, numbers in matching(feed.log, found.condition(condition), found.scanned + 1, last):
            for line in feed.log.pick(numbers):
                found.take(line)
            found.scanned = end
            check()

    async with busy:
        await _cancellable(extend)
    return found.all()


async def save_log(feed: LogFeed, condition: Condition, file: Path, render: Render, progress: Progress) -> int:
    """Write what passes into `file`, all or nothing. How many lines. Raises `FileUnreadable`."""
    selection = await selection_of(feed, condition, 0)
    total = selection.match_count()
    beside = file.with_name(f".{file.name}.{os.getpid()}.part")

    def write(check: Callable[[], None]) -> None:
        with beside.open("w", encoding="utf-8", newline="\n", errors="replace") as out:
            for start in range(0, total, CHUNK_LINES):
                lines = feed.log.pick(selection.numbers(start, min(start + CHUNK_LINES, total)))
                out.write(render(lines))
                progress.report(f"{min(start + CHUNK_LINES, total):,} of {total:,} lines", start / total)
                check()
        beside.replace(file)

    try:
        await _cancellable(write)
    except OSError as error:
        raise FileUnreadable(path=str(file), reason=error.strerror or str(error)) from None
    finally:
        with contextlib.suppress(OSError):
            beside.unlink()
    return total


def as_json_lines(lines: Sequence[LogLine]) -> str:
    """One object a line, with a `LogLine`'s fields of the protocol."""
    return "".join(msgspec.json.encode(_object(line)).decode() + "\n" for line in lines)


def _object(line: LogLine) -> dict[str, object]:
    shown = ("id", "time", "level", "worker", "message", "group", "module", "file", "line", "keywords")
    return {name: value for name in shown if (value := getattr(line, name)) is not None}


async def _cancellable(work: Callable[[Callable[[], None]], None]) -> None:
    """Run in a thread that is told when whoever asked is gone, and is waited for. It calls what it is given often."""
    gone = threading.Event()

    def check() -> None:
        if gone.is_set():
            raise ScanCancelled
        time.sleep(YIELD_SECONDS)

    running = asyncio.ensure_future(off_loop(lambda: work(check)))
    try:
        await asyncio.shield(running)
    except asyncio.CancelledError:
        gone.set()
        await asyncio.gather(running, return_exceptions=True)
        raise
