"""What weighs most in a bundle, so that a user who is over the limit knows what to leave out."""

from collections import defaultdict
from collections.abc import Iterable

from .model import InjectedFile, PlannedFile, SizedPath

_CULPRIT_SHARE = 0.8


def largest(files: Iterable[PlannedFile], injected: Iterable[InjectedFile], count: int) -> list[SizedPath]:
    """The `count` heaviest folders and files, biggest first, ties by name.

    A folder that owes more than four fifths of its weight to one thing in it gives way to that thing, and what lies in
    a folder already named is not named again: the list shows culprits, not their parents.
    """
    folders: dict[str, int] = defaultdict(int)
    heaviest_child: dict[str, int] = defaultdict(int)
    entries: list[SizedPath] = []
    for path, size in _sizes(files, injected):
        entries.append(SizedPath(path, size, False))
        parent = path.rpartition("/")[0]
        heaviest_child[parent] = max(heaviest_child[parent], size)
        while parent:
            folders[parent] += size
            parent = parent.rpartition("/")[0]
    for path, size in folders.items():
        parent = path.rpartition("/")[0]
        heaviest_child[parent] = max(heaviest_child[parent], size)
        entries.append(SizedPath(path, size, True))
    return _culprits(sorted(entries, key=_weight), heaviest_child, count)


def _culprits(ordered: list[SizedPath], heaviest_child: dict[str, int], count: int) -> list[SizedPath]:
    chosen: list[SizedPath] = []
    named: set[str] = set()
    for entry in ordered:
        if len(chosen) == count:
            break
        if entry.is_directory and heaviest_child[entry.path] > _CULPRIT_SHARE * entry.size:
            continue
        if not any(entry.path.startswith(folder) for folder in named):
            chosen.append(entry)
            named.add(entry.path + "/")
    return chosen


def _weight(entry: SizedPath) -> tuple[int, str]:
    return -entry.size, entry.path


def _sizes(files: Iterable[PlannedFile], injected: Iterable[InjectedFile]) -> Iterable[tuple[str, int]]:
    for file in files:
        yield file.archive_path, file.size
    for made in injected:
        yield made.archive_path, len(made.content)
