"""Code actions: what mends a problem, by a command or by an edit where only one edit can be meant."""

import asyncio
import re
from collections.abc import Iterator
from typing import Any

from lsprotocol import types

from juliahub_ls import payloads
from juliahub_ls.domain.problem import Problem, Range
from juliahub_ls.lsp.features.diagnostics import diagnostic, place_of
from juliahub_ls.lsp.features.words import SECTIONS
from juliahub_ls.lsp.ranges import before, overlaps
from juliahub_ls.lsp.session import Session
from juliahub_ls.lsp.uris import path_of
from juliahub_ls.lsp.views import FileView

QUICK_FIX = "quickfix"
_ENDS = re.compile(r"[ \t]*(#.*)?\r?$")
REMOVABLE = ("sources", "compat")
"""Sections in which the entry of a package that is in no other means nothing."""


async def answer(session: Session, params: types.CodeActionParams) -> Any:
    """The `CodeAction`s for a range."""
    only = params.context.only
    file = session.live.views().file(path_of(params.text_document.uri))
    if file is None or (only is not None and not any(QUICK_FIX.startswith(kind) for kind in only)):
        return []
    document = session.server.documents.at(file.path)
    edit = _Edits(params.text_document.uri, document.version if document else None)
    start, end = params.range.start, params.range.end
    return await asyncio.to_thread(_actions, file, (start.line, start.character), (end.line, end.character), edit)


class _Edits:
    """Makes `WorkspaceEdit`s of one document."""

    def __init__(self, uri: str, version: int | None) -> None:
        self._document = {"uri": uri, "version": version}

    def replace(self, range_: Range, text: str) -> dict[str, Any]:
        """One replaced range."""
        edits = [{"range": payloads.range_(range_), "newText": text}]
        return {"documentChanges": [{"textDocument": self._document, "edits": edits}]}


def _actions(file: FileView, start: tuple[int, int], end: tuple[int, int], edits: _Edits) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for problem in file.problems:
        if not overlaps(place_of(file, problem), start, end):
            continue
        shown = diagnostic(file, problem)
        mends = [*_edits(file, problem, edits), *_commands(problem)]
        found += [
            {"kind": QUICK_FIX, "diagnostics": [shown], "isPreferred": number == 0, **mend}
            for number, mend in enumerate(mends)
        ]
    return found


def _commands(problem: Problem) -> list[dict[str, Any]]:
    actions = payloads.problem(problem).get("actions", [])
    return [{"title": action["title"], "command": action} for action in actions]


def _edits(file: FileView, problem: Problem, edits: _Edits) -> Iterator[dict[str, Any]]:
    if problem.code == "invalid-uuid" and problem.range is not None:
        yield from _right_uuid(file, problem.range, edits)
    if problem.code == "package-not-listed" and problem.data.get("section") in REMOVABLE:
        yield from _removal(file, problem.data["section"], problem.data["package"], edits)


def _right_uuid(file: FileView, at: Range, edits: _Edits) -> Iterator[dict[str, Any]]:
    """The UUID of a package whose name only one registered package, or one of Julia's own, has."""
    place = file.positions.at(at.start_line, at.start_character)
    if place is None or len(place.path) != 2:
        return
    value = file.positions.value(*place.path)
    name = str(place.path[1])
    uuid = file.environment.uuid_of(name) if value and file.environment else None
    if value and uuid:
        yield {"title": f"Write the UUID of {name}", "edit": edits.replace(value, f'"{uuid}"')}


def _removal(file: FileView, section: str, name: str, edits: _Edits) -> Iterator[dict[str, Any]]:
    """Remove the line, where it is one: no table of its own, no dotted key, nothing inside an inline table."""
    key, value = file.positions.key(section, name), file.positions.value(section, name)
    if any(file.positions.key(other, name) for other in SECTIONS):
        return  # it is there, with a mistake that is to be mended instead
    if key is None or value is None:
        return
    lines = file.text.split("\n")
    line = lines[key.start_line]
    if before(line, key.start_character).strip() or not _ENDS.match(lines[value.end_line], _index(lines, value)):
        return
    whole = Range(key.start_line, 0, value.end_line + 1, 0)
    yield {"title": f"Remove {name} from [{section}]", "edit": edits.replace(whole, "")}


def _index(lines: list[str], value: Range) -> int:
    return len(before(lines[value.end_line], value.end_character))
