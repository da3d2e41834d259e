"""The preview of a bundle, folder by folder: what is in it, what stays home, and the totals of all below."""

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from .ignore_rules import Rule
from .model import ArtifactPlacement, InjectedFile, LeftOut, LeftOutReason, Placement, PlannedFile
from .plan import BundlePlan

_CHANGEABLE = (LeftOutReason.RULE, LeftOutReason.SECRET, LeftOutReason.TOKEN)
_OURS = ".bundle"
_NEAR = 2


@dataclass(frozen=True, slots=True)
class Entry:
    """A file or folder of the preview; `path` is inside the bundle, `/`-separated.

    For what goes in: `size` in bytes and `file_count` of all below; `origin`, a phrase, when it is not of the folder
    itself, `source` where it lies on this computer. For what stays home: `reason`, a phrase. `can_change`: a rule in an
    ignore file can turn it.
    """

    path: str
    is_directory: bool
    included: bool
    size: int | None = None
    file_count: int | None = None
    reason: str = ""
    rule: Rule | None = None
    origin: str = ""
    can_change: bool = False
    source: Path | None = None

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]


class FolderTotal(NamedTuple):
    """A folder of the bundle with the bytes and files of all below it."""

    path: str
    size: int
    files: int


@dataclass(slots=True)
class _Folder:
    size: int = 0
    files: int = 0
    content: "list[PlannedFile | InjectedFile | LeftOut]" = field(default_factory=list)
    below: set[str] = field(default_factory=set)


class BundleTree:
    """Every folder of one plan. Made once, as an editor asks for one folder after the other."""

    def __init__(self, plan: BundlePlan) -> None:
        self.plan = plan
        self._folders: dict[str, _Folder] = {"": _Folder()}
        self._origins = dict(_origins(plan))
        for file in plan.files:
            self._count(file, file.archive_path, file.size)
        for made in plan.injected:
            self._count(made, made.archive_path, len(made.content))
        for path in plan.empty_directories:
            self._folder(path)
        for item in plan.left_out:
            self._folder(item.path.rpartition("/")[0]).content.append(item)

    def entries(self, path: str) -> list[Entry]:
        """What the folder `path` holds ("" is the top), folders first, by name; empty when there is no such folder."""
        folder = self._folders.get(path)
        if folder is None:
            return []
        shown = [self._folder_entry(name) for name in folder.below if not self._is_made_empty(name)]
        shown += [self._entry(item) for item in folder.content]
        return sorted(shown, key=lambda entry: (not entry.is_directory, entry.name.casefold(), entry.name))

    def totals(self, depth: int) -> list[FolderTotal]:
        """The folders down to `depth` levels, the heaviest first, ties by name."""
        folders = self._folders.items()
        found = [
            FolderTotal(path, folder.size, folder.files)
            for path, folder in folders
            if path and path.count("/") < depth and not self._is_made_empty(path)
        ]
        return sorted(found, key=lambda total: (-total.size, total.path))

    def _count(self, item: PlannedFile | InjectedFile, path: str, size: int) -> None:
        parent = path.rpartition("/")[0]
        self._folder(parent).content.append(item)
        while True:
            folder = self._folders[parent]
            folder.size += size
            folder.files += 1
            if not parent:
                return
            parent = parent.rpartition("/")[0]

    def _folder(self, path: str) -> _Folder:
        found = self._folders.get(path)
        if found is None:
            found = self._folders[path] = _Folder()
            self._folder(path.rpartition("/")[0]).below.add(path)
        return found

    def _is_made_empty(self, path: str) -> bool:
        """A folder that the protocol wants there even with nothing in it (§6.2) tells a person nothing."""
        return _is_ours(path) and self._folders[path].files == 0

    def _folder_entry(self, path: str) -> Entry:
        folder, (origin, source) = self._folders[path], self._origins.get(path, ("", None))
        return Entry(
            path, True, True, folder.size, folder.files, origin=origin, can_change=not _is_ours(path), source=source
        )

    def _entry(self, item: PlannedFile | InjectedFile | LeftOut) -> Entry:
        if isinstance(item, LeftOut):
            reason = f"{item.reason.value}: {item.detail}" if item.detail else item.reason.value
            changeable = item.reason in _CHANGEABLE
            return Entry(
                item.path, item.is_directory, False, item.size, reason=reason, rule=item.rule, can_change=changeable
            )
        if isinstance(item, InjectedFile):
            origin = "" if item.why == "as it is" else item.why
            return Entry(item.archive_path, False, True, len(item.content), 1, origin=origin)
        return Entry(
            item.archive_path,
            False,
            True,
            item.size,
            1,
            rule=item.rule,
            can_change=not _is_ours(item.archive_path),
            source=Path(item.source),
        )


def _is_ours(path: str) -> bool:
    """Whether it is in the part of the bundle that is made for it."""
    return path == _OURS or path.startswith(_OURS + "/")


def _origins(plan: BundlePlan) -> Iterable[tuple[str, tuple[str, Path | None]]]:
    """The folders that come from elsewhere, each with a phrase for the user and its place on this computer."""
    for package in plan.packages:
        if package.archive_path and package.source and package.placement is Placement.COPIED:
            yield package.archive_path, (f"from {_seen_from(plan.directory, package.source)}", package.source)
        elif package.archive_path and package.placement is Placement.DEPOT:
            yield package.archive_path, (f"{package.name}, {package.placement.value}", package.source)
    for artifact in plan.artifacts:
        if artifact.archive_path and artifact.placement is ArtifactPlacement.BUNDLED:
            yield artifact.archive_path, (f"the artifact {artifact.name} of {artifact.owner}", artifact.source)


def _seen_from(directory: Path, path: Path) -> str:
    """As a person would write it: `../MyTools` where it is near, else whole."""
    try:
        near = os.path.relpath(path, directory)
    except ValueError:  # another drive
        return str(path)
    return near.replace(os.sep, "/") if near.count("..") <= _NEAR else str(path)
