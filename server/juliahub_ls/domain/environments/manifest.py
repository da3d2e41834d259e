"""`Manifest.toml`, formats 1.0, 2.0 and 2.1, read and written again with other paths (Pkg manual; protocol §6.2)."""

import copy
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from juliahub_ls.domain.problem import Problem, warning
from juliahub_ls.domain.toml.positions import TomlPositions
from juliahub_ls.domain.toml.text import ReadText, parse_toml, read_text, string, string_list, strings
from juliahub_ls.domain.toml.writer import write_toml

from .project import is_uuid

_HEADER = "# This file is machine-generated - editing it directly is not advised\n\n"


@dataclass(frozen=True, slots=True)
class ManifestEntry:
    """One resolved package. `path` is as written: absolute, or relative to the manifest's folder.

    `deps`, `weakdeps`: names. `dep_uuids`: their UUIDs where the manifest gives them, which it must when two packages
    have one name. `extensions`: name → the packages that bring it in.
    `registries`: the names of those that had it (format 2.1), keys of `Manifest.registries`.
    `entryfile`: the package's own file, when it is not `src/Name.jl`. `index`: its number among those of its name.
    """

    name: str
    uuid: str
    version: str | None = None
    path: str | None = None
    repo_url: str | None = None
    repo_rev: str | None = None
    repo_subdir: str | None = None
    tree_sha: str | None = None
    pinned: bool = False
    deps: tuple[str, ...] = ()
    weakdeps: tuple[str, ...] = ()
    dep_uuids: Mapping[str, str] = field(default_factory=dict)
    extensions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    registries: tuple[str, ...] = ()
    entryfile: str | None = None
    index: int = 0

    @property
    def is_stdlib(self) -> bool:
        """Part of Julia itself: neither a path nor a source tree is recorded."""
        return self.path is None and self.tree_sha is None and self.repo_url is None


@dataclass(frozen=True, slots=True)
class UsedRegistry:
    """A registry that the packages of a manifest came from (format 2.1)."""

    name: str
    uuid: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a manifest resolves. `format` is "1.0", "2.0", "2.1"; `table` the TOML as read, for writing it again.

    `registries`: by the names that entries use; empty before format 2.1 (Julia 1.13).
    """

    format: str = "2.0"
    julia_version: str | None = None
    project_hash: str | None = None
    entries: tuple[ManifestEntry, ...] = ()
    problems: tuple[Problem, ...] = ()
    registries: Mapping[str, UsedRegistry] = field(default_factory=dict)
    table: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def by_uuid(self) -> dict[str, ManifestEntry]:
        """The entries by UUID."""
        return {entry.uuid: entry for entry in self.entries}

    def by_name(self) -> dict[str, list[ManifestEntry]]:
        """The entries by name; nearly always one each."""
        found: dict[str, list[ManifestEntry]] = {}
        for entry in self.entries:
            found.setdefault(entry.name, []).append(entry)
        return found

    def reachable(self, roots: Iterable[str]) -> set[str]:
        """The UUIDs of `roots`, and of all that they depend on in turn. Unknown ones are left as they are."""
        by_uuid, by_name = self.by_uuid(), self.by_name()
        found, waiting = set(roots), list(roots)
        while waiting:
            entry = by_uuid.get(waiting.pop())
            for name in entry.deps if entry else ():
                uuid = entry.dep_uuids.get(name) if entry else None
                for below in [uuid] if uuid else [other.uuid for other in by_name.get(name, ())]:
                    if below not in found:
                        found.add(below)
                        waiting.append(below)
        return found

    def place(self, entry: ManifestEntry, *keys: str) -> tuple[str | int, ...]:
        """Where an entry, or a key of it, is in the TOML: a path for `TomlPositions`."""
        top = ("deps",) if isinstance(self.table.get("manifest_format"), str) else ()
        return (*top, entry.name, entry.index, *keys)

    @property
    def julia(self) -> tuple[int, int] | None:
        """Major and minor of the Julia that resolved it, when recorded."""
        return version_pair(self.julia_version)


def read_manifest(path: Path, read: ReadText = read_text) -> Manifest:
    """`parse_manifest` of a file."""
    text, problem = read(path)
    return Manifest(problems=(problem,)) if problem else parse_manifest(text, path)


@lru_cache(maxsize=4)
def parse_manifest(text: str, path: Path | None = None) -> Manifest:
    """The manifest in `text`; never raises. Entries without a UUID are dropped and reported."""
    document, places = parse_toml(text, path), TomlPositions(text)
    table, problems = document.table, list(document.problems)
    version = table.get("manifest_format")
    written = version if isinstance(version, str) else "1.0" if table else "2.0"
    if written.partition(".")[0] not in ("1", "2"):
        problems.append(_unknown_format(written, path, places))
    entries = []
    for name, index, raw in _raw_entries(table):
        uuid = string(raw, "uuid")
        if uuid is None or not is_uuid(uuid):
            problems.append(_bad_entry(name, index, written, path, places))
        else:
            entries.append(_entry(name, uuid.lower(), index, raw))
    return Manifest(
        format=written,
        julia_version=string(table, "julia_version"),
        project_hash=string(table, "project_hash"),
        entries=tuple(entries),
        problems=tuple(problems),
        registries=_registries(table.get("registries")) if version else {},
        table=table,
    )


def write_manifest(manifest: Manifest, paths: Mapping[str, str]) -> bytes:
    """The manifest with new `path`s, UUID → path; all else as it was, in Julia's own layout, the same every time."""
    table = copy.deepcopy(dict(manifest.table))
    for _, _, raw in _raw_entries(table):
        uuid = str(raw.get("uuid", "")).lower()
        if uuid in paths:
            raw["path"] = paths[uuid]
    return (_HEADER + write_toml(table)).encode("utf-8", "replace")


def version_pair(text: str | None) -> tuple[int, int] | None:
    """(1, 11) of "1.11.4", "v1.11" or "1.11-nightly"; None when there are no two leading numbers."""
    parts = (text or "").lstrip("v").replace("-", ".").replace("+", ".").split(".")
    if len(parts) < 2 or not (parts[0].isdecimal() and parts[1].isdecimal()):
        return None
    return int(parts[0][:9]), int(parts[1][:9])


def _raw_entries(table: Mapping[str, Any]) -> Iterator[tuple[str, int, dict[str, Any]]]:
    """Name, number among those of that name, and what is written."""
    deps = table.get("deps", {}) if isinstance(table.get("manifest_format"), str) else table
    if not isinstance(deps, dict):
        return
    for name, entries in deps.items():
        for index, raw in enumerate(entries if isinstance(entries, list) else ()):
            if isinstance(raw, dict):
                yield name, index, raw


def _entry(name: str, uuid: str, index: int, raw: dict[str, Any]) -> ManifestEntry:
    deps, extensions = raw.get("deps"), raw.get("extensions")
    return ManifestEntry(
        name=name,
        uuid=uuid,
        version=string(raw, "version"),
        path=string(raw, "path"),
        repo_url=string(raw, "repo-url"),
        repo_rev=string(raw, "repo-rev"),
        repo_subdir=string(raw, "repo-subdir"),
        tree_sha=string(raw, "git-tree-sha1"),
        pinned=raw.get("pinned") is True,
        deps=_names(deps),
        weakdeps=_names(raw.get("weakdeps")),
        dep_uuids={below: uuid.lower() for below, uuid in strings(deps).items()},
        extensions={key: string_list(item) for key, item in extensions.items()} if isinstance(extensions, dict) else {},
        registries=string_list(raw.get("registries")),
        entryfile=string(raw, "entryfile"),
        index=index,
    )


def _names(deps: object) -> tuple[str, ...]:
    """A list of names, or a table from names to UUIDs."""
    return tuple(strings(deps)) if isinstance(deps, dict) else string_list(deps)


def _registries(tables: object) -> dict[str, UsedRegistry]:
    if not isinstance(tables, dict):
        return {}
    return {
        name: UsedRegistry(name, string(raw, "uuid"), string(raw, "url"))
        for name, raw in tables.items()
        if isinstance(raw, dict)
    }


def _bad_entry(name: str, index: int, written: str, path: Path | None, places: TomlPositions) -> Problem:
    where: tuple[str | int, ...] = (name, index) if written == "1.0" else ("deps", name, index)
    message = f"The entry of {name} has no valid UUID, so Julia cannot read this manifest. Run Julia's `] resolve`."
    return warning("invalid-manifest-entry", message, path, places.value(*where, "uuid") or places.table(*where))


def _unknown_format(written: str, path: Path | None, places: TomlPositions) -> Problem:
    message = f"This manifest has format {written}, which is newer than this program knows; it may be misread."
    return warning("unknown-manifest-format", message, path, places.value("manifest_format"))
