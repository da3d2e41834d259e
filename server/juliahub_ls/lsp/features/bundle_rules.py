"""Leaves a file or folder out of a bundle, or lets it in: an edit of `.juliabundleignore` that the user can undo."""

import asyncio
from pathlib import Path
from typing import Any

from lsprotocol import types

from juliahub_ls.domain.bundles.ignore_edit import governing_file, set_rule
from juliahub_ls.errors import EditRefused, FileUnreadable
from juliahub_ls.lsp.documents import OpenDocument, Snapshot, split_lines
from juliahub_ls.lsp.protocol.bundles import SetBundleRuleParams
from juliahub_ls.lsp.session import Session
from juliahub_ls.lsp.uris import path_of
from juliahub_ls.services.os_errors import translated_os_errors

BELOW_BUNDLE = ".bundle/"


async def set_bundle_rule(session: Session, params: SetBundleRuleParams) -> dict[str, Any]:
    """The edit is made by the editor, so that it can be undone; an ignore file that is not there is made first."""
    top, path = path_of(params["directory"]), params["path"].strip("/")
    file, inside = await asyncio.to_thread(governing_file, top, path)
    document = session.server.documents.at(file)
    snapshot = session.server.documents.snapshot()
    before = await asyncio.to_thread(_text, snapshot, file)
    is_directory = await _is_directory(session, top, path)
    after = set_rule(before or "", inside, is_directory=is_directory, included=params["included"])
    uri = document.uri if document else file.absolute().as_uri()
    changed = after != (before or "")
    if changed:
        await _apply(session, file, uri, document, before, after)
    return {"uri": uri, "changed": changed}


async def _is_directory(session: Session, top: Path, path: str) -> bool:
    """Whether `path` is a folder in the bundle; what comes from elsewhere is none on disk, the plan knows it."""
    if not path.startswith(BELOW_BUNDLE):
        return await asyncio.to_thread(Path.is_dir, top / path)
    plan = await session.services.bundling.plan(top)
    left_out = {item.path for item in plan.left_out if item.is_directory}
    packages = {package.archive_path for package in plan.packages}
    return path in left_out or path in packages


def _text(snapshot: Snapshot, file: Path) -> str | None:
    """What it holds; None when it is not there. Raises `FileUnreadable` for one that cannot be read."""
    text, problem = snapshot.read(file)
    if problem is not None and file.exists():
        raise FileUnreadable(path=file, reason="it is not readable text")
    return text if problem is None else None


async def _apply(
    session: Session, file: Path, uri: str, document: OpenDocument | None, before: str | None, after: str
) -> None:
    edit = smallest_edit(before or "", after)
    capability = session.server.client_capabilities.workspace
    editing = capability.workspace_edit if capability else None
    creates = editing and types.ResourceOperationKind.Create in (editing.resource_operations or ())
    if before is None and not creates:
        with translated_os_errors(file, "No rule was set."):
            await asyncio.to_thread(file.touch)
    changes: list[Any] = [types.CreateFile(uri=uri, options=types.CreateFileOptions(ignore_if_exists=True))]
    version = document.version if document else None
    named = types.OptionalVersionedTextDocumentIdentifier(uri=uri, version=version)
    changes.append(types.TextDocumentEdit(text_document=named, edits=[edit]))
    if editing and editing.document_changes:
        whole = types.WorkspaceEdit(document_changes=changes if before is None and creates else changes[1:])
    else:
        whole = types.WorkspaceEdit(changes={uri: [edit]})
    label = f"Edit {file.name}"
    answer = await session.server.workspace_apply_edit_async(types.ApplyWorkspaceEditParams(edit=whole, label=label))
    if not answer.applied:
        raise EditRefused(path=file, reason=answer.failure_reason or "it gave no reason")


def smallest_edit(before: str, after: str) -> types.TextEdit:
    """The lines that differ, replaced: what a user sees beside stays where it is."""
    old, new = split_lines(before), split_lines(after)
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    text = "".join(new[start : len(new) - end])
    return types.TextEdit(range=_range(old, start, len(old) - end), new_text=text)


def _range(lines: list[str], first: int, last: int) -> types.Range:
    """From the start of a line to that of another; at the end of a text without a last line break, its end."""
    return types.Range(start=_start(lines, first), end=_start(lines, last))


def _start(lines: list[str], number: int) -> types.Position:
    if number == len(lines) and lines and not lines[-1].endswith(("\n", "\r")):
        return types.Position(line=number - 1, character=len(lines[-1].encode("utf-16-le")) // 2)
    return types.Position(line=number, character=0)
