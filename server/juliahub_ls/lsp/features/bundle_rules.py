"""Leaves a file or folder out of a bundle, or lets it in: an edit of `.juliabundleignore` that the user can undo."""

import asyncio
from pathlib import Path
from typing import Any

from juliahub_ls.domain.bundles.ignore_edit import governing_file, set_rule
from juliahub_ls.lsp.edits import apply_text, text_of
from juliahub_ls.lsp.protocol.bundles import SetBundleRuleParams
from juliahub_ls.lsp.session import Session
from juliahub_ls.lsp.uris import path_of

BELOW_BUNDLE = ".bundle/"


async def set_bundle_rule(session: Session, params: SetBundleRuleParams) -> dict[str, Any]:
    """The edit is made by the editor, so that it can be undone; an ignore file that is not there is made first."""
    top, path = path_of(params["directory"]), params["path"].strip("/")
    file, inside = await asyncio.to_thread(governing_file, top, path)
    before = await asyncio.to_thread(text_of, session.server.documents.snapshot(), file)
    is_directory = await _is_directory(session, top, path)
    after = set_rule(before or "", inside, is_directory=is_directory, included=params["included"])
    if after == (before or ""):
        document = session.server.documents.at(file)
        return {"uri": document.uri if document else file.absolute().as_uri(), "changed": False}
    return {"uri": await apply_text(session, file, before, after, "No rule was set."), "changed": True}


async def _is_directory(session: Session, top: Path, path: str) -> bool:
    """Whether `path` is a folder in the bundle; what comes from elsewhere is none on disk, the plan knows it."""
    if not path.startswith(BELOW_BUNDLE):
        return await asyncio.to_thread(Path.is_dir, top / path)
    plan = await session.services.bundling.plan(top)
    left_out = {item.path for item in plan.left_out if item.is_directory}
    packages = {package.archive_path for package in plan.packages}
    return path in left_out or path in packages
