"""The `project_hash` that Julia's package manager writes into a manifest, and whether it still belongs to the project.

It is the SHA-1 of the dependencies and their compatibility, as each generation of Pkg prints them:

- Julia 1.7 to 1.10: the lines `name=uuid` of `[deps]`, sorted, then `name=range` of all of `[compat]`, sorted; a range
  is printed as `1.2.3-1`. Since 1.9 without the packages that are also in `[weakdeps]`.
- Julia 1.11: the same with `1.2.3 - 1`.
- Julia 1.12: the whole workspace at once. `name=uuid` of the dependencies and of the projects that are packages; an
  empty line; the same of `[weakdeps]`; an empty line; `name=range` of each of these, `*` without one. Where members
  disagree on a range, what suits all of them.
- Julia 1.13: the same, but a range that leaves out the only version of a standard library is `*`.
"""

import enum
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import reduce
from typing import TypeVar

from .manifest import Manifest
from .project import Project
from .version_spec import Style, VersionSpec, version_numbers

_OLD_STYLES = (Style("-", 3), Style("-", 4), Style("-"))
_COMPUTED = ((1, 7), (1, 13))
_T = TypeVar("_T")


class Currency(enum.Enum):
    """Whether a manifest was made from the project as it is now."""

    CURRENT = "current"
    STALE = "stale"
    UNKNOWN = "unknown"


def currency(manifest: Manifest, projects: Sequence[Project]) -> Currency:
    """Compares the hash in a manifest with those that the projects would have.

    `projects`: the manifest's own project first, then all others of its workspace. STALE only when no known generation
    of Pkg would write that hash, and the manifest is of a released Julia whose hash is known to the character.
    """
    recorded = manifest.project_hash
    if recorded is None or not projects:
        return Currency.UNKNOWN
    hashes = project_hashes(projects, _stdlib_versions(manifest))
    if recorded.lower() in hashes:
        return Currency.CURRENT
    written_by = manifest.julia
    if not hashes or written_by is None or "-" in (manifest.julia_version or ""):
        return Currency.UNKNOWN
    return Currency.STALE if _COMPUTED[0] <= written_by <= _COMPUTED[1] else Currency.UNKNOWN


def project_hashes(projects: Sequence[Project], stdlibs: Mapping[str, str] | None = None) -> set[str]:
    """Every hash that some Julia would write for these projects; none when Pkg could not read them.

    `stdlibs`: versions of the standard libraries by UUID, for what Julia 1.13 makes of their ranges.
    """
    listed = _listed(projects)
    tables = [_specs(project) for project in projects]
    compat = [table for table in tables if table is not None]
    if listed is None or len(compat) < len(tables):
        return set()
    own = projects[0]
    found = {_sha1(_single(own.deps, compat[0], style)) for style in _OLD_STYLES}
    found |= {_sha1(_single(own.strong_deps, compat[0], style)) for style in (*_OLD_STYLES, Style())}
    ranges = {name: _range(name, compat) for name in listed}
    freed = {name: _freed(spec, (stdlibs or {}).get(listed[name])) for name, spec in ranges.items()}
    return found | {_sha1(_workspace(projects, ranges)), _sha1(_workspace(projects, freed))}


def _single(deps: Mapping[str, str], compat: Mapping[str, VersionSpec], style: Style) -> str:
    return _lines(deps, str) + _lines(compat, lambda spec: spec.text(style))


def _workspace(projects: Iterable[Project], ranges: Mapping[str, VersionSpec]) -> str:
    deps: dict[str, str] = {}
    weak: dict[str, str] = {}
    for project in projects:
        deps.update(_direct(project))
        weak.update(project.weakdeps)
    return "\n".join((_lines(deps, str), _lines(weak, str), _lines(ranges, lambda spec: spec.text(Style()))))


def _direct(project: Project) -> dict[str, str]:
    """The dependencies, and the project itself if it is a package."""
    own = {project.name: project.uuid} if project.name and project.uuid else {}
    return {**project.strong_deps, **own}


def _listed(projects: Iterable[Project]) -> dict[str, str] | None:
    """All dependencies, weak ones too; None when one name means two packages: which counts is then up to chance."""
    found: dict[str, str] = {}
    for project in projects:
        for name, uuid in (*project.strong_deps.items(), *_direct(project).items(), *project.weakdeps.items()):
            if found.setdefault(name, uuid) != uuid:
                return None
    return found


def _specs(project: Project) -> dict[str, VersionSpec] | None:
    found = {name: VersionSpec.parse(text) for name, text in project.compat.items()}
    known = {name: spec for name, spec in found.items() if spec is not None}
    return known if len(known) == len(found) else None


def _range(name: str, compat: Iterable[Mapping[str, VersionSpec]]) -> VersionSpec:
    return reduce(VersionSpec.intersection, (table[name] for table in compat if name in table), VersionSpec())


def _freed(spec: VersionSpec, stdlib_version: str | None) -> VersionSpec:
    version = version_numbers(stdlib_version)
    return spec if version is None or spec.holds(version) else VersionSpec()


def _stdlib_versions(manifest: Manifest) -> dict[str, str]:
    return {entry.uuid: entry.version for entry in manifest.entries if entry.is_stdlib and entry.version}


def _lines(table: Mapping[str, _T], text: Callable[[_T], str]) -> str:
    return "".join(f"{name}={text(table[name])}\n" for name in sorted(table))


def _sha1(text: str) -> str:
    return hashlib.sha1(text.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()
