"""Jobs as they change: listed, watched while they run, stopped and extended."""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass

from juliahub_ls.domain.jobs.job_view import JobView, view_job
from juliahub_ls.domain.logs.line import LogFacts, learn, line_of
from juliahub_ls.errors import JobNotFound, JuliaHubError, ServerError, TimeLimitInvalid
from juliahub_ls.services.connections import Connections
from juliahub_ls.services.hub_client import HubClient
from juliahub_ls.services.job_memory import JobMemory
from juliahub_ls.services.known_jobs import KnownJob, KnownJobs
from juliahub_ls.services.log_feed import LogFeed, Logs
from juliahub_ls.services.log_stream import StreamState
from juliahub_ls.services.log_window import LogWindow, WindowEvent
from juliahub_ls.services.submissions import Submissions
from juliahub_ls.services.tasks import Tasks
from juliahub_wire.jobs import Job, JobStatus

REPORT_SECONDS = 0.25
"""A job whose progress runs fast is reported at most this often."""
SETTLE_SECONDS = 0.3
SETTLE_TRIES = 20
WAITING_SECONDS = 10.0
"""A job that waits for a machine says nothing: it is asked for this often, at first more often."""
TAIL_ENTRIES = 50
PAGE_JOBS = 20
"""So many of a server's jobs are listed where nobody says how many."""
Look = Callable[[LogFeed], LogWindow]
"""How a log is looked at: from where on, and which lines of it."""
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class JobList:
    """Jobs of a server, newest first. `more`: it has older ones.

    `offline_since` (Unix ms): these are the last known.
    """

    jobs: Sequence[JobView]
    more: bool = False
    offline_since: int | None = None


class Jobs:
    """All servers' jobs. Running ones are followed through their log, so that changes come as events."""

    def __init__(
        self,
        connections: Connections,
        tasks: Tasks,
        logs: Logs,
        submissions: Submissions | None = None,
        memory: JobMemory | None = None,
    ) -> None:
        self._connections = connections
        self._tasks = tasks
        self.logs = logs
        self._submissions = submissions
        self._known = KnownJobs(connections.account, memory)
        self._offline: dict[str, int] = {}
        """Since when a server has not given its list: it is away, or in trouble."""
        self._listeners: list[Callable[[JobView], None]] = []

    def subscribe(self, listener: Callable[[JobView], None]) -> None:
        """Call `listener` with each job that is new or has changed."""
        self._listeners.append(listener)

    async def list(self, server: str | None, limit: int = PAGE_JOBS) -> JobList:
        """Jobs of a server, newest first. When it cannot be reached: the last known, and since when."""
        profile = self._connections.servers.find(server)
        hub = self._connections.this_computer
        if profile.is_this_computer and hub.running() is None and not self._known.names(profile.id):
            await hub.ensure()
        await self._known.remember(profile)
        try:
            client = await self._connections.client(profile.id)
            jobs = await client.jobs(limit + 1)  # one more tells whether there are more
        except ServerError:
            for jobname in self._known.recall(profile.id):
                self._changed(profile.id, jobname)
            if not self._known.names(profile.id):
                raise
            since = self._offline.setdefault(profile.id, round(time.time() * 1000))
            return JobList(self._last_known(profile.id), offline_since=since)
        self._offline.pop(profile.id, None)
        listed = jobs[:limit]
        for job in reversed(listed):
            self._learn(client, job)
        found = JobList([self.view(client.server, job.jobname) for job in listed], more=len(jobs) > limit)
        for jobname in self._known.lost(client.server, listed):
            self._tasks.start(self._meet_again(client, jobname), f"ask for {jobname}")
        await self._known.keep(client.server, listed, more=found.more)
        return found

    async def get(self, server: str | None, jobname: str) -> JobView:
        """One job as the server has it now."""
        client = await self._connections.client(server)
        job = await client.job(jobname)
        known = self._learn(client, job)
        await self._explain(client, known)
        return self.view(client.server, jobname)

    def view(self, server: str, jobname: str) -> JobView:
        """The last known state."""
        known = self._known.get(server, jobname)
        if known is None:
            raise JobNotFound(server=server, job=jobname)
        record = self._submissions.find(server, jobname) if self._submissions else None
        return view_job(known.job, server, known.facts, stopping=known.stopping, record=record)

    def last_known(self, server: str | None, jobname: str) -> JobView | None:
        """The last known state of a job, if any is."""
        found = self.server_id(server)
        return self.view(found, jobname) if self._known.get(found, jobname) else None

    def server_id(self, server: str | None) -> str:
        """The id of a server as it was asked for; None is the current one."""
        return self._connections.servers.find(server).id

    async def stop(self, server: str | None, jobname: str) -> JobView:
        """Ask for a job's end. It shows as stopping until it has ended; a finished job stays as it is."""
        client = await self._connections.client(server)
        known = self._learn(client, await client.job(jobname))
        if not known.job.done:
            await client.kill(jobname)
            known.stopping = True
            self._learn(client, await client.job(jobname))
            self._changed(client.server, jobname)
        return self.view(client.server, jobname)

    async def extend(self, server: str | None, jobname: str, hours: float) -> JobView:
        """Give a job more hours."""
        if not hours > 0:
            raise TimeLimitInvalid(hours=hours)
        client = await self._connections.client(server)
        await client.extend(jobname, hours)
        self._learn(client, await client.job(jobname))
        return self.view(client.server, jobname)

    async def explain(self, server: str, views: Iterable[JobView]) -> None:
        """Learn why jobs failed or stopped that ended unseen, one after the other; changes come as events.

        A server that has just not given its list is not asked.
        """
        if server in self._offline:
            return
        client = await self._connections.client(server)
        for view in views:
            known = self._known.get(server, view.id)
            if known and await self._explain(client, known):
                self._changed(server, view.id)

    def _last_known(self, server: str) -> Sequence[JobView]:
        views = [self.view(server, name) for name in self._known.names(server)]
        return sorted(views, key=lambda view: view.submitted or 0, reverse=True)

    def _learn(self, client: HubClient, job: Job) -> KnownJob:
        """Take the server's word; tell listeners when it differs; watch the job while it is not done."""
        key = (client.server, job.jobname)
        known = self._known.get(*key)
        if known is None:
            known = self._known.add(client.server, job)
            self._changed(*key)
        elif known.job != job:
            known.job = job
            known.stopping = known.stopping and not job.done
            self._changed(*key)
        self._ensure_watched(client, known)
        return known

    def _changed(self, server: str, jobname: str) -> None:
        view = self.view(server, jobname)
        for listener in self._listeners:
            listener(view)

    async def follow(self, server: str | None, jobname: str, look: Look | None = None) -> AsyncIterator[WindowEvent]:
        """A job's log from its first line, or as `look` has it. When it is complete, the job's end is known, too."""
        client = await self._connections.client(server)
        known = self._learn(client, await client.job(jobname))
        async with self.logs.open(client.server, jobname) as feed:
            window = look(feed) if look else LogWindow(feed)
            async for event in window.events():
                if isinstance(event, StreamState) and event.state == "complete":
                    known.facts = feed.facts
                    await self._settle(client, known)
                yield event

    def _ensure_watched(self, client: HubClient, known: KnownJob) -> None:
        if not _under_way(known.job) and (known.start is None or known.start.done()):
            known.start = self._tasks.start(self._await_start(client, known), f"await {known.job.jobname}")
        if known.job.done or (known.watch and not known.watch.done()):
            return
        known.watch = self._tasks.start(self._watch(client, known), f"watch {known.job.jobname}")

    async def _watch(self, client: HubClient, known: KnownJob) -> None:
        """Follow the log to its end for what it tells of the job."""
        jobname = known.job.jobname
        try:
            async with self.logs.open(client.server, jobname) as feed:
                await self._observe(client, known, feed)
        except JobNotFound:
            self._known.remove(client.server, jobname)
        except JuliaHubError as error:
            log.warning("The job %s is no longer watched: %s", jobname, error)

    async def _observe(self, client: HubClient, known: KnownJob, feed: LogFeed) -> None:
        """Learn from the log and tell listeners. At its end the job's final state is waited for."""
        reported = 0.0
        while feed.failure is None:
            version, before = feed.version, known.facts
            known.facts = feed.facts
            if not _under_way(known.job):
                await self._refresh(client, known.job.jobname)
            if known.facts != before and time.monotonic() - reported >= REPORT_SECONDS:
                reported = time.monotonic()
                self._changed(client.server, known.job.jobname)
            if feed.complete:
                await self._settle(client, known)
                return
            if feed.version == version:
                await feed.changed(version)
        raise feed.failure

    async def _await_start(self, client: HubClient, known: KnownJob) -> None:
        """Its log may begin before its status says that it runs, and then be silent."""
        attempt = 0
        with contextlib.suppress(JuliaHubError):
            while not _under_way(known.job):
                attempt += 1
                await asyncio.sleep(min(SETTLE_SECONDS * attempt, WAITING_SECONDS))
                await self._refresh(client, known.job.jobname)

    async def _settle(self, client: HubClient, known: KnownJob) -> None:
        """The log's end comes before the final status on some servers: ask a few times, ever more slowly."""
        for attempt in range(SETTLE_TRIES):
            await self._refresh(client, known.job.jobname)
            if known.job.done:
                self._changed(client.server, known.job.jobname)
                return
            await asyncio.sleep(SETTLE_SECONDS * (attempt + 1))

    async def _refresh(self, client: HubClient, jobname: str) -> None:
        with contextlib.suppress(ServerError):
            self._learn(client, await client.job(jobname))

    async def _meet_again(self, client: HubClient, jobname: str) -> None:
        with contextlib.suppress(JuliaHubError):
            self._learn(client, await client.job(jobname))

    async def _explain(self, client: HubClient, known: KnownJob) -> bool:
        """A job that failed or was stopped before we watched: its last lines tell why. Whether they told anything."""
        told, ended_well = known.facts != LogFacts(), known.job.status == JobStatus.COMPLETED.value
        if told or known.explained or not known.job.done or ended_well:
            return False
        with contextlib.suppress(JuliaHubError):
            page = await client.log_page(known.job.jobname, {"nentries": str(TAIL_ENTRIES)})
            known.explained = True
            for record in page:
                known.facts = learn(known.facts, line_of(record))
        return known.facts != LogFacts()


def _under_way(job: Job) -> bool:
    return job.done or job.status == JobStatus.RUNNING.value
