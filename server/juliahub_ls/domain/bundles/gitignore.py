"""`.gitignore` as git reads it, where the user wants it honoured.

For each path the nearest file that says something decides, then those above it up to the repository's folder, then
`.git/info/exclude`; in one file the last match wins; an excluded folder is not entered. A folder with a `.git` of its
own is another repository, where the rules from outside end. Without any repository the files from the walked folder
down count. What git tracks although a rule matches stays home like the rest, and personal rules (`core.excludesFile`)
are not read: what is sent must not depend on them.
"""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pathspec.patterns.gitignore import GitIgnorePatternError
from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

from .ignore_rules import Rule

GITIGNORE = ".gitignore"
_MANY_STARS = re.compile(r"(\\.)|\*{3,}")


@dataclass(frozen=True, slots=True)
class GitPattern:
    """One rule; `matches` takes a path relative to its file's folder, without a slash at its end."""

    rule: Rule
    directories_only: bool
    matches: Callable[[str], object]


@dataclass(frozen=True, slots=True)
class GitFile:
    """The rules of one file. A walked path becomes relative to its folder without its first `cut` characters.

    `prefix` goes before it: the way from the file's folder down to the walked one.
    """

    patterns: tuple[GitPattern, ...]
    cut: int = 0
    prefix: str = ""

    def decide(self, path: str, is_directory: bool) -> Rule | None:
        """The last rule that matches."""
        relative = self.prefix + path[self.cut :]
        for pattern in reversed(self.patterns):
            if (is_directory or not pattern.directories_only) and pattern.matches(relative):
                return pattern.rule
        return None


@dataclass(frozen=True, slots=True)
class GitIgnore:
    """What holds in one folder: `files`, the nearest first. `all_out`: the rule that leaves out all of it."""

    files: tuple[GitFile, ...] = ()
    all_out: Rule | None = None

    def decide(self, path: str, is_directory: bool) -> Rule | None:
        """The rule that decides about a path of the walk, or None: included."""
        if self.all_out:
            return self.all_out
        for file in self.files:
            rule = file.decide(path, is_directory)
            if rule:
                return rule
        return None

    def entering(self, directory: str, archive: str, *, has_git: bool) -> "tuple[GitIgnore, list[str]]":
        """What holds in the folder at `directory`, whose paths begin with `archive` ("" or "…/"), and by which files.

        `has_git`: it is a repository of its own.
        """
        if self.all_out:
            return self, []
        own, exclude = Path(directory, GITIGNORE), _exclude_file(Path(directory, ".git"))
        outer = (_file(exclude, len(archive), ""),) if has_git else self.files
        files = (_file(own, len(archive), ""), *outer)
        return GitIgnore(tuple(file for file in files if file.patterns)), [str(own), str(exclude)]


def git_above(directory: Path, archive: str) -> tuple[GitIgnore, list[str]]:
    """What holds in `directory` by the files above it, and the paths that this rests on, absent ones included.

    That a rule above leaves out `directory` itself does not count: the user chose it.
    """
    real = Path(os.path.realpath(directory))
    files: list[GitFile] = []
    looked_at: list[str] = []
    prefix = ""
    for folder in (real, *real.parents):
        git = folder / ".git"
        looked_at.append(str(git))
        if folder != real:
            looked_at.append(str(folder / GITIGNORE))
            files.append(_file(folder / GITIGNORE, len(archive), prefix))
        if git.exists():
            looked_at.append(str(_exclude_file(git)))
            files.append(_file(_exclude_file(git), len(archive), prefix))
            return GitIgnore(tuple(file for file in files if file.patterns)), looked_at
        prefix = f"{folder.name}/{prefix}"
    return GitIgnore(), looked_at


def parse_gitignore(text: str, file: Path) -> tuple[GitPattern, ...]:
    """The rules in `text`; what means nothing to git is left away."""
    patterns = []
    for number, raw in enumerate(text.removeprefix("\ufeff").split("\n"), start=1):
        line = _trimmed(raw.removesuffix("\r"))
        if line and not line.startswith("#"):
            pattern = _pattern(line, file, number)
            if pattern:
                patterns.append(pattern)
    return tuple(patterns)


def _pattern(line: str, file: Path, number: int) -> GitPattern | None:
    """pathspec translates the line; whole paths alone are matched, as what lies in excluded folders is never asked."""
    includes = line.startswith("!")
    body = line[includes:]
    directories_only = body.endswith("/")
    body = _MANY_STARS.sub(lambda match: match[1] or "**", body.removesuffix("/"))
    if body.endswith("/**"):
        body += "/*"  # pathspec's own expression for it matches no whole path
    if not body:
        return None
    rule = Rule(file, number, line, includes)
    try:
        compiled = GitIgnoreSpecPattern(body if body[0] not in "!#" else f"\\{body}")
    except GitIgnorePatternError:
        return None
    if compiled.regex is None:
        return None
    if compiled.regex.pattern == ".":
        return GitPattern(rule, directories_only, bool)
    matches = re.compile(compiled.regex.pattern.replace("[^", "[^/")).fullmatch  # for git no class has the slash
    return GitPattern(rule, directories_only, matches if "/" in body else lambda path: matches(_name(path)))


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _trimmed(line: str) -> str:
    """Without spaces at its end, unless escaped."""
    end = position = 0
    while position < len(line):
        step = 2 if line[position] == "\\" else 1
        if line[position] != " ":
            end = position + step
        position += step
    return line[:end]


def _file(path: Path, cut: int, prefix: str) -> GitFile:
    try:
        readable = path.is_file() and not path.is_symlink()  # git follows no link here
        text = path.read_bytes().decode("utf-8", "surrogateescape") if readable else ""
    except OSError:
        text = ""
    return GitFile(parse_gitignore(text, path), cut, prefix)


def _exclude_file(git: Path) -> Path:
    """`info/exclude` of the repository whose `.git` this is: a folder, or a file that names it (worktrees)."""
    directory = git
    try:
        if git.is_file():
            named = git.read_text("utf-8", "surrogateescape").removeprefix("gitdir:").strip()
            directory = git.parent / named
        common = directory / "commondir"
        if common.is_file():
            directory = directory / common.read_text("utf-8", "surrogateescape").strip()
    except OSError:
        pass
    return directory / "info" / "exclude"
