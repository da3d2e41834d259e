"""Environments: of the workspace, of a script, one in full; and mending one with Julia's package manager."""

import asyncio
from pathlib import Path
from typing import Any

from juliahub_ls import payloads
from juliahub_ls.domain.environments.checks import environment_problems
from juliahub_ls.domain.problem import Mending
from juliahub_ls.lsp.protocol.environments import (
    ChooseEnvironmentParams,
    EnvironmentParams,
    EnvironmentsParams,
    MendEnvironmentParams,
    ScriptParams,
    SetActiveEnvironmentParams,
)
from juliahub_ls.lsp.session import Session
from juliahub_ls.lsp.uris import path_of
from juliahub_ls.lsp.views import Views

TITLES = {Mending.RESOLVE: "Resolving", Mending.INSTANTIATE: "Instantiating"}


async def environments(session: Session, _params: EnvironmentsParams) -> dict[str, Any]:
    """Every environment below the editor's folders."""
    workspace = session.workspace
    found = await workspace.environments()
    session.tell_of_bound()
    payload = await asyncio.to_thread(lambda: [payloads.environment(item) for item in found])
    return {"environments": payload, "truncated": workspace.truncated, "scanLimit": workspace.scan_limit}


async def environment(session: Session, params: EnvironmentParams) -> dict[str, Any]:
    """One environment in full."""
    return await asyncio.to_thread(_details, session, path_of(params["directory"]), session.live.views())


async def environment_for(session: Session, params: ScriptParams) -> dict[str, Any]:
    """The environment that a script would run in."""
    return await asyncio.to_thread(_environment_for, session, path_of(params["script"]), session.live.views())


async def choose_environment(session: Session, params: ChooseEnvironmentParams) -> dict[str, Any]:
    """Run a script in another environment from now on."""
    script, directory = path_of(params["script"]), params.get("directory")
    chosen = path_of(directory) if directory is not None else None
    await asyncio.to_thread(session.services.environments.choose, script, chosen)
    return await environment_for(session, {"script": params["script"]})


async def set_active_environment(session: Session, params: SetActiveEnvironmentParams) -> dict[str, Any]:
    """What the editor's Julia support has active."""
    directory = params.get("directory")
    session.services.environments.set_active(path_of(directory) if directory is not None else None)
    return {}


async def mend_environment(session: Session, params: MendEnvironmentParams) -> dict[str, Any]:
    """Let Julia resolve or instantiate."""
    directory, how = path_of(params["directory"]), Mending(params["how"])
    with session.progress(params.get("workDoneToken"), f"{TITLES[how]} {directory.name}") as progress:
        await session.services.environments.mend(directory, how, progress)
    session.live.changed(directory)  # the depot as well, which nobody watches
    return await asyncio.to_thread(_details, session, directory, session.live.views())


def _details(session: Session, directory: Path, views: Views) -> dict[str, Any]:
    details = session.services.environments.details(directory, views.snapshot.read)
    return payloads.environment_details(details, environment_problems(details.loaded, read=views.snapshot.read))


def _environment_for(session: Session, script: Path, views: Views) -> dict[str, Any]:
    return payloads.environment_for(session.services.environments.for_script(script, views.snapshot.read))


HANDLERS = {
    "juliahub/environments": environments,
    "juliahub/environment": environment,
    "juliahub/environmentFor": environment_for,
    "juliahub/chooseEnvironment": choose_environment,
    "juliahub/setActiveEnvironment": set_active_environment,
    "juliahub/mendEnvironment": mend_environment,
}
