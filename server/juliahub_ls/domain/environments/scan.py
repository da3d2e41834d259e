"""Finds every Julia environment below some folders, fast enough to run whenever an editor opens (design §5)."""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from juliahub_ls.config import SCAN_LIMIT

from .files import PROJECT_NAMES, Environment, JuliaVersion, find_environment

SKIPPED = frozenset(
    {
        ".git", ".hg", ".svn", ".julia", ".bundle", "node_modules", ".venv", "venv", "__pycache__", ".tox", ".cache",
        ".mypy_cache", ".pytest_cache", ".ruff_cache", ".vscode-server", ".npm", ".cargo", ".rustup", ".local",
    }
)  # fmt: skip
"""Folders that hold no environment of the user's own and can be huge."""

MAX_DEPTH = 24


@dataclass(frozen=True, slots=True)
class ScanResult:
    """`environments` sorted by folder; `truncated`: a bound was met and there may be more; `entries` looked at.

    `limit`: the bound of entries that held.
    """

    environments: tuple[Environment, ...]
    truncated: bool
    entries: int
    limit: int


def scan(
    roots: Iterable[Path],
    *,
    cancelled: Callable[[], bool] | None = None,
    julia_version: JuliaVersion | None = None,
    max_depth: int = MAX_DEPTH,
    max_entries: int = SCAN_LIMIT,
) -> ScanResult:
    """Every environment below `roots`. Linked folders are not followed, depots and caches not entered.

    Breadth first, so that what a bound cuts off is what lies deepest. A folder that cannot be listed is passed over.
    When cancelled, gives what was found so far, as truncated.
    """
    found: dict[str, Environment] = {}
    level = list(dict.fromkeys(os.path.normpath(root.absolute()) for root in roots))
    depth = entries = 0
    while level:
        if depth > max_depth:
            return _result(found, True, entries, max_entries)
        below: list[str] = []
        for path in level:
            if entries > max_entries or (cancelled and cancelled()):
                return _result(found, True, entries, max_entries)
            entries += _scan_folder(path, below, found, julia_version, max_entries - entries)
        level = below
        depth += 1
    return _result(found, entries > max_entries, entries, max_entries)


def _scan_folder(
    path: str, below: list[str], found: dict[str, Environment], julia_version: JuliaVersion | None, most: int
) -> int:
    """Adds the folder's environment and its subfolders; the number of entries it has, or one more than `most`.

    The hot loop of the scan.
    """
    names: list[str] = []
    count = 0
    try:
        with os.scandir(path) as entries:
            for entry in entries:
                count += 1
                if count > most:
                    break
                name = entry.name
                if name.endswith(".toml"):
                    names.append(name)
                elif entry.is_dir(follow_symlinks=False) and name not in SKIPPED:
                    below.append(entry.path)
    except OSError:
        return count
    if not _PROJECTS.isdisjoint(names):
        environment = find_environment(Path(path), names, julia_version)
        if environment and path not in found:
            found[path] = environment
    return count


def _result(found: dict[str, Environment], truncated: bool, entries: int, limit: int) -> ScanResult:
    return ScanResult(tuple(found[path] for path in sorted(found)), truncated, entries, limit)


_PROJECTS = frozenset(PROJECT_NAMES)
