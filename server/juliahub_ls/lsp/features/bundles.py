"""Bundles: the preview, and the archive as a file."""

from pathlib import Path
from typing import Any

from juliahub_ls import payloads
from juliahub_ls.errors import SettingInvalid
from juliahub_ls.lsp.protocol.bundles import BundleParams, WriteBundleParams
from juliahub_ls.lsp.session import Session
from juliahub_ls.lsp.uris import path_of


async def bundle_plan(session: Session, params: BundleParams) -> dict[str, Any]:
    """What a bundle would hold."""
    directory = await _directory(session, params.get("script"), params.get("directory"))
    return payloads.bundle_plan(await session.services.bundling.plan(directory, params.get("allow", [])))


async def write_bundle(session: Session, params: WriteBundleParams) -> dict[str, Any]:
    """Write the archive."""
    directory = await _directory(session, params.get("script"), params.get("directory"))
    output = path_of(params["output"])
    with session.progress(params.get("workDoneToken"), f"Bundling {directory.name}") as progress:
        plan = await session.services.bundling.plan(directory, params.get("allow", []))
        written = await session.services.bundling.write(plan, output, progress)
    return {
        "output": output.as_uri(),
        "size": written.size,
        "sha256": written.sha256,
        "fileCount": plan.file_count,
    }


async def _directory(session: Session, script: str | None, directory: str | None) -> Path:
    if directory is not None:
        return path_of(directory)
    if script is None:
        raise SettingInvalid(reason="Name a script or a folder to bundle.")
    _, environment = await session.services.bundling.environment(path_of(script))
    return environment.environment.directory if environment else path_of(script).parent


HANDLERS = {"juliahub/bundlePlan": bundle_plan, "juliahub/writeBundle": write_bundle}
