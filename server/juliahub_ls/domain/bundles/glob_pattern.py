"""The glob dialect of `.juliabundleignore`: Glob.jl's `FilenameMatch` with default flags, as a regular expression.

`*` and `?` match any character, `/` and leading dots included; `[…]` with ranges, `!` and `[:name:]`; `\\` escapes the
next character, but is an ordinary one inside `[…]`. A `[` that is never closed stands for itself (protocol §6.3).
"""

import functools
import re
import sys
import unicodedata
from collections.abc import Callable


class GlobError(ValueError):
    """The pattern has a `[:name:]` that does not exist, or a range made of one."""


def glob_to_regex(pattern: str) -> "re.Pattern[str]":
    """A compiled expression for `fullmatch`. Raises GlobError."""
    pieces = [""]  # the expressions between stars
    position = 0
    while position < len(pattern):
        character = pattern[position]
        position += 1
        if character == "*":
            pieces.append("")
        elif character == "?":
            pieces[-1] += "."
        elif character == "[":
            part, position = _bracket(pattern, position)
            pieces[-1] += part
        else:
            if character == "\\" and position < len(pattern):
                character = pattern[position]
                position += 1
            pieces[-1] += re.escape(character)
    return re.compile(_join_at_stars(pieces), re.DOTALL)


def only_match(pattern: str) -> str | None:
    """The one text that a pattern without wildcards matches; None when it may match others."""
    text: list[str] = []
    position = 0
    last_close = pattern.rfind("]")
    while position < len(pattern):
        character = pattern[position]
        if character in "*?":
            return None
        if character == "[" and last_close >= position + 2:
            if pattern[position + 2] != "]" or pattern[position + 1] in "!]":
                return None
            text.append(pattern[position + 1])
            position += 3
            continue
        if character == "\\" and position + 1 < len(pattern):
            position += 1
            character = pattern[position]
        text.append(character)
        position += 1
    return "".join(text)


def escape_glob(text: str) -> str:
    """A pattern that matches `text` only, fit to stand on a line of an ignore file.

    Space at its ends goes into brackets, as lines are trimmed. A line break cannot be written: any control character
    matches in its place.
    """
    kept = text.strip()
    start = text.index(kept) if kept else len(text)
    pieces = [
        _escaped(character, at_end=not start <= position < start + len(kept), first=position == 0)
        for position, character in enumerate(text)
    ]
    return "".join(pieces)


def _escaped(character: str, *, at_end: bool, first: bool) -> str:
    if character in "\n\r":
        return "[[:cntrl:]]"
    if at_end:
        return f"[{character}]"
    return f"\\{character}" if character in "*?[\\" or (first and character in "#!") else character


def _join_at_stars(pieces: list[str]) -> str:
    """Between two stars the first match is as good as any: never tried again, so that time stays linear in the path."""
    if len(pieces) == 1:
        return pieces[0]
    middle = [piece for piece in pieces[1:-1] if piece]
    settled = "".join(f"(?=(?P<s{n}>.*?{piece}))(?P=s{n})" for n, piece in enumerate(middle))
    return f"{pieces[0]}{settled}.*{pieces[-1]}"


def _bracket(pattern: str, start: int) -> tuple[str, int]:
    """The expression for what follows a `[`, and where it ends; a literal `[` when it is not closed."""
    literal = ("\\[", start)
    if pattern.find("]", start + 1) < 0:
        return literal  # at once: a line of brackets alone would take the square of its length
    position = start
    negated = pattern[position : position + 1] == "!"
    position += negated
    members: list[str] = []
    first = True
    while position < len(pattern):
        if pattern[position] == "]" and not first:
            return _class(members, negated), position + 1
        first = False
        named = _named(pattern, position)
        if named is not None:
            members.append(named[0])
            position = named[1]
            continue
        low, position = _character(pattern, position)
        if pattern[position : position + 1] != "-":
            members.append(_escape(low))
            continue
        if position + 1 >= len(pattern):
            return literal
        if pattern[position + 1] == "]":
            members += [_escape(low), "\\-"]
            return _class(members, negated), position + 2
        if _named(pattern, position + 1) is not None:
            raise GlobError("a named class cannot end a range")
        high, position = _character(pattern, position + 1)
        if low <= high:
            members.append(f"{_escape(low)}-{_escape(high)}")
    return literal


def _class(members: list[str], negated: bool) -> str:
    if not any(members):
        return "." if negated else "(?!)"
    return f"[{'^' if negated else ''}{''.join(members)}]"


def _named(pattern: str, position: int) -> tuple[str, int] | None:
    """`[:name:]` or `[=x=]` at `position`: its class members and its end."""
    kind = pattern[position + 1 : position + 2]
    if pattern[position] != "[" or kind not in (":", "="):
        return None
    end = pattern.find(kind + "]", position + 2)
    if end < 0:
        return None
    body = pattern[position + 2 : end]
    if kind == "=":
        if len(body) != 1:
            raise GlobError(f"[={body}=] must hold one character")
        return _escape(body), end + 2
    return _members(body), end + 2


def _character(pattern: str, position: int) -> tuple[str, int]:
    """One plain character, or the one in `[.x.]`, and the position after it."""
    if pattern[position : position + 2] == "[." and pattern[position + 3 : position + 5] == ".]":
        return pattern[position + 2], position + 5
    return pattern[position], position + 1


def _escape(character: str) -> str:
    return f"\\U{ord(character):08x}" if character in "\\]^-[&~|" else re.escape(character)


def _members(name: str) -> str:
    if name in _FIXED:
        return _FIXED[name]
    if name in _PREDICATES:
        return _ranges(name)
    raise GlobError(f"there is no character class [:{name}:]")


@functools.cache
def _ranges(name: str) -> str:
    """The characters for which a predicate holds, as ranges. Looks at all of Unicode once (about 0.2 s)."""
    holds = _PREDICATES[name]
    ranges: list[str] = []
    start: int | None = None
    for code in range(sys.maxunicode + 2):
        inside = code <= sys.maxunicode and holds(chr(code))
        if inside and start is None:
            start = code
        elif not inside and start is not None:
            ranges.append(f"\\U{start:08x}-\\U{code - 1:08x}")
            start = None
    return "".join(ranges)


def _is_printable(character: str) -> bool:
    return unicodedata.category(character)[0] in "LMNPS" or unicodedata.category(character) == "Zs"


_FIXED = {"blank": " \\t", "digit": "0-9", "xdigit": "0-9A-Fa-f"}
_PREDICATES: dict[str, Callable[[str], bool]] = {
    "alnum": lambda c: unicodedata.category(c)[0] in "LN",
    "alpha": str.isalpha,
    "cntrl": lambda c: unicodedata.category(c) == "Cc",
    "graph": lambda c: _is_printable(c) and unicodedata.category(c) != "Zs",
    "lower": str.islower,
    "print": _is_printable,
    "punct": lambda c: unicodedata.category(c)[0] == "P",
    "space": lambda c: c in "\t\n\v\f\r\x85" or unicodedata.category(c) == "Zs",
    "upper": str.isupper,
}
