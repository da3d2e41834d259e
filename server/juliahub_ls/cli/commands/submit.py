"""`submit`: bundle a script with its environment, send it, and follow it; `check`: what would go wrong."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from juliahub_ls.cli.exit_codes import JOB_FAILED, OK, WRONG_INPUT
from juliahub_ls.cli.options import (
    AllowOption,
    BundleOption,
    Common,
    GitignoreOption,
    JsonOption,
    JuliaOption,
    SendOption,
    ServerOption,
    common,
)
from juliahub_ls.cli.session import with_services
from juliahub_ls.cli.submit_options import (
    AppOption,
    AppRepoOption,
    BranchOption,
    ElasticOption,
    EnvOption,
    GpuOption,
    ImageOption,
    MemoryOption,
    MinNodesOption,
    NameOption,
    NodeOption,
    NodesOption,
    PortAccessOption,
    PortNameOption,
    PortOption,
    ProcessesOption,
    ProductOption,
    ProjectOption,
    RevisionOption,
    SysimageOption,
    ThreadsOption,
    TimeLimitOption,
    VcpusOption,
    application,
    environment,
    exposed_port,
)

if TYPE_CHECKING:
    from juliahub_ls.domain.jobs.job_view import JobView
    from juliahub_ls.services.job_source import Send
    from juliahub_ls.services.services import Services
    from juliahub_ls.services.submission import Submitted
    from juliahub_ls.services.submit_request import SubmitRequest

ScriptOrNothing = Annotated[Path | None, typer.Argument(metavar="[SCRIPT]", help="A .jl file; none with --app.")]


def submit(
    context: typer.Context,
    script: ScriptOrNothing = None,
    bundle: BundleOption = None,
    send: SendOption = "folder",
    nodes: NodesOption = 1,
    min_nodes: MinNodesOption = None,
    elastic: ElasticOption = False,
    processes: ProcessesOption = 1,
    threads: ThreadsOption = None,
    vcpus: VcpusOption = None,
    memory: MemoryOption = None,
    gpu: GpuOption = False,
    node: NodeOption = None,
    env: EnvOption = None,
    name: NameOption = None,
    time_limit: TimeLimitOption = 1.0,
    julia: JuliaOption = None,
    image: ImageOption = None,
    product: ProductOption = None,
    sysimage: SysimageOption = False,
    port: PortOption = None,
    port_access: PortAccessOption = None,
    port_name: PortNameOption = None,
    project: ProjectOption = None,
    app: AppOption = None,
    app_repo: AppRepoOption = None,
    branch: BranchOption = None,
    revision: RevisionOption = None,
    allow: AllowOption = None,
    gitignore: GitignoreOption = False,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Show the log until the job ends.")] = False,
    results: Annotated[
        Path | None, typer.Option("--results", metavar="DIR", help="With --follow: save the result files here.")
    ] = None,
    server: ServerOption = None,
    as_json: JsonOption = False,
) -> int:
    """Run a script or an application: here, on a group's hub, on JuliaHub. With --follow exits with 1 when it fails."""
    from juliahub_ls.domain.jobs.cluster_design import ClusterRequest
    from juliahub_ls.domain.jobs.image_choice import ImageRequest
    from juliahub_ls.services.submit_request import SubmitRequest

    if results is not None and not follow:
        raise typer.BadParameter("--results needs --follow: there are none before the job has ended.")
    asked = common(context, server, as_json, stream=follow)
    request = SubmitRequest(
        script=script,
        directory=bundle,
        send=_send(bundle, send, app or app_repo),
        gitignore=gitignore or None,
        allow=tuple(allow or ()),
        name=name,
        env=environment(env or []),
        cluster=ClusterRequest(nodes, processes, threads, vcpus, memory, gpu, time_limit, min_nodes, elastic, node),
        image=ImageRequest(julia, image, product),
        port=exposed_port(port, port_access, port_name),
        sysimage=sysimage,
        project=project,
        app=application(app, app_repo, branch, revision),
    )

    async def work(services: "Services") -> int:
        submitted = await _submit(asked, services, request)
        if not follow:
            await _accepted(asked, services, submitted)
            return OK
        view = await _follow(asked, services, submitted)
        await _ended(asked, services, view, results)
        return OK if view.succeeded else JOB_FAILED

    return with_services(asked, work)


def check(
    context: typer.Context,
    script: ScriptOrNothing = None,
    bundle: BundleOption = None,
    send: SendOption = "folder",
    nodes: NodesOption = 1,
    min_nodes: MinNodesOption = None,
    elastic: ElasticOption = False,
    processes: ProcessesOption = 1,
    threads: ThreadsOption = None,
    vcpus: VcpusOption = None,
    memory: MemoryOption = None,
    gpu: GpuOption = False,
    node: NodeOption = None,
    env: EnvOption = None,
    name: NameOption = None,
    time_limit: TimeLimitOption = 1.0,
    julia: JuliaOption = None,
    image: ImageOption = None,
    product: ProductOption = None,
    sysimage: SysimageOption = False,
    port: PortOption = None,
    port_access: PortAccessOption = None,
    port_name: PortNameOption = None,
    project: ProjectOption = None,
    app: AppOption = None,
    app_repo: AppRepoOption = None,
    branch: BranchOption = None,
    revision: RevisionOption = None,
    allow: AllowOption = None,
    gitignore: GitignoreOption = False,
    server: ServerOption = None,
    as_json: JsonOption = False,
) -> int:
    """Say what would go wrong with a job, and what mends it. Takes what `submit` takes, sends nothing; exits with 2 if
    it would fail.
    """
    from juliahub_ls.cli.submission_view import show_verdict
    from juliahub_ls.domain.jobs.cluster_design import ClusterRequest
    from juliahub_ls.domain.jobs.image_choice import ImageRequest
    from juliahub_ls.services.submit_request import SubmitRequest

    asked = common(context, server, as_json)
    request = SubmitRequest(
        script=script,
        directory=bundle,
        send=_send(bundle, send, app or app_repo),
        gitignore=gitignore or None,
        allow=tuple(allow or ()),
        name=name,
        env=environment(env or []),
        cluster=ClusterRequest(nodes, processes, threads, vcpus, memory, gpu, time_limit, min_nodes, elastic, node),
        image=ImageRequest(julia, image, product),
        port=exposed_port(port, port_access, port_name),
        sysimage=sysimage,
        project=project,
        app=application(app, app_repo, branch, revision),
    )

    async def work(services: "Services") -> int:
        from juliahub_ls.cli.status_line import StatusLine

        with StatusLine(asked.output) as status:
            verdict = await services.submitter.preflight(request, status)
        if asked.output.as_json:
            from juliahub_ls import payloads

            asked.output.document(payloads.preflight(verdict))
        else:
            subject = script.name if script else app or app_repo or ""
            show_verdict(asked.output, verdict, subject, services.servers.current.name)
        return OK if verdict.ready else WRONG_INPUT

    return with_services(asked, work)


COMMANDS = {"submit": submit, "check": check}


def _send(bundle: Path | None, send: str, app: str | None) -> "Send":
    """What goes along; a folder to bundle only where one is sent."""
    from juliahub_ls.services.job_source import Send

    if bundle is not None and send != "folder":
        raise typer.BadParameter(
            "--bundle names a folder to send, and --send says that none is sent. Give one of them."
        )
    if bundle is not None and app:
        raise typer.BadParameter("--bundle names a folder to send, and an application brings its own code.")
    return Send(send)


async def _submit(asked: Common, services: "Services", request: "SubmitRequest") -> "Submitted":
    """Submit, showing each step's outcome as soon as it is known."""
    from juliahub_ls.cli.status_line import StatusLine
    from juliahub_ls.cli.submission_view import ShownBundling
    from juliahub_ls.config import cache_dir
    from juliahub_ls.services.submission import Submitter

    with StatusLine(asked.output) as status:
        shown = ShownBundling(cache_dir(), services.environments, asked.output, gitignore=services.settings.gitignore)
        submitter = Submitter(services.connections, shown, services.submissions)
        return await submitter.submit(request, status)


async def _accepted(asked: Common, services: "Services", submitted: "Submitted") -> None:
    from juliahub_ls.cli.commands.logs import follow_again
    from juliahub_ls.cli.submission_view import show_submitted, submit_payload

    if asked.output.as_json:
        from juliahub_ls.cli.look import look_at

        view = await look_at(services.connections, submitted.jobname, services.submissions)
        asked.output.document(submit_payload(submitted, view))
        return
    show_submitted(asked.output, submitted, services.servers.current.name)
    asked.output.line(f"\n{follow_again(asked, submitted.jobname)}")


async def _follow(asked: Common, services: "Services", submitted: "Submitted") -> "JobView":
    from juliahub_ls.cli.commands.logs import follow_again
    from juliahub_ls.cli.submission_view import show_submitted, submit_payload
    from juliahub_ls.cli.watch import watch
    from juliahub_ls.domain.jobs.log_filter import LogFilter

    view = await services.jobs.get(None, submitted.jobname)
    if asked.output.as_json:
        asked.output.event("submitted", submit_payload(submitted, view))
    else:
        show_submitted(asked.output, submitted, services.servers.current.name)
        asked.output.line()
    return await watch(asked.output, services.jobs, view, LogFilter(), follow_again(asked, submitted.jobname))


async def _ended(asked: Common, services: "Services", view: "JobView", directory: Path | None) -> None:
    """The label, the results, and the files if they were asked for."""
    from juliahub_ls.cli.commands.results import downloaded_payload, result_files, results_payload, save
    from juliahub_ls.cli.job_text import ended_line, show_files, show_outputs

    output, wanted = asked.output, directory is not None and bool(result_files(view))
    if output.as_json:
        output.event("results", results_payload(services, view, directory))
    else:
        output.line(f"\n{ended_line(output, view)}")
        show_outputs(output, view)
    if directory is not None and wanted:
        saved = await save(output, services, view, directory)
        if output.as_json:
            output.event("downloaded", downloaded_payload(directory, saved))
    elif not output.as_json:
        show_files(output, view)
