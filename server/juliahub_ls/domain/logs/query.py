"""The filter language of logs (docs/logs.md): what a query means for a line.

A query is a tree of conditions. Each can tell what it asks of a line. Some tell it from the index alone (level, worker,
time), others name bytes to look for in what is stored, so that most lines of a long log are never decoded.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec

from .line import NO_TIME, LogLine
from .pattern import BoundPattern
from .sieve import Needle, Sieve, Values

INFINITE = 2**63 - 1
COLUMNS = ("severity", "worker", "time")


Certainty = Callable[[bytes, int, int], bool]
"""Of stored lines: whether the line that begins at one place passes, as the sieve found something at the other."""


class Columns(Protocol):
    """What the index knows of a run of lines, in the order of `COLUMNS`."""

    def __getitem__(self, place: int, /) -> Sequence[int]: ...


Verdicts = Callable[[Columns], list[bool]]
"""For a run of lines: of each, whether it passes."""


class Condition(ABC):
    """One condition. The defaults are those of a condition that only the decoded line can answer."""

    __slots__ = ()
    message_only = False
    """Whether the message is all that it looks at."""

    @abstractmethod
    def keeps(self, line: LogLine) -> bool:
        """Whether the line passes."""

    def by_index(self) -> "Verdicts | None":
        """What answers from the index alone; None: nothing does."""
        return None

    def sieve(self) -> "Sieve | None":
        """What a stored line must have somewhere to pass; None: nothing that can be searched for."""
        return None

    def certainty(self) -> "Certainty | None":
        """What tells that a stored line passes for certain, so that it need not be decoded."""
        return None


@dataclass(frozen=True, slots=True)
class Everything(Condition):
    """The empty query."""

    message_only = True

    def keeps(self, _line: LogLine) -> bool:
        """Every line passes."""
        return True

    def by_index(self) -> Verdicts:
        """Every line passes."""
        return lambda columns: [True] * len(columns[0])


@dataclass(frozen=True, slots=True)
class Text(Condition):
    """A text in the message, whatever its case: of ASCII letters, and where `text` has others of all letters."""

    text: str
    message_only = True

    def keeps(self, line: LogLine) -> bool:
        """Whether the message contains it."""
        if self.text.isascii():
            return self.text.lower() in _ascii_lower(line.message)
        return self.text.lower() in line.message.lower()

    def sieve(self) -> "Sieve | None":
        """The text itself, as JSON writes it."""
        return _needle(self.text)

    def certainty(self) -> "Certainty | None":
        """It is certain within the message, unless an escape may end in it."""
        length = len(_json_part(self.text))

        def is_certain(content: bytes, begin: int, place: int) -> bool:
            message = content.find(b'"', begin) + 1
            after_escape = content.rfind(b"\\", message, place) >= 0
            return message <= place and not after_escape and place + length <= content.find(b'","', message)

        return is_certain


@dataclass(frozen=True, slots=True)
class Matches(Condition):
    """A regular expression that is found in the message."""

    pattern: BoundPattern
    message_only = True

    def keeps(self, line: LogLine) -> bool:
        """Whether it is found. Raises `PatternTooSlow`."""
        return self.pattern.found(line.message)

    def sieve(self) -> "Sieve | None":
        """The longest text that whatever matches must contain."""
        return _needle(max(self.pattern.literals(), key=len, default=""))


@dataclass(frozen=True, slots=True)
class Within(Condition):
    """A number of the index from `low` to `high`. `source` is how it was written."""

    column: int
    low: int
    high: int
    source: str

    def keeps(self, line: LogLine) -> bool:
        """Whether it lies there."""
        return max(self.low, NO_TIME + 1) <= line.columns[self.column] <= self.high

    def by_index(self) -> Verdicts:
        """The same of many."""
        column, low, high = self.column, max(self.low, NO_TIME + 1), self.high
        return lambda columns: [low <= value <= high for value in columns[column]]


@dataclass(frozen=True, slots=True)
class Origin(Condition):
    """Where a line comes from: its `module` (or one within it), `group`, or the end of its `file`'s path."""

    field: str
    value: str

    def keeps(self, line: LogLine) -> bool:
        """Compares without regard to case."""
        found, wanted = (getattr(line, self.field) or "").lower(), self.value.lower()
        if self.field == "file":
            return bool(found.replace("\\", "/").endswith(wanted.replace("\\", "/")))
        return found == wanted or (self.field == "module" and found.startswith(wanted + "."))

    def sieve(self) -> "Sieve | None":
        """The name itself."""
        return None if re.search(r"[\\/]", self.value) else _needle(self.value)


@dataclass(frozen=True, slots=True)
class Keyword(Condition):
    """A keyword of the user's logging. `test` is asked of its value; `source` is how the whole was written."""

    name: str
    test: Callable[[Any], bool]
    source: str

    def keeps(self, line: LogLine) -> bool:
        """Whether there is one, and its value passes."""
        keywords = line.keywords
        return keywords is not None and self.name in keywords and self.test(keywords[self.name])

    def sieve(self) -> "Sieve | None":
        """The keyword with such a value."""
        return Values(self.name, self.test)


@dataclass(frozen=True, slots=True)
class Not(Condition):
    """The opposite."""

    part: Condition

    @property
    def message_only(self) -> bool:  # type: ignore[override]
        """As its part."""
        return self.part.message_only

    def keeps(self, line: LogLine) -> bool:
        """Whether the part does not hold."""
        return not self.part.keeps(line)

    def by_index(self) -> "Verdicts | None":
        """The part's opposite."""
        of_part = self.part.by_index()
        return of_part and (lambda columns: [not verdict for verdict in of_part(columns)])


@dataclass(frozen=True, slots=True)
class _Several(Condition):
    """Parts that hold `together`, or not."""

    parts: tuple[Condition, ...]

    @staticmethod
    @abstractmethod
    def together(verdicts: Iterable[object], /) -> bool:
        """What follows from those of the parts."""

    @property
    def message_only(self) -> bool:  # type: ignore[override]
        """Whether no part looks at anything else."""
        return all(part.message_only for part in self.parts)

    def keeps(self, line: LogLine) -> bool:
        """In the order written."""
        return self.together(part.keeps(line) for part in self.parts)

    def by_index(self) -> "Verdicts | None":
        """Where the index answers every part."""
        of_parts = [verdicts for part in self.parts if (verdicts := part.by_index()) is not None]
        if len(of_parts) < len(self.parts):
            return None
        return lambda columns: list(map(self.together, zip(*(of_part(columns) for of_part in of_parts), strict=True)))


class All(_Several):
    """Every part holds."""

    __slots__ = ()
    together = staticmethod(all)

    def sieve(self) -> "Sieve | None":
        """The most telling one of its parts."""
        sieves = [sieve for part in self.parts if (sieve := part.sieve()) is not None]
        return max(sieves, key=lambda sieve: sieve.rank, default=None)


class Any_(_Several):  # noqa: N801 - `Any` is taken
    """At least one part holds."""

    __slots__ = ()
    together = staticmethod(any)


EVERYTHING = Everything()


def both(*parts: Condition) -> Condition:
    """All of these, without what asks nothing."""
    asking = tuple(part for part in parts if part != EVERYTHING)
    return asking[0] if len(asking) == 1 else All(asking) if asking else EVERYTHING


def parted(condition: Condition) -> "tuple[Verdicts | None, Condition]":
    """What the index answers of a condition, if it is asked anything, and the rest: both must hold."""
    parts = condition.parts if isinstance(condition, All) else (condition,)
    answered = both(*(part for part in parts if part.by_index() is not None))
    rest = both(*(part for part in parts if part.by_index() is None))
    return None if answered == EVERYTHING else answered.by_index(), rest


def _ascii_lower(text: str) -> str:
    return (
        text.lower()
        if text.isascii()
        else text.encode("utf-8", "surrogatepass").lower().decode("utf-8", "surrogatepass")
    )


def _needle(text: str) -> "Needle | None":
    """An ASCII text as it stands inside a JSON string; case does not matter. Other letters have several lower cases."""
    return Needle(_json_part(text)) if text and text.isascii() else None


def _json_part(text: str) -> bytes:
    """ASCII text as it stands inside a JSON string, in lower case."""
    return msgspec.json.encode(text)[1:-1].lower()
