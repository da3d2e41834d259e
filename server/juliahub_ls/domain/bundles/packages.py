"""Where the job will find each package: the server, the folder, or the bundle (protocol §6.2)."""

import ntpath
import os
import posixpath
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from juliahub_ls.domain.environments.depot import package_path, version_slug
from juliahub_ls.domain.environments.development import development_folder, missing_package
from juliahub_ls.domain.environments.environment import LoadedEnvironment
from juliahub_ls.domain.environments.files import JuliaVersion, environment_at
from juliahub_ls.domain.environments.manifest import ManifestEntry
from juliahub_ls.domain.problem import Problem, warning

from .manifests import PlannedManifest, plan_manifests
from .model import BundledPackage, Placement
from .sources import Bearer, bearer_of, bearers, siblings, with_sources

DEV = ".bundle/dev"
PACKAGES = ".bundle/depot/packages"
_NOT_IN_NAMES = re.compile(r"[^\w!]")


@dataclass(slots=True)
class PackagePlan:
    """`manifests`: with their new paths, the main one first; `projects`: archive path → its project file rewritten."""

    packages: list[BundledPackage] = field(default_factory=list)
    manifests: list[PlannedManifest] = field(default_factory=list)
    projects: dict[str, bytes] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def plan_packages(
    loaded: LoadedEnvironment,
    depots: Sequence[Path],
    registered: Collection[str] | None,
    taken: Collection[str] = (),
    julia_version: JuliaVersion | None = None,
) -> PackagePlan:
    """Decides for every package of the manifest, and for the folders that `[sources]` and the workspace name.

    `registered`: UUIDs the server can be expected to know; None: no registry here, so nothing is known to be missing.
    `taken`: names already below `.bundle/dev` in the folder. `julia_version`: of the Julia that will run the job.
    Never raises.
    """
    return _Planner(loaded, depots, registered, taken).run(julia_version)


class _Planner:
    def __init__(
        self,
        loaded: LoadedEnvironment,
        depots: Sequence[Path],
        registered: Collection[str] | None,
        taken: Collection[str],
    ) -> None:
        self._top = loaded.environment.directory
        self._real_top = os.path.realpath(self._top)
        self._loaded = loaded
        self._depots = depots
        self._registered = registered
        self._taken = {name.lower() for name in taken}
        self._placed: dict[str, BundledPackage] = {}  # by real source folder
        self._plan = PackagePlan()

    def run(self, julia_version: JuliaVersion | None) -> PackagePlan:
        self._plan.manifests = plan_manifests(self._loaded, julia_version)
        for planned in self._plan.manifests:
            for entry in planned.manifest.entries:
                if entry.path is not None:
                    self._development(entry, planned)
                elif planned.main:
                    self._plan.packages.append(self._installed(entry))
        self._follow_sources()
        return self._plan

    def _development(self, entry: ManifestEntry, planned: PlannedManifest) -> None:
        assert entry.path is not None
        source = development_folder(planned.file.parent, entry.path)
        if source is None:
            if planned.main:
                self._missing(entry.name, entry.uuid, entry.path, entry.version, planned.file)
            return
        package = self._place(entry.name, entry.uuid, source, _is_absolute(entry.path), entry.version)
        if package not in self._plan.packages:
            self._plan.packages.append(package)
        moved = _moved(entry.path, package, posixpath.dirname(planned.archive_path))
        if moved is not None:
            planned.paths[entry.uuid] = moved

    def _place(self, name: str, uuid: str, source: Path, absolute: bool, version: str | None) -> BundledPackage:
        """A development package stays where it is only if its path is relative and inside the folder (§6.2, 4)."""
        real = os.path.realpath(source)
        known = self._placed.get(real)
        if known:
            return known
        if environment_at(source) is None and not (source / "src" / f"{name}.jl").is_file():
            self._plan.problems.append(_no_package(name, source))
        inside = _below(real, self._real_top)
        if inside is not None and not absolute:
            package = BundledPackage(name, uuid, Placement.IN_PLACE, version, source, inside)
        else:
            package = BundledPackage(name, uuid, Placement.COPIED, version, source, self._free_place(name, uuid))
        self._placed[real] = package
        return package

    def _free_place(self, name: str, uuid: str) -> str:
        name = _NOT_IN_NAMES.sub("_", name)  # the manifest may say anything, also `..`
        chosen = name if name.lower() not in self._taken else f"{name}-{uuid[:8]}"
        self._taken.add(chosen.lower())  # some systems know no case
        return f"{DEV}/{chosen}"

    def _installed(self, entry: ManifestEntry) -> BundledPackage:
        if entry.is_stdlib:
            return BundledPackage(entry.name, entry.uuid, Placement.STDLIB, entry.version)
        known = entry.repo_url is None if self._registered is None else entry.uuid in self._registered
        if known or entry.tree_sha is None:
            return BundledPackage(entry.name, entry.uuid, Placement.SERVER, entry.version)
        source = package_path(self._depots, entry.name, entry.uuid, entry.tree_sha)
        if source is None or _NOT_IN_NAMES.search(entry.name):
            self._plan.problems.append(_not_installed(entry, self._loaded.manifest_file))
            return BundledPackage(entry.name, entry.uuid, Placement.MISSING, entry.version)
        archive = f"{PACKAGES}/{entry.name}/{version_slug(entry.uuid, entry.tree_sha)}"
        return BundledPackage(entry.name, entry.uuid, Placement.DEPOT, entry.version, source, archive)

    def _follow_sources(self) -> None:
        """`[sources]` of the project, its members and, in turn, every development package: place folders, mend paths.

        A member of a workspace that is bundled alone finds the packages of the workspace as `[sources]`, too.
        """
        waiting = [*bearers(self._loaded), *filter(None, map(bearer_of, self._plan.packages))]
        done: set[str] = set()
        while waiting:
            bearer = waiting.pop()
            if bearer.archive in done:
                continue
            done.add(bearer.archive)
            sources = bearer.project.path_sources
            if not bearer.archive:
                sources = siblings(self._loaded) | sources
            moved: dict[str, str] = {}
            for name, path in sources.items():
                package = self._source(name, path, bearer)
                if package is None or package.archive_path is None:
                    continue
                relative = _moved(path, package, bearer.archive)
                if relative is not None or name not in bearer.project.sources:
                    moved[name] = relative or path
                waiting += filter(None, [bearer_of(package)])
            if moved:
                archive = posixpath.join(bearer.archive, bearer.file.name)
                self._plan.projects[archive] = with_sources(bearer.file, moved)

    def _source(self, name: str, path: str, bearer: Bearer) -> BundledPackage | None:
        uuid = bearer.project.deps.get(name) or bearer.project.weakdeps.get(name)
        if uuid is None:
            return None  # for tests only: the job does not load it
        source = development_folder(bearer.folder, path)
        if source is None:
            self._missing(name, uuid, path, None, bearer.file)
            return None
        known = self._placed.get(os.path.realpath(source))
        package = known or self._place(name, uuid, source, _is_absolute(path), None)
        if known is None:
            self._plan.packages.append(package)
        return package

    def _missing(self, name: str, uuid: str, path: str, version: str | None, file: Path) -> None:
        if any(package.uuid == uuid for package in self._plan.packages):
            return
        self._plan.problems.append(missing_package(name, path, file))
        self._plan.packages.append(BundledPackage(name, uuid, Placement.MISSING, version))


def _moved(path: str, package: BundledPackage, folder: str) -> str | None:
    """The package's path from `folder` in the bundle; None when `path`, as written, already leads there."""
    relative = posixpath.relpath(package.archive_path or ".", folder or ".")
    return relative if _is_absolute(path) or posixpath.normpath(path) != relative else None


def _is_absolute(path: str) -> bool:
    return posixpath.isabs(path) or ntpath.isabs(path) or bool(ntpath.splitdrive(path)[0])


def _below(path: str, root: str) -> str | None:
    """`path` relative to `root` with `/`, "" for root itself, None when it is elsewhere."""
    if path == root:
        return ""
    prefix = root.rstrip(os.sep) + os.sep
    return path[len(prefix) :].replace(os.sep, "/") if path.startswith(prefix) else None


def _no_package(name: str, source: Path) -> Problem:
    message = (
        f"The path of the development package {name} leads to {source}, where no package is. "
        f"Point to its folder with Julia's `] dev`, or mend its path in [sources]."
    )
    return warning("development-package-empty", message, source, package=name)


def _not_installed(entry: ManifestEntry, file: Path | None) -> Problem:
    origin = f"comes from {entry.repo_url}" if entry.repo_url else "is in no registry known here"
    message = (
        f"{entry.name} {origin} and is not installed on this computer, so it cannot go into the bundle. "
        f"Run Julia's `] instantiate` here first, or make sure that the server can reach it."
    )
    return warning("unregistered-package-missing", message, file, package=entry.name)
