"""Jobs as their users see them: accept, list, get, files."""

import secrets
import string
import time
from dataclasses import asdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from juliahub_wire import bundles
from juliahub_wire.jobs import FileType, JobStatus
from localhub.domain import permissions
from localhub.domain.job import JobDesign
from localhub.domain.permissions import User
from localhub.domain.refusals import Refusal, UnknownJob

from .blobs import Blob, BlobStore
from .models import JobFileRow, JobRow
from .store import Store
from .uploads import Uploads

_NAME_ALPHABET = string.ascii_lowercase + string.digits


class Jobs:
    """The jobs in the store. Every method blocks on the disk."""

    def __init__(self, store: Store, blobs: BlobStore, uploads: Uploads) -> None:
        self._store = store
        self._blobs = blobs
        self._uploads = uploads

    def submitted_before(self, user: User, submission_key: str | None) -> str | None:
        """The job that this user's submission with that key became, None when it is new."""
        if submission_key is None:
            return None
        same = select(JobRow.jobname).where(JobRow.user_id == user.id, JobRow.submission_key == submission_key)
        with self._store.session() as session:
            return session.scalar(same)

    def accept(self, user: User, design: JobDesign) -> tuple[str, bool]:
        """Store the job so that nothing short of losing the disk loses it. Returns its name and whether it is new.

        Raises `Refusal` (bundle not uploaded) or `StorageFull`; then nothing was accepted.
        """
        now = time.time()
        files = self._files(user, design, now)
        row = JobRow(
            jobname="jr-" + "".join(secrets.choice(_NAME_ALPHABET) for _ in range(10)),
            user_id=user.id,
            submission_key=design.submission_key,
            status=JobStatus.SUBMITTED.value,
            args=design.args,
            design=_stored(design),
            limit_hours=design.limit_hours,
            submitted_at=now,
            files=files,
        )
        try:
            with self._store.session() as session:
                session.add(row)
        except IntegrityError:
            twin = self.submitted_before(user, design.submission_key)
            if twin is None:
                raise
            return twin, False
        return row.jobname, True

    def get(self, user: User, jobname: str) -> JobRow:
        """The job. Raises `UnknownJob` also for one this user may not see."""
        with self._store.session() as session:
            row = session.scalar(select(JobRow).where(JobRow.jobname == jobname))
        if row is None or not permissions.may_use_job(user, row.user_id):
            raise UnknownJob(jobname)
        return row

    def newest(self, user: User, limit: int) -> list[JobRow]:
        """This user's jobs, newest first."""
        mine = select(JobRow).where(JobRow.user_id == user.id).order_by(JobRow.id.desc()).limit(limit)
        with self._store.session() as session:
            return list(session.scalars(mine))

    def file(self, user: User, jobname: str, name: str, file_type: str | None) -> JobFileRow | None:
        """A file of a job; without a type the first of that name. Raises `UnknownJob`."""
        files = self.get(user, jobname).files
        return next((file for file in files if file.name == name and file_type in (None, file.type)), None)

    def _files(self, user: User, design: JobDesign, now: float) -> list[JobFileRow]:
        code = self._blobs.put(design.code.encode())
        files = [job_file(FileType.INPUT, "code.jl", code, now), job_file(FileType.SOURCE, "code.jl", code, now)]
        for name, text in (("Project.toml", design.project_toml), ("Manifest.toml", design.manifest_toml)):
            if text is not None:
                files.append(job_file(FileType.PROJECT, name, self._blobs.put(text.encode()), now))
        if design.bundle is not None:
            uploaded = self._blobs.find(design.bundle.hash)
            sent = self._uploads.has_sent(user, design.bundle.hash)
            if uploaded is None or uploaded.size != design.bundle.file_size or not sent:
                raise Refusal("The job was not submitted: its bundle has not been uploaded. Submit it again.")
            files.append(job_file(FileType.INPUT, bundles.FILE_NAME, uploaded, now))
        return files


def job_file(file_type: FileType, name: str, blob: Blob, now: float) -> JobFileRow:
    """A file of a job whose bytes are that blob."""
    return JobFileRow(type=file_type.value, name=name, size=blob.size, sha256=blob.sha256, uploaded_at=now)


def _stored(design: JobDesign) -> dict[str, Any]:
    """What is kept of a design: texts and bundle are files of the job, args and limit columns of their own."""
    kept = asdict(design)
    for name in ("code", "args", "limit_hours", "project_toml", "manifest_toml", "bundle"):
        del kept[name]
    return kept
