"""The project files whose `[sources]` a bundle must keep true (Julia 1.11), and how they are rewritten (§6.2)."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from juliahub_ls.domain.environments.environment import LoadedEnvironment
from juliahub_ls.domain.environments.files import environment_at
from juliahub_ls.domain.environments.project import Project, read_project
from juliahub_ls.domain.environments.workspaces import Projects, normal
from juliahub_ls.domain.toml.text import read_toml
from juliahub_ls.domain.toml.writer import write_toml

from .model import BundledPackage, Placement


@dataclass(frozen=True, slots=True)
class Bearer:
    """A project file whose `[sources]` count: its folder here and in the bundle."""

    folder: Path
    archive: str
    file: Path
    project: Project


def bearers(loaded: LoadedEnvironment) -> Iterator[Bearer]:
    """The environment's own project, then those of the workspace's members below it, whose `[sources]` may leave it."""
    top = loaded.environment.directory
    yield Bearer(top, "", loaded.environment.project_file, loaded.project)
    projects, above = Projects(), normal(top)
    for member in loaded.members:
        known = projects.at(member)
        if known and above in member.parents:
            yield Bearer(member, member.relative_to(above).as_posix(), *known)


def bearer_of(package: BundledPackage) -> Bearer | None:
    """The project of a development package in the bundle, when it has one."""
    if package.source is None or package.placement not in (Placement.COPIED, Placement.IN_PLACE):
        return None
    environment = environment_at(package.source)
    if environment is None:
        return None
    file = environment.project_file
    return Bearer(package.source, package.archive_path or "", file, read_project(file))


def siblings(loaded: LoadedEnvironment) -> dict[str, str]:
    """What a workspace's member finds through the workspace alone: its dependencies among the packages of the root and
    the other members that are not in the manifest. Name → path from the folder, as in `[sources]`.
    """
    root, deps = loaded.workspace_root, loaded.project.deps
    if root is None:
        return {}
    projects = Projects()
    resolved = loaded.manifest.by_uuid() if loaded.manifest else {}
    found = {}
    for folder in (root, *projects.members(root)):
        known = projects.at(folder)
        project = known[1] if known else Project()
        uuid = deps.get(project.name or "")
        if project.name and uuid is not None and uuid == project.uuid and uuid not in resolved:
            found[project.name] = Path(os.path.relpath(folder, loaded.environment.directory)).as_posix()
    return found


def with_sources(file: Path, paths: Mapping[str, str]) -> bytes:
    """The project `file` with these paths in its `[sources]`, name → path."""
    table: dict[str, Any] = read_toml(file).table
    sources = table.setdefault("sources", {})
    for name, path in paths.items():
        sources.setdefault(name, {})["path"] = path
    return write_toml(table).encode()
