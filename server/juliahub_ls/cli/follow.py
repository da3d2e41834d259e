"""One job followed from its first line to its end: batches of its log, and the job itself each time it has changed."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import suppress

from juliahub_wire.jobs import Job, JobStatus

from juliahub_ls.domain.job_view import JobView, view_job
from juliahub_ls.domain.log_line import LogFacts, learn
from juliahub_ls.errors import JuliaHubError, ServerError
from juliahub_ls.services.connections import Connections
from juliahub_ls.services.hub_client import HubClient
from juliahub_ls.services.log_stream import LogEvent, LogStream, Records, StreamState

LOOK_SECONDS = 5.0
"""How long a job may be silent before the server is asked how it stands."""
SETTLE_SECONDS = 0.2
SETTLE_TRIES = 20
TAIL_ENTRIES = 50

FollowEvent = LogEvent | JobView


class Following:
    """Follows one job of the current server. `last` is the id of the last record that was given out."""

    def __init__(self, connections: Connections, client: HubClient, job: Job) -> None:
        self.last = 0
        self._connections = connections
        self._client = client
        self._job = job
        self._facts = LogFacts()

    @classmethod
    async def start(cls, connections: Connections, jobname: str) -> "Following":
        """Ask for the job. Raises `JobNotFound`."""
        client = await connections.client()
        return cls(connections, client, await client.job(jobname))

    @property
    def view(self) -> JobView:
        """The job as it stands."""
        return view_job(self._job, self._client.server, self._facts)

    async def events(self) -> AsyncIterator[FollowEvent]:
        """Until the log is complete and the server has said how the job ended: that is the last event."""
        events = self._log()
        upcoming = asyncio.ensure_future(_next(events))
        try:
            while True:
                before = self.view
                done, _ = await asyncio.wait({upcoming}, timeout=LOOK_SECONDS)
                event = upcoming.result() if done else None
                if done and event is None:
                    break
                if event is not None:
                    yield event
                    upcoming = asyncio.ensure_future(_next(events))
                await self._take(event)
                if self.view != before:
                    yield self.view
        finally:
            upcoming.cancel()
            await asyncio.gather(upcoming, return_exceptions=True)
            await events.aclose()
        await self._settle()
        yield self.view

    async def _log(self) -> AsyncGenerator[LogEvent, None]:
        """The log's events. This computer's hub may come back elsewhere after a break: then the log goes on there."""
        moved = True
        while moved:
            moved = False
            stream = LogStream(self._client, self._job.jobname, self.last)
            async for event in stream.events():
                self.last = stream.last
                yield event
                if isinstance(event, StreamState) and event.state == "reconnecting" and await self._has_moved():
                    moved = True
                    break

    async def _has_moved(self) -> bool:
        before = self._client
        self._client = await self._connections.client()
        return self._client is not before

    async def _take(self, event: LogEvent | None) -> None:
        """Learn from a batch; ask the server while the job does not run yet, and after a silence."""
        if isinstance(event, Records):
            for record in event.records:
                self._facts = learn(self._facts, record)
        if event is None or self._job.status != JobStatus.RUNNING.value:
            await self._refresh()

    async def _settle(self) -> None:
        """The log's end comes before the final status on some servers: ask a few times, ever more slowly."""
        for attempt in range(SETTLE_TRIES):
            await self._refresh()
            if self._job.done:
                return
            await asyncio.sleep(SETTLE_SECONDS * (attempt + 1))

    async def _refresh(self) -> None:
        with suppress(ServerError):
            self._job = await self._client.job(self._job.jobname)


async def look_at(connections: Connections, jobname: str) -> JobView:
    """One job as it stands, with what its last lines tell: progress, or why it failed."""
    client = await connections.client()
    job, facts = await client.job(jobname), LogFacts()
    if job.status != JobStatus.COMPLETED.value:
        with suppress(JuliaHubError):
            for record in await client.log_page(jobname, {"nentries": str(TAIL_ENTRIES)}):
                facts = learn(facts, record)
    return view_job(job, client.server, facts)


async def _next(events: AsyncGenerator[LogEvent, None]) -> LogEvent | None:
    try:
        return await events.__anext__()
    except StopAsyncIteration:
        return None
