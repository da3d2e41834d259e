"""Jobs: submit, list, stop, extend."""

import asyncio
from typing import Any

from juliahub_ls import payloads
from juliahub_ls.lsp.choices import choices_from
from juliahub_ls.lsp.protocol.jobs import ExtendJobParams, JobParams, JobsParams, StopJobParams, SubmitParams
from juliahub_ls.lsp.session import Session
from juliahub_ls.services.choices import request_of
from juliahub_ls.services.jobs import PAGE_JOBS
from juliahub_ls.services.submit_request import SubmitRequest


async def submit(session: Session, params: SubmitParams) -> dict[str, Any]:
    """Run a script."""
    request = request_of(choices_from(params))
    with session.progress(params.get("workDoneToken"), f"Submitting {_title(request)}") as progress:
        submitted = await session.services.submitter.submit(request, progress)
    session.servers_changed()
    session.notices.expect(submitted.server, submitted.jobname)
    view = await session.services.jobs.get(submitted.server, submitted.jobname)
    result: dict[str, Any] = {
        "job": payloads.job(view),
        "problems": [payloads.problem(problem) for problem in submitted.problems],
    }
    if submitted.bundle is not None:
        bundle = submitted.bundle
        result |= {"bundleSize": bundle.size, "bundleFiles": bundle.plan.file_count, "bundleSha256": bundle.sha256}
    return result


async def preflight(session: Session, params: SubmitParams) -> dict[str, Any]:
    """What submitting would find out, without sending anything."""
    request = request_of(choices_from(params))
    with session.progress(params.get("workDoneToken"), f"Checking {_title(request)}") as progress:
        verdict = await session.services.submitter.preflight(request, progress)
    return payloads.preflight(verdict)


def _title(request: SubmitRequest) -> str:
    """What the progress is about."""
    app = request.app
    named = request.script.name if request.script else app and (app.name or app.repository)
    return named or "a job"


async def jobs(session: Session, params: JobsParams) -> dict[str, Any]:
    """Jobs of a server, newest first. Why unseen ones failed is looked up behind the answer."""
    services = session.services
    found = await services.jobs.list(params.get("server"), params.get("limit", PAGE_JOBS))
    if found.jobs and found.offline_since is None:
        services.tasks.start(services.jobs.explain(found.jobs[0].server, found.jobs), "explain jobs")
    result: dict[str, Any] = {"jobs": [payloads.job(view) for view in found.jobs], "more": found.more}
    if found.offline_since is not None:
        result["offlineSince"] = found.offline_since
    return result


async def job(session: Session, params: JobParams) -> dict[str, Any]:
    """One job."""
    return {"job": payloads.job(await session.services.jobs.get(params.get("server"), params["job"]))}


async def submission(session: Session, params: JobParams) -> dict[str, Any]:
    """What was submitted as a job."""
    server = session.services.servers.find(params.get("server")).id
    record = await asyncio.to_thread(session.services.submissions.find, server, params["job"])
    return {} if record is None else {"submission": payloads.submission(record)}


async def stop_job(session: Session, params: StopJobParams) -> dict[str, Any]:
    """Ask for a job's end."""
    jobs, job = session.services.jobs, params["job"]
    server = jobs.server_id(params.get("server"))
    awaited = params.get("quiet", False) and session.notices.forget(server, job)
    try:
        return {"job": payloads.job(await jobs.stop(server, job))}
    except BaseException:
        if awaited:
            session.notices.expect(server, job)
        raise


async def extend_job(session: Session, params: ExtendJobParams) -> dict[str, Any]:
    """Give a job more time."""
    view = await session.services.jobs.extend(params.get("server"), params["job"], params["hours"])
    return {"job": payloads.job(view)}


HANDLERS = {
    "juliahub/submit": submit,
    "juliahub/preflight": preflight,
    "juliahub/jobs": jobs,
    "juliahub/job": job,
    "juliahub/submission": submission,
    "juliahub/stopJob": stop_job,
    "juliahub/extendJob": extend_job,
}
