"""Listing, showing, stopping and extending jobs (protocol §7)."""

import math
from datetime import datetime, timezone

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from juliahub_wire import paths
from juliahub_wire.jobs import ExtendRequest, FileHash, Job, JobFile, KillAnswer, SuccessAnswer, encode_inputs
from juliahub_wire.limits import JOB_LIST_DEFAULT
from localhub.domain import job
from localhub.domain.refusals import Refusal, UnknownJob
from localhub.domain.submission_rules import MAX_LIMIT_HOURS
from localhub.services.models import JobFileRow, JobRow
from localhub.web.requests import (
    answer,
    blocking,
    failure,
    hub_of,
    integer,
    json_answer,
    path_segment,
    read_json,
    user_of,
)


async def get_jobs(request: Request) -> Response:
    """The user's jobs, newest first, as a bare array."""
    try:
        limit = integer(request.query_params, "limit")
    except Refusal as refusal:
        return failure(str(refusal), 400)
    if limit is not None and limit <= 0:
        return failure("The parameter limit must be more than 0.", 400)
    count = min(limit or JOB_LIST_DEFAULT, 2**31)
    rows = await blocking(hub_of(request).jobs.newest, user_of(request), count)
    return json_answer([_wire(row) for row in rows])


async def get_job(request: Request) -> Response:
    """One job; an unknown one is an empty list."""
    try:
        row = await blocking(hub_of(request).jobs.get, user_of(request), path_segment(request, "jobname"))
    except UnknownJob:
        return json_answer({"details": []})
    return json_answer({"details": [_wire(row)]})


async def kill_job(request: Request) -> Response:
    """Ask a job to end; done when its status says so. Harmless on one that has ended."""
    hub, jobname = hub_of(request), request.query_params.get("jobname", "")
    try:
        await blocking(hub.jobs.get, user_of(request), jobname)
    except UnknownJob as unknown:
        return failure(str(unknown), 403)
    await blocking(hub.runs.stop, jobname)
    return answer(KillAnswer(status=True, message=f"Job {jobname} stopped successfully"))


async def extend_job(request: Request) -> Response:
    """Add hours to a job's time limit."""
    hub = hub_of(request)
    try:
        wanted = ExtendRequest.model_validate(await read_json(request))
        await blocking(hub.jobs.get, user_of(request), wanted.jobname)
        if not (math.isfinite(wanted.extendby) and 0 < wanted.extendby <= MAX_LIMIT_HOURS):
            raise Refusal(f"A job can be extended by more than 0 and at most {MAX_LIMIT_HOURS:,} hours.")
        await blocking(hub.runs.extend, wanted.jobname, wanted.extendby)
    except UnknownJob as unknown:
        return failure(str(unknown), 403)
    except ValidationError:
        return failure("The request needs jobname and extendby, a number of hours.", 400)
    except Refusal as refusal:
        return failure(str(refusal))
    return answer(SuccessAnswer(success=True))


def _wire(row: JobRow) -> dict[str, object]:
    """The job object: required keys may be null, optional ones are left out instead (§7.2)."""
    shown = Job(
        id=row.id,
        jobname=row.jobname,
        jobname_alias=row.args.get("jobname"),
        status=row.status,
        submittimestamp=job.timestamp(row.submitted_at),
        starttimestamp=job.timestamp(row.started_at),
        endtimestamp=job.timestamp(row.ended_at),
        inputs=encode_inputs(row.args),
        outputs=row.outputs,
        limit_type="unlimited" if row.limit_hours is None else "time",
        limit_value=row.limit_hours,
        sysimage_build=False,
        files=[_wire_file(file) for file in row.files],
    )
    return shown.model_dump(mode="json", exclude={"proxy_link"})


def _wire_file(file: JobFileRow) -> JobFile:
    uploaded = datetime.fromtimestamp(file.uploaded_at, timezone.utc).isoformat(timespec="microseconds")
    digest = FileHash.sha256(bytes.fromhex(file.sha256))
    return JobFile(name=file.name, type=file.type, size=file.size, hash=digest, upload_timestamp=uploaded)


routes = [
    Route(paths.GET_JOBS, get_jobs),
    Route("/api/rest/jobs/{jobname}", get_job),
    Route(paths.KILL_JOB, kill_job),
    Route(paths.EXTEND_JOB, extend_job, methods=["POST"]),
]
