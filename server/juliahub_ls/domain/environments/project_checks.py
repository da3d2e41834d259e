"""What Julia would stumble over in a project file that is good TOML: names without a package, folders not there."""

from collections.abc import Iterator
from pathlib import Path

from juliahub_ls.domain.problem import Problem, Range, error, warning
from juliahub_ls.domain.toml.positions import TomlPositions

from .development import development_folder, missing_package
from .project import Project


def project_problems(project: Project, file: Path, places: TomlPositions) -> list[Problem]:
    """Codes, beside `development-package-missing`:

    - `package-not-listed` (error): `[compat]`, `[targets]` or `[sources]` name a package that is in none of `[deps]`,
      `[weakdeps]`, `[extras]`; Julia's package manager refuses such a project.
    - `extension-package-not-listed` (error): what brings an extension in is neither in `[weakdeps]` nor in `[deps]`;
      Julia then fails to load the package.
    """
    missing = _missing_sources(project, file, places)
    if any(problem.code in ("toml-syntax", "invalid-uuid") for problem in project.problems):
        return list(missing)  # what seems unlisted may stand in a line that is being typed
    unlisted = (_not_listed(name, section, file, place) for section, name, place in _unlisted(project, places))
    return [*unlisted, *_extensions(project, file, places), *missing]


def _unlisted(project: Project, places: TomlPositions) -> Iterator[tuple[str, str, Range | None]]:
    """Section, package and place of each name that no section gives a UUID."""
    listed = project.listed
    for name in project.compat:
        if name not in listed and name not in ("julia", project.name):
            yield "compat", name, places.key("compat", name)
    for target, packages in project.targets.items():
        for index, name in enumerate(packages):
            if name not in listed:
                yield "targets", name, places.value("targets", target, index) or places.value("targets", target)
    for name in project.sources:
        if name not in listed and name != project.name:
            yield "sources", name, places.key("sources", name)


def _not_listed(name: str, section: str, file: Path, place: Range | None) -> Problem:
    message = (
        f"[{section}] names {name}, which is in none of [deps], [weakdeps] and [extras], "
        f"so Julia refuses this project. Add it there, or remove it here."
    )
    return error("package-not-listed", message, file, place, package=name, section=section)


def _extensions(project: Project, file: Path, places: TomlPositions) -> Iterator[Problem]:
    for extension, packages in project.extensions.items():
        for index, name in enumerate(packages):
            if name in project.weakdeps or name in project.deps:
                continue
            place = places.value("extensions", extension, index) or places.value("extensions", extension)
            message = (
                f"The extension {extension} is for {name}, which is neither in [weakdeps] nor in [deps], "
                f"so Julia cannot load it. Add {name} to [weakdeps]."
            )
            yield error("extension-package-not-listed", message, file, place, package=name, extension=extension)


def _missing_sources(project: Project, file: Path, places: TomlPositions) -> Iterator[Problem]:
    """Folders of `[sources]` that are not there; those of packages for tests only do not stop a job."""
    for name, path in project.path_sources.items():
        if development_folder(file.parent, path) is None:
            problem = missing_package(name, path, file)
            needed = name in project.strong_deps
            place = places.value("sources", name, "path")
            make = error if needed else warning
            yield make(problem.code, problem.message, file, place, **problem.data)
