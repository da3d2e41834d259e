"""`submit`: bundle a script with its environment, send it, and follow it; `check`: what would go wrong;
`configurations`: the choices that are kept under a name.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from juliahub_ls.cli.choices import Chosen, takes_choices
from juliahub_ls.cli.exit_codes import JOB_FAILED, OK, WRONG_INPUT
from juliahub_ls.cli.options import Common, JsonOption, ServerOption, common
from juliahub_ls.cli.session import with_services

if TYPE_CHECKING:
    from juliahub_ls.domain.jobs.job_view import JobView
    from juliahub_ls.services.services import Services
    from juliahub_ls.services.submission import Submitted
    from juliahub_ls.services.submit_request import SubmitRequest

FollowOption = Annotated[bool, typer.Option("--follow", "-f", help="Show the log until the job ends.")]
ResultsOption = Annotated[
    Path | None, typer.Option("--results", metavar="DIR", help="With --follow: save the result files here.")
]


@takes_choices
def submit(
    context: typer.Context,
    follow: FollowOption = False,
    results: ResultsOption = None,
    server: ServerOption = None,
    as_json: JsonOption = False,
) -> int:
    """Run a script or an application: here, on a group's hub, on JuliaHub. With --follow exits with 1 when it fails."""
    if results is not None and not follow:
        raise typer.BadParameter("--results needs --follow: there are none before the job has ended.")
    chosen = Chosen.of(context, server, as_json, stream=follow)
    asked, request = chosen.asked, chosen.request()

    async def work(services: "Services") -> int:
        submitted = await _submit(asked, services, request)
        if not follow:
            await _accepted(asked, services, submitted)
            return OK
        view = await _follow(asked, services, submitted)
        await _ended(asked, services, view, results)
        return OK if view.succeeded else JOB_FAILED

    return with_services(asked, work)


@takes_choices
def check(context: typer.Context, server: ServerOption = None, as_json: JsonOption = False) -> int:
    """Say what would go wrong with a job, and what mends it. Takes what `submit` takes, sends nothing; exits with 2 if
    it would fail.
    """
    chosen = Chosen.of(context, server, as_json)
    asked, request = chosen.asked, chosen.request()

    async def work(services: "Services") -> int:
        from juliahub_ls.cli.status_line import StatusLine
        from juliahub_ls.cli.submission_view import show_verdict

        with StatusLine(asked.output) as status:
            verdict = await services.submitter.preflight(request, status)
        if asked.output.as_json:
            from juliahub_ls import payloads

            asked.output.document(payloads.preflight(verdict))
        else:
            app = request.app
            subject = request.script.name if request.script else (app and (app.name or app.repository)) or ""
            show_verdict(asked.output, verdict, subject, services.servers.current.name)
        return OK if verdict.ready else WRONG_INPUT

    return with_services(asked, work)


def configurations(context: typer.Context, server: ServerOption = None, as_json: JsonOption = False) -> None:
    """List the choices saved in .vscode/juliahub.toml, here or above. `submit --config NAME` uses them."""
    from juliahub_ls.cli.configurations_view import show_configurations
    from juliahub_ls.services.configurations import all_configurations, folder_above

    asked, folder = common(context, server, as_json), folder_above(Path.cwd())
    found = all_configurations([folder] if folder else [])
    if asked.output.as_json:
        from juliahub_ls.payloads.configurations import configuration

        asked.output.document({"configurations": [configuration(item) for item in found]})
    else:
        show_configurations(asked.output, found)


COMMANDS = {"submit": submit, "check": check, "configurations": configurations}


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

    view = await services.jobs.get(None, submitted.jobname)
    if asked.output.as_json:
        asked.output.event("submitted", submit_payload(submitted, view))
    else:
        show_submitted(asked.output, submitted, services.servers.current.name)
        asked.output.line()
    return await watch(asked.output, services.jobs, view, follow_again(asked, submitted.jobname))


async def _ended(asked: Common, services: "Services", view: "JobView", directory: Path | None) -> None:
    """The label, the results, and the files if they were asked for."""
    from juliahub_ls.cli.commands.results import downloaded_payload, results_payload, save
    from juliahub_ls.cli.job_text import ended_line, show_files, show_outputs
    from juliahub_ls.services.results import results_of

    output, wanted = asked.output, directory is not None and bool(results_of(view))
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
