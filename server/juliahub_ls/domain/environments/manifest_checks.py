"""What Julia would stumble over in a manifest that is good TOML, and where it does not follow `[sources]`."""

import os
from collections.abc import Iterator
from pathlib import Path

from juliahub_ls.domain.problem import Problem, Range, error, warning
from juliahub_ls.domain.toml.positions import TomlPositions

from .development import development_folder
from .manifest import Manifest, ManifestEntry
from .project import Project, Source

_SOURCES_SINCE = (1, 11)


def broken_dependencies(manifest: Manifest, file: Path, places: TomlPositions) -> Iterator[Problem]:
    """`manifest-broken` (error): an entry depends on one that is not there, or on a name that two have."""
    by_uuid, by_name = manifest.by_uuid(), manifest.by_name()
    for entry in manifest.entries:
        for index, name in enumerate(entry.deps):
            uuid, named = entry.dep_uuids.get(name), len(by_name.get(name, ()))
            if uuid in by_uuid or (uuid is None and named == 1):
                continue
            fault = "which two entries are called" if uuid is None and named else "which has no entry"
            message = (
                f"{entry.name} depends on {name}, {fault}, so Julia cannot read {file.name}. "
                f"Take back the last change to the file, or delete it and run Julia's `] instantiate`."
            )
            place = _dependency_place(manifest, entry, index, name, places)
            yield error("manifest-broken", message, file, place, package=entry.name, dependency=name)


def other_sources(project: Project, project_file: Path, manifest: Manifest, file: Path) -> Iterator[str]:
    """The dependencies that the manifest has from elsewhere than `[sources]` say; folders that are not there aside.

    Julia's package manager does not notice that either: the hash in a manifest says nothing of sources.
    """
    if manifest.julia is None or manifest.julia < _SOURCES_SINCE:
        return
    known = manifest.by_uuid()
    for name, source in project.sources.items():
        entry = known.get(project.strong_deps.get(name, ""))
        if source.path is not None and development_folder(project_file.parent, source.path) is None:
            continue
        if entry and not _is_from(source, entry, project_file.parent, file.parent):
            yield name


def other_source(name: str, project_file: Path, file: Path, place: Range | None) -> Problem:
    """`source-not-in-manifest` (warning): what to say of one of `other_sources`."""
    message = (
        f"[sources] says where {name} comes from, but {file.name} was made before that and has it from elsewhere, "
        f"which is what a job gets. Run Julia's `] resolve`."
    )
    return warning("source-not-in-manifest", message, project_file, place, package=name)


def _dependency_place(
    manifest: Manifest, entry: ManifestEntry, index: int, name: str, places: TomlPositions
) -> Range | None:
    deps = manifest.place(entry, "deps")
    return places.value(*deps, index) or places.key(*deps, name) or places.table(*manifest.place(entry))


def _is_from(source: Source, entry: ManifestEntry, project_folder: Path, manifest_folder: Path) -> bool:
    if source.path is not None:
        return entry.path is not None and _folder(project_folder, source.path) == _folder(manifest_folder, entry.path)
    if source.url is None:
        return True
    wanted = (_repository(source.url), source.rev or entry.repo_rev, source.subdir or entry.repo_subdir)
    return entry.repo_url is not None and wanted == (_repository(entry.repo_url), entry.repo_rev, entry.repo_subdir)


def _folder(base: Path, path: str) -> str:
    try:
        return os.path.realpath(base / path)
    except (OSError, ValueError):
        return path


def _repository(url: str) -> str:
    return url.rstrip("/").removesuffix(".git")
