"""Which files make a Julia environment, in Julia's own order, and which environment a script belongs to (design §3)."""

import enum
import os
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from .artifacts import Artifacts, read_artifacts
from .manifest import Manifest, read_manifest
from .problem import Problem
from .project import Project, read_project
from .toml_text import ReadText, read_text

PROJECT_NAMES = ("JuliaProject.toml", "Project.toml")
MANIFEST_NAMES = ("JuliaManifest.toml", "Manifest.toml")
ARTIFACTS_NAMES = ("JuliaArtifacts.toml", "Artifacts.toml")
PREFERENCES_NAMES = ("JuliaLocalPreferences.toml", "LocalPreferences.toml")
_VERSIONED_SINCE = (1, 10)
_WORKSPACES_SINCE = (1, 12)
_VERSIONED = re.compile(r"(Julia)?Manifest-v(\d{1,4})\.(\d{1,4})\.toml")

JuliaVersion = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Environment:
    """A folder with a project file, and the files Julia would read there."""

    directory: Path
    project_file: Path
    manifest_file: Path | None = None
    artifacts_file: Path | None = None


@dataclass(frozen=True, slots=True)
class LoadedEnvironment:
    """An environment's content. `manifest_file` may be the workspace root's, or another the project names."""

    environment: Environment
    project: Project
    manifest: Manifest | None
    artifacts: Artifacts | None
    manifest_file: Path | None
    workspace_root: Path | None
    problems: tuple[Problem, ...]

    @property
    def name(self) -> str:
        """The project's name, else its folder's."""
        return self.project.name or self.environment.directory.name


class Reason(enum.Enum):
    """Why a script has the environment it has; the value is a phrase for the user."""

    ACTIVE = "the active environment of the Julia extension"
    NEAREST = "the nearest project file in the script's folder or above"
    NONE = "no project file in the script's folder or above"


@dataclass(frozen=True, slots=True)
class ScriptEnvironment:
    """The environment of a script, or none, and the reason."""

    environment: Environment | None
    reason: Reason


def is_environment_file(name: str) -> bool:
    """Whether a file of this name can make or change an environment: what a watcher cares about."""
    return name in _FIXED_NAMES or _VERSIONED.fullmatch(name) is not None


def find_environment(
    directory: Path, listing: Collection[str], julia_version: JuliaVersion | None = None
) -> Environment | None:
    """The environment of a folder whose files are `listing`; None without a project file.

    `julia_version` picks among versioned manifests; when unknown, the plain manifest wins, then the newest.
    """
    names = listing if isinstance(listing, (set, frozenset, dict)) else set(listing)
    project = _first(PROJECT_NAMES, names)
    if project is None:
        return None
    manifest = choose_manifest(names, julia_version)
    artifacts = _first(ARTIFACTS_NAMES, names)
    return Environment(
        directory,
        directory / project,
        directory / manifest if manifest else None,
        directory / artifacts if artifacts else None,
    )


def choose_manifest(names: Collection[str], julia_version: JuliaVersion | None) -> str | None:
    """The manifest's file name among `names`, as Julia `julia_version` would choose; versioned ones since 1.10."""
    plain = _first(MANIFEST_NAMES, names)
    if julia_version is None:
        return plain or _newest_versioned(names)
    if julia_version < _VERSIONED_SINCE:
        return plain
    suffix = f"-v{julia_version[0]}.{julia_version[1]}.toml"
    return _first((f"JuliaManifest{suffix}", f"Manifest{suffix}"), names) or plain


def environment_at(directory: Path, julia_version: JuliaVersion | None = None) -> Environment | None:
    """`find_environment` of a folder on disk; None also when it cannot be listed."""
    return find_environment(directory, _files(directory), julia_version)


def environment_for_script(
    script: Path,
    *,
    active: Path | None = None,
    home: Path | None = None,
    julia_version: JuliaVersion | None = None,
) -> ScriptEnvironment:
    """The folder `active` if it is an environment, else the nearest one from the script upward (not above `home`)."""
    chosen = environment_at(active, julia_version) if active else None
    if chosen:
        return ScriptEnvironment(chosen, Reason.ACTIVE)
    for directory in script.absolute().parents:
        found = environment_at(directory, julia_version)
        if found:
            return ScriptEnvironment(found, Reason.NEAREST)
        if directory == home:
            break
    return ScriptEnvironment(None, Reason.NONE)


def load_environment(
    environment: Environment, julia_version: JuliaVersion | None = None, read: ReadText = read_text
) -> LoadedEnvironment:
    """Reads the files of an environment; never raises, what cannot be read or parsed is in `problems`.

    `read` may give what an editor has open before what is on disk.
    """
    project = read_project(environment.project_file, read)
    root = workspace_root(environment.directory)
    manifest_file = _manifest_file(environment, project, root, julia_version)
    manifest = read_manifest(manifest_file, read) if manifest_file else None
    artifacts = read_artifacts(environment.artifacts_file, read) if environment.artifacts_file else None
    problems = [*project.problems]
    problems += manifest.problems if manifest else ()
    problems += artifacts.problems if artifacts else ()
    return LoadedEnvironment(environment, project, manifest, artifacts, manifest_file, root, tuple(problems))


def workspace_root(directory: Path) -> Path | None:
    """The folder of the outermost project whose `[workspace]` names `directory`, directly or through another member."""
    root: Path | None = None
    member = Path(os.path.normpath(directory.absolute()))
    for parent in member.parents:
        file = next((parent / name for name in PROJECT_NAMES if (parent / name).is_file()), None)
        projects = read_project(file).workspace if file else ()
        if any(Path(os.path.normpath(parent / project)) == member for project in projects):
            root = member = parent
    return root


def _manifest_file(
    environment: Environment, project: Project, root: Path | None, julia_version: JuliaVersion | None
) -> Path | None:
    if project.manifest:
        named = environment.directory / project.manifest
        if named.is_file():
            return named
    if root and (julia_version is None or julia_version >= _WORKSPACES_SINCE):
        chosen = choose_manifest(_files(root), julia_version)
        if chosen:
            return root / chosen
    if julia_version is None:
        return environment.manifest_file
    chosen = choose_manifest(_files(environment.directory), julia_version)
    return environment.directory / chosen if chosen else None


def _files(directory: Path) -> set[str]:
    try:
        with os.scandir(directory) as entries:
            return {entry.name for entry in entries if entry.name.endswith(".toml") and _is_file(entry)}
    except (OSError, ValueError):
        return set()


def _is_file(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_file()
    except OSError:
        return False


def _first(candidates: tuple[str, ...], names: Collection[str]) -> str | None:
    return next((name for name in candidates if name in names), None)


def _newest_versioned(names: Collection[str]) -> str | None:
    found = [
        (int(match[2]), int(match[3]), match[1] or "", match[0]) for match in map(_VERSIONED.fullmatch, names) if match
    ]
    return max(found)[-1] if found else None


_FIXED_NAMES = frozenset((*PROJECT_NAMES, *MANIFEST_NAMES, *ARTIFACTS_NAMES, *PREFERENCES_NAMES))
