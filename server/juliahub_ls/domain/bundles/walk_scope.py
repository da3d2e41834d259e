"""Which rules hold in a walked folder: the nearest `.juliabundleignore`, then those of git where they are honoured."""

from typing import NamedTuple

from .gitignore import GitIgnore
from .ignore_rules import IGNORE_FILE, IgnoreRules, Rule


class Scope(NamedTuple):
    """The rules that hold in one folder. `base`: length of the archive path of the folder that `rules` lie in."""

    rules: IgnoreRules | None
    base: int
    git: GitIgnore | None

    def decide(self, archive: str, is_directory: bool) -> Rule | None:
        """The rule that decides about a path: one of ours before one of git's."""
        rule = self.rules.decide(archive[self.base :], is_directory) if self.rules else None
        return self.git.decide(archive, is_directory) if rule is None and self.git else rule

    def below(self, archive: str, rule: Rule | None) -> "Scope":
        """What holds in a folder that `rule` decided about; in one let in against git's rules those end."""
        if self.git and rule and not _from_git(rule):
            against = self.git.decide(archive, True)
            return self._replace(git=None) if against and not against.includes else self
        return self

    def inside_ignored(self, archive: str, rule: Rule) -> "Scope | None":
        """For a folder that git leaves out, although a literal rule lets something in it in; else None."""
        if self.rules and _from_git(rule) and self.rules.lets_in_below(archive[self.base :]):
            return self._replace(git=GitIgnore(all_out=rule))
        return None


def _from_git(rule: Rule) -> bool:
    return rule.file.name != IGNORE_FILE
