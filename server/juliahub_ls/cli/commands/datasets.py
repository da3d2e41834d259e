"""`datasets`, `dataset`, `projects`: what a server keeps besides jobs."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from juliahub_ls.cli.options import Common, JsonOption, ServerOption, common
from juliahub_ls.cli.output import Output
from juliahub_ls.cli.session import with_services

if TYPE_CHECKING:
    from juliahub_ls.services.datasets import Datasets
    from juliahub_ls.services.services import Services
    from juliahub_wire.datasets import Dataset

KINDS = {"Blob": "file", "BlobTree": "folder"}
NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="Its name, OWNER/NAME, or its UUID.")]


def datasets(
    context: typer.Context,
    project: Annotated[
        str | None, typer.Option("--project", metavar="UUID", help="Only those of this project; see `projects`.")
    ] = None,
    server: ServerOption = None,
    as_json: JsonOption = False,
) -> None:
    """List datasets, your own and those shared with you."""
    asked = common(context, server, as_json)

    async def work(services: "Services") -> dict[str, Any]:
        from juliahub_ls import payloads

        found = await (await _datasets(services)).list(project)
        return {"datasets": [payloads.dataset(each) for each in found]}

    found = with_services(asked, work)
    if asked.output.as_json:
        asked.output.document(found)
    elif found["datasets"]:
        _show_list(asked.output, found["datasets"])
    else:
        asked.output.line("The project has no datasets." if project else "No datasets.")


def dataset(
    context: typer.Context,
    name: NameArgument,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Save a version as this file.")
    ] = None,
    version: Annotated[
        int | None, typer.Option("--version", metavar="N", min=1, help="With -o: this version, else the latest.")
    ] = None,
    upload: Annotated[
        Path | None, typer.Option("--upload", metavar="FILE", help="Add this file as a new version.")
    ] = None,
    server: ServerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show a dataset; with -o save a version of it, with --upload add one."""
    if output is not None and upload is not None:
        raise typer.BadParameter("Give either -o or --upload.")
    if version is not None and output is None:
        raise typer.BadParameter("--version says which version -o saves: give -o FILE, too.")
    asked = common(context, server, as_json)

    async def work(services: "Services") -> dict[str, Any]:
        from juliahub_ls import payloads

        known = await _datasets(services)
        found = await known.find(name)
        if output is not None:
            return await _download(asked, known, found, version, output)
        if upload is not None:
            return await _upload(asked, known, found, upload)
        if not asked.output.as_json:
            _show(asked.output, payloads.dataset(found))
        return {"dataset": payloads.dataset(found)}

    answer = with_services(asked, work)
    if asked.output.as_json:
        asked.output.document(answer)


def projects(context: typer.Context, server: ServerOption = None, as_json: JsonOption = False) -> None:
    """List projects."""
    asked = common(context, server, as_json)

    async def work(services: "Services") -> dict[str, Any]:
        from juliahub_ls import payloads
        from juliahub_ls.services.projects import list_projects

        found = await list_projects(await services.connections.client())
        return {"projects": [payloads.project(each) for each in found]}

    found = with_services(asked, work)
    if asked.output.as_json:
        asked.output.document(found)
    elif found["projects"]:
        _show_projects(asked.output, found["projects"])
    else:
        asked.output.line("No projects.")


COMMANDS = {"datasets": datasets, "dataset": dataset, "projects": projects}


async def _datasets(services: "Services") -> "Datasets":
    from juliahub_ls.services.datasets import Datasets

    return Datasets(await services.connections.client(), services.connections.http)


async def _download(
    asked: Common, known: "Datasets", found: "Dataset", version: int | None, target: Path
) -> dict[str, Any]:
    """A `DownloadDatasetResult`."""
    from juliahub_ls import payloads
    from juliahub_ls.cli.environment_view import field, shown_path
    from juliahub_ls.cli.status_line import StatusLine
    from juliahub_ls.domain.problem import human_bytes

    with StatusLine(asked.output) as status:
        saved = await known.download(found, version, _file(target, found.name), status)
    if not asked.output.as_json:
        paint = asked.output.paint
        size = f"{human_bytes(saved.size)}, version {saved.version}"
        asked.output.line(field(paint, "Saved", f"{paint.bare(shown_path(saved.path))}  {size}"))
    return payloads.downloaded_dataset(found, saved)


def _file(target: Path, name: str) -> Path:
    """A folder takes the file under the dataset's name."""
    from juliahub_ls.domain.results.file_names import safe_name

    return target / safe_name(name, windows=sys.platform == "win32") if target.is_dir() else target


async def _upload(asked: Common, known: "Datasets", found: "Dataset", file: Path) -> dict[str, Any]:
    """An `UploadDatasetResult`."""
    from juliahub_ls import payloads
    from juliahub_ls.cli.status_line import StatusLine

    with StatusLine(asked.output) as status:
        number = await known.upload(found, file, status)
    if not asked.output.as_json:
        which = f"version {number}" if number else "a new version"
        name = asked.output.paint.bare(f"{found.owner.username}/{found.name}")
        asked.output.line(f"{asked.output.paint.bare(file.name)} is {which} of {name} now.")
    return payloads.uploaded_dataset(found, number)


def _show_list(output: Output, found: list[dict[str, Any]]) -> None:
    from juliahub_ls.cli.job_text import when
    from juliahub_ls.domain.problem import human_bytes
    from juliahub_ls.domain.text import one_line

    rows = (
        (
            f"{each['owner']}/{each['name']}",
            KINDS.get(each["type"], each["type"]),
            f"v{each['versions'][0]['version']}" if each["versions"] else "no version",
            human_bytes(each["size"]),
            when(each.get("modified")),
            one_line(each["description"]),
        )
        for each in found
    )
    _table(output, ("Dataset", "Kind", "Latest", "Size", "Changed", "Description"), rows)


def _show(output: Output, value: dict[str, Any]) -> None:
    from juliahub_ls.cli.environment_view import field
    from juliahub_ls.cli.job_text import when
    from juliahub_ls.domain.problem import human_bytes

    paint = output.paint
    output.line(paint(paint.bare(f"{value['owner']}/{value['name']}"), "bold"))
    kind = ", ".join(filter(None, (KINDS.get(value["type"], value["type"]), value.get("visibility"))))
    rows = [("Kind", kind), ("Id", value["id"]), ("Tags", ", ".join(value["tags"])), ("", value["description"])]
    for label, text in rows:
        if text:
            output.line(field(paint, label, paint.bare(text)))
    versions = (
        (f"  v{each['version']}", human_bytes(each["size"]), when(each.get("date")), each.get("uploader", ""))
        for each in value["versions"]
    )
    if value["versions"]:
        output.line()
        _table(output, ("  Version", "Size", "Added", "By"), versions)
    else:
        output.line(field(paint, "Versions", "none yet"))


def _show_projects(output: Output, found: list[dict[str, Any]]) -> None:
    from juliahub_ls.cli.job_text import when

    rows = (
        (
            f"{each['owner']}/{each['name']}",
            "archived" if each["archived"] else each.get("visibility", ""),
            when(each.get("created")),
            each["id"],
        )
        for each in found
    )
    _table(output, ("Project", "Visibility", "Created", "UUID"), rows)


def _table(output: Output, header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    """Left-aligned columns; what others wrote is made harmless, and folded where a name must stay whole."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="dim")
    for number, column in enumerate(header):
        table.add_column(column, overflow="ellipsis" if column == "Description" else "fold", no_wrap=number > 0)
    for row in rows:
        table.add_row(*(Text(output.paint.bare(cell)) for cell in row))
    output.table(table)
