"""Document links: from paths, addresses and names of packages to what they mean."""

import asyncio
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lsprotocol import types

from juliahub_ls import payloads
from juliahub_ls.domain.environments.environment import resolved_sources
from juliahub_ls.domain.environments.files import environment_at
from juliahub_ls.domain.problem import Range
from juliahub_ls.domain.toml.text import parse_toml
from juliahub_ls.lsp.features.words import SECTIONS
from juliahub_ls.lsp.file_kinds import FileKind
from juliahub_ls.lsp.session import Session
from juliahub_ls.lsp.uris import path_of
from juliahub_ls.lsp.views import FileView

_SSH = re.compile(r"(?:ssh://)?git@([^/:]+)[:/](.+)")
Link = tuple[Range | None, str | None]
"""A range and where it leads; either may be missing, then there is no link."""


async def answer(session: Session, params: types.DocumentLinkParams) -> Any:
    """The `DocumentLink`s of a file."""
    file = session.live.views().file(path_of(params.text_document.uri))
    return await asyncio.to_thread(_links, file) if file and file.kind in _LINKS else []


def _links(file: FileView) -> list[dict[str, Any]]:
    return [
        {"range": payloads.range_(range_), "target": target}
        for range_, target in _LINKS[file.kind](file)
        if range_ and target
    ]


def _project(file: FileView) -> Iterator[Link]:
    base, positions = file.path.parent, file.positions
    view = file.environment
    if view is None:
        return
    for section in SECTIONS:
        for entry in positions.entries(section):
            dependency = view.dependency(entry.name)
            yield entry.key, _project_file(dependency.source) if dependency and dependency.source else None
    for source in resolved_sources(view.loaded):
        folder = _project_file(source.directory) if source.directory else None
        yield _inner(positions.value("sources", source.name, "path")), folder
        yield _inner(positions.value("sources", source.name, "url")), web_address(source.url)
    for number, member in enumerate(view.loaded.project.workspace):
        yield _inner(positions.value("workspace", "projects", number)), _project_file(base / member)


def _manifest(file: FileView) -> Iterator[Link]:
    view = file.environment
    manifest = view.loaded.manifest if view else None
    if view is None or manifest is None:
        return
    numbers: dict[str, int] = {}
    sources = {(dependency.name, dependency.uuid): dependency.source for dependency in view.dependencies}
    for entry in manifest.entries:
        number = numbers[entry.name] = numbers.get(entry.name, -1) + 1
        path = ("deps", entry.name, number) if manifest.format != "1.0" else (entry.name, number)
        source = sources.get((entry.name, entry.uuid))
        yield file.positions.table(*path), _project_file(source) if source else None
        if entry.path is not None:
            yield _inner(file.positions.value(*path, "path")), _project_file(file.path.parent / entry.path)
        if entry.repo_url is not None:
            yield _inner(file.positions.value(*path, "repo-url")), web_address(entry.repo_url)


def _artifacts(file: FileView) -> Iterator[Link]:
    for name, value in parse_toml(file.text, file.path).table.items():
        for number, raw in enumerate(value) if isinstance(value, list) else [(None, value)]:
            path = (name,) if number is None else (name, number)
            downloads = raw.get("download") if isinstance(raw, dict) else None
            for index, download in enumerate(downloads if isinstance(downloads, list) else []):
                url = download.get("url") if isinstance(download, dict) else None
                if isinstance(url, str):
                    yield _inner(file.positions.value(*path, "download", index, "url")), web_address(url)


def web_address(url: str | None) -> str | None:
    """Where a browser finds a repository or file; None where it cannot."""
    if url is None:
        return None
    ssh = _SSH.fullmatch(url)
    address = f"https://{ssh[1]}/{ssh[2]}" if ssh else url
    return address if address.startswith(("https://", "http://")) else None


def _project_file(folder: Path) -> str | None:
    """The project file of a package's folder: a link leads to a file."""
    environment = environment_at(folder)
    return Path(os.path.normpath(environment.project_file.absolute())).as_uri() if environment else None


def _inner(value: Range | None) -> Range | None:
    """A string without its quotes."""
    if value is None or value.start_line != value.end_line:
        return value
    return Range(value.start_line, value.start_character + 1, value.end_line, value.end_character - 1)


_LINKS = {FileKind.PROJECT: _project, FileKind.MANIFEST: _manifest, FileKind.ARTIFACTS: _artifacts}
