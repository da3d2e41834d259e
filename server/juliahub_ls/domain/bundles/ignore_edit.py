"""Edits an ignore file so that one path goes into the bundle or stays home, and nothing else changes (protocol §6.3).

The rules are written as a careful person would: one line that names the path; the very line that left it out is taken
away where that is enough; comments and line ends stay.
"""

from pathlib import Path

from juliahub_ls.domain.toml.text import read_text

from .glob_pattern import escape_glob, only_match
from .ignore_rules import IGNORE_FILE, IgnoreRules, Rule, parse_ignore_rules

_BOM = "\ufeff"


def set_rule(text: str, path: str, *, is_directory: bool, included: bool) -> str:
    """The new text of the ignore file in whose folder the relative `path` lies.

    To let something into a folder that stays home, the folder is let in, the rest of it left out, and then the thing
    let in. A folder that is let in brings what is below it, except what rules after the one that left it out say of it.
    A path that goes in already is named all the same: that lets in what looks like a secret, or what git ignores.
    """
    edit = _Edit(text, path.strip("/"), is_directory)
    if included:
        edit.let_in()
    else:
        edit.leave_out()
    return edit.text


def governing_file(top: Path, path: str) -> tuple[Path, str]:
    """The ignore file that decides about `path` (relative to `top`), and the path relative to that file's folder.

    It is the nearest one, or `top`'s, there or not; but one that leaves out a folder above the path settles all below.
    """
    parts = path.strip("/").split("/")
    file, base = top / IGNORE_FILE, 0
    rules = _read(file)
    for count in range(1, len(parts)):
        rule = rules.decide("/".join(parts[base:count]), True)
        if rule and not rule.includes:
            break
        own = top.joinpath(*parts[:count], IGNORE_FILE)
        if own.is_file():
            file, base, rules = own, count, _read(own)
    return file, "/".join(parts[base:])


def _read(file: Path) -> IgnoreRules:
    text, problem = read_text(file)
    return parse_ignore_rules("" if problem else text, file)


class _Edit:
    """One path's fate in one file, whose lines change step by step."""

    def __init__(self, text: str, path: str, is_directory: bool) -> None:
        self._bom = _BOM if text.startswith(_BOM) else ""
        self._end = "\r" if "\r\n" in text else ""
        self._lines = text.removeprefix(_BOM).split("\n")
        self._path = path
        self._is_directory = is_directory

    @property
    def text(self) -> str:
        """The file as it is now."""
        return self._bom + "\n".join(self._lines)

    def leave_out(self) -> None:
        """Unless it stays home already: without the lines that name it to let it in, or else by a new line."""
        if self._left_out_at() is not None:
            return
        self._remove(self._path, included=True)
        if self._left_out_at() is None:
            self._add(self._line(self._path, is_directory=self._is_directory))

    def let_in(self) -> None:
        """Unless a line names it already."""
        if self._left_out_at() is None:
            self._name()
            return
        self._remove(self._path, included=False)
        at = self._left_out_at()
        if at is not None and at != self._path:
            self._open_folders(at)
        self._let_in_itself()

    def _name(self) -> None:
        line = "!" + self._line(self._path, is_directory=self._is_directory)
        rule = self._rules().decide(self._path, self._is_directory)
        if rule is None or not rule.includes or not (rule.literal or rule.text == line):
            self._add(line)

    def _open_folders(self, outermost: str) -> None:
        """Let in the folders from `outermost` down to the path, but nothing in them."""
        self._remove(outermost, included=False)
        self._add(escape_glob(outermost) + "/*")
        folder = outermost
        while folder != self._path:
            self._add("!" + self._line(folder, is_directory=True))
            name = self._path[len(folder) + 1 :].partition("/")[0]
            folder = f"{folder}/{name}"

    def _let_in_itself(self) -> None:
        rule = self._rules().decide(self._path, self._is_directory)
        line = "!" + self._line(self._path, is_directory=self._is_directory)
        if rule is None or rule.includes:
            return
        if self._is_directory and self._reaches_below(rule):
            self._add(line, "!" + escape_glob(self._path) + "/*", after=rule.line)
        else:
            self._add(line)

    def _reaches_below(self, rule: Rule) -> bool:
        """Whether the rule that leaves out the folder would also leave out what lies in it, one by one."""
        single = parse_ignore_rules(rule.text, rule.file)
        return single.decide(f"{self._path}/\ue000", False) is not None

    def _left_out_at(self) -> str | None:
        """The path, or the outermost folder above it, that stays home."""
        rules = self._rules()
        parts = self._path.split("/")
        for count in range(1, len(parts) + 1):
            path = "/".join(parts[:count])
            rule = rules.decide(path, count < len(parts) or self._is_directory)
            if rule and not rule.includes:
                return path
        return None

    def _rules(self) -> IgnoreRules:
        return parse_ignore_rules("\n".join(self._lines), Path(IGNORE_FILE))

    def _line(self, path: str, *, is_directory: bool) -> str:
        return escape_glob(path) + ("/" if is_directory else "")

    def _remove(self, path: str, *, included: bool) -> None:
        """Take away the lines that name this very path."""
        named = (path, path + "/")
        for rule, _ in reversed(self._rules().compiled):
            if rule.includes is included and only_match(rule.text[rule.includes :]) in named:
                del self._lines[rule.line - 1]
        if not self._lines:
            self._lines = [""]
        self._lines[-1] = self._lines[-1].removesuffix("\r")

    def _add(self, *lines: str, after: int | None = None) -> None:
        """Below line number `after`, or else at the end."""
        ended = [line + self._end for line in lines]
        if after is not None and after < len(self._lines):
            self._lines[after:after] = ended
            return
        if self._lines[-1]:
            self._lines[-1] += self._end
            self._lines.append("")
        self._lines[-1:] = [*ended, ""]
