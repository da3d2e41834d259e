"""Decides what a bundle will hold: files, rewritten TOML, what stays home (protocol §6).

The user's folder is only looked at; new files are read once, in search of tokens. The plan is what the editor and the
terminal show and what the writer follows.
"""

import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from juliahub_ls.domain.environments.environment import LoadedEnvironment, load_environment
from juliahub_ls.domain.environments.files import choose_artifacts, environment_at, toml_files
from juliahub_ls.domain.environments.manifest import write_manifest
from juliahub_ls.domain.environments.platforms import this_platform
from juliahub_ls.domain.environments.registries import registered_uuids
from juliahub_ls.domain.problem import Problem, Severity, error, warning

from .artifacts import plan_artifacts
from .checks import ignored_packages, left_out_problems, size_problem
from .gather import Gathered, sort_key
from .manifests import PlannedManifest
from .model import (
    BundledArtifact,
    BundledPackage,
    BundleOptions,
    InjectedFile,
    LeftOut,
    PlannedFile,
    SizedPath,
)
from .names import name_problems
from .packages import DEV, PackagePlan, plan_packages
from .sizes import largest
from .walk_memory import WalkMemory


@dataclass(frozen=True, slots=True)
class BundlePlan:
    """Everything that goes in and everything that does not.

    `name`: the archive's one top folder. `files` and `empty_directories` are sorted by path; `injected` are made here.
    `manifest_sha256`: of the manifest in the bundle, lower-case hex (§6.2, 5); None without one.
    """

    directory: Path
    name: str
    files: tuple[PlannedFile, ...] = ()
    injected: tuple[InjectedFile, ...] = ()
    empty_directories: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    problems: tuple[Problem, ...] = ()
    packages: tuple[BundledPackage, ...] = ()
    artifacts: tuple[BundledArtifact, ...] = ()
    environment: LoadedEnvironment | None = None
    manifest_sha256: str | None = None
    total_size: int = 0

    @property
    def errors(self) -> list[Problem]:
        """What must be mended before the bundle can be sent."""
        return [problem for problem in self.problems if problem.severity is Severity.ERROR]

    @property
    def file_count(self) -> int:
        """Files in the archive, injected ones included."""
        return len(self.files) + len(self.injected)

    def largest(self, count: int) -> list[SizedPath]:
        """The folders and files that weigh most, biggest first.

        A folder that owes its weight to one thing in it gives way to that thing: the list names culprits, not parents.
        """
        return largest(self.files, self.injected, count)


def plan_bundle(
    directory: Path,
    *,
    options: BundleOptions = BundleOptions(),  # noqa: B008 - immutable
    depots: Sequence[Path] = (),
    memory: WalkMemory | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> BundlePlan:
    """The plan for bundling `directory`; with a `memory`, an unchanged folder is not walked again.

    Raises only `walk.Cancelled`, when `cancelled` says so.
    """
    top = Path(os.path.normpath(directory.absolute()))
    name = Path(os.path.realpath(top)).name or "bundle"
    if not top.is_dir():
        message = f"{top} is not a folder, so there is nothing to bundle. Choose the folder that holds the project."
        return BundlePlan(top, name, problems=(error("not-a-folder", message, top),))
    walk = (memory or WalkMemory()).walk
    gathered = Gathered(walk, options.allow_secrets, cancelled, gitignore=options.gitignore)
    gathered.add_top(top)
    loaded = _load(top, options)
    dependencies = _dependencies(loaded, top, depots, options)
    gathered.add_packages(dependencies.packages.packages)
    gathered.add_artifacts(dependencies.artifacts)
    injected, problems = _injected(gathered, loaded, dependencies.packages)
    return _finish(BundlePlan(top, name, environment=loaded), gathered, dependencies, injected, problems, options)


@dataclass(frozen=True, slots=True)
class _Dependencies:
    packages: PackagePlan = field(default_factory=PackagePlan)
    artifacts: list[BundledArtifact] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def _load(top: Path, options: BundleOptions) -> LoadedEnvironment | None:
    environment = environment_at(top, options.julia_version, options.chosen)
    return load_environment(environment, options.julia_version) if environment else None


def _dependencies(
    loaded: LoadedEnvironment | None, top: Path, depots: Sequence[Path], options: BundleOptions
) -> _Dependencies:
    if loaded is None:
        return _Dependencies()
    registered = registered_uuids(depots)
    packages = plan_packages(loaded, depots, registered, _names_in(top / DEV), options.julia_version)
    target = dict(options.target_platform) or this_platform()
    artifacts, problems = plan_artifacts(loaded, packages.packages, depots, registered, target, options.julia_version)
    return _Dependencies(packages, artifacts, packages.problems + problems)


def _injected(
    gathered: Gathered, loaded: LoadedEnvironment | None, packages: PackagePlan
) -> tuple[list[InjectedFile], list[Problem]]:
    """The files made for the bundle. What an ignore rule leaves out is not made either."""
    if loaded is None:
        if gathered.excluded_by("Project.toml", is_directory=False):
            return [], []
        return [InjectedFile("Project.toml", b"[deps]\n", "an empty project, as the folder has none")], []
    made_here = {loaded.environment.project_file.name, *packages.projects}
    made_here |= {planned.archive_path for planned in packages.manifests}
    present = {file.archive_path for file in gathered.files if file.archive_path in made_here}
    made = [
        InjectedFile(path, content, "its [sources] point into the bundle")
        for path, content in packages.projects.items()
        if path in present
    ]
    manifests, problems = _manifests(gathered, loaded, packages, present)
    artifacts, not_made = _chosen_artifacts(gathered, loaded)
    problems += not_made
    if loaded.environment.project_file.name not in present:
        problems.append(_project_left_out(loaded.environment.project_file))
    return [*made, *manifests, *artifacts], problems


def _chosen_artifacts(gathered: Gathered, loaded: LoadedEnvironment) -> tuple[list[InjectedFile], list[Problem]]:
    """An artifacts file that takes the place of the folder's own, under the name that Julia will look for."""
    file, top = loaded.environment.artifacts_file, loaded.environment.directory
    name = choose_artifacts(toml_files(top)) or "Artifacts.toml"
    if file is None or file == top / name:
        return [], []
    if gathered.excluded_by(name, is_directory=False):
        message = f"{name} is left out, so the job has no artifacts of {file}. Include it if the code needs them."
        return [], [warning("artifacts-left-out", message, file)]
    try:
        return [InjectedFile(name, file.read_bytes(), f"you chose {file}")], []
    except OSError as reason:
        return [], _unreadable(file, reason, loaded.artifacts.problems if loaded.artifacts else ())


def _manifests(
    gathered: Gathered, loaded: LoadedEnvironment, packages: PackagePlan, present: set[str]
) -> tuple[list[InjectedFile], list[Problem]]:
    """The manifests' bytes as they go in, so that their hash is that of the file in the archive whatever happens."""
    made: list[InjectedFile] = []
    problems: list[Problem] = []
    for planned in packages.manifests:
        name, here = planned.archive_path, planned.file == loaded.environment.directory / planned.archive_path
        if gathered.excluded_by(name, is_directory=False) or (here and name not in present):
            if planned.main:
                problems.append(_manifest_left_out(name, planned.file))
            continue
        try:
            made.append(InjectedFile(name, *_manifest(planned, loaded)))
        except OSError as reason:
            problems += _unreadable(planned.file, reason, planned.manifest.problems)
    return made, problems


def _unreadable(file: Path, reason: OSError, known: Sequence[Problem]) -> list[Problem]:
    """Told once: what could not be read before is among the environment's own problems."""
    if any(problem.code == "file-unreadable" for problem in known):
        return []
    return [error("file-unreadable", f"{file} could not be read: {reason.strerror}.", file)]


def _manifest(planned: PlannedManifest, loaded: LoadedEnvironment) -> tuple[bytes, str]:
    """The content and why it is made; a manifest that does not parse goes in as it is. Raises `OSError`."""
    is_chosen = loaded.environment.manifest_is_chosen and planned.file == loaded.manifest_file
    broken = any(problem.code.startswith("toml") for problem in planned.manifest.problems)
    if planned.paths and not broken:
        content, why = write_manifest(planned.manifest, planned.paths), "its development packages point into the bundle"
    else:
        content, why = planned.file.read_bytes(), "as it is"
    return content, f"you chose {planned.file}" if is_chosen else why


def _manifest_left_out(name: str, file: Path) -> Problem:
    message = f"{name} is left out, so the job chooses package versions anew. Include it to keep yours."
    return warning("manifest-left-out", message, file)


def _project_left_out(file: Path) -> Problem:
    message = (
        f"{file.name} is left out, so the job has none of the project's packages. Include it if the code needs them."
    )
    return warning("project-left-out", message, file)


def _finish(
    plan: BundlePlan,
    gathered: Gathered,
    dependencies: _Dependencies,
    injected: list[InjectedFile],
    problems: list[Problem],
    options: BundleOptions,
) -> BundlePlan:
    replaced = {file.archive_path for file in injected}
    files = [file for file in gathered.files if file.archive_path not in replaced]
    total = sum(file.size for file in files) + sum(len(file.content) for file in injected)
    packages = dependencies.packages.packages
    return replace(
        plan,
        files=tuple(sorted(files, key=_place)),
        injected=tuple(sorted(injected, key=_place)),
        empty_directories=tuple(sorted(gathered.empty_directories)),
        left_out=tuple(gathered.left_out),
        packages=tuple(packages),
        artifacts=tuple(dependencies.artifacts),
        manifest_sha256=_manifest_sha(dependencies.packages, injected),
        total_size=total,
        problems=(
            *(plan.environment.problems if plan.environment else ()),
            *gathered.problems,
            *dependencies.problems,
            *problems,
            *ignored_packages(packages, files, gathered.left_out, plan.directory),
            *left_out_problems(gathered.left_out, plan.directory),
            *size_problem(files, injected, total, options.max_bytes, plan.directory),
            *name_problems([*files, *injected]),
        ),
    )


def _manifest_sha(packages: PackagePlan, injected: list[InjectedFile]) -> str | None:
    main = next((planned.archive_path for planned in packages.manifests if planned.main), None)
    content = next((file.content for file in injected if file.archive_path == main), None)
    return None if content is None else hashlib.sha256(content).hexdigest()


def _place(file: PlannedFile | InjectedFile) -> str:
    return sort_key(file.archive_path)


def _names_in(folder: Path) -> list[str]:
    try:
        return [path.name for path in folder.iterdir()]
    except OSError:
        return []
