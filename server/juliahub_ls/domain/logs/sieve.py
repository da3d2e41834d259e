"""What a filter looks for in stored lines as they are, so that only a few of them are decoded."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

import msgspec

Next = Callable[[int], int]
"""The first place from a given one on; -1: there is none."""

_decoder = msgspec.json.Decoder()


class Sieve(Protocol):
    """`rank`: the more it is, the fewer lines it will let pass."""

    rank: int

    def over(self, content: bytes) -> Next:
        """Where in these lines something is found. Each line that passes has such a place; not each that has passes."""


class Needle:
    """Bytes in ASCII lower case, whatever the case of what they are found in."""

    def __init__(self, needle: bytes) -> None:
        self._needle = needle
        self.rank = len(needle)

    def over(self, content: bytes) -> Next:
        """Searches at the speed of memory."""
        has_case = self._needle.upper() != self._needle
        return partial((content.lower() if has_case else content).find, self._needle)


class Values:
    """A keyword whose value passes a test. Texts, and what holds other values, pass unasked."""

    rank = 8

    def __init__(self, name: str, test: Callable[[Any], bool]) -> None:
        self._pattern = re.compile(re.escape(msgspec.json.encode(name)) + rb":([^,}\]]+)")
        self._test = test

    def over(self, content: bytes) -> Next:
        """Tests the values from a place on until one passes."""

        def following(start: int) -> int:
            for match in self._pattern.finditer(content, start):
                value = match[1]
                if value[0] in b'"[{' or self._test(_decoder.decode(value)):
                    return match.start()
            return -1

        return following
