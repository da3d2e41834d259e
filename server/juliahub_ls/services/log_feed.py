"""A job's log on its way to disk: one stream for each, however many look at it.

Lines are in the store before anyone hears of them, so a view that is slow reads them from there, and memory stays flat.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Hashable, Sequence
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TypeVar, cast

from juliahub_ls.domain.logs.conditions import LogTimes
from juliahub_ls.domain.logs.digest import LogDigest
from juliahub_ls.domain.logs.line import LogFacts, LogLine, line_of
from juliahub_ls.errors import FileUnreadable, JuliaHubError, ServerError
from juliahub_ls.services.connections import Connections
from juliahub_ls.services.log_check import Resume, resume_from
from juliahub_ls.services.log_store import Gap, LogLease, LogStore
from juliahub_ls.services.log_stream import LogEvent, LogStream, Preview, Records, StreamState
from juliahub_ls.services.tasks import Tasks
from juliahub_wire.logs import LogRecord

SLICE_LINES = 500
BREATH_SECONDS = 0.0002
"""What taking in a long page leaves to other threads after each slice."""
RETRY_SECONDS = 2.0
KEPT_ANSWERS = 6
"""Filters of a log whose matches are kept: at most 4 bytes for each line and filter."""
LINGER_SECONDS = 20.0
"""So long a log that nobody looks at any more is read on: who closes a view often opens another."""
T = TypeVar("T")
L = TypeVar("L", bound="LogLease | None")


@dataclass(frozen=True, slots=True)
class Told:
    """A state of the stream, which came after the line `after`."""

    after: int
    state: StreamState


class LogFeed:
    """One log. `log` and `digest` are what is stored; `version` rises with every change."""

    def __init__(self, lease: LogLease, connections: Connections, server: str, job: str) -> None:
        self._lease = lease
        self._connections = connections
        self._server = server
        self._job = job
        self._changed = asyncio.Event()
        self.log = lease.log
        self.version = 0
        self.generation = 0
        """Rises when what was stored turned out to be another log, and is gone."""
        self.preview: list[LogLine] | None = None
        """The log's end, while what comes before is still being read; numbered from 1."""
        self.checked = False
        """Whether what is stored is known to be the server's log, or there is nothing stored."""
        self.caught_up = False
        """Whether all that the server had at the start is stored."""
        self.told: list[Told] = []
        self.failure: JuliaHubError | None = None
        self._kept: dict[Hashable, object] = {}
        self._kept_generation = 0

    @property
    def digest(self) -> LogDigest:
        """What the stored lines hold, in short."""
        return self._lease.meta.digest

    @property
    def facts(self) -> LogFacts:
        """What they tell of the job."""
        return self.digest.facts

    @property
    def gaps(self) -> Sequence[Gap]:
        """What cannot be had."""
        return self._lease.meta.gaps

    @property
    def complete(self) -> bool:
        """Whether the job has ended and all of it is stored."""
        return self._lease.meta.complete and self.caught_up

    def times(self) -> LogTimes:
        """Its beginning and end; “since” counts back from now, in a complete log from its end."""
        now = round(time.time() * 1000)
        last = self.digest.last_time or now
        return LogTimes(self.digest.first_time or last, last, last if self.complete else now)

    async def changed(self, version: int) -> None:
        """Return when `version` is no longer the present one."""
        while self.version == version:
            await self._changed.wait()

    async def read(self) -> None:
        """Return when all that the server had is stored. Raises what ended the reading before."""
        await self._until(lambda: self.caught_up)

    async def begun(self) -> None:
        """Return when there is something to tell of: the first lines are stored, or there are none."""
        await self._until(lambda: self.caught_up or self.log.count > 0)

    async def _until(self, done: Callable[[], bool]) -> None:
        while not done():
            if self.failure is not None:
                raise self.failure
            await self.changed(self.version)

    def kept(self, key: Hashable, make: Callable[[], T]) -> T:
        """What an earlier question left under this key, else what `make` makes now; of the latest few."""
        if self._kept_generation != self.generation:
            self._kept.clear()
            self._kept_generation = self.generation
        found = self._kept.pop(key, None)
        self._kept[key] = found = make() if found is None else found
        while len(self._kept) > KEPT_ANSWERS:
            del self._kept[next(iter(self._kept))]
        return cast(T, found)

    async def run(self) -> None:
        """Read the log into the store until it is complete."""
        try:
            resume = await self._resume()
            self.checked = True
            self._tell()
            if resume is not None and not resume.complete:
                await self._read(resume)
            await self._finish()
        except JuliaHubError as error:
            self.failure = error
        except OSError as error:
            self.failure = FileUnreadable(path=str(self._lease.folder), reason=error.strerror or str(error))
        finally:
            self._tell()

    async def _resume(self) -> "Resume | None":
        """Where to go on from; a stored log is compared with the server's last page. None: it is complete."""
        if not self.log.count:
            return Resume(0)
        while True:
            try:
                client = await self._connections.client(self._server)
                page = await client.log_page(self._job)
                break
            except ServerError:
                if self._lease.meta.complete:
                    return None
                self._state(StreamState("reconnecting"))
                await asyncio.sleep(RETRY_SECONDS)
        resume = await asyncio.to_thread(resume_from, self.log, page, complete=self._lease.meta.complete)
        if resume is None:
            await asyncio.to_thread(self._lease.forget)
            self.generation += 1
            self._tell()
            return Resume(0)
        if resume.far:
            await self._preview(page)
        return resume

    async def _read(self, resume: Resume) -> None:
        client = await self._connections.client(self._server)
        renew = lambda: self._connections.client(self._server)  # noqa: E731
        stream = LogStream(client, self._job, resume.after, renew, preview=True)
        if resume.reference is not None:
            stream.resume(resume.reference, resume.seen)
        async with aclosing(stream.events()) as events:
            async for event in events:
                await self._heard(event)

    async def _heard(self, event: LogEvent) -> None:
        if isinstance(event, Preview):
            await self._preview(event.records)
        elif isinstance(event, Records):
            await asyncio.to_thread(self._take, event.records)
            self._tell()
        else:
            if event.gap is not None:
                self._lease.meta.gaps.append(Gap(self.log.count, *event.gap))
            if event.state != "complete":
                self._state(event)

    async def _finish(self) -> None:
        """Known to be whole from now on, whatever happens to the daemon."""
        self._lease.meta.complete = True
        await asyncio.to_thread(self._lease.save)
        self._state(StreamState("complete"))

    def _take(self, records: Sequence[LogRecord]) -> None:
        for start in range(0, len(records), SLICE_LINES):
            first = self.log.count + 1
            lines = [
                line_of(record, number) for number, record in enumerate(records[start : start + SLICE_LINES], first)
            ]
            self.log.append(lines)
            for line in lines:
                self.digest.take(line)
            if len(records) > SLICE_LINES:
                time.sleep(BREATH_SECONDS)

    async def _preview(self, records: Sequence[LogRecord]) -> None:
        self.preview = await asyncio.to_thread(_numbered, records)
        self._tell()

    def _state(self, state: StreamState) -> None:
        if state.state in ("live", "complete"):
            self.caught_up, self.preview = True, None
        self.told.append(Told(self.log.count, state))
        self._tell()

    def _tell(self) -> None:
        self.version += 1
        self._changed.set()
        self._changed = asyncio.Event()


def _numbered(records: Sequence[LogRecord]) -> list[LogLine]:
    lines = (record for record in records if not record.meta)
    return [line_of(record, number) for number, record in enumerate(lines, 1)]


@dataclass(slots=True)
class _Open:
    feed: LogFeed
    lease: LogLease
    task: "asyncio.Task[None] | None" = None
    users: int = 0


class Logs:
    """All logs that are looked at."""

    def __init__(self, connections: Connections, tasks: Tasks, store: LogStore) -> None:
        self._connections = connections
        self._tasks = tasks
        self._store = store
        self._open: dict[tuple[str, str], _Open] = {}
        self._opening = asyncio.Lock()

    @asynccontextmanager
    async def open(self, server: "str | None", job: str) -> AsyncIterator[LogFeed]:
        """The log of a job, read on while at least one looks at it. Raises `FileUnreadable`."""
        async with self._using(self._connections.servers.find(server).id, job) as found:
            if found.task is None:
                found.task = self._tasks.start(found.feed.run(), f"log of {job}")
            yield found.feed

    @asynccontextmanager
    async def stored(self, server: str, job: str) -> AsyncIterator["LogFeed | None"]:
        """What this computer has of a log, as it is; None without. Nothing is asked of the server."""
        if (server, job) in self._open:
            async with self._using(server, job) as found:
                yield found.feed if found.feed.log.count else None
            return
        lease = await self._leased(self._store.look, server, job)
        try:
            yield LogFeed(lease, self._connections, server, job) if lease is not None and lease.log.count else None
        finally:
            if lease is not None:
                await asyncio.to_thread(lease.close)

    @asynccontextmanager
    async def _using(self, server: str, job: str) -> AsyncIterator[_Open]:
        key = (server, job)
        async with self._opening:
            found = self._open.get(key)
            if found is not None and found.feed.failure is not None:
                await asyncio.to_thread(found.lease.close)
                found = None
            if found is None:
                found = self._open[key] = await self._opened(*key)
            found.users += 1
        try:
            yield found
        finally:
            found.users -= 1
            if not found.users:
                self._tasks.start(self._close(key, found), f"close the log of {job}")

    async def aclose(self) -> None:
        """Save and close all, when nothing reads them any more."""
        for found in self._open.values():
            await asyncio.to_thread(found.lease.close)
        self._open.clear()

    async def _opened(self, server: str, job: str) -> _Open:
        lease = await self._leased(self._store.open, server, job)
        return _Open(LogFeed(lease, self._connections, server, job), lease)

    async def _leased(self, take: Callable[[str, str], L], server: str, job: str) -> L:
        taking = asyncio.ensure_future(asyncio.to_thread(take, server, job))
        try:
            return await asyncio.shield(taking)
        except asyncio.CancelledError:  # nobody waits for it any more, and it would hold the log
            with suppress(OSError):
                if (lease := await taking) is not None:
                    await asyncio.to_thread(lease.close)
            raise
        except OSError as error:
            raise FileUnreadable(path=str(self._store.root), reason=error.strerror or str(error)) from None

    async def _close(self, key: tuple[str, str], found: _Open) -> None:
        await asyncio.sleep(LINGER_SECONDS)
        async with self._opening:
            if found.users:
                return
            if found.task is not None:
                found.task.cancel()
                await asyncio.gather(found.task, return_exceptions=True)
            await asyncio.to_thread(found.lease.close)
            if self._open.get(key) is found:
                del self._open[key]
        await asyncio.to_thread(self._store.tidy)
