"""`bundle`: what a bundle would hold and why, with the rules that decide; and the archive."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from juliahub_ls.cli.commands.environments import DirectoryArgument
from juliahub_ls.cli.options import (
    AllowOption,
    ArtifactsOption,
    Common,
    GitignoreOption,
    JsonOption,
    ManifestOption,
    ServerOption,
    common,
)
from juliahub_ls.cli.session import with_services

if TYPE_CHECKING:
    from juliahub_ls.domain.bundles.plan import BundlePlan
    from juliahub_ls.services.bundling import PreparedBundle
    from juliahub_ls.services.services import Services

ListOption = Annotated[
    bool,
    typer.Option("--list", help="Show every file with the rule that put it in or left it out, and folders' totals."),
]
OutputOption = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write the archive to this file.")
]
ExcludeOption = Annotated[
    list[str] | None,
    typer.Option(
        "--exclude", metavar="PATH", help="Leave it out from now on: edits .juliabundleignore. May be repeated."
    ),
]
IncludeOption = Annotated[
    list[str] | None,
    typer.Option("--include", metavar="PATH", help="Let it in from now on: edits .juliabundleignore. May be repeated."),
]
TargetJuliaOption = Annotated[
    str | None, typer.Option("--julia", metavar="VERSION", help="For the manifest that this Julia takes, such as 1.11.")
]


def bundle(
    context: typer.Context,
    directory: DirectoryArgument = Path(),
    every: ListOption = False,
    output: OutputOption = None,
    exclude: ExcludeOption = None,
    include: IncludeOption = None,
    allow: AllowOption = None,
    gitignore: GitignoreOption = False,
    manifest: ManifestOption = None,
    artifacts: ArtifactsOption = None,
    julia: TargetJuliaOption = None,
    server: ServerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what a folder's bundle would hold and why, or write it with -o."""
    from juliahub_ls.domain.environments.files import ChosenFiles
    from juliahub_ls.domain.environments.manifest import version_pair

    asked, version = common(context, server, as_json), version_pair(julia)
    if julia is not None and version is None:
        raise typer.BadParameter(f"“{julia}” is not a version such as 1.11.", param_hint="--julia")

    async def work(services: "Services") -> None:
        from juliahub_ls.cli.status_line import StatusLine
        from juliahub_ls.services.bundling import refuse

        if exclude or include:
            from juliahub_ls.cli.ignore_file import set_rules

            set_rules(asked.output, directory, exclude or (), include or ())
        plan = await services.bundling.plan(
            directory,
            allow or (),
            gitignore=gitignore or None,
            julia=version,
            chosen=ChosenFiles(manifest, artifacts),
        )
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


COMMANDS = {"bundle": bundle}


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
