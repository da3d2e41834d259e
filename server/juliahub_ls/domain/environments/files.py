"""Which files make a Julia environment, by their names alone, in Julia's own order (design §3; `loading.jl`)."""

import os
import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

PROJECT_NAMES = ("JuliaProject.toml", "Project.toml")
MANIFEST_NAMES = ("JuliaManifest.toml", "Manifest.toml")
ARTIFACTS_NAMES = ("JuliaArtifacts.toml", "Artifacts.toml")
PREFERENCES_NAMES = ("JuliaLocalPreferences.toml", "LocalPreferences.toml")
_VERSIONED_SINCE = (1, 10)
_VERSIONED = re.compile(r"(Julia)?Manifest-v(\d{1,4})\.(\d{1,4})\.toml")

JuliaVersion = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Environment:
    """A folder with a project file, and the files Julia would read there."""

    directory: Path
    project_file: Path
    manifest_file: Path | None = None
    artifacts_file: Path | None = None
    manifest_is_chosen: bool = False
    """It takes the place of whatever manifest Julia would read."""


@dataclass(frozen=True, slots=True)
class ChosenFiles:
    """Files that a user puts in the place of those that Julia would read; None: as found."""

    manifest: Path | None = None
    artifacts: Path | None = None

    def put_into(self, environment: Environment) -> Environment:
        """The environment with them."""
        return replace(
            environment,
            manifest_file=_absolute(self.manifest) or environment.manifest_file,
            artifacts_file=_absolute(self.artifacts) or environment.artifacts_file,
            manifest_is_chosen=self.manifest is not None,
        )


AS_FOUND = ChosenFiles()


def _absolute(file: Path | None) -> Path | None:
    return Path(os.path.normpath(file.absolute())) if file else None


def is_environment_file(name: str) -> bool:
    """Whether a file of this name can make or change an environment: what a watcher cares about."""
    return name in _FIXED_NAMES or _VERSIONED.fullmatch(name) is not None


def is_manifest_name(name: str) -> bool:
    """Whether some Julia would take a file of this name for a manifest."""
    return name in MANIFEST_NAMES or _VERSIONED.fullmatch(name) is not None


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
    artifacts = choose_artifacts(names)
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


def choose_artifacts(names: Collection[str]) -> str | None:
    """The artifacts file's name among `names`, as Julia would choose."""
    return _first(ARTIFACTS_NAMES, names)


def environment_at(
    directory: Path, julia_version: JuliaVersion | None = None, chosen: ChosenFiles = AS_FOUND
) -> Environment | None:
    """`find_environment` of a folder on disk, with what was `chosen`; None also when it cannot be listed."""
    found = find_environment(directory, toml_files(directory), julia_version)
    return chosen.put_into(found) if found else None


def toml_files(directory: Path) -> set[str]:
    """The names of the `.toml` files in a folder; none when it cannot be listed."""
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
