"""Code actions: what mends a problem, by a command or by an edit where only one edit can be meant."""

import asyncio
from collections.abc import Iterator
from typing import Any

from lsprotocol import types

from juliahub_ls import payloads
from juliahub_ls.domain.problem import Problem, Range
from juliahub_ls.lsp.features.diagnostics import diagnostic, place_of
from juliahub_ls.lsp.ranges import overlaps, plain_range
from juliahub_ls.lsp.session import Session
from juliahub_ls.lsp.uris import path_of
from juliahub_ls.lsp.views import FileView

QUICK_FIX = "quickfix"
REMOVABLE = {"sources": "source-not-a-dependency", "compat": "compat-not-a-dependency"}
"""Sections in which the entry of a package that is in no other has no meaning, and the problem that says so."""


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
        edits = [{"range": plain_range(range_), "newText": text}]
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
    for section, code in REMOVABLE.items():
        if problem.code == code and problem.range is not None:
            yield from _removal(file, section, problem.range, edits)


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


def _removal(file: FileView, section: str, at: Range, edits: _Edits) -> Iterator[dict[str, Any]]:
    place = file.positions.at(at.start_line, at.start_character)
    if place is None or len(place.path) < 2 or place.path[0] != section:
        return
    name = place.path[1]
    key, value = file.positions.key(section, name), file.positions.value(section, name)
    if key is None or value is None or key.start_character != 0:
        return  # a table of its own, or dotted, or inside an inline table: not one line to remove
    lines = Range(key.start_line, 0, value.end_line + 1, 0)
    yield {"title": f"Remove {name} from [{section}]", "edit": edits.replace(lines, "")}
