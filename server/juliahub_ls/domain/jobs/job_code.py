"""What a job's code does that another machine may not allow: files it includes, paths it names, results it sets.

Read from the tokens alone, without running anything: only what stands there literally is known.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from .julia_source import NOT_VALUES, Token, tokens

SUMMARY_LIMIT = 1000
"""Characters of `RESULTS` that JuliaHub keeps (protocol §7.5)."""
Length = Literal["too long", "likely too long", "unknown", "short"]


class PathUse(NamedTuple):
    """A path in the code: `path` with `/`; `of_file`: relative to the file's own folder (`@__DIR__`), not the job's.

    `certain`: it is reached whenever the file runs: under no condition, in no function, not checked beforehand.
    """

    path: str
    of_file: bool
    certain: bool
    start: int
    end: int


class Variable(NamedTuple):
    """An environment variable: assigned, indexed (it throws where there is none), or looked for."""

    name: str
    use: Literal["assigned", "indexed", "looked for"]
    start: int
    end: int


class Results(NamedTuple):
    """What is assigned to `ENV["RESULTS"]`, and how long it will be as far as one can see."""

    length: Length
    start: int
    end: int


@dataclass(slots=True)
class JobCode:
    """The facts of one file, in its order. `strings`: every literal without interpolation."""

    includes: list[PathUse] = field(default_factory=list)
    activations: list[PathUse] = field(default_factory=list)
    variables: list[Variable] = field(default_factory=list)
    results: list[Results] = field(default_factory=list)
    strings: list[Token] = field(default_factory=list)


def read_code(code: str) -> JobCode:
    """The facts of `code`; any text will do."""
    return _Reader(tokens(code)).run()


_BLOCKS = frozenset("baremodule begin do for function if let macro module quote struct try while".split())  # noqa: SIM905
_ALWAYS_RUN = frozenset({"baremodule", "begin", "let", "module", "(", "[", "{"})
_LOOPS = frozenset({"for", "while", "do", "(for", "[for", "{for"})
_CONDITIONS = frozenset({"&&", "||", "?", ":", "->"})
_GROWING = frozenset({"push!", "append!", "pushfirst!"})
_COLLECTING = frozenset(
    {"collect", "fill", "hcat", "map", "pmap", "rand", "randn", "range", "readlines", "vcat", "zeros", "ones"}
)
_SHORTENING = frozenset({"chop", "first", "length", "sum", "mean", "maximum", "minimum"})
_TEXT_OF = frozenset({"json", "print", "repr", "sprint", "string", "write"})


class _Reader:
    def __init__(self, found: Sequence[Token]) -> None:
        self._tokens = found
        self._frames: list[str] = []
        self._grown: set[str] = set()
        self._assigned: list[int] = []  # where what RESULTS is set to begins
        self._code = JobCode()

    def run(self) -> JobCode:
        for index, token in enumerate(self._tokens):
            if token.kind == "name":
                self._name(index, token)
            elif token.kind == "open":
                self._frames.append(token.text)
            elif token.kind == "close":
                self._close()
            elif token.kind == "string" and token.value is not None:
                self._code.strings.append(token)
        self._code.results = [self._results(index) for index in self._assigned]
        return self._code

    def _name(self, index: int, token: Token) -> None:
        if self._is(index - 1, ":") and self._tokens[index - 1].end == token.start:
            return  # a symbol, or the end of a range
        if token.text in _BLOCKS or token.text == "end" or token.text in ("abstract", "primitive"):
            self._block(index, token)
        elif token.text == "include" and self._is(index + 1, "("):
            self._include(index)
        elif token.text == "activate" and self._text(index - 2, index) == "Pkg." and self._is(index + 1, "("):
            self._activate(index)
        elif token.text == "ENV":
            self._variable(index)
        elif self._in(_LOOPS):
            self._note_growth(index, token)

    def _block(self, index: int, token: Token) -> None:
        """Follow blocks and their ends; in brackets `for` and `if` may belong to a comprehension, `end` to an index."""
        top = self._frames[-1] if self._frames else ""
        if token.text == "end":
            if top in _BLOCKS:
                self._frames.pop()
        elif token.text in ("abstract", "primitive"):
            if self._is(index + 1, "type"):
                self._frames.append("struct")
        elif top[:1] in ("(", "[", "{") and token.text in ("for", "if", "begin"):
            self._in_brackets(index, token, top)
        else:
            self._frames.append(token.text)

    def _in_brackets(self, index: int, token: Token, top: str) -> None:
        before = self._tokens[index - 1]
        value = before.kind in ("string", "command", "character", "number", "close") or (
            before.kind == "name" and before.text not in NOT_VALUES
        )
        if token.text == "for" and (value or self._is(index - 1, "'")):
            self._frames[-1] = top[0] + "for"
        elif not (top.endswith("for") or (token.text == "begin" and top == "[")):
            self._frames.append(token.text)

    def _close(self) -> None:
        while self._frames:
            if self._frames.pop()[0] in "([{":
                return

    def _include(self, index: int) -> None:
        """`include("x.jl")`, also with a module or a function before the path."""
        at = index + 2
        for _ in range(2):
            found = self._path(at)
            if found and self._is(found[2], ")"):
                self._code.includes.append(self._use(index, at, found, of_file=True))
                return
            comma = next((i for i in range(at, min(at + 8, len(self._tokens))) if self._is(i, ",")), None)
            if comma is None:
                return
            at = comma + 1

    def _activate(self, index: int) -> None:
        found = self._path(index + 2)
        if found:
            use = self._use(index, index + 2, found, of_file=found[1])
            shared = self._is(found[2], ";") or self._is(found[2], ",")
            named = self._text(found[2] + 1, found[2] + 4) == "shared=true"
            self._code.activations.append(use._replace(path=f"@{use.path}") if shared and named else use)

    def _use(self, index: int, at: int, found: tuple[str, bool, int], *, of_file: bool) -> PathUse:
        return PathUse(found[0], of_file, self._certain(index), self._tokens[at].start, self._tokens[found[2] - 1].end)

    def _certain(self, index: int) -> bool:
        if any(frame not in _ALWAYS_RUN for frame in self._frames):
            return False
        while index >= 2 and self._is(index - 1, "."):  # the module's name before it
            index -= 2
        if self._is(index - 1, "=") and self._is(index - 2, ")"):
            return False  # f() = include(…)
        return not (index and self._tokens[index - 1].text in _CONDITIONS)

    def _path(self, at: int) -> tuple[str, bool, int] | None:
        """A path written out at token `at`: itself, whether relative to the file's folder, and the token after it."""
        if at >= len(self._tokens):
            return None
        token = self._tokens[at]
        if token.kind == "string":
            literal = token.value is not None and not (at and self._prefixed(at))
            return (token.value or "", False, at + 1) if literal else None
        if self._text(at, at + 2) == "@__DIR__":
            return "", True, at + 2
        if self._text(at, at + 5) == "dirname(@__FILE__":
            return "", True, at + 6
        if token.text in ("joinpath", "abspath", "normpath") and self._is(at + 1, "("):
            return self._joined(at + 2)
        return None

    def _joined(self, at: int) -> tuple[str, bool, int] | None:
        parts, of_file = [], False
        while True:
            found = self._path(at)
            if found is None:
                return None
            parts.append(found[0])
            of_file = of_file or found[1]
            at = found[2]
            if self._is(at, ")"):
                return "/".join(part for part in parts if part), of_file, at + 1
            if not self._is(at, ","):
                return None
            at += 1

    def _variable(self, index: int) -> None:
        """`ENV["X"]`, `ENV["X"] = …`, `get(ENV, "X", …)`, `haskey(ENV, "X")`."""
        name = self._tokens[index + 2] if index + 2 < len(self._tokens) else None
        if name is None or name.kind != "string" or name.value is None:
            return
        if self._is(index + 1, "[") and self._is(index + 3, "]"):
            assigned = self._is(index + 4, "=")
            end = self._tokens[index + 3].end
            use: Literal["assigned", "indexed"] = "assigned" if assigned else "indexed"
            self._code.variables.append(Variable(name.value, use, self._tokens[index].start, end))
            if assigned and name.value == "RESULTS":
                self._assigned.append(index + 5)
        elif self._is(index - 1, "(") and self._is(index + 1, ","):
            self._code.variables.append(Variable(name.value, "looked for", name.start, name.end))

    def _note_growth(self, index: int, token: Token) -> None:
        """`push!(x, …)` and `x[…] = …` in a loop make `x` long."""
        if token.text in _GROWING and self._is(index + 1, "(") and index + 2 < len(self._tokens):
            self._grown.add(self._tokens[index + 2].text)
        elif self._is(index + 1, "["):
            depth = 0
            for at in range(index + 1, min(index + 40, len(self._tokens))):
                depth += {"open": 1, "close": -1}.get(self._tokens[at].kind, 0)
                if depth == 0:
                    if self._is(at + 1, "="):
                        self._grown.add(token.text)
                    return

    def _results(self, at: int) -> Results:
        value = self._expression(at)
        if not value:
            return Results("short", self._tokens[at - 1].start, self._tokens[at - 1].end)
        return Results(self._length(value), value[0].start, value[-1].end)

    def _expression(self, at: int) -> list[Token]:
        """The tokens from `at` to the end of the statement."""
        found: list[Token] = []
        depth = 0
        for token in self._tokens[at:]:
            depth += {"open": 1, "close": -1}.get(token.kind, 0)
            if depth < 0 or (depth == 0 and token.kind == "line" and found and found[-1].kind != "operator"):
                break
            if token.kind != "line":
                found.append(token)
        return found

    def _length(self, value: list[Token]) -> Length:
        """A guess that errs on the side of silence.

        What is written out can be counted. A comprehension, a function that makes collections, or a variable that grew
        in a loop is likely to be long; of other values made into text nothing is known.
        """
        names = {token.text for token in value if token.kind == "name"}
        if value[0].kind == "string" and value[0].value is not None and len(value) == 1:
            return "too long" if len(value[0].value) > SUMMARY_LIMIT else "short"
        if names & _SHORTENING:
            return "short"
        if "for" in names or names & _COLLECTING or names & self._grown:
            return "likely too long"
        if any(token.kind == "string" and len(token.text) > SUMMARY_LIMIT for token in value):
            return "likely too long"
        return "unknown" if names & _TEXT_OF else "short"

    def _prefixed(self, at: int) -> bool:
        before = self._tokens[at - 1]
        return before.kind == "name" and before.end == self._tokens[at].start and before.text not in NOT_VALUES

    def _in(self, frames: frozenset[str]) -> bool:
        return any(frame in frames for frame in self._frames)

    def _is(self, index: int, text: str) -> bool:
        return 0 <= index < len(self._tokens) and self._tokens[index].text == text

    def _text(self, start: int, end: int) -> str:
        return "".join(token.text for token in self._tokens[max(start, 0) : end])
