"""What the daemon knows of Julia's TOML files at one moment: each file's places, and the environment it belongs to.

Everything is worked out when first asked for and kept until a file changes. It may take a while: ask in a thread.
"""

import os
import re
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from juliahub_ls.domain.bundles.dependencies import ArtifactView, Dependency, artifact_views, dependencies
from juliahub_ls.domain.bundles.ignore_rules import parse_ignore_rules
from juliahub_ls.domain.environments.artifacts import parse_artifacts
from juliahub_ls.domain.environments.checks import environment_problems
from juliahub_ls.domain.environments.environment import LoadedEnvironment, load_environment, resolved_sources
from juliahub_ls.domain.environments.files import Environment, JuliaVersion, environment_at
from juliahub_ls.domain.environments.known_packages import known_uuid
from juliahub_ls.domain.environments.manifest import parse_manifest
from juliahub_ls.domain.environments.project import parse_project
from juliahub_ls.domain.problem import Problem
from juliahub_ls.domain.toml.positions import TomlPositions
from juliahub_ls.domain.toml.text import parse_toml
from juliahub_ls.lsp.documents import Snapshot
from juliahub_ls.lsp.file_kinds import FileKind, kind_of
from juliahub_ls.lsp.uris import path_key
from juliahub_ls.services.configurations import checked_file

_VERSION = re.compile(r"-v(\d{1,4})\.(\d{1,4})\.toml$")


class EnvironmentView:
    """One environment, from the open documents before the disk."""

    def __init__(
        self, environment: Environment, julia: JuliaVersion | None, snapshot: Snapshot, depots: Sequence[Path]
    ) -> None:
        self.environment = environment
        self._julia = julia
        self._snapshot = snapshot
        self._depots = depots

    @cached_property
    def loaded(self) -> LoadedEnvironment:
        """Its files' content."""
        return load_environment(self.environment, self._julia, self._snapshot.read)

    @cached_property
    def dependencies(self) -> list[Dependency]:
        """Direct ones in the file's order, then indirect ones by name."""
        return dependencies(self.loaded, self._depots, julia_version=self._julia, read=self._snapshot.read)

    @cached_property
    def artifacts(self) -> list[ArtifactView]:
        """Every variant of every artifact."""
        return artifact_views(self.loaded, self._depots, read=self._snapshot.read)

    @cached_property
    def problems(self) -> list[Problem]:
        """Of all its files."""
        found = environment_problems(self.loaded, target_julia=self._julia, read=self._snapshot.read)
        return [*self.loaded.problems, *found]

    def dependency(self, name: str, uuid: str | None = None) -> Dependency | None:
        """The one of that name; where two packages share it, the one with the UUID."""
        named = [dependency for dependency in self.dependencies if dependency.name == name]
        return next((dependency for dependency in named if dependency.uuid == uuid), named[0] if named else None)

    def uuid_of(self, name: str) -> str | None:
        """The UUID of the only package that the name can mean."""
        return known_uuid(self._depots, name)

    def files(self) -> list[Path]:
        """The files that it is made of."""
        loaded = self.loaded
        named = (self.environment.project_file, loaded.manifest_file, self.environment.artifacts_file)
        return [file for file in named if file is not None]

    def folders(self) -> set[Path]:
        """The folders that it speaks of, there or not."""
        named = {source.directory for source in resolved_sources(self.loaded) if source.directory}
        manifest, file = self.loaded.manifest, self.loaded.manifest_file
        for entry in manifest.entries if manifest and file else ():
            if entry.path is not None and file is not None:
                named.add(Path(os.path.normpath(file.parent / entry.path)))
        return named


class FileView:
    """One file. `environment` is None when Julia would not read it here, as beside one with a better name."""

    def __init__(self, path: Path, kind: FileKind, views: "Views") -> None:
        self.path = path
        self.kind = kind
        self._views = views

    @cached_property
    def text(self) -> str:
        """What it holds; empty when it cannot be read."""
        return self._views.snapshot.read(self.path)[0]

    @cached_property
    def positions(self) -> TomlPositions:
        """Where its keys and values stand."""
        return TomlPositions(self.text)

    @cached_property
    def environment(self) -> EnvironmentView | None:
        """The environment that this file is part of."""
        if self.kind in (FileKind.IGNORE, FileKind.PREFERENCES, FileKind.CONFIGURATIONS):
            return None
        version = _VERSION.search(self.path.name) if self.kind is FileKind.MANIFEST else None
        julia = (int(version[1]), int(version[2])) if version else None
        directory = self.path.parent
        found = environment_at(directory, julia) or self._unsaved(directory)
        view = self._views.environment(found, julia) if found else None
        return view if view and any(path_key(file) == path_key(self.path) for file in view.files()) else None

    @cached_property
    def problems(self) -> list[Problem]:
        """What is wrong in this file."""
        problems = self.environment.problems if self.environment else self._own_problems()
        key = path_key(self.path)
        return [problem for problem in problems if problem.path is not None and path_key(problem.path) == key]

    def beside(self, path: Path) -> "FileView | None":
        """Another file at the same moment."""
        return self._views.file(path)

    def _unsaved(self, directory: Path) -> Environment | None:
        """A project that is open and not on disk, or an artifacts file without a project."""
        if self.kind is FileKind.PROJECT:
            return Environment(directory, self.path)
        if self.kind is FileKind.ARTIFACTS:
            return Environment(directory, directory / "Project.toml", artifacts_file=self.path)
        return None

    def _own_problems(self) -> Sequence[Problem]:
        """Without an environment: what the file says by itself."""
        if self.kind is FileKind.PROJECT:
            return parse_project(self.text, self.path).problems
        if self.kind is FileKind.MANIFEST:
            return parse_manifest(self.text, self.path).problems
        if self.kind is FileKind.ARTIFACTS:
            return parse_artifacts(self.text, self.path).problems
        if self.kind is FileKind.IGNORE:
            return parse_ignore_rules(self.text, self.path).problems
        if self.kind is FileKind.CONFIGURATIONS:
            return checked_file(self.text, self.path).problems
        return parse_toml(self.text, self.path).problems


class Views:
    """All files at one moment."""

    def __init__(self, snapshot: Snapshot, depots: Sequence[Path]) -> None:
        self.snapshot = snapshot
        self._depots = depots
        self._files: dict[str, FileView] = {}
        self._environments: dict[tuple[str, JuliaVersion | None], EnvironmentView] = {}

    def file(self, path: Path) -> FileView | None:
        """A file's; None when it is not one of ours."""
        kind = kind_of(path)
        return self._files.setdefault(path_key(path), FileView(path, kind, self)) if kind else None

    def environment(self, environment: Environment, julia: JuliaVersion | None = None) -> EnvironmentView:
        """An environment's, shared by its files."""
        view = EnvironmentView(environment, julia, self.snapshot, self._depots)
        return self._environments.setdefault((path_key(environment.project_file), julia), view)

    def folders(self) -> set[Path]:
        """Where something that happens may change what was told so far. Not before it was told."""
        found = {path.parent for path in self.snapshot.seen}
        return found.union(*(view.folders() for view in list(self._environments.values())))
