"""Edits that the editor makes for us, so that a user sees and can undo them."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from juliahub_ls.errors import EditRefused, FileUnreadable
from juliahub_ls.lsp.documents import Snapshot, split_lines
from juliahub_ls.payloads.common import uri as payload_uri
from juliahub_ls.services.os_errors import translated_os_errors

if TYPE_CHECKING:
    from juliahub_ls.lsp.session import Session


def text_of(snapshot: Snapshot, file: Path) -> str | None:
    """What a file holds; None when it is not there. Raises `FileUnreadable` for one that cannot be read."""
    text, problem = snapshot.read(file)
    if problem is not None and file.exists():
        raise FileUnreadable(path=file, reason="it is not readable text")
    return text if problem is None else None


async def apply_text(session: "Session", file: Path, before: str | None, after: str, state: str) -> str:
    """Have the editor change `before` into `after`; a file that is not there is made first. The document's URI.

    Raises `EditRefused`, and errors about the file that say that `state`.
    """
    document = session.server.documents.at(file)
    uri = document.uri if document else payload_uri(file)
    if after == before:
        return uri
    capability = session.server.client_capabilities.workspace
    editing = capability.workspace_edit if capability else None
    creates = editing and types.ResourceOperationKind.Create in (editing.resource_operations or ())
    if before is None:
        with translated_os_errors(file, state):
            await asyncio.to_thread(file.parent.mkdir, parents=True, exist_ok=True)
            if not creates:
                await asyncio.to_thread(file.touch)
    edit = smallest_edit(before or "", after)
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
    return uri


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
