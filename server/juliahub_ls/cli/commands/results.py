"""`results`: what a job left, shown, or saved with -o."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from juliahub_ls.cli.options import Common, JobArgument, JsonOption, ServerOption, common
from juliahub_ls.cli.output import Output
from juliahub_ls.cli.session import with_services

if TYPE_CHECKING:
    from juliahub_ls.domain.jobs.job_view import JobFileView, JobView
    from juliahub_ls.services.results import SavedFile
    from juliahub_ls.services.services import Services

OutputOption = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="DIR", help="Save the result files in this folder.")
]


def results(
    context: typer.Context,
    job: JobArgument,
    output: OutputOption = None,
    server: ServerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show a job's results; with -o save its files, checked and unpacked."""
    asked = common(context, server, as_json)

    async def work(services: "Services") -> None:
        from juliahub_ls.cli.look import look_at

        view = await look_at(services.connections, job)
        if output is None:
            _show(asked, view)
            return
        if not asked.output.as_json:
            _outputs(asked.output, view)
        saved = await save(asked.output, services, view, output)
        if asked.output.as_json:
            asked.output.document(downloaded_payload(output, saved))

    with_services(asked, work)


COMMANDS = {"results": results}


async def save(output: Output, services: "Services", view: "JobView", directory: Path) -> "list[SavedFile]":
    """Download the files of a job and, for people, list them. Raises `NoResults` when there are none."""
    from juliahub_ls.cli.job_text import show_saved
    from juliahub_ls.cli.status_line import StatusLine
    from juliahub_ls.services.results import download_results

    client = await services.connections.client()
    with StatusLine(output) as status:
        saved = await download_results(client, view, directory, status)
    if not output.as_json:
        show_saved(output, saved)
    return saved


def downloaded_payload(directory: Path, saved: "list[SavedFile]") -> dict[str, Any]:
    """A `DownloadResultsResult`."""
    files = [
        {"uri": file.path.absolute().as_uri(), "name": file.name, "size": file.size, "verified": file.verified}
        for file in saved
    ]
    return {"directory": directory.absolute().as_uri(), "files": files}


def results_payload(view: "JobView") -> dict[str, Any]:
    """A `ResultsResult`."""
    from juliahub_ls.encoding import encode

    files = [encode(file) for file in result_files(view)]
    summary = {} if view.summary is None else {"summary": view.summary}
    return {"outputs": view.outputs, "files": files} | summary


def result_files(view: "JobView") -> "list[JobFileView]":
    """The files that the job left; none is no error here."""
    from juliahub_wire.jobs import FileType

    return [file for file in view.files if file.type == FileType.RESULT.value]


def _show(asked: Common, view: "JobView") -> None:
    if asked.output.as_json:
        asked.output.document(results_payload(view))
        return
    from juliahub_ls.cli.job_text import show_files

    _outputs(asked.output, view)
    show_files(asked.output, view)


def _outputs(output: Output, view: "JobView") -> None:
    from juliahub_ls.cli.job_text import ended_line, show_outputs

    output.line(ended_line(output, view))
    show_outputs(output, view)
    if not view.outputs and not result_files(view):
        output.line("It left no results." if view.done else "It has not ended yet.")
