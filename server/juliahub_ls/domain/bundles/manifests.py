"""Which manifests a bundle must hold, and under which names, so that the job's Julia picks the right one (§6.2, 5)."""

from dataclasses import dataclass, field
from pathlib import Path

from juliahub_ls.domain.environments.environment import LoadedEnvironment
from juliahub_ls.domain.environments.files import JuliaVersion, choose_manifest, is_manifest_name, toml_files
from juliahub_ls.domain.environments.manifest import Manifest, read_manifest
from juliahub_ls.domain.environments.workspaces import normal

USUAL = "Manifest.toml"


@dataclass(slots=True)
class PlannedManifest:
    """A manifest for the bundle: `file` with `paths` (UUID → new path) at `archive_path`.

    `main`: the one the environment has here; others are there for another Julia than was thought of.
    """

    archive_path: str
    file: Path
    manifest: Manifest
    main: bool = True
    paths: dict[str, str] = field(default_factory=dict)


def plan_manifests(loaded: LoadedEnvironment, julia_version: JuliaVersion | None) -> list[PlannedManifest]:
    """The environment's manifest under the name that Julia will look for in the bundle, the main one first.

    A bundle has no workspace root above it and no file outside, so a manifest from there takes the place of what Julia
    would find in the folder; so does one that the user chose. With an unknown Julia, every manifest in the folder may
    be the one.
    """
    file, manifest = loaded.manifest_file, loaded.manifest
    if file is None or manifest is None:
        return []
    top = loaded.environment.directory
    names = {name for name in toml_files(top) if is_manifest_name(name)}
    own = _named_in_project(loaded) or choose_manifest(names, julia_version)
    if _inside(file, top) == own and not loaded.environment.manifest_is_chosen:
        main = PlannedManifest(own or file.name, file, manifest)
        others = names - {main.archive_path} if julia_version is None else set()
        return [main, *(_another(top / name) for name in sorted(others))]
    places = {own or USUAL} if julia_version or (own and own not in names) else {USUAL, *names}
    first, *rest = sorted(places, key=lambda name: (name != (own or USUAL), name))
    return [PlannedManifest(first, file, manifest), *(PlannedManifest(name, file, manifest, False) for name in rest)]


def _another(file: Path) -> PlannedManifest:
    return PlannedManifest(file.name, file, read_manifest(file), False)


def _named_in_project(loaded: LoadedEnvironment) -> str | None:
    """The manifest that the project itself names, when it will be in the bundle."""
    if not loaded.project.manifest:
        return None
    top = loaded.environment.directory
    inside = _inside(top / loaded.project.manifest, top)
    return inside if inside and (top / inside).is_file() else None


def _inside(file: Path, top: Path) -> str | None:
    file, top = normal(file), normal(top)
    return file.relative_to(top).as_posix() if file.is_relative_to(top) else None
