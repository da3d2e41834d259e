"""`scan` and `env`: the Julia environments of a folder, the one of a script, and what is in one."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from juliahub_ls.cli.options import Common, JsonOption, ServerOption, common
from juliahub_ls.cli.session import with_services

if TYPE_CHECKING:
    from juliahub_ls.domain.environments.environment import LoadedEnvironment
    from juliahub_ls.domain.environments.scan import ScanResult
    from juliahub_ls.services.services import Services

DirectoryArgument = Annotated[Path, typer.Argument(metavar="[DIR]", help="The folder; else the current one.")]


def scan(
    context: typer.Context,
    directory: DirectoryArgument = Path(),
    server: ServerOption = None,
    as_json: JsonOption = False,
) -> None:
    """List every Julia environment below a folder."""
    asked = common(context, server, as_json)
    with_services(asked, lambda services: _scan(asked, directory, services.settings.scan_limit))


def env(
    context: typer.Context,
    path: Annotated[
        Path, typer.Argument(metavar="[SCRIPT|DIR]", help="A .jl file or a folder; else this one.")
    ] = Path(),
    use: Annotated[
        Path | None, typer.Option("--use", metavar="DIR", help="Run the script in that environment from now on.")
    ] = None,
    auto: Annotated[bool, typer.Option("--auto", help="Forget what --use chose for the script.")] = False,
    resolve: Annotated[
        bool, typer.Option("--resolve", help="Let Julia choose versions: it writes the manifest.")
    ] = False,
    instantiate: Annotated[
        bool, typer.Option("--instantiate", help="Let Julia install the manifest's packages.")
    ] = False,
    server: ServerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell which environment a script has and why, or what is in a folder's; choose one, or let Julia mend one."""
    asked = common(context, server, as_json)
    of_script = path.suffix == ".jl" and not path.is_dir()
    if (use is not None or auto) and not of_script:
        raise typer.BadParameter("--use and --auto choose for a script: name a .jl file.")
    if use is not None and auto:
        raise typer.BadParameter("Give --use or --auto, not both.")
    if resolve or instantiate:
        if of_script or (resolve and instantiate):
            raise typer.BadParameter(
                "--resolve and --instantiate mend the environment of a folder: name one, and one of them."
            )
        with_services(asked, lambda services: _mend(asked, services, path.absolute(), resolve=resolve))
    if of_script:
        with_services(asked, lambda services: _of_script(asked, services, path, use, auto=auto))
    else:
        with_services(asked, lambda services: _of_folder(asked, services, path.absolute()))


COMMANDS = {"scan": scan, "env": env}


async def _scan(asked: Common, directory: Path, limit: int) -> None:
    import asyncio
    import threading

    from juliahub_ls.domain.environments.environment import load_environments
    from juliahub_ls.domain.environments.scan import scan as scan_folders
    from juliahub_ls.errors import SettingInvalid

    cancelled = threading.Event()

    def look() -> "tuple[ScanResult, list[LoadedEnvironment]]":
        if not directory.is_dir():
            raise SettingInvalid(reason=f"There is no folder {directory}.")
        found = scan_folders([directory], cancelled=cancelled.is_set, max_entries=limit)
        return found, load_environments(found.environments)

    try:
        found, loaded = await asyncio.to_thread(look)
    finally:
        cancelled.set()
    if asked.output.as_json:
        from juliahub_ls import payloads

        environments = [payloads.environment(environment) for environment in loaded]
        asked.output.document({"environments": environments, "truncated": found.truncated, "scanLimit": found.limit})
    else:
        from juliahub_ls.cli.environment_tables import show_environments

        show_environments(asked.output, directory, loaded, found)


async def _of_script(asked: Common, services: "Services", script: Path, use: Path | None, *, auto: bool) -> None:
    import asyncio

    if use is not None or auto:
        await asyncio.to_thread(services.environments.choose, script, use)
    found = await asyncio.to_thread(services.environments.for_script, script)
    if asked.output.as_json:
        from juliahub_ls import payloads

        asked.output.document(payloads.environment_for(found))
    else:
        from juliahub_ls.cli.environment_tables import show_script_environment

        show_script_environment(asked.output, script, found)


async def _of_folder(asked: Common, services: "Services", directory: Path) -> None:
    import asyncio

    details = await asyncio.to_thread(services.environments.details, directory)
    if asked.output.as_json:
        from juliahub_ls import payloads

        asked.output.document(payloads.environment_details(details))
    else:
        from juliahub_ls.cli.environment_tables import show_details

        show_details(asked.output, details)


async def _mend(asked: Common, services: "Services", directory: Path, *, resolve: bool) -> None:
    from juliahub_ls.cli.status_line import StatusLine
    from juliahub_ls.domain.problem import Mending

    how = Mending.RESOLVE if resolve else Mending.INSTANTIATE
    with StatusLine(asked.output) as status:
        await services.environments.mend(directory, how, status)
