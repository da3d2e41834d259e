"""Bundles: the preview, whole or folder by folder, rules of what goes in, and the archive as a file."""

import asyncio
from pathlib import Path
from typing import Any

from juliahub_ls import payloads
from juliahub_ls.domain.bundles.plan import BundlePlan
from juliahub_ls.domain.bundles.tree import BundleTree
from juliahub_ls.domain.environments.files import ChosenFiles
from juliahub_ls.domain.environments.manifest import version_pair
from juliahub_ls.errors import SettingInvalid
from juliahub_ls.lsp.features.bundle_rules import set_bundle_rule
from juliahub_ls.lsp.protocol.bundles import BundleFolderParams, BundleParams, WriteBundleParams
from juliahub_ls.lsp.session import Session
from juliahub_ls.lsp.uris import path_of


async def bundle_plan(session: Session, params: BundleParams) -> dict[str, Any]:
    """What a bundle would hold."""
    return await asyncio.to_thread(payloads.bundle_plan, await _plan(session, params))


async def bundle_folder(session: Session, params: BundleFolderParams) -> dict[str, Any]:
    """One folder of it. The tree is made once for each plan, and a plan anew only when something has changed."""
    plan = await _plan(session, params)
    tree = session.trees.get(plan.directory)
    if tree is None or tree.plan is not plan:
        tree = await asyncio.to_thread(BundleTree, plan)
        session.trees = {plan.directory: tree}
    return await asyncio.to_thread(payloads.bundle_folder, tree, params["path"].strip("/"))


async def write_bundle(session: Session, params: WriteBundleParams) -> dict[str, Any]:
    """Write the archive."""
    directory = await _directory(session, params.get("script"), params.get("directory"))
    output = path_of(params["output"])
    with session.progress(params.get("workDoneToken"), f"Bundling {directory.name}") as progress:
        plan = await _plan(session, params)
        written = await session.services.bundling.write(plan, output, progress)
    return {
        "output": output.as_uri(),
        "size": written.size,
        "sha256": written.sha256,
        "fileCount": plan.file_count,
    }


async def _plan(session: Session, params: BundleParams | BundleFolderParams | WriteBundleParams) -> BundlePlan:
    directory = await _directory(session, params.get("script"), params.get("directory"))
    julia = params.get("julia")
    version = version_pair(julia)
    if julia is not None and version is None:
        raise SettingInvalid(reason=f"“{julia}” is not a version of Julia. Give one such as 1.11.")
    return await session.services.bundling.plan(
        directory,
        params.get("allow", []),
        gitignore=params.get("gitignore"),
        julia=version,
        chosen=ChosenFiles(_file(params.get("manifest")), _file(params.get("artifacts"))),
    )


def _file(uri: str | None) -> Path | None:
    return None if uri is None else path_of(uri)


async def _directory(session: Session, script: str | None, directory: str | None) -> Path:
    if directory is not None:
        return path_of(directory)
    if script is None:
        raise SettingInvalid(reason="Name a script or a folder to bundle.")
    found = await asyncio.to_thread(session.services.environments.for_script, path_of(script))
    return found.environment.directory if found.environment else path_of(script).parent


HANDLERS = {
    "juliahub/bundlePlan": bundle_plan,
    "juliahub/bundleFolder": bundle_folder,
    "juliahub/setBundleRule": set_bundle_rule,
    "juliahub/writeBundle": write_bundle,
}
