"""What is wrong between a project and its manifest, as Julia would find out when it runs, and where it stands."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from juliahub_ls.domain.problem import Mend, Mending, Problem, Range, error, information, warning
from juliahub_ls.domain.toml.positions import TomlPositions
from juliahub_ls.domain.toml.text import ReadText, read_text

from .development import development_folder, missing_package
from .environment import LoadedEnvironment
from .files import JuliaVersion
from .manifest import Manifest, ManifestEntry
from .manifest_checks import broken_dependencies, other_source, other_sources
from .project import Project
from .project_checks import project_problems
from .project_hash import Currency, currency
from .workspaces import Projects


def environment_problems(
    loaded: LoadedEnvironment, *, target_julia: JuliaVersion | None = None, read: ReadText = read_text
) -> list[Problem]:
    """The problems of an environment beside `loaded.problems`, in the order of the files; never raises.

    `target_julia`: the Julia that will run the job. `read` may give what an editor has open. Errors stop a job. Codes,
    beside those of `project_checks`:

    - `dependency-not-in-manifest` (error): in `[deps]`, but not resolved.
    - `development-package-missing` (error): the folder of a manifest's `path` is not there, or of another computer.
    - `development-package-changed` (error): a development package's own project has a dependency that the manifest
      does not know of.
    - `manifest-broken` (error): an entry depends on one that is not there.
    - `manifest-from-newer-julia` (error): made by a Julia newer than `target_julia`.
    - `manifest-stale` (warning): `[deps]`, `[weakdeps]` or `[compat]` have changed since it was made (`project_hash`).
    - `source-not-in-manifest` (warning): the manifest has a package from elsewhere than `[sources]` say.
    - `workspace-member-missing` (warning): `[workspace]` names a folder without a project.
    - `manifest-missing` (information): there are dependencies and no manifest.
    - `manifest-entry-unneeded` (information): nothing depends on an entry any more.
    """
    return list(_Checks(loaded, target_julia, read).problems())


class _Checks:
    def __init__(self, loaded: LoadedEnvironment, target_julia: JuliaVersion | None, read: ReadText) -> None:
        self._loaded = loaded
        self._target = target_julia
        self._read = read
        self._projects = Projects(read)

    def problems(self) -> Iterator[Problem]:
        project_file = self._loaded.environment.project_file
        yield from project_problems(self._loaded.project, project_file, self._project_places)
        yield from self._missing_members()
        manifest, file = self._loaded.manifest, self._loaded.manifest_file
        if manifest is None or file is None:
            yield from self._no_manifest()
        elif not _is_unread(manifest.problems):
            missing = list(self._not_in_manifest(manifest, file))
            yield from missing
            yield from broken_dependencies(manifest, file, self._manifest_places)
            yield from self._newer_julia(manifest, file)
            for entry in manifest.entries:
                if entry.path is not None:
                    yield from self._development(entry, entry.path, manifest, file)
            yield from self._other_sources(manifest, file)
            if self._is_whole:
                yield from [] if missing else self._stale(manifest, file)
                yield from self._unneeded(manifest, file)

    def _missing_members(self) -> Iterator[Problem]:
        file = self._loaded.environment.project_file
        for index, path in enumerate(self._loaded.project.workspace):
            folder = development_folder(file.parent, path)
            if folder is None or self._projects.at(folder) is None:
                place = self._project_places.value("workspace", "projects", index)
                message = f"[workspace] names {path}, where no project is. Put one there, or remove it from the list."
                yield warning("workspace-member-missing", message, file, place, member=path)

    def _no_manifest(self) -> Iterator[Problem]:
        file, deps = self._loaded.environment.project_file, self._loaded.project.strong_deps
        if not deps:
            return
        message = (
            f"{file.name} has dependencies, but there is no manifest, so each job chooses versions anew. "
            f"Julia's `] instantiate` makes one."
        )
        problem = information("manifest-missing", message, file, self._project_places.table("deps"))
        yield self._with(problem, "Instantiate", Mending.INSTANTIATE)

    def _not_in_manifest(self, manifest: Manifest, file: Path) -> Iterator[Problem]:
        known = manifest.by_uuid()
        for name, uuid in self._loaded.project.strong_deps.items():
            if uuid not in known:
                message = f"{name} is a dependency of the project, but {file.name} does not have it. "
                message += "Run Julia's `] resolve`."
                place = self._project_places.key("deps", name)
                project_file = self._loaded.environment.project_file
                yield self._resolve(error("dependency-not-in-manifest", message, project_file, place, package=name))

    def _newer_julia(self, manifest: Manifest, file: Path) -> Iterator[Problem]:
        made_by = manifest.julia
        if self._target is None or made_by is None or made_by <= self._target:
            return
        name, target = (f"{version[0]}.{version[1]}" for version in (made_by, self._target))
        message = (
            f"{file.name} was made by Julia {name}, and Julia {target} will run the job. "
            f"Choose Julia {name} for the job, or run `] resolve` with Julia {target}."
        )
        place = self._manifest_places.value("julia_version")
        yield error("manifest-from-newer-julia", message, file, place, wanted=name, target=target)

    def _development(self, entry: ManifestEntry, path: str, manifest: Manifest, file: Path) -> Iterator[Problem]:
        folder = development_folder(file.parent, path)
        if folder is None:
            place = self._manifest_places.value(*manifest.place(entry, "path"))
            yield replace(missing_package(entry.name, path, file), range=place)
            return
        known = self._projects.at(folder)
        if known is None or known[1].uuid != entry.uuid:
            return
        new = [name for name in known[1].strong_deps if name not in entry.deps]
        if new:
            message = (
                f"{entry.name} needs {_listing(new)}, which {file.name} does not know: its {known[0].name} has changed "
                f"since. Run Julia's `] resolve`."
            )
            place = self._header(entry, manifest)
            yield self._resolve(
                error("development-package-changed", message, file, place, package=entry.name, dependencies=new)
            )

    def _other_sources(self, manifest: Manifest, file: Path) -> Iterator[Problem]:
        project_file = self._loaded.environment.project_file
        for name in other_sources(self._loaded.project, project_file, manifest, file):
            place = self._project_places.key("sources", name)
            yield self._resolve(other_source(name, project_file, file, place))

    def _stale(self, manifest: Manifest, file: Path) -> Iterator[Problem]:
        if currency(manifest, self._all_projects) is not Currency.STALE:
            return
        project_file = self._loaded.environment.project_file
        whose = "the workspace" if len(self._all_projects) > 1 else project_file.name
        message = (
            f"Dependencies or their compatibility in {whose} have changed since {file.name} was made, "
            f"so a job has the versions of before. Run Julia's `] resolve`."
        )
        places = self._project_places
        place = places.table("deps") or places.table("compat") or places.table("weakdeps")
        yield self._resolve(warning("manifest-stale", message, project_file, place))

    def _unneeded(self, manifest: Manifest, file: Path) -> Iterator[Problem]:
        """Each entry that nothing depends on. What only such an entry needs goes with it, so it is not named."""
        unneeded = manifest.reachable(entry.uuid for entry in manifest.entries) - manifest.reachable(self._roots)
        entries = [entry for entry in manifest.entries if entry.uuid in unneeded]
        below = {uuid for entry in entries for uuid in manifest.reachable([entry.uuid]) - {entry.uuid}}
        for entry in entries:
            if entry.uuid not in below:
                message = f"Nothing in the project needs {entry.name} any more. Julia's `] resolve` removes it."
                problem = information("manifest-entry-unneeded", message, file, self._header(entry, manifest))
                yield self._resolve(replace(problem, data={"package": entry.name}))

    @cached_property
    def _roots(self) -> set[str]:
        """What the projects need themselves."""
        found = {project.uuid for project in self._all_projects if project.uuid}
        for project in self._all_projects:
            found |= {*project.deps.values(), *project.weakdeps.values()}
        return found

    @cached_property
    def _all_projects(self) -> list[Project]:
        """The project that the manifest was made for, then the other members of its workspace."""
        loaded, file = self._loaded, self._loaded.manifest_file
        root = loaded.workspace_root
        if root is None or file is None or file.parent != root:
            return [loaded.project, *self._members(loaded.members)]
        above = self._projects.at(root)
        return [*([above[1]] if above else []), *self._members(self._projects.members(root))]

    def _members(self, directories: tuple[Path, ...]) -> list[Project]:
        return [known[1] for known in map(self._projects.at, directories) if known]

    @property
    def _is_whole(self) -> bool:
        """Whether all is known that Julia would compare: nothing left out, and the manifest not shared with others."""
        named = self._loaded.project.manifest is not None
        return not named and not any(project.problems for project in self._all_projects)

    def _header(self, entry: ManifestEntry, manifest: Manifest) -> Range | None:
        return self._manifest_places.table(*manifest.place(entry))

    @cached_property
    def _project_places(self) -> TomlPositions:
        return TomlPositions(self._read(self._loaded.environment.project_file)[0])

    @cached_property
    def _manifest_places(self) -> TomlPositions:
        return TomlPositions(self._read(self._loaded.manifest_file)[0] if self._loaded.manifest_file else "")

    def _resolve(self, problem: Problem) -> Problem:
        return self._with(problem, "Resolve", Mending.RESOLVE)

    def _with(self, problem: Problem, title: str, how: Mending) -> Problem:
        return replace(problem, mends=(Mend(title, how, self._loaded.environment.directory),))


def _is_unread(problems: tuple[Problem, ...]) -> bool:
    """Whether the file could not be read as a whole, so that what seems absent may just not be understood."""
    return any(problem.code.startswith(("toml", "file")) for problem in problems)


def _listing(names: list[str]) -> str:
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + f" and {names[-1]}"
