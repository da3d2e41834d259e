"""A window of a growing log: its last lines that pass a filter, then every new one, and how the stream stands."""

import asyncio
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from juliahub_ls.domain.logs.line import LogLine
from juliahub_ls.domain.logs.pattern import PatternTooSlow
from juliahub_ls.domain.logs.query import EVERYTHING, Condition
from juliahub_ls.errors import FilterTooSlow
from juliahub_ls.services.log_feed import LogFeed
from juliahub_ls.services.log_scan import ScanCancelled, Selection
from juliahub_ls.services.log_stream import StreamState

BATCH_LINES = 500
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line, and whether it is shown only for one near it."""

    line: LogLine
    is_context: bool


@dataclass(frozen=True, slots=True)
class WindowLines:
    """Lines to show. `reset`: in place of all before. `earlier`: so many come before; None: not known yet.

    `matches`: so many lines of the log pass the filter so far; None: there is no filter, or nobody knows yet.
    """

    lines: Sequence[ShownLine]
    reset: bool = False
    earlier: int | None = None
    matches: int | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """So many lines of a longer log are stored."""

    stored: int


WindowEvent = WindowLines | Reading | StreamState


class LogWindow:
    """One view. `tail`: how many of the last lines it begins with; None: all, from the first."""

    def __init__(
        self, feed: LogFeed, condition: Condition = EVERYTHING, context: int = 0, tail: int | None = None
    ) -> None:
        self._feed = feed
        self._condition = condition
        self._context = context
        self.tail = tail
        self._selection = Selection(feed.log, condition, context)
        self._generation = feed.generation
        self._shown: int | None = 0 if tail is None else None
        """How many places of the selection are shown; None: the window is not filled yet."""
        self._previewed = False
        self._behind = False
        self._stored = -1
        self._told = len(feed.told) if feed.caught_up else 0
        self.last = 0
        """The last line that has been looked at."""

    async def events(self) -> AsyncIterator[WindowEvent]:
        """Until the log is complete. Raises what ended it before, or `FilterTooSlow`."""
        if self._feed.caught_up and self._feed.told:
            self._told = len(self._feed.told) - 1
        while True:
            version = self._feed.version
            async for event in self._news():
                yield event
                if isinstance(event, StreamState) and event.state == "complete":
                    return
            if self._feed.failure is not None:
                raise self._feed.failure
            if self._feed.version == version:
                await self._feed.changed(version)

    async def _news(self) -> AsyncIterator[WindowEvent]:
        """What is to be told of the feed as it is now."""
        if self._generation != self._feed.generation:
            self._generation = self._feed.generation
            self._selection = Selection(self._feed.log, self._condition, self._context)
            self._shown = 0 if self.tail is None else None
        if self.tail is not None and not self._feed.caught_up:
            async for event in self._while_reading(self.tail):
                yield event
        elif self.tail is not None and (self._shown is None or self._previewed or await self._is_far(self.tail)):
            self._previewed = False
            async for event in self._fill(self.tail):
                yield event
        if self._shown is not None and not self._previewed and self._is_open():
            async for event in self._grow():
                yield event

    def _is_open(self) -> bool:
        """Whether lines are shown as they come. What is shown without a way back must be known to be right."""
        return self._feed.checked if self.tail is None else self._feed.caught_up

    async def _while_reading(self, tail: int) -> AsyncIterator[WindowEvent]:
        """The end of a long log at once; what is stored of it, or how much."""
        self._behind = True
        preview = self._feed.preview
        if preview is not None and not self._previewed:
            self._previewed = True
            lines = await off_loop(lambda: shown(preview, self._condition, self._context)[-tail:])
            for event in _batches(lines, None):
                yield event
        elif self._shown is None and not self._previewed and self._feed.log.count:
            async for window in self._fill(tail):
                yield window
        if self._told < len(self._feed.told):
            for told in self._feed.told[self._told :]:
                yield told.state
            self._told = len(self._feed.told)
        elif self._feed.log.count != self._stored and self._previewed:
            self._stored = self._feed.log.count
            yield Reading(self._stored)

    async def _is_far(self, tail: int) -> bool:
        """Whether more lines than the window has came while the log was being read."""
        if not self._behind:
            return False
        self._behind = False
        await self._extend()
        return self._selection.count() - (self._shown or 0) > tail

    async def _fill(self, tail: int) -> AsyncIterator[WindowEvent]:
        await self._extend()
        self.last = self._selection.scanned
        end = self._selection.count()
        start = max(end - tail, 0)
        for place in range(start, max(end, start + 1), BATCH_LINES):
            lines = await off_loop(lambda at=place: self._lines(at, min(at + BATCH_LINES, end)))  # type: ignore[misc]
            earlier = start if place == start else None
            yield WindowLines(lines, place == start, earlier, self._matches())
        self._shown = end

    async def _grow(self) -> AsyncIterator[WindowEvent]:
        """New lines, each state in its place among them."""
        for told in self._feed.told[self._told :]:
            async for event in self._lines_to(told.after):
                yield event
            self._told += 1
            yield told.state
        async for event in self._lines_to(self._feed.log.count):
            yield event

    async def _lines_to(self, last: int) -> AsyncIterator[WindowEvent]:
        if last > self._selection.scanned:
            await self._extend()
        end = self._selection.before(last + 1)
        start = self._shown or 0
        while start < end:
            until = min(start + BATCH_LINES, end)
            lines = await off_loop(lambda first=start, after=until: self._lines(first, after))  # type: ignore[misc]
            self._shown = start = until
            yield WindowLines(lines, matches=self._matches())
        self.last = max(self.last, last)

    def _lines(self, start: int, end: int) -> list[ShownLine]:
        numbers = self._selection.numbers(start, end)
        picked = self._feed.log.pick(numbers)
        return [ShownLine(line, not self._selection.is_match(line.id)) for line in picked]

    def _matches(self) -> int | None:
        return None if self._condition == EVERYTHING else self._selection.match_count()

    async def _extend(self) -> None:
        if self._condition == EVERYTHING:
            self._selection.extend()
        else:
            await scanned(self._selection)


async def scanned(selection: Selection) -> Selection:
    """The selection, when it covers all that is stored. Ends its work when whoever asked is gone."""
    gone = threading.Event()
    try:
        await off_loop(lambda: selection.extend(gone.is_set))
    except asyncio.CancelledError:
        gone.set()
        raise
    return selection


async def off_loop(work: Callable[[], T]) -> T:
    """In a thread. An expression that takes too long, or a cancelled scan, is told in our own words."""
    try:
        return await asyncio.to_thread(work)
    except PatternTooSlow as slow:
        raise FilterTooSlow(pattern=str(slow)) from None
    except ScanCancelled:
        raise asyncio.CancelledError from None


def shown(lines: Iterable[LogLine], condition: Condition, context: int) -> list[ShownLine]:
    """Lines in memory that pass, with those around them."""
    found: list[ShownLine] = []
    before: deque[LogLine] = deque(maxlen=context or 1)
    after = 0
    for line in lines:
        if condition.keeps(line):
            if context:
                found += [ShownLine(one, True) for one in before]
                before.clear()
            found.append(ShownLine(line, False))
            after = context
        elif after:
            after -= 1
            found.append(ShownLine(line, True))
        else:
            before.append(line)
    return found


def _batches(lines: Sequence[ShownLine], earlier: "int | None") -> Iterable[WindowLines]:
    for place in range(0, max(len(lines), 1), BATCH_LINES):
        yield WindowLines(lines[place : place + BATCH_LINES], place == 0, earlier if place == 0 else None)
