"""Walks a folder for a bundle: each file in or out, with the rule that said so (protocol §6.3), links made harmless.

A rule of `.juliabundleignore` that includes wins over `.gitignore`; a literal one (`!config/.env`) also over what looks
like a secret. Nothing wins over version control.
"""

import os
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from juliahub_ls.domain.problem import Problem, error
from juliahub_ls.domain.toml.text import read_text

from .content_scan import ContentScan
from .entry_names import (
    is_directory,
    is_file,
    is_too_long,
    is_utf8,
    leads_back,
    name_of,
    relative_to,
    shown,
    size_of,
)
from .file_status import Status, link_target, status_at, status_of
from .gitignore import GITIGNORE, GitIgnore, git_above
from .ignore_rules import IGNORE_FILE, VERSION_CONTROL, IgnoreRules, Rule, parse_ignore_rules
from .model import LeftOut, LeftOutReason, PlannedFile
from .secrets import Secrets, looks_secret
from .walk_scope import Scope

_MAX_DEPTH = 200
_MAX_LINKS = 8
_WINDOWS = os.name == "nt"


class Cancelled(Exception):
    """The caller's `cancelled` said so."""


@dataclass(slots=True)
class Tree:
    """What one folder gives to a bundle. `rules`: of the ignore file at its top.

    `watched`: the other paths its content rests on, links followed: every folder walked, ignore files, files that could
    not be read or look like holding a token; None for what is not there. `links`: what each link led to.
    """

    files: list[PlannedFile] = field(default_factory=list)
    empty_directories: list[str] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    rules: IgnoreRules | None = None
    watched: dict[str, Status | None] = field(default_factory=dict)
    links: dict[str, tuple[str, int] | None] = field(default_factory=dict)


def walk_tree(
    source: Path,
    archive: str,
    rules: IgnoreRules | None,
    *,
    allow_secrets: frozenset[str] = frozenset(),
    guard_secrets: bool = True,
    gitignore: bool = False,
    scan: ContentScan | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Tree:
    """Everything below `source`, to go under `archive` ("" or "…/"), sorted as the archive will be.

    `rules` are those of the bundle's top; a nearer ignore file takes over. `gitignore`: honour those files, too.
    `scan`: look into files for tokens. Raises Cancelled.
    """
    secrets = Secrets(allow_secrets, guard_secrets, scan if guard_secrets else None)
    walk = _Walk(str(source), os.path.realpath(source), secrets, cancelled or (lambda: False))
    walk.directory(
        str(source), archive, Scope(rules, 0, walk.git(source, archive) if gitignore else None), (walk.root,)
    )
    return walk.tree


def planned_file(archive: str, source: str, status: os.stat_result, rule: Rule | None) -> PlannedFile | None:
    """The file as it is now; None when this computer does not let us read it."""
    mode = status.st_mode
    if mode & 0o444 != 0o444 and not os.access(source, os.R_OK):
        return None
    executable = mode & 0o100 != 0 and not _WINDOWS
    times = status.st_mtime_ns, status.st_ctime_ns
    return PlannedFile(archive, source, status.st_size, *times, status.st_ino, executable, rule)


class _Walk:
    def __init__(self, top: str, root: str, secrets: Secrets, cancelled: Callable[[], bool]) -> None:
        self.tree = Tree()
        self.root = root
        self._top = top
        self._secrets = secrets
        self._cancelled = cancelled

    def git(self, source: Path, archive: str) -> GitIgnore:
        """The rules of git from above the folder."""
        found, looked_at = git_above(source, archive)
        self.tree.watched |= {path: status_at(path) for path in looked_at}
        return found

    def directory(self, path: str, archive: str, scope: Scope, chain: tuple[str, ...]) -> int:
        """How much of it goes in. `chain`: the real folders that links led from."""
        if self._cancelled():
            raise Cancelled
        if archive.count("/") > _MAX_DEPTH:
            self._leave(archive[:-1], LeftOutReason.TOO_DEEP, directory=True)
            return 0
        try:
            self.tree.watched[path] = status_at(path)
            with os.scandir(path) as found:
                entries = sorted(found, key=name_of)
        except OSError:
            self._leave(archive[:-1], LeftOutReason.UNREADABLE, directory=True)
            return 0
        scope = self._own_rules(entries, path, archive, scope)
        before = len(self.tree.files) + len(self.tree.empty_directories)
        folder = archive[:-1].rpartition("/")[2]
        for entry in entries:
            if entry.is_file(follow_symlinks=False) and entry.name != ".git":
                self._file(entry, archive + entry.name, folder, scope)
            else:
                self._other(entry, archive + entry.name, scope, chain)
        count = len(self.tree.files) + len(self.tree.empty_directories) - before
        if not count and archive:
            self.tree.empty_directories.append(archive[:-1])
        return count

    def _file(self, entry: "os.DirEntry[str]", archive: str, folder: str, scope: Scope) -> None:
        """A regular file: nearly everything is one, so this is the hot path of planning."""
        rule = None
        if scope.rules or scope.git:
            rule = scope.decide(archive, False)
            if rule and not rule.includes:
                return self._leave(archive, LeftOutReason.RULE, size=size_of(entry), rule=rule)
        try:
            status = Path(entry.path).stat() if _WINDOWS else entry.stat(follow_symlinks=False)
        except OSError:
            return self._leave(archive, LeftOutReason.UNREADABLE)
        if looks_secret(entry.name, folder) and self._secrets.suspects(archive, rule):
            return self._leave(archive, LeftOutReason.SECRET, size=status.st_size)
        return self._add(entry.path, archive, status, rule)

    def _other(self, entry: "os.DirEntry[str]", archive: str, scope: Scope, chain: tuple[str, ...]) -> None:
        """A folder, a link, or something that is no file at all."""
        directory = is_directory(entry)
        if entry.name in VERSION_CONTROL:
            return self._leave(archive, LeftOutReason.VERSION_CONTROL, directory=directory)
        rule = scope.decide(archive, directory)
        if rule and not rule.includes:
            inside = scope.inside_ignored(archive, rule) if directory else None
            if inside is None:
                size = None if directory else size_of(entry)
                return self._leave(archive, LeftOutReason.RULE, directory=directory, size=size, rule=rule)
            scope = inside
        elif directory:
            scope = scope.below(archive, rule)
        reason = _unfit(archive)
        if reason:
            return self._leave(archive, reason, directory=directory)
        if entry.is_symlink():
            return self._link(entry, archive, scope, chain, rule)
        if not directory:
            return self._leave(archive, LeftOutReason.SPECIAL_FILE)
        self.directory(entry.path, archive + "/", scope, chain)
        return None

    def _add(self, source: str, archive: str, status: os.stat_result, rule: Rule | None) -> None:
        reason = _unfit(archive)
        if reason:
            return self._leave(archive, reason, size=status.st_size)
        file = planned_file(archive, source, status, rule)
        if file is None:
            self.tree.watched[source] = status_of(status)
            return self._leave(archive, LeftOutReason.UNREADABLE, size=status.st_size)
        token = self._secrets.token(archive, source, status, rule)
        if token:
            self.tree.watched[source] = status_of(status)
            return self._leave(archive, LeftOutReason.TOKEN, size=status.st_size, detail=str(token))
        self.tree.files.append(file)
        return None

    def _link(
        self, entry: "os.DirEntry[str]", archive: str, scope: Scope, chain: tuple[str, ...], rule: Rule | None
    ) -> None:
        """A link is replaced by what it leads to, as long as that is inside the folder (protocol §6.2)."""
        found = self.tree.links[entry.path] = link_target(entry.path)
        if found is None:
            back = leads_back(Path(entry.path))
            return self._leave(archive, LeftOutReason.LINK_LOOP if back else LeftOutReason.DANGLING_LINK)
        target, kind = found
        directory = kind == stat.S_IFDIR
        inside = relative_to(target, self.root)
        if inside is None:
            return self._leave(archive, LeftOutReason.OUTSIDE_LINK, directory=directory)
        if not VERSION_CONTROL.isdisjoint(Path(inside).parts):
            return self._leave(archive, LeftOutReason.VERSION_CONTROL, directory=directory)
        if not directory:
            return self._linked_file(target, archive, rule)
        steps = (*chain, os.path.realpath(Path(entry.path).parent))
        if len(steps) > _MAX_LINKS or any(relative_to(step, target) is not None for step in steps):
            return self._leave(archive, LeftOutReason.LINK_LOOP, directory=True)
        self.directory(entry.path, archive + "/", scope, steps)
        return None

    def _linked_file(self, target: str, archive: str, rule: Rule | None) -> None:
        try:
            status = Path(target).stat()
        except OSError:
            return self._leave(archive, LeftOutReason.DANGLING_LINK)
        if not stat.S_ISREG(status.st_mode):
            return self._leave(archive, LeftOutReason.SPECIAL_FILE)
        secret = looks_secret(*_last_two(Path(archive))) or looks_secret(*_last_two(Path(target)))
        if secret and self._secrets.suspects(archive, rule):
            return self._leave(archive, LeftOutReason.SECRET, size=status.st_size)
        return self._add(target, archive, status, rule)

    def _own_rules(self, entries: "list[os.DirEntry[str]]", path: str, archive: str, scope: Scope) -> Scope:
        """What holds in a folder, its own ignore files read."""
        names = {entry.name: entry for entry in entries if entry.name in _RULE_FILES}
        if not names:
            return scope
        entry = names.get(IGNORE_FILE)
        own = self._read_rules(entry) if entry else None
        if own is not None:
            scope = Scope(own, len(archive), scope.git)
            if path == self._top:
                self.tree.rules = own
        if scope.git and (GITIGNORE in names or ".git" in names):
            git, looked_at = scope.git.entering(path, archive, has_git=".git" in names and path != self._top)
            self.tree.watched |= {file: status_at(file) for file in looked_at}
            scope = scope._replace(git=git)
        return scope

    def _read_rules(self, entry: "os.DirEntry[str]") -> IgnoreRules | None:
        if not is_file(entry):
            return None
        path = Path(entry.path)
        if entry.is_symlink():
            self.tree.links[entry.path] = link_target(entry.path)
        self.tree.watched[entry.path] = status_at(entry.path)
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
        detail: str = "",
    ) -> None:
        self.tree.left_out.append(LeftOut(shown(archive), directory, reason, size, rule, detail))


_RULE_FILES = frozenset({IGNORE_FILE, GITIGNORE, ".git"})


def _last_two(path: Path) -> tuple[str, str]:
    return path.name, path.parent.name


def _unfit(archive: str) -> LeftOutReason | None:
    """Why no bundle can have a name, whatever it names."""
    if not is_utf8(archive):
        return LeftOutReason.UNPORTABLE_NAME
    return LeftOutReason.NAME_TOO_LONG if is_too_long(archive) else None
