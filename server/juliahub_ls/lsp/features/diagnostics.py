"""What is wrong in a file, as LSP diagnostics."""

from pathlib import Path
from typing import Any

from juliahub_ls.domain.problem import Problem, Range, Severity
from juliahub_ls.lsp.ranges import TOP, plain_range
from juliahub_ls.lsp.uris import path_key
from juliahub_ls.lsp.views import FileView, Views

SOURCE = "JuliaHub"
_SEVERITIES = {Severity.ERROR: 1, Severity.WARNING: 2, Severity.INFORMATION: 3}
_UNNECESSARY = 1
_NOT_NEEDED = frozenset({"manifest-entry-not-needed"})


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
        "range": plain_range(place_of(file, problem)),
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
    """Where in another file the same package stands, when the problem is between the two."""
    package = problem.data.get("package")
    if file.environment is None or not isinstance(package, str):
        return []
    found = []
    for other in file.environment.files():
        view = file.beside(other) if path_key(other) != path_key(file.path) else None
        place = _named(view, package) if view else None
        if place is not None:
            location = {"uri": other.absolute().as_uri(), "range": plain_range(place)}
            found.append({"location": location, "message": f"{package} in {other.name}"})
    return found


def _named(file: FileView, name: str) -> Range | None:
    """Where a package or artifact has its line, or its table."""
    paths = (("deps", name), ("weakdeps", name), ("extras", name), (name,))
    return next((place for path in paths if (place := file.positions.table(*path))), None)
