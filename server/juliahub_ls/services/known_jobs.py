"""What is known of servers' jobs: their last word, what logs have told, and what an earlier session knew."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from juliahub_ls.domain.logs.line import LogFacts
from juliahub_ls.services.job_memory import JobMemory, RememberedJob, worth_keeping
from juliahub_ls.services.servers import ServerProfile
from juliahub_wire.jobs import Job


@dataclass
class KnownJob:
    """What is known of one job: the server's last word, and what its log has told."""

    job: Job
    facts: LogFacts = field(default_factory=LogFacts)
    stopping: bool = False
    watch: "asyncio.Task[None] | None" = None
    start: "asyncio.Task[None] | None" = None
    explained: bool = False

    def rest(self) -> None:
        """It is not followed any more."""
        for task in (self.watch, self.start):
            if task is not None:
                task.cancel()


@dataclass(slots=True)
class _Remembered:
    """What was kept of an account's jobs. `met`: its server has listed its jobs since. Without an account it is not
    known yet whose they are.
    """

    account: str | None
    jobs: dict[str, RememberedJob]
    met: bool = False


class KnownJobs:
    """By server and name. `account`: whose jobs a server lists; those of another account are not known. None: it cannot
    be told now, which is no other account.
    """

    def __init__(self, account: Callable[[ServerProfile], str | None], memory: JobMemory | None = None) -> None:
        self._account = account
        self._memory = memory
        self._jobs: dict[str, dict[str, KnownJob]] = {}
        self._remembered: dict[str, _Remembered] = {}

    def get(self, server: str, name: str) -> KnownJob | None:
        """The job, if it is known."""
        return self._jobs.get(server, {}).get(name)

    def add(self, server: str, job: Job) -> KnownJob:
        """A job that was not known. What the log of one that has ended told an earlier session, it would tell again."""
        remembered = self._remembered.get(server)
        entry = remembered.jobs.get(job.jobname) if remembered else None
        facts = entry.facts if entry and entry.job.done and job.done else LogFacts()
        known = self._jobs.setdefault(server, {})[job.jobname] = KnownJob(job, facts)
        return known

    def remove(self, server: str, name: str) -> None:
        """The server has no such job."""
        self._jobs.get(server, {}).pop(name, None)

    def names(self, server: str) -> Sequence[str]:
        """All that are known of a server."""
        return list(self._jobs.get(server, {}))

    async def remember(self, profile: ServerProfile) -> None:
        """Have at hand what an earlier session kept. Another account than before has jobs of its own."""
        server, account = profile.id, self._account(profile)
        before = self._remembered.get(server)
        if before is not None and account in (before.account, None):
            return
        kept: dict[str, RememberedJob] = {}
        if self._memory is not None and account is not None:
            kept = await asyncio.to_thread(self._memory.read, server, account)
        if before is not None and before.account is not None:
            for known in self._jobs.pop(server, {}).values():
                known.rest()
        self._remembered[server] = _Remembered(account, kept)

    def recall(self, server: str) -> Iterator[str]:
        """The server is away: what was kept is known from now on; the names of what was not, oldest first."""
        for name, entry in reversed(self._remembered[server].jobs.items()):
            if self.get(server, name) is None:
                self._jobs.setdefault(server, {})[name] = KnownJob(entry.job, entry.facts)
                yield name

    def lost(self, server: str, listed: Sequence[Job]) -> Sequence[str]:
        """Jobs that ran when they were last heard of and are too old for the list by now; told once."""
        remembered = self._remembered[server]
        if remembered.met:
            return ()
        remembered.met = True
        names = {job.jobname for job in listed}
        return [name for name, entry in remembered.jobs.items() if name not in names and not entry.job.done]

    async def keep(self, server: str, listed: Sequence[Job], *, more: bool) -> None:
        """Keep what is known for a later session, when it differs from what is kept. `more`: the server has more."""
        remembered = self._remembered[server]
        known = {
            name: RememberedJob(one.job, one.facts) if one.job.done else RememberedJob(one.job)
            for name, one in self._jobs.get(server, {}).items()
        }
        kept = worth_keeping({**remembered.jobs, **known}, [job.jobname for job in listed], more=more)
        if self._memory is not None and remembered.account is not None and kept != remembered.jobs:
            remembered.jobs = kept
            await asyncio.to_thread(self._memory.write, server, remembered.account, kept.values())
