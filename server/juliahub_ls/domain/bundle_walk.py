"""Walks a folder for a bundle: each file in or out, with the rule that said so (protocol §6.3), links made harmless."""

import contextlib
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from .bundle_model import LeftOut, LeftOutReason, PlannedFile
from .ignore_rules import IGNORE_FILE, VERSION_CONTROL, IgnoreRules, Rule, parse_ignore_rules
from .problem import Problem, error
from .secrets import looks_secret
from .toml_text import read_text

_MAX_DEPTH = 200
_MAX_LINKS = 8
_WINDOWS = os.name == "nt"


class Cancelled(Exception):
    """The caller's `cancelled` said so."""


Status = tuple[int, int, int, int]
"""Size, times of change of content and of status in ns, inode: what tells that a file is still the same."""


@dataclass(slots=True)
class Tree:
    """What one folder gives to a bundle. `rules`: of the ignore file at its top.

    `watched`: the other paths its content rests on: every folder walked, ignore files, files that could not be read.
    `has_links`: it also rests on where links lead.
    """

    files: list[PlannedFile] = field(default_factory=list)
    empty_directories: list[str] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    rules: IgnoreRules | None = None
    watched: dict[str, Status] = field(default_factory=dict)
    has_links: bool = False


def walk_tree(
    source: Path,
    archive: str,
    rules: IgnoreRules | None,
    *,
    allow_secrets: frozenset[str] = frozenset(),
    guard_secrets: bool = True,
    cancelled: Callable[[], bool] | None = None,
) -> Tree:
    """Everything below `source`, to go under `archive` ("" or "…/"), sorted as the archive will be.

    `rules` are those of the bundle's top; a nearer ignore file takes over. Raises Cancelled.
    """
    walk = _Walk(
        str(source), os.path.realpath(source), allow_secrets if guard_secrets else None, cancelled or (lambda: False)
    )
    walk.directory(str(source), archive, rules, 0, (walk.root,))
    return walk.tree


def status_of(status: os.stat_result) -> Status:
    """What of a file's status is remembered."""
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino


class _Walk:
    """`allow`: secrets to let in; None where nothing is taken for a secret."""

    def __init__(self, top: str, root: str, allow: frozenset[str] | None, cancelled: Callable[[], bool]) -> None:
        self.tree = Tree()
        self.root = root
        self._top = top
        self._allow = allow
        self._cancelled = cancelled

    def directory(self, path: str, archive: str, rules: IgnoreRules | None, base: int, chain: tuple[str, ...]) -> int:
        """`base`: length of the rules' own folder's archive path; `chain`: real folders that links led from."""
        if self._cancelled():
            raise Cancelled
        if archive.count("/") > _MAX_DEPTH:
            self._leave(archive[:-1], LeftOutReason.TOO_DEEP, directory=True)
            return 0
        try:
            self.tree.watched[path] = status_of(Path(path).stat())
            with os.scandir(path) as found:
                entries = sorted(found, key=_name)
        except OSError:
            self._leave(archive[:-1], LeftOutReason.UNREADABLE, directory=True)
            return 0
        own = self._own_rules(entries)
        if own is not None:
            rules, base = own, len(archive)
            if path == self._top:
                self.tree.rules = own
        before = len(self.tree.files) + len(self.tree.empty_directories)
        folder = archive[:-1].rpartition("/")[2]
        for entry in entries:
            if entry.is_file(follow_symlinks=False) and entry.name != ".git":
                self._file(entry, archive + entry.name, folder, rules, base)
            else:
                self._other(entry, archive + entry.name, rules, base, chain)
        count = len(self.tree.files) + len(self.tree.empty_directories) - before
        if not count and archive:
            self.tree.empty_directories.append(archive[:-1])
        return count

    def _file(self, entry: "os.DirEntry[str]", archive: str, folder: str, rules: IgnoreRules | None, base: int) -> None:
        """A regular file: nearly everything is one, so this is the hot path of planning."""
        rule = None
        if rules:
            rule = rules.decide(archive[base:], False)
            if rule and not rule.includes:
                return self._leave(archive, LeftOutReason.RULE, size=_size(entry), rule=rule)
        try:
            status = Path(entry.path).stat() if _WINDOWS else entry.stat(follow_symlinks=False)
        except OSError:
            return self._leave(archive, LeftOutReason.UNREADABLE)
        if self._allow is not None and looks_secret(entry.name, folder) and archive not in self._allow:
            return self._leave(archive, LeftOutReason.SECRET, size=status.st_size)
        return self._add(entry.path, archive, status, rule)

    def _other(
        self, entry: "os.DirEntry[str]", archive: str, rules: IgnoreRules | None, base: int, chain: tuple[str, ...]
    ) -> None:
        """A folder, a link, or something that is no file at all."""
        is_directory = _is_directory(entry)
        if entry.name in VERSION_CONTROL:
            return self._leave(archive, LeftOutReason.VERSION_CONTROL, directory=is_directory)
        rule = rules.decide(archive[base:], is_directory) if rules else None
        if rule and not rule.includes:
            size = None if is_directory else _size(entry)
            return self._leave(archive, LeftOutReason.RULE, directory=is_directory, size=size, rule=rule)
        if entry.is_symlink():
            return self._link(entry, archive, rules, base, chain, rule)
        if not is_directory:
            return self._leave(archive, LeftOutReason.SPECIAL_FILE)
        if not _is_utf8(archive):
            return self._leave(archive, LeftOutReason.UNPORTABLE_NAME, directory=True)
        self.directory(entry.path, archive + "/", rules, base, chain)
        return None

    def _add(self, source: str, archive: str, status: os.stat_result, rule: Rule | None) -> None:
        mode, size = status.st_mode, status.st_size
        if not _is_utf8(archive):
            return self._leave(archive, LeftOutReason.UNPORTABLE_NAME, size=size)
        if mode & 0o444 != 0o444 and not os.access(source, os.R_OK):
            self.tree.watched[source] = status_of(status)
            return self._leave(archive, LeftOutReason.UNREADABLE, size=size)
        executable = mode & 0o100 != 0 and not _WINDOWS
        times = status.st_mtime_ns, status.st_ctime_ns
        self.tree.files.append(PlannedFile(archive, source, size, *times, status.st_ino, executable, rule))
        return None

    def _link(
        self,
        entry: "os.DirEntry[str]",
        archive: str,
        rules: IgnoreRules | None,
        base: int,
        chain: tuple[str, ...],
        rule: Rule | None,
    ) -> None:
        """A link is replaced by what it leads to, as long as that is inside the folder (protocol §6.2)."""
        self.tree.has_links = True
        try:
            target = os.path.realpath(entry.path, strict=True)
            status = Path(target).stat()
        except OSError:
            reason = LeftOutReason.LINK_LOOP if _leads_back(Path(entry.path)) else LeftOutReason.DANGLING_LINK
            return self._leave(archive, reason)
        is_directory = stat.S_ISDIR(status.st_mode)
        inside = _relative(target, self.root)
        if inside is None:
            return self._leave(archive, LeftOutReason.OUTSIDE_LINK, directory=is_directory)
        if not VERSION_CONTROL.isdisjoint(Path(inside).parts):
            return self._leave(archive, LeftOutReason.VERSION_CONTROL, directory=is_directory)
        if not is_directory:
            return self._linked_file(target, archive, status, rule)
        here = os.path.realpath(Path(entry.path).parent)
        steps = (*chain, here)
        if len(steps) > _MAX_LINKS or any(_relative(step, target) is not None for step in steps):
            return self._leave(archive, LeftOutReason.LINK_LOOP, directory=True)
        self.directory(entry.path, archive + "/", rules, base, steps)
        return None

    def _linked_file(self, target: str, archive: str, status: os.stat_result, rule: Rule | None) -> None:
        if not stat.S_ISREG(status.st_mode):
            return self._leave(archive, LeftOutReason.SPECIAL_FILE)
        secret = looks_secret(*_last_two(Path(archive))) or looks_secret(*_last_two(Path(target)))
        if secret and self._allow is not None and archive not in self._allow:
            return self._leave(archive, LeftOutReason.SECRET, size=status.st_size)
        return self._add(target, archive, status, rule)

    def _own_rules(self, entries: "list[os.DirEntry[str]]") -> IgnoreRules | None:
        entry = next((entry for entry in entries if entry.name == IGNORE_FILE), None)
        if entry is None or not _is_file(entry):
            return None
        path = Path(entry.path)
        self.tree.has_links |= entry.is_symlink()
        with contextlib.suppress(OSError):
            self.tree.watched[entry.path] = status_of(path.lstat())
        text, problem = read_text(path)
        if problem:
            message = f"The ignore file {path} cannot be read, so files it leaves out would be sent. Mend it first."
            self.tree.problems.append(error("ignore-file-unreadable", message, path))
            return None
        rules = parse_ignore_rules(text, path)
        self.tree.problems += rules.problems
        return rules

    def _leave(
        self,
        archive: str,
        reason: LeftOutReason,
        *,
        directory: bool = False,
        size: int | None = None,
        rule: Rule | None = None,
    ) -> None:
        shown = archive.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
        self.tree.left_out.append(LeftOut(shown, directory, reason, size, rule))


def _name(entry: "os.DirEntry[str]") -> str:
    return entry.name


def _is_directory(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _is_file(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_file()
    except OSError:
        return False


def _size(entry: "os.DirEntry[str]") -> int | None:
    try:
        return entry.stat().st_size
    except OSError:
        return None


def _last_two(path: Path) -> tuple[str, str]:
    return path.name, path.parent.name


def _is_utf8(text: str) -> bool:
    if text.isascii():
        return True
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _relative(path: str, root: str) -> str | None:
    """`path` relative to `root`, "" for root itself; None when it is not below it."""
    if path == root:
        return ""
    prefix = root.rstrip(os.sep) + os.sep
    return path[len(prefix) :] if path.startswith(prefix) else None


def _leads_back(link: Path) -> bool:
    """Whether a link cannot be followed because it comes back to itself, rather than because nothing is there."""
    seen: set[Path] = set()
    while link.is_symlink():
        if link in seen:
            return True
        seen.add(link)
        link = Path(os.path.normpath(link.parent / link.readlink()))
    return False
