"""The end of a job: keep what it made, note how it ended, and only then clear away."""

import logging
import threading
import time
from pathlib import Path

from sqlalchemy import select

from juliahub_wire.jobs import FileType
from localhub.domain import job
from localhub.domain.refusals import StorageFull
from localhub.engines.job_log import JobLog as LogWriter
from localhub.engines.job_log import runner_record
from localhub.engines.protocol import ExitState

from .blobs import Blob, BlobStore
from .job_directory import JobDirectory
from .jobs import job_file
from .models import JobRow
from .store import Store

RETRY_SECONDS = 5.0
"""How often a hub whose disk is full tries again to note how a job ended."""

_log = logging.getLogger(__name__)


class JobEnding:
    """Ends jobs; may be interrupted at any point and done again. Every method blocks."""

    def __init__(self, store: Store, blobs: BlobStore, leaving: threading.Event) -> None:
        self._store = store
        self._blobs = blobs
        self._leaving = leaving

    def end(self, jobname: str, directory: JobDirectory, exit_state: ExitState) -> None:
        """Store the job's results, then note its end in one transaction. Waits while the disk is full."""
        result = self._store_result(directory, exit_state)
        summary = directory.read_summary() if exit_state.stored else ""
        while not self._leaving.is_set():
            try:
                self._note(jobname, exit_state, result, summary)
            except StorageFull:
                self._leaving.wait(RETRY_SECONDS)
            else:
                directory.remove_work()
                if result is not None:
                    directory.remove_results()
                return

    def fail(self, jobname: str, directory: JobDirectory, reason: str) -> None:
        """End a job that could not start; its log says why."""
        try:
            directory.create()
            _append(directory, reason)
        except OSError:
            _log.exception("cannot write the log of job %s", jobname)
        self.end(jobname, directory, ExitState("Failed", time.time(), reason=reason, stored=False))

    def _store_result(self, directory: JobDirectory, exit_state: ExitState) -> tuple[str, Blob] | None:
        if not exit_state.stored or exit_state.result_file is None:
            return None
        path = Path(exit_state.result_file)
        try:
            return path.name, self._blobs.adopt(path)
        except (OSError, StorageFull) as error:
            _append(directory, f"The results were not stored. {error} They are still in {directory.results}.")
            return None

    def _note(self, jobname: str, exit_state: ExitState, result: tuple[str, Blob] | None, summary: str) -> None:
        with self._store.session() as session:
            row = session.scalars(select(JobRow).where(JobRow.jobname == jobname)).one()
            if not job.may_become(row.status, exit_state.status):
                return
            row.status = exit_state.status
            row.reason = exit_state.reason
            row.ended_at = exit_state.ended_at
            row.outputs = job.outputs_of(summary)
            if result is not None:
                row.files.append(job_file(FileType.RESULT, *result, time.time()))


def _append(directory: JobDirectory, message: str) -> None:
    writer = LogWriter(directory.log)
    try:
        writer.append(runner_record("Error", message))
    finally:
        writer.close()
