"""Jobs: submit, list, stop, extend."""

from typing import Any

from juliahub_ls import payloads
from juliahub_ls.domain.jobs.application import AppRequest
from juliahub_ls.domain.jobs.cluster_design import ClusterRequest
from juliahub_ls.domain.jobs.exposed_port import ExposedPort
from juliahub_ls.domain.jobs.image_choice import ImageRequest
from juliahub_ls.errors import SettingInvalid
from juliahub_ls.lsp.protocol.jobs import ExtendJobParams, JobParams, JobsParams, SubmitParams
from juliahub_ls.lsp.session import Session
from juliahub_ls.lsp.uris import path_of
from juliahub_ls.secret import Secret
from juliahub_ls.services.job_source import Send
from juliahub_ls.services.submit_request import SubmitRequest


async def submit(session: Session, params: SubmitParams) -> dict[str, Any]:
    """Run a script."""
    request = submit_request(params)
    with session.progress(params.get("workDoneToken"), f"Submitting {_title(request)}") as progress:
        submitted = await session.services.submitter.submit(request, progress)
    session.servers_changed()
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
    request = submit_request(params)
    with session.progress(params.get("workDoneToken"), f"Checking {_title(request)}") as progress:
        verdict = await session.services.submitter.preflight(request, progress)
    return payloads.preflight(verdict)


def submit_request(params: SubmitParams) -> SubmitRequest:
    """The request in the services' words."""
    cluster = ClusterRequest(
        nodes=params.get("nodes", 1),
        processes_per_node=params.get("processesPerNode", 1),
        threads=params.get("threads"),
        vcpus=params.get("vcpus"),
        memory=params.get("memory"),
        gpu=params.get("gpu", False),
        time_limit=params.get("timeLimit", 1.0),
        min_nodes=params.get("minNodes"),
        elastic=params.get("elastic", False),
        node=params.get("node"),
    )
    script = params.get("script")
    directory = params.get("directory")
    return SubmitRequest(
        script=path_of(script) if script else None,
        server=params.get("server"),
        directory=path_of(directory) if directory else None,
        send=_send(params.get("send", "folder")),
        gitignore=params.get("gitignore"),
        allow=tuple(params.get("allow", [])),
        name=params.get("name"),
        env=params.get("env", {}),
        cluster=cluster,
        image=ImageRequest(params.get("julia"), params.get("image"), params.get("product")),
        port=_port(params),
        sysimage=params.get("sysimage", False),
        project=params.get("project"),
        app=_application(params),
    )


def _port(params: SubmitParams) -> ExposedPort | None:
    if "port" not in params:
        return None
    password = params.get("portPassword")
    secret = None if password is None else Secret(password)
    return ExposedPort(params["port"], params.get("portAccess", "me"), secret, params.get("portName"))


def _application(params: SubmitParams) -> AppRequest | None:
    asked = AppRequest(params.get("app"), params.get("appRepo"), params.get("branch"), params.get("revision"))
    return None if asked == AppRequest() else asked


def _title(request: SubmitRequest) -> str:
    """What the progress is about."""
    app = request.app
    named = request.script.name if request.script else app and (app.name or app.repository)
    return named or "a job"


def _send(text: str) -> Send:
    try:
        return Send(text)
    except ValueError:
        known = ", ".join(send.value for send in Send)
        raise SettingInvalid(reason=f"“{text}” is nothing that can be sent. Name one of {known}.") from None


async def jobs(session: Session, params: JobsParams) -> dict[str, Any]:
    """Jobs of a server, newest first. Why unseen ones failed is looked up behind the answer."""
    services = session.services
    found = await services.jobs.list(params.get("server"), params.get("limit"))
    if found.jobs and found.offline_since is None:
        services.tasks.start(services.jobs.explain(found.jobs[0].server, found.jobs), "explain jobs")
    result: dict[str, Any] = {"jobs": [payloads.job(view) for view in found.jobs]}
    if found.offline_since is not None:
        result["offlineSince"] = found.offline_since
    return result


async def job(session: Session, params: JobParams) -> dict[str, Any]:
    """One job."""
    return {"job": payloads.job(await session.services.jobs.get(params.get("server"), params["job"]))}


async def stop_job(session: Session, params: JobParams) -> dict[str, Any]:
    """Ask for a job's end."""
    return {"job": payloads.job(await session.services.jobs.stop(params.get("server"), params["job"]))}


async def extend_job(session: Session, params: ExtendJobParams) -> dict[str, Any]:
    """Give a job more time."""
    view = await session.services.jobs.extend(params.get("server"), params["job"], params["hours"])
    return {"job": payloads.job(view)}


HANDLERS = {
    "juliahub/submit": submit,
    "juliahub/preflight": preflight,
    "juliahub/jobs": jobs,
    "juliahub/job": job,
    "juliahub/stopJob": stop_job,
    "juliahub/extendJob": extend_job,
}
