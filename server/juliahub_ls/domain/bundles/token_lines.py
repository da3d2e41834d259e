"""Finds lines that look like access tokens in a file's content, without ever repeating the token (design §3).

Only shapes that a service gives to its tokens count, with the length and the randomness of a real one: the examples of
manuals and placeholders such as `ghp_xxxxxxxx` do not.
"""

import functools
import math
import re
from collections.abc import Callable
from typing import Annotated, NamedTuple

from pydantic import Field, TypeAdapter

from .token_shapes import TOKEN_SHAPES, TokenShape

KINDS = tuple(dict.fromkeys(shape.kind for shape in TOKEN_SHAPES))
_PLACEHOLDER = re.compile(
    rb"(.)\1{5}|example|placeholder|your[-_]|changeme|redacted|dummy|0123456|1234567|abcdefg"
    rb"|^eyJ[^.]*\.eyJzdWIiOiIxMjM0NTY3ODkwI",  # the one that jwt.io shows
    re.IGNORECASE,
)


class TokenLine(NamedTuple):
    """Where a token is: `line` from 1. `kind` is one of `KINDS`."""

    line: int
    kind: str

    def __str__(self) -> str:
        """`line 12 looks like a GitHub token`."""
        article = "an" if self.kind[0] in "AO" else "a"
        return f"line {self.line} looks like {article} {self.kind}"


def find_token(data: bytes) -> TokenLine | None:
    """The first line of `data`, in any encoding that keeps ASCII, that looks like a token."""
    if not _any_shape()(data.decode("latin-1")):
        return None
    found = [(start, shape.kind) for shape in TOKEN_SHAPES if (start := _first(shape, data)) is not None]
    if not found:
        return None
    start, kind = min(found)
    return TokenLine(data.count(b"\n", 0, start) + 1, kind)


def _first(shape: TokenShape, data: bytes) -> int | None:
    """Where the shape first occurs with a random part that is no placeholder."""
    if not any(literal.encode() in data for literal in shape.literals):
        return None
    for match in _alone(shape.exact).finditer(data):
        token = match["t"]
        if _bits(token) >= shape.bits and not _PLACEHOLDER.search(token):
            return match.start()
    return None


def _bits(token: bytes) -> float:
    """Shannon entropy per byte."""
    shares = [token.count(byte) / len(token) for byte in set(token)]
    return -sum(share * math.log2(share) for share in shares)


@functools.cache
def _alone(exact: str) -> "re.Pattern[bytes]":
    """The expression with no letter, digit or underscore before or after it."""
    return re.compile(b"(?<![A-Za-z0-9_])(?:" + exact.encode() + b")(?![A-Za-z0-9_])")


@functools.cache
def _any_shape() -> Callable[[str], bool]:
    """Whether a text may hold a token at all, told in one pass by the engine behind pydantic's patterns.

    Looking for each literal in turn with Python's own means takes 20 times as long.
    """
    adapter = TypeAdapter(Annotated[str, Field(pattern="|".join(shape.hint for shape in TOKEN_SHAPES))])
    return adapter.validator.isinstance_python
