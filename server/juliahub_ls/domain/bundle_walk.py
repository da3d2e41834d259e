"""Walks a folder for a bundle: each file in or out, with the rule that said so (protocol §6.3), links made harmless."""

import os
import stat
from collections.abc import Callable
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


class BundleWalk:
    """Collects the trees of one bundle. Paths inside it end in `/` where they name a folder to put things under."""

    def __init__(self, allow_secrets: frozenset[str], cancelled: Callable[[], bool] | None) -> None:
        self.files: list[PlannedFile] = []
        self.empty_directories: list[str] = []
        self.left_out: list[LeftOut] = []
        self.problems: list[Problem] = []
        self.top_rules: IgnoreRules | None = None
        """The rules of the bundle's top folder, known once that has been walked; they govern `.bundle` as well."""
        self._allow = allow_secrets
        self._cancelled = cancelled or (lambda: False)
        self._guard_secrets = True
        self._root = ""

    def add_tree(self, source: Path, archive: str, rules: IgnoreRules | None, *, guard_secrets: bool = True) -> int:
        """Everything below `source`, under `archive` ("" or "…/"). Returns how many records that makes.

        `rules` are those of the bundle's top; a nearer ignore file takes over. Raises Cancelled.
        """
        self._root = os.path.realpath(source)
        self._guard_secrets = guard_secrets
        return self._directory(str(source), archive, rules, 0, (self._root,))

    def _directory(self, path: str, archive: str, rules: IgnoreRules | None, base: int, chain: tuple[str, ...]) -> int:
        """`base`: length of the rules' own folder's archive path; `chain`: real folders that links led from."""
        if self._cancelled():
            raise Cancelled
        if archive.count("/") > _MAX_DEPTH:
            self._leave(archive[:-1], LeftOutReason.TOO_DEEP, directory=True)
            return 0
        try:
            with os.scandir(path) as found:
                entries = sorted(found, key=_name)
        except OSError:
            self._leave(archive[:-1], LeftOutReason.UNREADABLE, directory=True)
            return 0
        own = self._own_rules(entries)
        if own is not None:
            rules, base = own, len(archive)
            self.top_rules = self.top_rules if archive else own
        before = len(self.files) + len(self.empty_directories)
        folder = archive[:-1].rpartition("/")[2]
        for entry in entries:
            if entry.is_file(follow_symlinks=False) and entry.name != ".git":
                self._file(entry, archive + entry.name, folder, rules, base)
            else:
                self._other(entry, archive + entry.name, rules, base, chain)
        count = len(self.files) + len(self.empty_directories) - before
        if not count and archive:
            self.empty_directories.append(archive[:-1])
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
        if self._guard_secrets and looks_secret(entry.name, folder) and archive not in self._allow:
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
        self._directory(entry.path, archive + "/", rules, base, chain)
        return None

    def _add(self, source: str, archive: str, status: os.stat_result, rule: Rule | None) -> None:
        mode, size = status.st_mode, status.st_size
        if not _is_utf8(archive):
            return self._leave(archive, LeftOutReason.UNPORTABLE_NAME, size=size)
        if mode & 0o444 != 0o444 and not os.access(source, os.R_OK):
            return self._leave(archive, LeftOutReason.UNREADABLE, size=size)
        executable = mode & 0o100 != 0 and not _WINDOWS
        times = status.st_mtime_ns, status.st_ctime_ns
        self.files.append(PlannedFile(archive, source, size, *times, status.st_ino, executable, rule))
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
        try:
            target = os.path.realpath(entry.path, strict=True)
            status = Path(target).stat()
        except OSError:
            reason = LeftOutReason.LINK_LOOP if _leads_back(Path(entry.path)) else LeftOutReason.DANGLING_LINK
            return self._leave(archive, reason)
        is_directory = stat.S_ISDIR(status.st_mode)
        inside = _relative(target, self._root)
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
        self._directory(entry.path, archive + "/", rules, base, steps)
        return None

    def _linked_file(self, target: str, archive: str, status: os.stat_result, rule: Rule | None) -> None:
        if not stat.S_ISREG(status.st_mode):
            return self._leave(archive, LeftOutReason.SPECIAL_FILE)
        secret = looks_secret(*_last_two(Path(archive))) or looks_secret(*_last_two(Path(target)))
        if self._guard_secrets and secret and archive not in self._allow:
            return self._leave(archive, LeftOutReason.SECRET, size=status.st_size)
        return self._add(target, archive, status, rule)

    def _own_rules(self, entries: "list[os.DirEntry[str]]") -> IgnoreRules | None:
        entry = next((entry for entry in entries if entry.name == IGNORE_FILE), None)
        if entry is None or _is_directory(entry):
            return None
        path = Path(entry.path)
        text, problem = read_text(path)
        if problem:
            message = f"The ignore file {path} cannot be read, so files it leaves out would be sent. Mend it first."
            self.problems.append(error("ignore-file-unreadable", message, path))
            return None
        rules = parse_ignore_rules(text, path)
        self.problems += rules.problems
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
        self.left_out.append(LeftOut(shown, directory, reason, size, rule))


def _name(entry: "os.DirEntry[str]") -> str:
    return entry.name


def _is_directory(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
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
