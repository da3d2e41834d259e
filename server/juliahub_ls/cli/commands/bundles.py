"""`scan` and `bundle`: the Julia environments of a folder, and what a bundle would hold."""

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from juliahub_ls.cli.options import AllowOption, Common, JsonOption, ServerOption, common
from juliahub_ls.cli.session import with_services

if TYPE_CHECKING:
    from juliahub_ls.domain.bundle_plan import BundlePlan
    from juliahub_ls.domain.environment import LoadedEnvironment
    from juliahub_ls.services.bundling import PreparedBundle
    from juliahub_ls.services.services import Services

DirectoryArgument = Annotated[Path, typer.Argument(metavar="[DIR]", help="The folder; else the current one.")]
ListOption = Annotated[bool, typer.Option("--list", help="Show every file, and everything left out with why.")]
OutputOption = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write the archive to this file.")
]


def scan(
    context: typer.Context,
    directory: DirectoryArgument = Path(),
    server: ServerOption = None,
    as_json: JsonOption = False,
) -> None:
    """List every Julia environment below a folder."""
    asked = common(context, server, as_json)
    found, truncated = with_services(asked, lambda _services: _scan(directory))
    if asked.output.as_json:
        from juliahub_ls import payloads

        environments = [payloads.environment(environment) for environment in found]
        asked.output.document({"environments": environments, "truncated": truncated})
    else:
        _show_environments(asked, directory, found, truncated)


def bundle(
    context: typer.Context,
    directory: DirectoryArgument = Path(),
    every: ListOption = False,
    output: OutputOption = None,
    allow: AllowOption = None,
    server: ServerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what a folder's bundle would hold and why, or write it with -o."""
    asked = common(context, server, as_json)

    async def work(services: "Services") -> None:
        from juliahub_ls.cli.status_line import StatusLine
        from juliahub_ls.services.bundling import refuse

        plan = await services.bundling.plan(directory, allow or ())
        if not asked.output.as_json:
            _show_plan(asked, plan, every)
        if output is None:
            _preview(asked, plan)
            return
        refuse(plan)
        with StatusLine(asked.output) as status:
            written = await services.bundling.write(plan, output.absolute(), status)
        _written(asked, written)

    with_services(asked, work)


COMMANDS = {"scan": scan, "bundle": bundle}


async def _scan(directory: Path) -> "tuple[list[LoadedEnvironment], bool]":
    import asyncio

    from juliahub_ls.domain.environment import load_environment
    from juliahub_ls.domain.workspace_scan import scan as scan_folders
    from juliahub_ls.errors import SettingInvalid

    cancelled = threading.Event()

    def look() -> "tuple[list[LoadedEnvironment], bool]":
        if not directory.is_dir():
            raise SettingInvalid(reason=f"There is no folder {directory}.")
        found = scan_folders([directory], cancelled=cancelled.is_set)
        return [load_environment(environment) for environment in found.environments], found.truncated

    try:
        return await asyncio.to_thread(look)
    finally:
        cancelled.set()


def _show_environments(asked: Common, directory: Path, found: "list[LoadedEnvironment]", truncated: bool) -> None:
    from rich.table import Table
    from rich.text import Text

    from juliahub_ls.cli.environment_view import show_problems, shown_path

    bare = asked.output.paint.bare
    if not found:
        asked.output.line(f"No Julia environment below {bare(str(directory.absolute()))}.")
    table = Table(box=None, pad_edge=False, show_header=False)
    for loaded in found:
        version = loaded.manifest.julia_version if loaded.manifest else None
        julia = f"Julia {version}" if version else ("" if loaded.manifest else "no manifest")
        count = len(loaded.project.deps)
        packages = "1 dependency" if count == 1 else f"{count} dependencies"
        cells = (bare(loaded.name), julia, packages, bare(shown_path(loaded.environment.directory)))
        table.add_row(*map(Text, cells))
    asked.output.table(table)
    show_problems(asked.output, (problem for loaded in found for problem in loaded.problems))
    if truncated:
        asked.output.line("The search ended at its bound; there may be more. Scan a smaller folder.")


def _show_plan(asked: Common, plan: "BundlePlan", every: bool) -> None:
    from juliahub_ls.cli.environment_view import show_plan
    from juliahub_ls.cli.file_list import show_files

    if every:
        show_files(asked.output, plan)
    show_plan(asked.output, plan)


def _preview(asked: Common, plan: "BundlePlan") -> None:
    """Nothing was written. A plan that cannot be sent is told in the exit code, too."""
    if asked.output.as_json:
        from juliahub_ls import payloads

        asked.output.document(payloads.bundle_plan(plan))
    elif not plan.errors:
        asked.output.line("\nNothing was written; `-o FILE` writes the archive.")
    if plan.errors:
        raise typer.Exit(2)


def _written(asked: Common, written: "PreparedBundle") -> None:
    from juliahub_ls.domain.problem import human_bytes

    if asked.output.as_json:
        payload: dict[str, Any] = {
            "output": written.path.as_uri(),
            "size": written.size,
            "sha256": written.sha256,
            "fileCount": written.plan.file_count,
        }
        asked.output.document(payload)
    else:
        path = asked.output.paint.bare(str(written.path))
        asked.output.line(f"\nWritten to {path}, {human_bytes(written.size)}.\nSHA-256 {written.sha256}")
