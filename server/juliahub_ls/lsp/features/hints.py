"""Inlay hints: the resolved version beside each dependency of a project."""

import asyncio
from typing import Any

from lsprotocol import types

from juliahub_ls.domain.bundles.dependencies import Dependency, Origin
from juliahub_ls.lsp.features.package_text import package_markdown, relative
from juliahub_ls.lsp.features.words import SECTIONS
from juliahub_ls.lsp.file_kinds import FileKind
from juliahub_ls.lsp.session import Session
from juliahub_ls.lsp.uris import path_of
from juliahub_ls.lsp.views import EnvironmentView, FileView


async def answer(session: Session, params: types.InlayHintParams) -> Any:
    """The `InlayHint`s of a range."""
    file = session.live.views().file(path_of(params.text_document.uri))
    if file is None or file.kind is not FileKind.PROJECT:
        return []
    start, end = params.range.start, params.range.end
    return await asyncio.to_thread(_hints, file, (start.line, start.character), (end.line, end.character))


def _hints(file: FileView, start: tuple[int, int], end: tuple[int, int]) -> list[dict[str, Any]]:
    view = file.environment
    if view is None:
        return []
    found = []
    for section in SECTIONS:
        for entry in file.positions.entries(section):
            dependency = view.dependency(entry.name)
            place = (entry.value.end_line, entry.value.end_character)
            if dependency is not None and start <= place <= end:
                found.append(_hint(view, dependency, *place))
    return found


def _hint(view: EnvironmentView, dependency: Dependency, line: int, character: int) -> dict[str, Any]:
    return {
        "position": {"line": line, "character": character},
        "label": label(view, dependency),
        "tooltip": {"kind": "markdown", "value": package_markdown(dependency, view.loaded)},
        "paddingLeft": True,
    }


def label(view: EnvironmentView, dependency: Dependency) -> str:
    """`1.4.2`, `0.3.0 ← ../MyTools`, `not resolved`."""
    if dependency.origin is Origin.UNRESOLVED:
        return "not resolved"
    if dependency.origin is Origin.STDLIB:
        return dependency.version or "part of Julia"
    version = dependency.version or "no version"
    if dependency.origin is Origin.PATH and dependency.source is not None:
        return f"{version} ← {relative(dependency.source, view.environment.directory)}"
    return version
