"""Regular expressions that cannot stop the daemon.

Most are searched for directly. One that could take long over a message is searched for with a bound on time, while
other threads run.
"""

import re

import regex

SLOW_SECONDS = 0.5
"""So long may one search in one message take."""
QUICK_STEPS = 10_000_000
"""A search that cannot take more steps than this, some 0.1 s, needs no bound."""
_PARTS = re.compile(
    r"""\\(?P<escaped>[^\w\s]) | (?P<plain>[\w\s"#%&',/:;<=>@`~!-]) | (?P<optional>[*?]|\{\d*,?\d*\})
    | \\[dDsSwWbB] | \[(?!\^?\])(?:\\.|[^\[\]\\])+\] | [.^$+]""",
    re.VERBOSE,
)
"""The parts of an expression that are understood here; with any other one nothing is known of what it matches.

A class whose first character is `]`, as in `[^]a]`, is none of them: its end is another one.
"""
_MANY_CASES = re.compile("[iks]", re.IGNORECASE)
"""Letters that some expression takes for one of another script, such as the Kelvin sign."""
_REPEATED_GROUP = re.compile(r"\)[*+{]|\\[1-9]|\(\?P=|\\g")


class PatternTooSlow(Exception):
    """An expression took over `SLOW_SECONDS` in one message. `str()` is its source."""


class BoundPattern:
    """A compiled expression. Raises `ValueError` with the reason where it is none."""

    def __init__(self, source: str, *, ignore_case: bool = False) -> None:
        self.source = source
        self.ignore_case = ignore_case
        try:
            self._pattern = regex.compile(source, regex.IGNORECASE if ignore_case else 0)
        except (regex.error, RecursionError, OverflowError) as error:
            raise ValueError(str(error) or "it is nested too deeply") from None
        self._quick_length = _quick_length(source)

    def found(self, text: str) -> bool:
        """Whether it is found in `text`. Raises `PatternTooSlow`."""
        if len(text) <= self._quick_length:
            return self._pattern.search(text) is not None
        try:
            return self._pattern.search(text, timeout=SLOW_SECONDS, concurrent=True) is not None
        except TimeoutError:
            raise PatternTooSlow(self.source) from None

    def literals(self) -> list[str]:
        """Texts that whatever matches must contain, their case aside."""
        runs = _literals(self.source)
        return [part for run in runs for part in _MANY_CASES.split(run)] if self.ignore_case else runs

    def __eq__(self, other: object) -> bool:
        return isinstance(other, BoundPattern) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def _key(self) -> tuple[str, bool]:
        return self.source, self.ignore_case


def _quick_length(source: str) -> int:
    """Up to which length of a text a search takes at most `QUICK_STEPS`.

    Each repetition multiplies the ways to match by the length, the place where a match begins once more. A group that
    is repeated, or referred to, may multiply them without bound.
    """
    if _REPEATED_GROUP.search(source):
        return -1
    repetitions = sum(source.count(sign) for sign in "*+{")
    return int(QUICK_STEPS ** (1 / (repetitions + 1)))


def _literals(source: str) -> list[str]:
    """The characters that stand for themselves, in runs; none where a group or an alternative may leave them out."""
    runs, place = [""], 0
    while place < len(source):
        match = _PARTS.match(source, place)
        if match is None:
            return []
        place = match.end()
        if match.lastgroup in ("escaped", "plain"):
            runs[-1] += match[match.lastgroup]
            continue
        if match.lastgroup == "optional":
            runs[-1] = runs[-1][:-1]
        runs.append("")
    return [run for run in runs if run.isascii()]
