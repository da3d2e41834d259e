"""`.juliabundleignore`, exactly as JuliaHub's own bundler reads it (protocol §6.3).

Only the nearest ignore file counts for a path, its rules see the path relative to its folder, and the last one that
matches decides. This module holds one file's rules; which file is nearest is the walker's business.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from juliahub_ls.domain.problem import Problem, Range, warning
from juliahub_ls.domain.toml.text import utf16_length

from .glob_pattern import GlobError, glob_to_regex, only_match

IGNORE_FILE = ".juliabundleignore"
VERSION_CONTROL = frozenset({".git", ".hg", ".svn", ".jj", ".bzr", "_darcs", ".pijul", "CVS"})


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of an ignore file, to show to the user. `line` counts from 1; `text` is as written, trimmed.

    `literal`: it names one path, without wildcards. A literal rule that includes lets in even what looks like a secret.
    """

    file: Path
    line: int
    text: str
    includes: bool
    literal: bool = False

    def __str__(self) -> str:
        """`.juliabundleignore:3`."""
        return f"{self.file.name}:{self.line}"


@dataclass(frozen=True, slots=True)
class IgnoreRules:
    """The rules of one ignore file; `compiled` in file order."""

    compiled: tuple[tuple[Rule, "re.Pattern[str]"], ...] = ()
    problems: tuple[Problem, ...] = ()

    def decide(self, path: str, is_directory: bool) -> Rule | None:
        """The rule that decides about `path` (relative to the ignore file's folder, `/`-separated), or None: included.

        A directory is tried as it is and with `/` at its end.
        """
        for rule, pattern in reversed(self.compiled):
            if pattern.fullmatch(path) or (is_directory and pattern.fullmatch(path + "/")):
                return rule
        return None

    def lets_in_below(self, directory: str) -> bool:
        """Whether a literal rule lets in something below `directory`."""
        below = directory + "/"
        return any(
            rule.includes and rule.literal and (only_match(rule.text[1:]) or "").startswith(below)
            for rule, _ in self.compiled
        )


def parse_ignore_rules(text: str, file: Path) -> IgnoreRules:
    """The rules in `text`. A pattern that means nothing is reported and matches nothing."""
    compiled: list[tuple[Rule, re.Pattern[str]]] = []
    problems: list[Problem] = []
    for number, raw in enumerate(text.removeprefix("\ufeff").split("\n"), start=1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        includes = line.startswith("!")
        try:
            pattern = line[includes:]
            rule = Rule(file, number, line, includes, only_match(pattern) is not None)
            compiled.append((rule, glob_to_regex(pattern)))
        except GlobError as reason:
            problems.append(_invalid(file, number, line, str(reason), utf16_length(raw[: raw.index(line)])))
    return IgnoreRules(tuple(compiled), tuple(problems))


def _invalid(file: Path, number: int, line: str, reason: str, start: int) -> Problem:
    message = f"The rule `{line}` in line {number} of {file.name} has no effect: {reason}."
    place = Range(number - 1, start, number - 1, start + utf16_length(line))
    return warning("invalid-ignore-rule", message, file, place)
