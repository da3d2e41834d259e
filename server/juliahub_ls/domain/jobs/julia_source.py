"""Splits Julia code into tokens as Julia's own lexer does, so that a quote in a comment or a transpose deceives nobody.

Only what is needed to read calls and literals: names, literals, brackets and operators. Any text gives tokens, wrong
code included; the time is linear in its length.
"""

import os
import re
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from juliahub_ls.domain.problem import Range
from juliahub_ls.domain.toml.text import utf16_length

Kind = Literal["name", "string", "command", "character", "number", "operator", "open", "close", "line"]


class Token(NamedTuple):
    """One token: `text` as written, and its place in code points, the end excluded.

    `value`: what a string literal means; None when it interpolates. An interpolated `$(…)` follows its string as tokens
    in round brackets, as if the string were called with it. A `line` is a line break or `;`.
    """

    kind: Kind
    text: str
    start: int
    end: int
    value: str | None = None


def tokens(code: str) -> list[Token]:
    """The tokens of `code`, in order. Strings that are never closed reach to the end."""
    return _Lexer(code).run()


class Lines:
    """Places in a text as editors count them."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def range(self, start: int, end: int) -> Range:
        """The range of two offsets in code points."""
        return Range(*self._place(start), *self._place(end))

    def _place(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._starts, offset) - 1
        return line, utf16_length(self._text[self._starts[line] : offset])


_WORDS = (
    "baremodule begin break catch const continue do else elseif export finally for function global if import in isa "
    "let local macro module quote return struct try using where while"
)
NOT_VALUES = frozenset(re.findall(r"\w+", _WORDS))
"""Words after which a `'` begins a character and a `"` a string of its own."""
_OPERATOR = "\u00ac\u00b1\u00b7\u00d7\u00f7\u2190-\u21ff\u2200-\u22ff\u27c0-\u27ff\u2900-\u2aff\u2b30-\u2b4f"
_NAME_SIGNS = (
    "\u2202\u2205\u2206\u2207\u220f\u2210\u2211\u221e\u222b-\u2233\u22a4\u22a5\u22c0-\u22c3\u27c0\u27c1\u2a00-\u2a06"
)
_FIRST = rf"(?:[A-Za-z_{_NAME_SIGNS}]|[^\x00-\x7f\s{_OPERATOR}])"
_NEXT = rf"(?:[\w{_NAME_SIGNS}]|[^\x00-\x7f\s{_OPERATOR}])"
_CODE = re.compile(
    rf"""
      (?P<space>  [^\S\n]+ )
    | (?P<line>   [\n;] )
    | (?P<block>  \#= )
    | (?P<rest>   \#[^\n]* )
    | (?P<name>   {_FIRST}(?:{_NEXT}|!(?!=))* )
    | (?P<number> 0x[0-9A-Fa-f_]+ | 0b[01_]+ | 0o[0-7_]+
                | \d[\d_]*(?:\.\d[\d_]*|\.(?![.\w'*+\-/\\^]))?(?:[eEf][+-]?\d+)? )
    | (?P<quote>  \"\"\"|```|"|` )
    | (?P<open>   [(\[{{] )
    | (?P<close>  [)\]}}] )
    | (?P<tick>   ' )
    | (?P<operator> &&|\|\||->|=>|===|!==|==|!=|<=|>=|::|:=|\.\.\.|[-+*/\\^%&|]=|. )
    """,
    re.VERBOSE | re.DOTALL,
)
_CHARACTER = re.compile(r"'(?:\\.[^'\n]{0,10}|[^\\'])'|'''", re.DOTALL)
_COMMENT_EDGE = re.compile(r"#=|=#")
_BACKSLASHES = re.compile(r"\\+")
_INNER = {quote: re.compile(rf"{quote}|\\|\$") for quote in ('"', "`", '"""', "```")}
_NAME = re.compile(rf"{_FIRST}{_NEXT}*")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "e": "\x1b", "a": "\a", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}
_CODE_POINT = re.compile(r"x[0-9A-Fa-f]{1,2}|u[0-9A-Fa-f]{1,4}|U[0-9A-Fa-f]{1,8}|[0-7]{1,3}")


@dataclass(slots=True)
class _Open:
    """A string whose end is not reached yet. `index`: of its token; `depth`: open brackets of an interpolation.

    In `text` a NUL stands for each of `escaped`, so that indentation is told from what was written as an escape.
    """

    quote: str
    raw: bool
    index: int
    start: int
    text: list[str] = field(default_factory=list)
    escaped: list[str] = field(default_factory=list)
    plain: bool = True
    depth: int = 0

    def add(self, written: str) -> None:
        self.text.append(written)
        self.escaped += "\0" * written.count("\0")

    def add_escaped(self, meant: str) -> None:
        self.text.append("\0")
        self.escaped.append(meant)

    def value(self) -> str | None:
        if not self.plain:
            return None
        text = "".join(self.text)
        escaped = iter(self.escaped)
        return re.sub("\0", lambda _: next(escaped), _dedented(text) if len(self.quote) == 3 else text)


class _Lexer:
    def __init__(self, code: str) -> None:
        self._code = code
        self._at = 0
        self._tokens: list[Token] = []
        self._strings: list[_Open] = []

    def run(self) -> list[Token]:
        code, size = self._code, len(self._code)
        while self._at < size:
            match = _CODE.match(code, self._at)
            if match is None:  # nothing is no token: the last alternative takes any character
                raise AssertionError(self._at)
            self._take(match)
        while self._strings:
            self._end_string(size)
        return self._tokens

    def _take(self, match: "re.Match[str]") -> None:
        kind = match.lastgroup
        start, self._at = self._at, match.end()
        if kind in ("name", "number", "operator", "line"):
            self._tokens.append(Token(kind, match[0], start, self._at))  # type: ignore[arg-type]
        elif kind in ("open", "close"):
            self._bracket(match[0], start)
        elif kind == "quote":
            self._begin_string(match[0], start)
        elif kind == "tick":
            self._tick(start)
        elif kind == "block":
            self._skip_comment()

    def _bracket(self, bracket: str, start: int) -> None:
        opens = bracket in "([{"
        self._tokens.append(Token("open" if opens else "close", bracket, start, self._at))
        if self._strings:
            self._strings[-1].depth += 1 if opens else -1
            if self._strings[-1].depth <= 0:
                self._in_string()

    def _skip_comment(self) -> None:
        depth = 1
        while depth:
            edge = _COMMENT_EDGE.search(self._code, self._at)
            if edge is None:
                self._at = len(self._code)
                return
            self._at = edge.end()
            depth += 1 if edge[0] == "#=" else -1

    def _tick(self, start: int) -> None:
        """A transpose where a value ends right before, else a character."""
        before = self._tokens[-1] if self._tokens else None
        literal = (
            None if before and before.end == start and _ends_value(before) else _CHARACTER.match(self._code, start)
        )
        if literal:
            self._at = literal.end()
            self._tokens.append(Token("character", literal[0], start, self._at))
        else:
            self._tokens.append(Token("operator", "'", start, self._at))

    def _begin_string(self, quote: str, start: int) -> None:
        before = self._tokens[-1] if self._tokens else None
        raw = before is not None and before.end == start and before.kind == "name" and before.text not in NOT_VALUES
        self._tokens.append(Token("string" if quote[0] == '"' else "command", "", start, start))
        self._strings.append(_Open(quote, raw, len(self._tokens) - 1, start))
        self._in_string()

    def _in_string(self) -> None:
        """Read on in the innermost string: to its end, or to an expression in it."""
        code, string = self._code, self._strings[-1]
        while True:
            found = _INNER[string.quote].search(code, self._at)
            if found is None:
                self._end_string(len(code))
                return
            string.add(code[self._at : found.start()])
            self._at = found.end()
            if found[0] == "\\":
                self._escape(string)
            elif found[0] != "$":
                self._end_string(self._at)
                return
            elif string.raw:
                string.add("$")
            elif self._interpolation(string):
                return

    def _escape(self, string: _Open) -> None:
        if string.raw:
            self._raw_escape(string)
            return
        code, at = self._code, self._at
        numbered = _CODE_POINT.match(code, at)
        if numbered:
            self._at = numbered.end()
            string.add_escaped(_character(numbered[0]))
            return
        self._at = at + 1
        following = code[at : at + 1]
        if following == "\n":  # the line goes on without its indentation
            while code[self._at : self._at + 1] in (" ", "\t"):
                self._at += 1
        else:
            string.add_escaped(_ESCAPES.get(following, following))

    def _raw_escape(self, string: _Open) -> None:
        """Backslashes mean themselves, unless a quote follows them."""
        run = _BACKSLASHES.match(self._code, self._at - 1)
        assert run is not None
        count, self._at = len(run[0]), run.end()
        if not self._code.startswith(string.quote[0], self._at):
            string.add(run[0])
            return
        string.add("\\" * (count // 2))
        if count % 2:
            string.add(string.quote[0])
            self._at += 1

    def _interpolation(self, string: _Open) -> bool:
        """`$name` is passed by; `$(` is entered: True."""
        string.plain = False
        if self._code.startswith("(", self._at):
            self._tokens.append(Token("open", "(", self._at, self._at + 1))
            self._at += 1
            string.depth = 1
            return True
        name = _NAME.match(self._code, self._at)
        if name:
            self._at = name.end()
        return False

    def _end_string(self, end: int) -> None:
        string = self._strings.pop()
        self._at = end
        kind = self._tokens[string.index].kind
        self._tokens[string.index] = Token(kind, self._code[string.start : end], string.start, end, string.value())


def _ends_value(token: Token) -> bool:
    if token.kind == "name":
        return token.text not in NOT_VALUES
    return token.kind in ("string", "command", "character", "number", "close") or token.text in ("'", ".")


def _character(written: str) -> str:
    code_point = int(written[1:], 16) if written[0] in "xuU" else int(written, 8)
    return chr(code_point) if code_point < 0x110000 and not 0xD800 <= code_point < 0xE000 else "\ufffd"


def _dedented(text: str) -> str:
    """A triple-quoted string's value: without a line break at its start and the indentation that its lines share."""
    first, *rest = text.split("\n")
    counted = [line for line in rest[:-1] if line.strip(" \t")] + rest[-1:]
    indents = [line[: len(line) - len(line.lstrip(" \t"))] for line in counted]
    shared = len(os.path.commonprefix(indents))  # noqa: RUF071 - of characters
    lines = [line[shared:] for line in rest]
    return "\n".join(lines if rest and not first else [first, *lines])
