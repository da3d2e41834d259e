"""`submit`: bundle a script with its environment, send it, and follow it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from juliahub_ls.cli.exit_codes import JOB_FAILED, OK
from juliahub_ls.cli.options import AllowOption, Common, JsonOption, ServerOption, common
from juliahub_ls.cli.session import with_services

if TYPE_CHECKING:
    from juliahub_ls.domain.job_view import JobView
    from juliahub_ls.services.services import Services
    from juliahub_ls.services.submission import SubmitRequest, Submitted


def submit(
    context: typer.Context,
    script: Annotated[Path, typer.Argument(metavar="SCRIPT", help="A .jl file.")],
    bundle: Annotated[
        Path | None, typer.Option("--bundle", metavar="DIR", help="Bundle this folder; else the script's environment.")
    ] = None,
    no_bundle: Annotated[bool, typer.Option("--no-bundle", help="Send the script's text only.")] = False,
    nodes: Annotated[int, typer.Option("--nodes", metavar="N", help="How many machines.")] = 1,
    processes: Annotated[int, typer.Option("--processes-per-node", metavar="P", help="Julia processes on each.")] = 1,
    threads: Annotated[int | None, typer.Option("--threads", metavar="T", help="Threads of each process.")] = None,
    vcpus: Annotated[int | None, typer.Option("--vcpus", metavar="N", help="vCPUs of each machine, at least.")] = None,
    memory: Annotated[
        int | None, typer.Option("--memory", metavar="GB", help="Memory of each machine, at least.")
    ] = None,
    env: Annotated[
        list[str] | None, typer.Option("--env", "-e", metavar="NAME=VALUE", help="For the job; may be repeated.")
    ] = None,
    name: Annotated[str | None, typer.Option("--name", metavar="NAME", help="Else the script's name.")] = None,
    time_limit: Annotated[float, typer.Option("--time-limit", metavar="HOURS", help="0 for none.")] = 1.0,
    julia: Annotated[
        str | None, typer.Option("--julia", metavar="VERSION", help="Such as 1.10; else the manifest's.")
    ] = None,
    allow: AllowOption = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Show the log until the job ends.")] = False,
    results: Annotated[
        Path | None, typer.Option("--results", metavar="DIR", help="With --follow: save the result files here.")
    ] = None,
    server: ServerOption = None,
    as_json: JsonOption = False,
) -> int:
    """Run a script: on this computer, a group's hub or JuliaHub. With --follow exits with 1 when the job fails."""
    from juliahub_ls.domain.cluster_design import ClusterRequest
    from juliahub_ls.services.submission import SubmitRequest

    if bundle is not None and no_bundle:
        raise typer.BadParameter("Give --bundle or --no-bundle, not both.")
    if results is not None and not follow:
        raise typer.BadParameter("--results needs --follow: there are none before the job has ended.")
    asked = common(context, server, as_json, stream=follow)
    request = SubmitRequest(
        script=script,
        directory=bundle,
        bundle=not no_bundle,
        allow=tuple(allow or ()),
        name=name,
        env=_environment(env or []),
        cluster=ClusterRequest(nodes, processes, threads, vcpus, memory, time_limit=time_limit),
        julia=julia,
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


COMMANDS = {"submit": submit}


def _environment(given: list[str]) -> dict[str, str]:
    from juliahub_ls.domain.job_view import RESERVED_INPUTS

    values = {}
    for text in given:
        key, equals, value = text.partition("=")
        if not key or not equals:
            raise typer.BadParameter(f"“{text}” is not NAME=VALUE.", param_hint="--env")
        if key in RESERVED_INPUTS:
            raise typer.BadParameter(f"{key} is JuliaHub's own and cannot be set.", param_hint="--env")
        values[key] = value
    return values


async def _submit(asked: Common, services: "Services", request: "SubmitRequest") -> "Submitted":
    """Submit, showing each step's outcome as soon as it is known."""
    from juliahub_ls.cli.status_line import StatusLine
    from juliahub_ls.cli.submission_view import ShownBundling
    from juliahub_ls.config import cache_dir
    from juliahub_ls.services.submission import Submitter

    with StatusLine(asked.output) as status:
        submitter = Submitter(services.connections, ShownBundling(cache_dir(), asked.output))
        return await submitter.submit(request, status)


async def _accepted(asked: Common, services: "Services", submitted: "Submitted") -> None:
    from juliahub_ls.cli.commands.logs import follow_again
    from juliahub_ls.cli.submission_view import show_submitted, submit_payload

    if asked.output.as_json:
        from juliahub_ls.cli.look import look_at

        view = await look_at(services.connections, submitted.jobname)
        asked.output.document(submit_payload(submitted, view))
        return
    show_submitted(asked.output, submitted, services.servers.current.name)
    asked.output.line(f"\n{follow_again(asked, submitted.jobname)}")


async def _follow(asked: Common, services: "Services", submitted: "Submitted") -> "JobView":
    from juliahub_ls.cli.commands.logs import follow_again
    from juliahub_ls.cli.submission_view import show_submitted, submit_payload
    from juliahub_ls.cli.watch import watch
    from juliahub_ls.domain.log_filter import LogFilter

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
        output.event("results", results_payload(view))
    else:
        output.line(f"\n{ended_line(output, view)}")
        show_outputs(output, view)
    if directory is not None and wanted:
        saved = await save(output, services, view, directory)
        if output.as_json:
            output.event("downloaded", downloaded_payload(directory, saved))
    elif not output.as_json:
        show_files(output, view)
