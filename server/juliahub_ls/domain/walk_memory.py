"""Remembers what folders gave to a bundle, so that planning again costs one look at each file's status.

What was walked is used again only while every folder and file in it has the size, times and inode it had. A tree that
something changed in less than two seconds before it was walked is not remembered: another change within the grain of
the clock could look the same. Nor is one with links in it, as what they lead to may change elsewhere.
"""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .bundle_walk import Cancelled, Status, Tree, status_of, walk_tree
from .ignore_rules import IgnoreRules

GRAIN_NS = 2_000_000_000
_BATCH = 4096
_Key = tuple[str, str, frozenset[str], bool]


@dataclass(frozen=True, slots=True)
class _Remembered:
    tree: Tree
    given: IgnoreRules | None
    paths: list[str]
    statuses: list[Status]


class WalkMemory:
    """Trees by folder; the oldest go when all together hold more than `max_files` files."""

    def __init__(self, max_files: int = 300_000) -> None:
        self._trees: dict[_Key, _Remembered] = {}
        self._max_files = max_files

    def walk(
        self,
        source: Path,
        archive: str,
        rules: IgnoreRules | None,
        *,
        allow_secrets: frozenset[str] = frozenset(),
        guard_secrets: bool = True,
        cancelled: Callable[[], bool] | None = None,
    ) -> Tree:
        """`walk_tree`, or what it gave the last time when nothing has changed since. Raises Cancelled."""
        key = (str(source), archive, allow_secrets, guard_secrets)
        known = self._trees.get(key)
        if known and known.given == rules and _unchanged(known, cancelled):
            return known.tree
        started = time.time_ns()
        tree = walk_tree(
            source, archive, rules, allow_secrets=allow_secrets, guard_secrets=guard_secrets, cancelled=cancelled
        )
        self._trees.pop(key, None)
        remembered = _remember(tree, rules)
        if not tree.has_links and _settled(remembered.statuses, started):
            self._trees[key] = remembered
            self._forget_oldest()
        return tree

    def _forget_oldest(self) -> None:
        while sum(len(known.paths) for known in self._trees.values()) > self._max_files:
            self._trees.pop(next(iter(self._trees)))


def _remember(tree: Tree, given: IgnoreRules | None) -> _Remembered:
    paths = [file.source for file in tree.files] + list(tree.watched)
    statuses: list[Status] = [file[2:6] for file in tree.files]
    return _Remembered(tree, given, paths, statuses + list(tree.watched.values()))


def _settled(statuses: list[Status], now: int) -> bool:
    return all(max(status[1], status[2]) < now - GRAIN_NS for status in statuses)


def _unchanged(known: _Remembered, cancelled: Callable[[], bool] | None) -> bool:
    try:
        for start in range(0, len(known.paths), _BATCH):
            if cancelled and cancelled():
                raise Cancelled
            now = map(status_of, map(os.lstat, known.paths[start : start + _BATCH]))
            if list(now) != known.statuses[start : start + _BATCH]:
                return False
    except OSError:
        return False
    return True
