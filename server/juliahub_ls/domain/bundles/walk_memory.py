"""Remembers what folders gave to a bundle, so that planning again costs one look at each file's status.

What was walked is used again while every folder, ignore file and link is as it was. A file that changed costs itself:
its entry is renewed, and it is looked into for tokens again. A file that changed in less than two seconds before it was
looked at is renewed each time, and a tree with such a folder is not remembered: another change within the grain of the
clock could look the same.
"""

import os
import stat
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from .content_scan import ContentScan
from .file_status import Status, is_settled, link_target, status_at, status_of
from .ignore_rules import IgnoreRules
from .model import PlannedFile
from .secrets import Secrets
from .walk import Cancelled, Tree, planned_file, walk_tree

_BATCH = 4096
_UNSETTLED: Status = (-1, -1, -1, -1)
_Key = tuple[str, str, frozenset[str], bool, bool]


@dataclass(frozen=True, slots=True)
class _Remembered:
    """`statuses`: of the tree's files; `_UNSETTLED` is like none."""

    tree: Tree
    given: IgnoreRules | None
    statuses: list[Status]


class WalkMemory:
    """Trees by folder; the oldest go when all together hold more than `max_files` files. `scan` looks for tokens."""

    def __init__(self, scan: ContentScan | None = None, *, max_files: int = 300_000) -> None:
        self._trees: dict[_Key, _Remembered] = {}
        self._scan = scan or ContentScan()
        self._max_files = max_files

    def walk(
        self,
        source: Path,
        archive: str,
        rules: IgnoreRules | None,
        *,
        allow_secrets: frozenset[str] = frozenset(),
        guard_secrets: bool = True,
        gitignore: bool = False,
        cancelled: Callable[[], bool] | None = None,
    ) -> Tree:
        """`walk_tree`, or what it gave the last time with what has changed since. Raises Cancelled."""
        key = (str(source), archive, allow_secrets, guard_secrets, gitignore)
        known = self._trees.get(key)
        started = time.time_ns()
        if known and known.given == rules:
            secrets = Secrets(allow_secrets, guard_secrets, self._scan if guard_secrets else None)
            known = _renewed(known, secrets, cancelled, started)
        else:
            known = None
        if known is None:
            tree = walk_tree(
                source,
                archive,
                rules,
                allow_secrets=allow_secrets,
                guard_secrets=guard_secrets,
                gitignore=gitignore,
                scan=self._scan,
                cancelled=cancelled,
            )
            known = _Remembered(tree, rules, [_trusted(file[2:6], started) for file in tree.files])
        self._scan.save()
        self._trees.pop(key, None)
        if all(status is None or is_settled(status, started) for status in known.tree.watched.values()):
            self._trees[key] = known
            self._forget_oldest()
        return known.tree

    def _forget_oldest(self) -> None:
        while sum(len(known.statuses) for known in self._trees.values()) > self._max_files:
            self._trees.pop(next(iter(self._trees)))


def _trusted(status: Status, now: int) -> Status:
    return status if is_settled(status, now) else _UNSETTLED


def _renewed(
    known: _Remembered, secrets: Secrets, cancelled: Callable[[], bool] | None, now: int
) -> _Remembered | None:
    """What is remembered, with the files that changed as they are now; None when the tree must be walked again.

    Raises Cancelled.
    """
    changed = _changed_files(known, cancelled) if _surroundings_unchanged(known.tree) else None
    if changed is None:
        return None
    if not changed:
        return known
    files, statuses = list(known.tree.files), list(known.statuses)
    for number in changed:
        file = _as_it_is_now(files[number], secrets)
        if file is None:
            return None
        files[number], statuses[number] = file, _trusted(file[2:6], now)
    tree = known.tree if files == known.tree.files else replace(known.tree, files=files)
    return _Remembered(tree, known.given, statuses)


def _surroundings_unchanged(tree: Tree) -> bool:
    return all(status_at(path) == status for path, status in tree.watched.items()) and all(
        link_target(path) == target for path, target in tree.links.items()
    )


def _changed_files(known: _Remembered, cancelled: Callable[[], bool] | None) -> list[int] | None:
    """The numbers of the files whose status differs; None when one is gone. Raises Cancelled."""
    changed: list[int] = []
    files, statuses = known.tree.files, known.statuses
    for start in range(0, len(files), _BATCH):
        if cancelled and cancelled():
            raise Cancelled
        sources = [file[1] for file in files[start : start + _BATCH]]
        try:
            now = list(map(status_of, map(os.lstat, sources)))
        except OSError:
            return None
        then = statuses[start : start + _BATCH]
        if now != then:
            changed += [start + number for number, status in enumerate(now) if status != then[number]]
    return changed


def _as_it_is_now(file: PlannedFile, secrets: Secrets) -> PlannedFile | None:
    """The file's new entry; None when it would not simply go in as it did."""
    try:
        status = Path(file.source).lstat()
    except OSError:
        return None
    if not stat.S_ISREG(status.st_mode):
        return None
    if secrets.token(file.archive_path, file.source, status, file.rule):
        return None
    return planned_file(file.archive_path, file.source, status, file.rule)
