"""Environments of the workspace, and the one a script belongs to."""

from typing import Any

from juliahub_ls import payloads
from juliahub_ls.lsp.protocol.environments import EnvironmentsParams, ScriptParams
from juliahub_ls.lsp.session import Session
from juliahub_ls.lsp.uris import path_of


async def environments(session: Session, _params: EnvironmentsParams) -> dict[str, Any]:
    """Every environment below the editor's folders."""
    found = await session.workspace.environments()
    return {"environments": [payloads.environment(item) for item in found], "truncated": session.workspace.truncated}


async def environment_for(session: Session, params: ScriptParams) -> dict[str, Any]:
    """The environment that a script would run in."""
    reason, environment = await session.services.bundling.environment(path_of(params["script"]))
    result: dict[str, Any] = {"reason": reason}
    if environment is not None:
        result["environment"] = payloads.environment(environment)
    return result


HANDLERS = {"juliahub/environments": environments, "juliahub/environmentFor": environment_for}
