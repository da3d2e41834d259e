"""What an environment depends on: each package with where it comes from and how a job will have it."""

import enum
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from juliahub_ls.domain.environments.artifact_overrides import read_overrides
from juliahub_ls.domain.environments.depot import package_path
from juliahub_ls.domain.environments.development import development_folder
from juliahub_ls.domain.environments.environment import LoadedEnvironment
from juliahub_ls.domain.environments.files import JuliaVersion
from juliahub_ls.domain.environments.manifest import ManifestEntry
from juliahub_ls.domain.environments.project import Source
from juliahub_ls.domain.environments.registries import registered_uuids, registries, registry_of
from juliahub_ls.domain.environments.workspaces import Projects
from juliahub_ls.domain.toml.text import ReadText, read_text

from .artifacts import ArtifactView as ArtifactView
from .artifacts import project_owner, view_artifact
from .model import BundledPackage, Placement
from .packages import plan_packages


class Origin(enum.Enum):
    """Where a package comes from; the value is the protocol's word."""

    REGISTRY = "registry"
    STDLIB = "stdlib"
    PATH = "path"
    REPOSITORY = "repository"
    UNREGISTERED = "unregistered"
    UNRESOLVED = "unresolved"


@dataclass(frozen=True, slots=True)
class Dependency:
    """A dependency as it is resolved. `section`: `deps`, `weakdeps`, `extras` of the project, else `indirect`.

    `placement`: how the job will have it. `registry`: the name of the one here that knows it. `source`: its folder on
    this computer, when it is there. `url`, `rev`, `subdir`: of a repository that it is tracked by.
    """

    name: str
    uuid: str
    section: str
    origin: Origin
    placement: Placement
    version: str | None = None
    registry: str | None = None
    pinned: bool = False
    source: Path | None = None
    url: str | None = None
    rev: str | None = None
    subdir: str | None = None


def dependencies(
    loaded: LoadedEnvironment,
    depots: Sequence[Path],
    *,
    julia_version: JuliaVersion | None = None,
    read: ReadText = read_text,
) -> list[Dependency]:
    """Every package: the project's own in the file's order, then what those need, by name.

    What the manifest does not have is `UNRESOLVED`: without any manifest the server resolves it, else no job has it.
    """
    plan = plan_packages(loaded, depots, registered_uuids(depots), julia_version=julia_version)
    look = _Look(loaded, depots, {package.uuid: package for package in plan.packages}, read)
    found = {uuid: look.at(name, uuid, section) for name, uuid, section in reversed(list(_direct(loaded)))}
    entries = loaded.manifest.entries if loaded.manifest else ()
    own = loaded.project.uuid
    others = sorted((entry.name, entry.uuid) for entry in entries if entry.uuid not in found and entry.uuid != own)
    direct = [found[uuid] for uuid in dict.fromkeys(uuid for _, uuid, _ in _direct(loaded))]
    return [*direct, *(look.at(name, uuid, "indirect") for name, uuid in others)]


def artifact_views(
    loaded: LoadedEnvironment, depots: Sequence[Path], *, read: ReadText = read_text
) -> list[ArtifactView]:
    """Every variant of every artifact of the environment's own file, for all platforms, in the file's order."""
    owner = project_owner(loaded, registered_uuids(depots) or frozenset())
    if owner is None or loaded.artifacts is None:
        return []
    overrides = read_overrides(depots, read).within(owner.uuid, loaded.artifacts)
    return [
        view_artifact(artifact, owner, overrides.of(artifact.tree_hash, depots), depots)
        for artifact in loaded.artifacts.variants
    ]


def _direct(loaded: LoadedEnvironment) -> Iterator[tuple[str, str, str]]:
    project = loaded.project
    for section, packages in (("deps", project.deps), ("weakdeps", project.weakdeps), ("extras", project.extras)):
        for name, uuid in packages.items():
            yield name, uuid, section


class _Look:
    """Looks at one package after another."""

    def __init__(
        self, loaded: LoadedEnvironment, depots: Sequence[Path], placed: dict[str, BundledPackage], read: ReadText
    ) -> None:
        self._projects = Projects(read)
        self._loaded = loaded
        self._depots = depots
        self._registries = registries(depots)
        self._placed = placed
        self._entries = loaded.manifest.by_uuid() if loaded.manifest else {}

    def at(self, name: str, uuid: str, section: str) -> Dependency:
        """The dependency with this UUID."""
        entry = self._entries.get(uuid)
        return self._resolved(entry, section) if entry else self._unresolved(name, uuid, section)

    def _resolved(self, entry: ManifestEntry, section: str) -> Dependency:
        placed = self._placed.get(entry.uuid)
        registry = None if entry.is_stdlib or entry.path is not None else registry_of(self._registries, entry.uuid)
        return Dependency(
            name=entry.name,
            uuid=entry.uuid,
            section=section,
            origin=self._origin(entry, placed, registry),
            placement=placed.placement if placed else Placement.SERVER,
            version=entry.version or self._version_at(self._folder(entry, placed)),
            registry=registry,
            pinned=entry.pinned,
            source=self._folder(entry, placed),
            url=entry.repo_url,
            rev=entry.repo_rev,
            subdir=entry.repo_subdir,
        )

    def _origin(self, entry: ManifestEntry, placed: BundledPackage | None, registry: str | None) -> Origin:
        if entry.path is not None:
            return Origin.PATH
        if entry.repo_url is not None:
            return Origin.REPOSITORY
        if entry.is_stdlib:
            return Origin.STDLIB
        known = registry is not None or (placed is not None and placed.placement is Placement.SERVER)
        return Origin.REGISTRY if known else Origin.UNREGISTERED

    def _folder(self, entry: ManifestEntry, placed: BundledPackage | None) -> Path | None:
        if placed and placed.source:
            return placed.source
        if entry.path is not None and self._loaded.manifest_file:
            return development_folder(self._loaded.manifest_file.parent, entry.path)
        return package_path(self._depots, entry.name, entry.uuid, entry.tree_sha) if entry.tree_sha else None

    def _unresolved(self, name: str, uuid: str, section: str) -> Dependency:
        source, placed = self._loaded.project.sources.get(name, Source()), self._placed.get(uuid)
        registry = registry_of(self._registries, uuid)
        placement = Placement.ABSENT
        if placed:
            placement = placed.placement
        elif self._loaded.manifest is None and section == "deps":
            placement = Placement.SERVER
        return Dependency(
            name=name,
            uuid=uuid,
            section=section,
            origin=Origin.PATH if placed and source.path else Origin.UNRESOLVED,
            placement=placement,
            version=self._version_at(placed.source) if placed else None,
            registry=registry,
            source=placed.source if placed else None,
            url=source.url,
            rev=source.rev,
            subdir=source.subdir,
        )

    def _version_at(self, folder: Path | None) -> str | None:
        """The version that a development package gives itself."""
        known = self._projects.at(folder) if folder else None
        return known[1].version if known else None
