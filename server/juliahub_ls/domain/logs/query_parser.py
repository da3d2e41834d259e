"""Reads the filter language of logs: words, "quoted text", /regular expressions/ and `name>value`, joined by spaces
(all hold), `OR`, `-` (not) and parentheses.
"""

import re
from dataclasses import dataclass

from .conditions import LogTimes, Mistaken, condition
from .pattern import BoundPattern
from .query import EVERYTHING, Any_, Condition, Matches, Not, Text, both

NAME = r"[^\W\d](?:[\w.]|!(?!=))*"
_FIELD = re.compile(rf"(?P<name>{NAME})(?P<sign>>=|<=|!=|==|[:=<>])")
_REGEX = re.compile(r"/(?P<source>(?:\\.|[^/\\])+)/(?P<flags>\w*)", re.DOTALL)
_QUOTED = re.compile(r'"(?P<text>(?:\\.|[^"\\])*)"', re.DOTALL)
_OR = re.compile(r"(?:OR|\|\|?)(?=\s|\(|$)")
_AND = re.compile(r"(?:AND|&&?)(?=\s|\(|$)")
DEEPEST = 50


@dataclass(frozen=True, slots=True)
class QueryMistake:
    """What is wrong with a query, and where (characters from 0)."""

    position: int
    sentence: str


def parse_query(query: str, times: LogTimes) -> "Condition | QueryMistake":
    """What a query asks for. `times` are those of the log: a clock's time such as 14:02 is one of its days."""
    parser = _Parser(query, times)
    try:
        found = parser.alternatives(0)
        if parser.rest():
            raise Mistaken("There is a “)” without its “(”. Put it in quotes to look for it.", parser.position)
    except Mistaken as mistake:
        position = parser.position if mistake.position is None else mistake.position
        return QueryMistake(position, str(mistake))
    return found


def quoted(text: str) -> str:
    """A text as the language quotes it."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


class _Parser:
    def __init__(self, query: str, times: LogTimes) -> None:
        self._query = query
        self._times = times
        self.position = 0

    def alternatives(self, depth: int) -> Condition:
        """Parts joined by `OR`."""
        if depth > DEEPEST:
            raise Mistaken("The parentheses are nested too deeply.")
        parts = [self._all(depth)]
        while (match := self._next(_OR)) is not None:
            parts.append(self._all(depth))
            if EVERYTHING in parts:
                raise Mistaken("OR needs a condition on both sides. Put it in quotes to look for the word.", match)
        return Any_(tuple(parts)) if len(parts) > 1 else parts[0]

    def rest(self) -> str:
        """What has not been read."""
        self.position += len(self._query[self.position :]) - len(self._query[self.position :].lstrip())
        return self._query[self.position :]

    def _all(self, depth: int) -> Condition:
        parts: list[Condition] = []
        while self._next(_AND) is not None or (
            (rest := self.rest()) and not rest.startswith(")") and not _OR.match(rest)
        ):
            if (rest := self.rest()) and not rest.startswith(")") and not _OR.match(rest):
                parts.append(self._part(depth))
        return both(*parts)

    def _part(self, depth: int) -> Condition:
        rest = self.rest()
        if rest[0] == "-" and rest[1:2].strip():
            self.position += 1
            if depth > DEEPEST:
                raise Mistaken("There are too many minus signs. Put them in quotes to look for them.")
            return Not(self._part(depth + 1))
        if rest[0] == "(":
            return self._group(depth)
        if rest[0] == "/":
            return self._regex(rest)
        if rest[0] == '"':
            return Text(self._quoted(rest))
        return self._field_or_word(rest)

    def _group(self, depth: int) -> Condition:
        opened = self.position
        self.position += 1
        inside = self.alternatives(depth + 1)
        if not self.rest().startswith(")"):
            raise Mistaken("This “(” is not closed. Add a “)”, or put it in quotes to look for it.", opened)
        self.position += 1
        return inside

    def _regex(self, rest: str) -> Condition:
        match = _REGEX.match(rest)
        if match is None:
            raise Mistaken(
                "This “/” begins a regular expression that does not end. Close it with “/”, or put it in quotes."
            )
        if match["flags"] not in ("", "i") or not _ends(rest, match.end()):
            raise Mistaken("A regular expression ends with “/” or “/i” and a space. Put a path in quotes.")
        try:
            pattern = BoundPattern(match["source"].replace("\\/", "/"), ignore_case=match["flags"] == "i")
        except ValueError as error:
            raise Mistaken(f"/{match['source']}/ is not a regular expression: {error}.") from None
        self.position += match.end()
        return Matches(pattern)

    def _quoted(self, rest: str) -> str:
        match = _QUOTED.match(rest)
        if match is None:
            raise Mistaken("This quotation mark is not closed. Add a second one.")
        self.position += match.end()
        return re.sub(r"\\(.)", r"\1", match["text"], flags=re.DOTALL)

    def _field_or_word(self, rest: str) -> Condition:
        match = _FIELD.match(rest)
        if match is None:
            return Text(self._word(rest))
        begun = self.position
        self.position += match.end()
        rest = self._query[self.position :]
        literal = rest.startswith('"')
        value = self._quoted(rest) if literal else self._word(rest)
        if not value and not literal:
            raise Mistaken(f"A value is missing after “{match[0]}”, as in {match[0]}1.")
        sign = "=" if match["sign"] in (":", "==") else match["sign"]
        try:
            return condition(match["name"], sign, value, self._query[begun : self.position], self._times)
        except Mistaken as mistake:
            raise Mistaken(str(mistake), begun + match.end()) from None

    def _word(self, rest: str) -> str:
        """Up to a space, a quotation mark or a parenthesis that it does not open itself."""
        depth = end = 0
        for character in rest:
            depth += (character == "(") - (character == ")")
            if character.isspace() or character == '"' or depth < 0:
                break
            end += 1
        self.position += end
        return rest[:end]

    def _next(self, sign: "re.Pattern[str]") -> "int | None":
        """Where the sign stands, if it comes next; it is then read."""
        match = sign.match(self.rest())
        if match is None:
            return None
        begun = self.position
        self.position += match.end()
        return begun


def _ends(text: str, position: int) -> bool:
    return position == len(text) or text[position].isspace() or text[position] == ")"
