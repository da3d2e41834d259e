"""What is wrong in a file, as LSP diagnostics."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from juliahub_ls import payloads
from juliahub_ls.domain.environments.files import environment_at
from juliahub_ls.domain.problem import Problem, Range, Severity
from juliahub_ls.lsp.ranges import TOP
from juliahub_ls.lsp.views import EnvironmentView, FileView, Views

SOURCE = "JuliaHub"
_SEVERITIES = {Severity.ERROR: 1, Severity.WARNING: 2, Severity.INFORMATION: 3}
_UNNECESSARY = 1
_NOT_NEEDED = frozenset({"manifest-entry-unneeded"})
_BETWEEN_PROJECT_AND_MANIFEST = frozenset({"dependency-not-in-manifest", "manifest-stale"})


def diagnostics(views: Views, path: Path) -> list[dict[str, Any]]:
    """Those of one file, in the order of its text."""
    file = views.file(path)
    if file is None:
        return []
    found = [diagnostic(file, problem) for problem in file.problems]
    return sorted(found, key=lambda item: (item["range"]["start"]["line"], item["range"]["start"]["character"]))


def diagnostic(file: FileView, problem: Problem) -> dict[str, Any]:
    """One of them."""
    payload: dict[str, Any] = {
        "range": payloads.range_(place_of(file, problem)),
        "severity": _SEVERITIES[problem.severity],
        "code": problem.code,
        "source": SOURCE,
        "message": problem.message,
    }
    if problem.code in _NOT_NEEDED:
        payload["tags"] = [_UNNECESSARY]
    related = _related(file, problem)
    if related:
        payload["relatedInformation"] = related
    return payload


def place_of(file: FileView, problem: Problem) -> Range:
    """Where it stands: what it says itself, else the package that it names, else the top of the file."""
    if problem.range is not None:
        return problem.range
    name = problem.data.get("package") or problem.data.get("artifact")
    return (_named(file, name) if isinstance(name, str) else None) or TOP


def _related(file: FileView, problem: Problem) -> list[dict[str, Any]]:
    """Where in other files the rest of the matter stands."""
    view, package = file.environment, problem.data.get("package")
    if view is None:
        return []
    manifest = view.loaded.manifest_file
    if problem.code in _BETWEEN_PROJECT_AND_MANIFEST and manifest is not None:
        other = file.beside(manifest)
        place = other.positions.value("project_hash") if other else None
        return [_information(manifest, place or TOP, f"{manifest.name} was made before.")]
    if problem.code == "development-package-changed" and isinstance(package, str):
        return list(_new_dependencies(file, view, package, problem.data.get("dependencies", ())))
    return []


def _new_dependencies(file: FileView, view: EnvironmentView, package: str, names: Sequence[str]) -> Iterator[Any]:
    """The lines of a development package's project that its manifest entry does not know."""
    dependency = view.dependency(package)
    environment = environment_at(dependency.source) if dependency and dependency.source else None
    other = file.beside(environment.project_file) if environment else None
    for name in names if other else ():
        place = other.positions.key("deps", name) if other else None
        if other and place:
            yield _information(other.path, place, f"{package} needs {name}.")


def _information(path: Path, place: Range, message: str) -> dict[str, Any]:
    return {"location": {"uri": path.absolute().as_uri(), "range": payloads.range_(place)}, "message": message}


def _named(file: FileView, name: str) -> Range | None:
    """Where a package or artifact has its line, or its table."""
    paths = (("deps", name), ("weakdeps", name), ("extras", name), (name,))
    return next((place for path in paths if (place := file.positions.table(*path))), None)
