"""Accepted jobs on their way: lay out → start → observe → finish, and the same again after a crash of the hub.

Each live job has one task. What it must remember is in the store and in the job's directory, so that a task can be
taken up again at any point: starting an engine's job twice is harmless, and finishing is one transaction.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from anyio import to_thread
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from juliahub_wire.jobs import TERMINAL, JobStatus
from localhub.domain import job
from localhub.domain.offer import JuliaImage
from localhub.domain.refusals import Refusal
from localhub.engines import job_files
from localhub.engines.protocol import Engine, ExitState, JobSpec

from .blobs import BlobStore
from .files import private_dir
from .job_directory import JobDirectory
from .job_ending import RETRY_SECONDS, JobEnding
from .log_watch import LogWatch
from .models import JobRow
from .store import Store

OBSERVE_SECONDS = 0.05
_log = logging.getLogger(__name__)


class JobRuns:
    """The live jobs of this hub. Coroutines and `follow` belong to the event loop; `stop` and `extend` block."""

    def __init__(
        self,
        store: Store,
        blobs: BlobStore,
        engine: Engine,
        images: Callable[[], Sequence[JuliaImage]],
        root: Path,
        package_server: str | None,
    ) -> None:
        self.watch = LogWatch()
        self._store = store
        self._blobs = blobs
        self._engine = engine
        self._images = images
        self._root = private_dir(root)
        self._package_server = package_server
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._started: set[str] = set()
        self._running: set[str] = set()
        self._leaving = threading.Event()
        self._ending = JobEnding(store, blobs, self._leaving)
        # Between "was a stop asked for?" and the start no stop may slip in unseen.
        self._starting = threading.Lock()

    @property
    def live(self) -> int:
        """How many jobs have not ended."""
        return len(self._tasks)

    def live_names(self) -> list[str]:
        """The jobs that have not ended."""
        return list(self._tasks)

    def is_live(self, jobname: str) -> bool:
        """Whether that job has not ended, as far as this hub saw it; its end is noted before it stops being live."""
        return jobname in self._tasks or self._leaving.is_set()

    def directory(self, jobname: str) -> JobDirectory:
        """That job's directory."""
        return JobDirectory(self._root / jobname)

    def follow(self, jobname: str) -> None:
        """See this accepted job through to its end."""
        if jobname not in self._tasks:
            task = asyncio.get_running_loop().create_task(self._see_through(jobname), name=jobname)
            self._tasks[jobname] = task
            task.add_done_callback(lambda _task: self._forget(jobname))

    async def recover(self) -> None:
        """Take up every job that had not ended when the hub last did."""
        for jobname in await to_thread.run_sync(self._unfinished):
            self.follow(jobname)

    async def leave(self) -> None:
        """Let go of the live jobs: they run on and are found again at the next start."""
        self._leaving.set()
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def tidy(self) -> None:
        """Remove what jobs that ended left behind when the hub died right then. Blocks."""
        # In this order: a job that is accepted in between is unfinished, or not among the folders.
        folders = list(self._root.iterdir())
        unfinished = set(self._unfinished())
        for path in folders:
            if path.name not in unfinished:
                JobDirectory(path).remove_work()

    def stop(self, jobname: str) -> None:
        """Ask a job to end; without effect on one that has ended."""
        with self._starting:
            with self._store.session() as session:
                row = _row(session, jobname)
                if job.is_done(row.status):
                    return
                row.stop_requested = True
            if jobname in self._started:
                self._engine.stop(self.directory(jobname).path)

    def extend(self, jobname: str, hours: float) -> None:
        """Give a job more time. Raises `Refusal` when it has ended or has no time limit."""
        with self._starting, self._store.session() as session:
            row = _row(session, jobname)
            if job.is_done(row.status):
                raise Refusal(f"The time limit of {jobname} was not changed: the job has ended.")
            if row.limit_hours is None:
                raise Refusal(f"The time limit of {jobname} was not changed: the job has none.")
            row.limit_hours += hours
            if jobname in self._started:
                path = self.directory(jobname).path
                runner = self._engine.observe(path).runner
                started_at = time.time() if runner is None else runner.started_at
                self._engine.set_deadline(path, job.deadline(started_at, row.limit_hours))

    def _forget(self, jobname: str) -> None:
        del self._tasks[jobname]
        self._started.discard(jobname)
        self._running.discard(jobname)
        self.watch.wake(self.directory(jobname).log)

    async def _see_through(self, jobname: str) -> None:
        while True:
            try:
                ended = not await to_thread.run_sync(self._start, jobname)
                while not ended:
                    await asyncio.sleep(OBSERVE_SECONDS)
                    ended = await to_thread.run_sync(self._look, jobname)
            except Exception:  # noqa: BLE001 - whatever it was, this job must not be forgotten
                _log.exception("lost sight of job %s, looking again", jobname)
                await asyncio.sleep(RETRY_SECONDS)
            else:
                return

    def _start(self, jobname: str) -> bool:
        """Start the job unless it is running already; False when it ended before it began."""
        directory = self.directory(jobname)
        row = self._read(jobname)
        if job.is_done(row.status):
            return False
        if self._resume(jobname):
            return True
        try:
            stopped = not self._start_unless_stopped(jobname, self._spec(row))
        except (Refusal, OSError) as error:
            self._ending.fail(jobname, directory, str(error))
            return False
        if stopped:
            self._ending.end(jobname, directory, ExitState("Stopped", time.time(), stored=False))
        return not stopped

    def _spec(self, row: JobRow) -> JobSpec:
        """What to run. A spec that is there already is kept: a runner may just be reading what was laid out."""
        directory = self.directory(row.jobname)
        known = job_files.read_object(directory.path / job_files.SPEC)
        if known is not None:
            return JobSpec.from_json(known)
        image = next((each for each in self._images() if each.key == row.design["image"]), None)
        if image is None:
            raise Refusal(f"The job could not start: {row.design['image']} is not installed any more.")
        return directory.spec(row, image.command, self._package_server, self._blobs)

    def _start_unless_stopped(self, jobname: str, spec: JobSpec) -> bool:
        with self._starting:
            row = self._read(jobname)
            if row.stop_requested:
                return False
            self._engine.start(self.directory(jobname).path, spec, job.deadline(time.time(), row.limit_hours))
            self._started.add(jobname)
        return True

    def _resume(self, jobname: str) -> bool:
        """Take up a job that an earlier hub started, with what was asked of it since; False when none did."""
        path = self.directory(jobname).path
        observation = self._engine.observe(path)
        if observation.runner is None:
            return observation.exit is not None
        with self._starting:
            row = self._read(jobname)
            if observation.exit is None:
                self._engine.set_deadline(path, job.deadline(observation.runner.started_at, row.limit_hours))
            if row.stop_requested and observation.exit is None:
                self._engine.stop(path)
            self._started.add(jobname)
        return True

    def _look(self, jobname: str) -> bool:
        """Note where the job stands; True when it has ended."""
        observation = self._engine.observe(self.directory(jobname).path)
        if observation.runner is not None and jobname not in self._running:
            self._note_running(jobname, observation.runner.started_at)
        if observation.exit is None:
            return False
        self._ending.end(jobname, self.directory(jobname), observation.exit)
        return True

    def _note_running(self, jobname: str, started_at: float) -> None:
        waiting = JobRow.jobname == jobname, JobRow.status == JobStatus.SUBMITTED.value
        with self._store.session() as session:
            session.execute(
                update(JobRow).where(*waiting).values(status=JobStatus.RUNNING.value, started_at=started_at)
            )
        self._running.add(jobname)

    def _read(self, jobname: str) -> JobRow:
        with self._store.session() as session:
            return _row(session, jobname)

    def _unfinished(self) -> list[str]:
        with self._store.session() as session:
            return list(session.scalars(select(JobRow.jobname).where(JobRow.status.not_in(TERMINAL))))


def _row(session: Session, jobname: str) -> JobRow:
    return session.scalars(select(JobRow).where(JobRow.jobname == jobname)).one()
