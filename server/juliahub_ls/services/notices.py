"""Tells of jobs what a user wants to hear without asking: limits that come near, long waits, and ends."""

import asyncio
import contextlib
import time
from collections.abc import Callable

from juliahub_ls.domain.jobs.job_view import JobView
from juliahub_ls.domain.jobs.notice import Notice, end_of, next_moment, notice_of
from juliahub_ls.errors import JuliaHubError
from juliahub_ls.services.awaited import Awaited, Key
from juliahub_ls.services.jobs import Jobs
from juliahub_ls.services.tasks import Tasks

LONGEST_SLEEP_SECONDS = 60.0
"""The clock is looked at this often at least: a computer that slept, or whose clock was set, is not off for long."""


class NoticeSchedule:
    """When to speak of which job: at moments still ahead when the job was first seen, one at a time. Knows no clock."""

    def __init__(self) -> None:
        self._jobs: dict[Key, JobView] = {}
        self._told: dict[Key, int] = {}
        """Up to which moment (Unix ms) all was said."""

    def take(self, view: JobView, now: int) -> None:
        """A job is new or has changed; another limit has moments of its own."""
        key = (view.server, view.id)
        if view.done:
            self._jobs.pop(key, None)
            self._told.pop(key, None)
        else:
            self._jobs[key] = view
            self._told.setdefault(key, now)

    def next(self) -> int | None:
        """The next moment, in Unix ms."""
        moments = [next_moment(view, self._told[key]) for key, view in self._jobs.items()]
        return min((moment for moment in moments if moment is not None), default=None)

    def due(self, now: int) -> list[Notice]:
        """What to say now. Of several moments that have passed together there is one notice."""
        notices = []
        for key, view in self._jobs.items():
            moment = next_moment(view, self._told[key])
            if moment is None or moment > now:
                continue
            self._told[key] = now
            notice = notice_of(view, now)
            if notice is not None:
                notices.append(notice)
        return notices


class Notices:
    """Follows all jobs, and calls `tell` when there is something to say."""

    def __init__(self, jobs: Jobs, tasks: Tasks, awaited: Awaited, tell: Callable[[Notice], None]) -> None:
        self._jobs = jobs
        self._tasks = tasks
        self._awaited = awaited
        self._tell = tell
        self._schedule = NoticeSchedule()
        self._changed = asyncio.Event()
        jobs.subscribe(self.take)
        tasks.start(self._run(), "job notices")

    def expect(self, server: str, jobname: str) -> None:
        """This workspace submitted the job: its end will be told, once, after a restart too."""
        self._awaited.add((server, jobname))

    def forget(self, server: str, jobname: str) -> bool:
        """The job's end is not told; whether it would have been."""
        return self._awaited.take((server, jobname))

    def take(self, view: JobView) -> None:
        """A job is new or has changed."""
        self._schedule.take(view, _now())
        self._changed.set()
        if view.done and self._awaited.take((view.server, view.id)):
            self._tasks.start(self._tell_end(view), f"tell the end of {view.id}")

    async def _tell_end(self, view: JobView) -> None:
        """A job that ended unseen is asked for once more, so that its reason is known."""
        if not view.succeeded and view.reason is None:
            with contextlib.suppress(JuliaHubError):
                view = await self._jobs.get(view.server, view.id)
        self._tell(end_of(view))

    async def _run(self) -> None:
        while True:
            self._changed.clear()
            for notice in self._schedule.due(_now()):
                self._tell(notice)
            moment = self._schedule.next()
            seconds = None if moment is None else min(max(moment - _now(), 0) / 1000, LONGEST_SLEEP_SECONDS)
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._changed.wait(), seconds)


def _now() -> int:
    return round(time.time() * 1000)
