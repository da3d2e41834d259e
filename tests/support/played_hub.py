"""A scripted hub whose jobs another program plays over HTTP, and which holds what a test wants to look at.

`GET /play/…` is answered before the hub: `bundle` and `upload` let go of what is held, `joins` has the newest job start
with some of its workers, `ends` completes it, `waits` has it wait for ten minutes, `near its limit` leaves every job
that runs a minute, `stops` ends those that were asked to, `renames` gives the last old job but one another name.
`GET /asked/LIMIT` says how often a list of so many jobs was asked for.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs

from sqlalchemy import select, update
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from juliahub_wire import paths
from juliahub_wire.jobs import JobStatus
from localhub.services.models import JobRow
from tests.support.scripted_hub import ScriptedHub, ScriptedJob, scripted_hub

MINUTE = 60
UPLOADED = 0.4
"""This part of an upload is taken before it is held."""
LINE_SPEED = 8_000_000
"""Bytes a second that it is taken at until then, as over a slow line."""


@dataclass
class Stage:
    """Stands before a hub. `pages` counts the lists of jobs that were asked for, by their limit."""

    pages: "Counter[int]" = field(default_factory=Counter)
    _app: ASGIApp | None = None
    _hub: ScriptedHub | None = None
    _bundle: asyncio.Event = field(default_factory=asyncio.Event)
    _upload: asyncio.Event = field(default_factory=asyncio.Event)

    def before(self, app: ASGIApp) -> ASGIApp:
        """Puts itself before the hub's application."""
        self._app = app
        return self

    def opens(self, hub: ScriptedHub) -> None:
        """The hub is there."""
        self._hub = hub

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Plays what is asked for; all else goes on to the hub, perhaps held for a while."""
        assert self._app is not None
        path = scope.get("path", "")
        if path.startswith("/play/"):
            await asyncio.to_thread(self._acts()[path.removeprefix("/play/")])
            await PlainTextResponse("played")(scope, receive, send)
            return
        if path.startswith("/asked/"):
            await PlainTextResponse(str(self.pages[int(path.removeprefix("/asked/"))]))(scope, receive, send)
            return
        if path == paths.GET_JOBS:
            self.pages[int(parse_qs(scope["query_string"].decode())["limit"][0])] += 1
        if path == paths.APPBUNDLE_UPLOAD_URL:
            await self._bundle.wait()
        await self._app(scope, self._held(scope, receive) if scope.get("method") == "PUT" else receive, send)

    def _held(self, scope: Scope, receive: Receive) -> Receive:
        size = int(dict(scope["headers"]).get(b"content-length", b"0"))
        taken = 0

        async def held() -> Message:
            nonlocal taken
            if taken > UPLOADED * size:
                await self._upload.wait()
            message = await receive()
            piece = len(message.get("body", b""))
            if not self._upload.is_set():
                await asyncio.sleep(piece / LINE_SPEED)
            taken += piece
            return message

        return held

    def _acts(self) -> "dict[str, Callable[[], None]]":
        return {
            "bundle": self._bundle.set,
            "upload": self._upload.set,
            "joins": self._joins,
            "ends": lambda: self._newest().ends(),
            "waits": self._waits,
            "near its limit": self._near_its_limit,
            "stops": self._stops,
            "renames": self._renames,
        }

    def _newest(self) -> ScriptedJob:
        """The job that was accepted last, once the engine was asked to start it."""
        assert self._hub is not None
        with self._hub.hub.store.session() as session:
            name = session.scalars(select(JobRow.jobname).order_by(JobRow.id.desc()).limit(1)).one()
        return self._hub.started(name)

    def _joins(self) -> None:
        job = self._newest()
        job.records({"message": "", "keywords": {"jrun_phase": "cluster"}})
        job.records({"message": "", "keywords": {"jrun_workers_joined": 2, "jrun_workers_expected": 4}})
        job.runs()

    def _waits(self) -> None:
        assert self._hub is not None
        row = update(JobRow).where(JobRow.jobname == self._newest().jobname)
        with self._hub.hub.store.session() as session:
            session.execute(row.values(submitted_at=time.time() - 10 * MINUTE + 1))

    def _near_its_limit(self) -> None:
        assert self._hub is not None
        with self._hub.hub.store.session() as session:
            running = update(JobRow).where(JobRow.status == JobStatus.RUNNING.value)
            session.execute(running.values(started_at=time.time() - 59 * MINUTE + 1))

    def _stops(self) -> None:
        assert self._hub is not None
        for name in self._hub.engine.stopped:
            self._hub.started(name).ends("Stopped", reason="Stopped by the user.")

    def _renames(self) -> None:
        assert self._hub is not None
        with self._hub.hub.store.session() as session:
            old = select(JobRow).where(JobRow.jobname.like("jr-0000%")).order_by(JobRow.id)
            job = session.scalars(old).all()[-2]
            job.args = {**job.args, "jobname": "renamed"}


@contextmanager
def played_hub(data_dir: Path, old_jobs: int) -> Iterator[ScriptedHub]:
    """A hub of the user `ada`, who has so many jobs that ended long ago: `job 1` is the oldest, every tenth failed."""
    stage = Stage()
    with scripted_hub(data_dir, before=stage.before) as hub:
        stage.opens(hub)
        account = hub.hub.accounts.ensure("ada", "ada@localhost")
        with hub.hub.store.session() as session:
            session.add_all(_old_job(account.id, number, old_jobs) for number in range(1, old_jobs + 1))
        yield hub


def _old_job(account: int, number: int, count: int) -> JobRow:
    submitted = time.time() - (count - number + 1) * 10 * MINUTE
    status = JobStatus.FAILED if number % 10 == 0 else JobStatus.COMPLETED
    return JobRow(
        jobname=f"jr-{number:010}",
        user_id=account,
        status=status.value,
        args={"jobname": f"job {number}"},
        design={},
        limit_hours=1.0,
        submitted_at=submitted,
        started_at=submitted + 2,
        ended_at=submitted + 2 + number,
        outputs='{"answer": 42}',
    )
