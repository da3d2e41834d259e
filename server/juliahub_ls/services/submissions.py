"""What was submitted from this computer: kept for later sessions and shared by all windows."""

import json
import logging
import os
import threading
from dataclasses import asdict
from pathlib import Path

import filelock

from juliahub_ls.domain.jobs.submission_record import SubmissionRecord, bounded, records_of
from juliahub_ls.services.files import replace_file

KEPT = 2000
SCRIPTS_KEPT = 500
LOCK_SECONDS = 10
log = logging.getLogger(__name__)


class Submissions:
    """The records in `submissions.json` in `folder`, for its owner only. Safe in any thread.

    A file that another window has written is read again; one that cannot be read counts as empty.
    """

    def __init__(self, folder: Path) -> None:
        self._file = folder / "submissions.json"
        self._lock = threading.Lock()
        self._stamp: tuple[int, int, int] | None = None
        self._records: list[SubmissionRecord] = []
        self._by_job: dict[tuple[str, str], SubmissionRecord] = {}
        self._by_script: dict[str, SubmissionRecord] = {}

    def add(self, record: SubmissionRecord) -> None:
        """Keep one more. That it cannot be kept is logged: the job runs all the same."""
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with filelock.FileLock(f"{self._file}.lock", timeout=LOCK_SECONDS):
                with self._lock:
                    self._read()
                    known = self._records
                kept = bounded([*known, record], KEPT, SCRIPTS_KEPT)
                content = {"submissions": [asdict(item) for item in kept]}
                replace_file(self._file, json.dumps(content, ensure_ascii=False).encode("utf-8", "replace"))
                with self._lock:
                    self._take(kept)
                    self._stamp = self._stamp_now()
        except (OSError, filelock.Timeout) as error:
            log.warning("What was submitted as %s is not kept: %s", record.job, error)

    def find(self, server: str, job: str) -> SubmissionRecord | None:
        """What was submitted as this job; None when it was submitted elsewhere."""
        with self._lock:
            self._read()
            return self._by_job.get((server, job))

    def last_of(self, script: Path) -> SubmissionRecord | None:
        """The last submission of a script as a whole."""
        with self._lock:
            self._read()
            return self._by_script.get(_key(script))

    def _read(self) -> None:
        stamp = self._stamp_now()
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            self._take(records_of(json.loads(self._file.read_text("utf-8"))))
        except (OSError, ValueError):
            self._take([])

    def _stamp_now(self) -> tuple[int, int, int] | None:
        try:
            status = self._file.stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_size, status.st_ino

    def _take(self, records: list[SubmissionRecord]) -> None:
        self._records = records
        self._by_job = {(record.server, record.job): record for record in records}
        whole = (record for record in records if not record.is_selection)
        self._by_script = {_key(Path(record.script)): record for record in whole if record.script}


def _key(script: Path) -> str:
    return os.path.normcase(os.path.normpath(script.absolute()))
