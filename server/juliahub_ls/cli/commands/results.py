"""`results`: what a job left, shown, or saved with -o; `compare`: jobs side by side."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from juliahub_ls.cli.options import Common, JobArgument, JsonOption, ServerOption, common
from juliahub_ls.cli.output import Output
from juliahub_ls.cli.session import with_services

if TYPE_CHECKING:
    from juliahub_ls.domain.jobs.job_view import JobView
    from juliahub_ls.services.comparing import Comparison
    from juliahub_ls.services.results import SavedFile
    from juliahub_ls.services.services import Services

OutputOption = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="DIR", help="Save the result files in this folder.")
]
FilesOption = Annotated[
    bool, typer.Option("--files", help="List the files with size and hash, those inside archives too.")
]
JobsArgument = Annotated[list[str], typer.Argument(metavar="JOB JOB…", help="The jobs' ids.", show_default=False)]
CsvOption = Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="Write the table as CSV.")]


def results(
    context: typer.Context,
    job: JobArgument,
    output: OutputOption = None,
    files: FilesOption = False,
    server: ServerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show a job's results; with -o save its files, checked and unpacked."""
    asked = common(context, server, as_json)

    async def work(services: "Services") -> None:
        from juliahub_ls.cli.look import look_at

        view = await look_at(services.connections, job)
        if output is not None:
            if not asked.output.as_json:
                _outputs(asked.output, view)
            saved = await save(asked.output, services, view, output)
            if asked.output.as_json:
                asked.output.document(downloaded_payload(output, saved))
        elif files and not asked.output.as_json:
            await _list_files(asked.output, services, view)
        else:
            _show(asked, services, view)

    with_services(asked, work)


def compare(
    context: typer.Context,
    jobs: JobsArgument,
    to_csv: CsvOption = None,
    server: ServerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show jobs side by side: inputs, cluster, times, cost and results; what differs is marked."""
    asked = common(context, server, as_json)

    async def work(services: "Services") -> "tuple[Comparison, int]":
        from juliahub_ls.services.comparing import compare_jobs, save_comparison

        found = await compare_jobs(services.jobs, services.submissions, [(None, job) for job in jobs])
        return found, await save_comparison(found, to_csv) if to_csv else 0

    found, lines = with_services(asked, work)
    if asked.output.as_json:
        from juliahub_ls import payloads

        asked.output.document(payloads.comparison(found))
        return
    from juliahub_ls.cli.results_text import show_comparison

    show_comparison(asked.output, found)
    if to_csv:
        asked.output.line(f"\nSaved {asked.output.paint.bare(str(to_csv))}: {lines} lines.")


COMMANDS = {"results": results, "compare": compare}


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
    from juliahub_ls import payloads

    return payloads.downloaded(directory, saved)


def results_payload(services: "Services", view: "JobView", directory: Path | None = None) -> dict[str, Any]:
    """A `ResultsResult`; copies are looked for in `directory`, else where the settings say."""
    from juliahub_ls import payloads

    return payloads.results(view, directory or Path(services.settings.download_directory) / view.id)


async def _list_files(output: Output, services: "Services", view: "JobView") -> None:
    """Every file, and what is in those archives that are small enough to look into."""
    from juliahub_ls.cli.results_text import show_file_list
    from juliahub_ls.domain.results.kinds import kind_of
    from juliahub_ls.services.previews import preview
    from juliahub_ls.services.results import results_of

    client = await services.connections.client()
    directory = Path(services.settings.download_directory) / view.id
    files = results_of(view)
    archives = [file.name for file in files if kind_of(file.name) == "archive"]
    inside = {name: (await preview(client, view, name, None, directory)).members or [] for name in archives}
    show_file_list(output, files, inside)


def _show(asked: Common, services: "Services", view: "JobView") -> None:
    if asked.output.as_json:
        asked.output.document(results_payload(services, view))
        return
    from juliahub_ls.cli.job_text import show_files

    _outputs(asked.output, view)
    show_files(asked.output, view)


def _outputs(output: Output, view: "JobView") -> None:
    from juliahub_ls.cli.job_text import ended_line, show_outputs
    from juliahub_ls.services.results import results_of

    output.line(ended_line(output, view))
    show_outputs(output, view)
    if not view.outputs and not results_of(view):
        output.line("It left no results." if view.done else "It has not ended yet.")
