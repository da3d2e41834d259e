"""`Manifest.toml`, formats 1.0, 2.0 and 2.1, read and written again with other paths (Pkg manual; protocol §6.2)."""

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .problem import Problem, warning
from .project import is_uuid
from .toml_positions import TomlPositions
from .toml_text import ReadText, parse_toml, read_text, string, string_list, strings
from .toml_writer import write_toml

_HEADER = "# This file is machine-generated - editing it directly is not advised\n\n"


@dataclass(frozen=True, slots=True)
class ManifestEntry:
    """One resolved package. `path` is as written: absolute, or relative to the manifest's folder."""

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

    @property
    def is_stdlib(self) -> bool:
        """Part of Julia itself: neither a path nor a source tree is recorded."""
        return self.path is None and self.tree_sha is None and self.repo_url is None


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a manifest resolves. `format` is "1.0", "2.0", "2.1"; `table` the TOML as read, for writing it again."""

    format: str = "2.0"
    julia_version: str | None = None
    project_hash: str | None = None
    entries: tuple[ManifestEntry, ...] = ()
    problems: tuple[Problem, ...] = ()
    table: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def by_uuid(self) -> dict[str, ManifestEntry]:
        """The entries by UUID."""
        return {entry.uuid: entry for entry in self.entries}

    @property
    def julia(self) -> tuple[int, int] | None:
        """Major and minor of the Julia that resolved it, when recorded."""
        return version_pair(self.julia_version)


def read_manifest(path: Path, read: ReadText = read_text) -> Manifest:
    """`parse_manifest` of a file."""
    text, problem = read(path)
    return Manifest(problems=(problem,)) if problem else parse_manifest(text, path)


def parse_manifest(text: str, path: Path | None = None) -> Manifest:
    """The manifest in `text`; never raises. Entries without a UUID are dropped and reported."""
    document = parse_toml(text, path)
    table, problems = document.table, list(document.problems)
    version = table.get("manifest_format")
    written = version if isinstance(version, str) else "1.0" if table else "2.0"
    if written.partition(".")[0] not in ("1", "2"):
        problems.append(_unknown_format(written, text, path))
    entries = []
    for name, raw in _raw_entries(table):
        uuid = string(raw, "uuid")
        if uuid is None or not is_uuid(uuid):
            problems.append(warning("invalid-manifest-entry", f"The entry of {name} has no valid UUID.", path))
        else:
            entries.append(_entry(name, uuid.lower(), raw))
    return Manifest(
        format=written,
        julia_version=string(table, "julia_version"),
        project_hash=string(table, "project_hash"),
        entries=tuple(entries),
        problems=tuple(problems),
        table=table,
    )


def write_manifest(manifest: Manifest, paths: Mapping[str, str]) -> bytes:
    """The manifest with new `path`s, UUID → path; all else as it was, in Julia's own layout, the same every time."""
    table = copy.deepcopy(dict(manifest.table))
    for _, raw in _raw_entries(table):
        uuid = str(raw.get("uuid", "")).lower()
        if uuid in paths:
            raw["path"] = paths[uuid]
    return (_HEADER + write_toml(table)).encode()


def version_pair(text: str | None) -> tuple[int, int] | None:
    """(1, 11) of "1.11.4", "v1.11" or "1.11-nightly"; None when there are no two leading numbers."""
    parts = (text or "").lstrip("v").replace("-", ".").replace("+", ".").split(".")
    if len(parts) < 2 or not (parts[0].isdecimal() and parts[1].isdecimal()):
        return None
    return int(parts[0][:9]), int(parts[1][:9])


def _raw_entries(table: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    deps = table.get("deps", {}) if isinstance(table.get("manifest_format"), str) else table
    if not isinstance(deps, dict):
        return
    for name, entries in deps.items():
        for raw in entries if isinstance(entries, list) else ():
            if isinstance(raw, dict):
                yield name, raw


def _entry(name: str, uuid: str, raw: dict[str, Any]) -> ManifestEntry:
    deps = raw.get("deps")
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
        deps=tuple(strings(deps)) if isinstance(deps, dict) else string_list(deps),
    )


def _unknown_format(written: str, text: str, path: Path | None) -> Problem:
    message = f"This manifest has format {written}, which is newer than this program knows; it may be misread."
    return warning("unknown-manifest-format", message, path, TomlPositions(text).value("manifest_format"))
