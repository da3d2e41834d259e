"""Brings together the trees of a bundle: the folder, and below `.bundle` what its packages need (protocol §6.2)."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from juliahub_ls.domain.problem import Problem

from .artifacts import ARTIFACTS
from .ignore_rules import IgnoreRules, Rule
from .model import (
    ArtifactPlacement,
    BundledArtifact,
    BundledPackage,
    LeftOut,
    LeftOutReason,
    Placement,
    PlannedFile,
)
from .walk import Tree


class Walk(Protocol):
    """`WalkMemory.walk`, or `bundles.walk.walk_tree` itself."""

    def __call__(
        self,
        source: Path,
        archive: str,
        rules: IgnoreRules | None,
        *,
        allow_secrets: frozenset[str],
        guard_secrets: bool,
        gitignore: bool,
        cancelled: Callable[[], bool] | None,
    ) -> Tree: ...


class Gathered:
    """What goes in and what stays home, over all trees. The top folder's ignore file governs `.bundle` too (§6.3)."""

    def __init__(
        self,
        walk: Walk,
        allow_secrets: frozenset[str],
        cancelled: Callable[[], bool] | None,
        *,
        gitignore: bool = False,
    ) -> None:
        self.files: list[PlannedFile] = []
        self.empty_directories: list[str] = []
        self.left_out: list[LeftOut] = []
        self.problems: list[Problem] = []
        self._walk = walk
        self._allow = allow_secrets
        self._gitignore = gitignore
        self._cancelled = cancelled
        self._rules: IgnoreRules | None = None

    def add_top(self, directory: Path) -> None:
        """The folder to bundle; to be called first."""
        self._rules = self._add(directory, "", own=True).rules

    def add_packages(self, packages: Sequence[BundledPackage]) -> None:
        """The sources of packages that are not in the folder itself."""
        for package in packages:
            if package.source and package.archive_path and package.placement in (Placement.COPIED, Placement.DEPOT):
                copied = package.placement is Placement.COPIED
                self._add_below_bundle(package.source, package.archive_path, own=copied)

    def add_artifacts(self, artifacts: Sequence[BundledArtifact]) -> None:
        """The artifacts to take along; their folder is there even when there are none (§6.2)."""
        bundled = [artifact for artifact in artifacts if artifact.placement is ArtifactPlacement.BUNDLED]
        for artifact in bundled:
            if artifact.source and artifact.archive_path:
                self._add_below_bundle(artifact.source, artifact.archive_path, own=artifact.own)
        if not bundled and self.excluded_by(ARTIFACTS, is_directory=True) is None:
            self.empty_directories.append(ARTIFACTS)

    def excluded_by(self, path: str, *, is_directory: bool) -> Rule | None:
        """The rule of the top folder's ignore file that leaves out `path` or a folder above it."""
        if self._rules is None:
            return None
        parts = path.split("/")
        for count in range(1, len(parts) + 1):
            rule = self._rules.decide("/".join(parts[:count]), is_directory or count < len(parts))
            if rule and not rule.includes:
                return rule
        return None

    def _add_below_bundle(self, source: Path, archive: str, *, own: bool) -> None:
        rule = self.excluded_by(archive, is_directory=True)
        if rule:
            self.left_out.append(LeftOut(archive, True, LeftOutReason.RULE, None, rule))
        else:
            self._add(source, archive + "/", own=own)

    def _add(self, source: Path, archive: str, *, own: bool) -> Tree:
        """`own`: what the user works on, where secrets and what git ignores may lie, unlike in a depot."""
        tree = self._walk(
            source,
            archive,
            self._rules,
            allow_secrets=self._allow,
            guard_secrets=own,
            gitignore=own and self._gitignore,
            cancelled=self._cancelled,
        )
        self.files += tree.files
        self.empty_directories += tree.empty_directories
        self.left_out += tree.left_out
        self.problems += tree.problems
        return tree


def sort_key(archive_path: str) -> str:
    """Orders paths as a walk that sorts each folder's names would meet them."""
    return archive_path.replace("/", "\0")
