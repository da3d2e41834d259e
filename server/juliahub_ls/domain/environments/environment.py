"""What the files of a Julia environment say (design §3): project, manifest, artifacts, workspace, sources."""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from juliahub_ls.domain.problem import Problem
from juliahub_ls.domain.toml.text import ReadText, read_text

from .artifacts import Artifacts, read_artifacts
from .files import Environment, JuliaVersion, choose_manifest, toml_files
from .manifest import Manifest, read_manifest
from .project import Project, read_project
from .workspaces import Projects

_WORKSPACES_SINCE = (1, 12)


@dataclass(frozen=True, slots=True)
class LoadedEnvironment:
    """An environment's content. `manifest_file` may be the workspace root's, or another the project names.

    `members`: the folders of all members, when the environment is the root of a workspace.
    """

    environment: Environment
    project: Project
    manifest: Manifest | None
    artifacts: Artifacts | None
    manifest_file: Path | None
    workspace_root: Path | None
    problems: tuple[Problem, ...]
    members: tuple[Path, ...] = ()

    @property
    def name(self) -> str:
        """The project's name, else its folder's."""
        return self.project.name or self.environment.directory.name


@dataclass(frozen=True, slots=True)
class ResolvedSource:
    """An entry of `[sources]`. `directory`: the folder that `path` means on this computer; `exists`: it is there."""

    name: str
    path: str | None = None
    directory: Path | None = None
    exists: bool | None = None
    url: str | None = None
    rev: str | None = None
    subdir: str | None = None


def load_environment(
    environment: Environment, julia_version: JuliaVersion | None = None, read: ReadText = read_text
) -> LoadedEnvironment:
    """Reads the files of an environment; never raises, what cannot be read or parsed is in `problems`.

    `read` may give what an editor has open before what is on disk.
    """
    return _load(environment, julia_version, read, Projects(read))


def load_environments(
    environments: Iterable[Environment],
    julia_version: JuliaVersion | None = None,
    *,
    cancelled: Callable[[], bool] | None = None,
) -> list[LoadedEnvironment]:
    """`load_environment` of many in one tree: what they share is read once. Cancelled, it gives those read so far."""
    projects = Projects(read_text)
    found = []
    for environment in environments:
        if cancelled and cancelled():
            break
        found.append(_load(environment, julia_version, read_text, projects))
    return found


def resolved_sources(loaded: LoadedEnvironment) -> list[ResolvedSource]:
    """The project's `[sources]`, in the file's order, with the folders that relative paths mean."""
    found = []
    for name, source in loaded.project.sources.items():
        directory = _folder(loaded.environment.directory, source.path) if source.path is not None else None
        exists = _is_directory(directory) if directory else None
        found.append(ResolvedSource(name, source.path, directory, exists, source.url, source.rev, source.subdir))
    return found


def _load(
    environment: Environment, julia_version: JuliaVersion | None, read: ReadText, projects: Projects
) -> LoadedEnvironment:
    known = projects.at(environment.directory)
    same = known is not None and known[0] == environment.project_file
    project = known[1] if known and same else read_project(environment.project_file, read)
    root = projects.workspace_root(environment.directory)
    manifest_file = _manifest_file(environment, project, root, julia_version, projects)
    manifest = read_manifest(manifest_file, read) if manifest_file else None
    artifacts = read_artifacts(environment.artifacts_file, read) if environment.artifacts_file else None
    problems = [*project.problems]
    problems += manifest.problems if manifest else ()
    problems += artifacts.problems if artifacts else ()
    members = projects.members(environment.directory) if project.workspace and root is None else ()
    return LoadedEnvironment(environment, project, manifest, artifacts, manifest_file, root, tuple(problems), members)


def _manifest_file(
    environment: Environment,
    project: Project,
    root: Path | None,
    julia_version: JuliaVersion | None,
    projects: Projects,
) -> Path | None:
    """The user's choice, else in Julia's order: the workspace root's, the one the project names, the one beside it."""
    if environment.manifest_is_chosen:
        return environment.manifest_file
    if root and (julia_version is None or julia_version >= _WORKSPACES_SINCE):
        above = projects.at(root)
        chosen = _own_manifest(root, above[1], julia_version) if above else None
        if chosen:
            return chosen
    if julia_version is None and not project.manifest:
        return environment.manifest_file
    return _own_manifest(environment.directory, project, julia_version)


def _own_manifest(directory: Path, project: Project, julia_version: JuliaVersion | None) -> Path | None:
    if project.manifest:
        named = _folder(directory, project.manifest)
        if named and _is_file(named):
            return named
    chosen = choose_manifest(toml_files(directory), julia_version)
    return directory / chosen if chosen else None


def _folder(base: Path, path: str) -> Path | None:
    try:
        return Path(os.path.normpath(base / path))
    except ValueError:
        return None


def _is_directory(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False
