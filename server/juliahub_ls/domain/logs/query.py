"""The filter language of logs (docs/logs.md): what a query means for a line.

A query is a tree of conditions. Each can tell what it asks of a line; some tell it from the index alone (level, worker,
time), and some name bytes that a line must hold, so that most lines of a long log are never decoded.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec

from .line import NO_TIME, LogLine
from .pattern import BoundPattern

INFINITE = 2**63 - 1
COLUMNS = ("severity", "worker", "time")


class Columns(Protocol):
    """What the index knows of a line, in the order of `COLUMNS`."""

    def __getitem__(self, place: int, /) -> int: ...


class Condition:
    """One condition. The defaults are those of a condition that only the decoded line can answer."""

    __slots__ = ()
    message_only = False
    """Whether the message is all that it looks at."""

    def keeps(self, line: LogLine) -> bool:
        """Whether the line passes."""
        raise NotImplementedError

    def verdict(self, _columns: Columns) -> "bool | None":
        """The same from the index, where that is enough."""
        return None

    def needles(self) -> list[bytes]:
        """What the stored line, in ASCII lower case, must contain to pass: all of these."""
        return []


@dataclass(frozen=True, slots=True)
class Everything(Condition):
    """The empty query."""

    message_only = True

    def keeps(self, _line: LogLine) -> bool:
        """Every line passes."""
        return True

    def verdict(self, _columns: Columns) -> bool:
        """Every line passes."""
        return True


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

    def needles(self) -> list[bytes]:
        """Its longest ASCII part, as JSON writes it."""
        part = max(re.findall(r"[\x00-\x7f]+", self.text) if self.text.isascii() else [], key=len, default="")
        return [_json_part(part)] if part else []


@dataclass(frozen=True, slots=True)
class Matches(Condition):
    """A regular expression that is found in the message."""

    pattern: BoundPattern
    message_only = True

    def keeps(self, line: LogLine) -> bool:
        """Whether it is found. Raises `PatternTooSlow`."""
        return self.pattern.found(line.message)


@dataclass(frozen=True, slots=True)
class Within(Condition):
    """A number of the index from `low` to `high`. `source` is how it was written."""

    column: int
    low: int
    high: int
    source: str

    def keeps(self, line: LogLine) -> bool:
        """The same for a decoded line."""
        return self.verdict(line.columns)

    def verdict(self, columns: Columns) -> bool:
        """Whether it lies there."""
        value = columns[self.column]
        return self.low <= value <= self.high and value != NO_TIME


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

    def needles(self) -> list[bytes]:
        """The name itself."""
        plain = self.value.isascii() and not re.search(r"[\\/]", self.value)
        return [_json_part(self.value)] if plain else []


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

    def needles(self) -> list[bytes]:
        """The keyword's name."""
        return [_json_part(self.name)] if self.name.isascii() else []


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

    def verdict(self, columns: Columns) -> "bool | None":
        """The part's opposite."""
        found = self.part.verdict(columns)
        return None if found is None else not found


@dataclass(frozen=True, slots=True)
class All(Condition):
    """Every part holds."""

    parts: tuple[Condition, ...]

    @property
    def message_only(self) -> bool:  # type: ignore[override]
        """Whether nothing beyond message and index is looked at."""
        return all(part.message_only for part in self.parts)

    def keeps(self, line: LogLine) -> bool:
        """In the order written."""
        return all(part.keeps(line) for part in self.parts)

    def verdict(self, columns: Columns) -> "bool | None":
        """No as soon as one says no."""
        found = [part.verdict(columns) for part in self.parts]
        return False if False in found else None if None in found else True

    def needles(self) -> list[bytes]:
        """All that the parts need."""
        return [needle for part in self.parts for needle in part.needles()]


@dataclass(frozen=True, slots=True)
class Any_(Condition):  # noqa: N801 - `Any` is taken
    """At least one part holds."""

    parts: tuple[Condition, ...]

    @property
    def message_only(self) -> bool:  # type: ignore[override]
        """As `All`."""
        return all(part.message_only for part in self.parts)

    def keeps(self, line: LogLine) -> bool:
        """In the order written."""
        return any(part.keeps(line) for part in self.parts)

    def verdict(self, columns: Columns) -> "bool | None":
        """Yes as soon as one says yes."""
        found = [part.verdict(columns) for part in self.parts]
        return True if True in found else None if None in found else False


EVERYTHING = Everything()


def both(*parts: Condition) -> Condition:
    """All of these, without what asks nothing."""
    asking = tuple(part for part in parts if part != EVERYTHING)
    return asking[0] if len(asking) == 1 else All(asking) if asking else EVERYTHING


def _ascii_lower(text: str) -> str:
    return (
        text.lower()
        if text.isascii()
        else text.encode("utf-8", "surrogatepass").lower().decode("utf-8", "surrogatepass")
    )


def _json_part(text: str) -> bytes:
    """ASCII text as it stands inside a JSON string, in lower case."""
    return msgspec.json.encode(text)[1:-1].lower()
