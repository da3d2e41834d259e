"""Hover: what the daemon knows of the package, artifact, path or rule under the mouse."""

import asyncio
from pathlib import Path
from typing import Any

from lsprotocol import types

from juliahub_ls import payloads
from juliahub_ls.domain.environments.files import environment_at
from juliahub_ls.domain.problem import Range
from juliahub_ls.domain.toml.positions import Place
from juliahub_ls.lsp.features.configuration_text import configuration_text
from juliahub_ls.lsp.features.ignore_hover import rule_markdown
from juliahub_ls.lsp.features.package_text import artifact_markdown, escape, folder_link, package_markdown
from juliahub_ls.lsp.features.words import package_at, value_at
from juliahub_ls.lsp.file_kinds import FileKind
from juliahub_ls.lsp.ranges import text_in
from juliahub_ls.lsp.session import Session
from juliahub_ls.lsp.uris import path_of
from juliahub_ls.lsp.views import FileView


async def answer(session: Session, params: types.HoverParams) -> Any:
    """A `Hover`, or nothing."""
    path, at = path_of(params.text_document.uri), params.position
    file = session.live.views().file(path)
    if file is None:
        return None
    if file.kind is FileKind.IGNORE:
        return await rule_markdown(session, file, at.line)
    return await asyncio.to_thread(_hover, file, at.line, at.character)


def _hover(file: FileView, line: int, character: int) -> Any:
    place = file.positions.at(line, character)
    if place is None:
        return None
    text = configuration_text(file, place) if file.kind is FileKind.CONFIGURATIONS else _text(file, place)
    return hover_of(text, place.range) if text else None


def hover_of(text: str, range_: Range) -> dict[str, Any]:
    """A `Hover` in Markdown."""
    return {"contents": {"kind": "markdown", "value": text}, "range": payloads.range_(range_)}


def _text(file: FileView, place: Place) -> str | None:
    if file.kind is FileKind.ARTIFACTS:
        return _artifact(file, place)
    if place.part == "value" and place.path[:1] in (("sources",), ("workspace",)):
        return _path(file, place)
    named = package_at(file, place)
    view = file.environment
    dependency = view.dependency(*named) if named and view else None
    return package_markdown(dependency, view.loaded) if dependency and view else None


def _path(file: FileView, place: Place) -> str | None:
    """What is at a path of `[sources]` or `[workspace]`."""
    member = place.path[:2] == ("workspace", "projects") and len(place.path) == 3
    if not member and not (len(place.path) == 3 and place.path[2] == "path"):
        return _package(file, place)
    folder = Path(file.path.parent, value_at(file, place))
    if not folder.is_dir():
        return f"{escape(str(folder))} does not exist on this computer."
    environment = environment_at(folder)
    if environment is None:
        return f"{folder_link(folder)} has no project file."
    view = file.beside(environment.project_file)
    loaded = view.environment.loaded if view and view.environment else None
    version = f" {escape(loaded.project.version)}" if loaded and loaded.project.version else ""
    name = escape(loaded.name) if loaded else folder.name
    what = "a member of this workspace" if member else "a development package"
    return f"**{name}**{version}, {what}\n\n{folder_link(folder)}"


def _package(file: FileView, place: Place) -> str | None:
    view = file.environment
    name = place.path[1] if len(place.path) > 1 else None
    dependency = view.dependency(name) if view and isinstance(name, str) else None
    return package_markdown(dependency, view.loaded) if dependency and view else None


def _artifact(file: FileView, place: Place) -> str | None:
    """The variant that the place is in; on the name in a header, all of them."""
    view = file.environment
    if view is None:
        return None
    name = str(place.path[0])
    variants = [found for found in view.artifacts if found.artifact.name == name]
    number = place.path[1] if len(place.path) > 1 and place.part != "header" else None
    tree_hash = file.positions.value(name, number, "git-tree-sha1") if isinstance(number, int) else None
    if tree_hash is not None:
        own = text_in(file.text, tree_hash).strip("\"'").lower()
        variants = [found for found in variants if found.artifact.tree_hash == own]
    return artifact_markdown(name, variants) if variants else None
