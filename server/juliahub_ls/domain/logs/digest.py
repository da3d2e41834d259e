"""What a log holds, in short, carried on with every line: counts, names that filters know, marks for an outline."""

from typing import Literal

import msgspec

from .conditions import number_of
from .line import LEVELS, PHASES, LogFacts, LogLine, learn, severity

MOST_MARKS = 1000
MOST_NAMES = 500
MARK_TEXT = 200


class Mark(msgspec.Struct, frozen=True, array_like=True):
    """A line for an outline."""

    id: int
    kind: Literal["stage", "worker", "warning", "error"]
    text: str


class KeywordUse(msgspec.Struct, array_like=True):
    """How often a keyword came, and with a number."""

    count: int = 0
    numbers: int = 0


class LogDigest(msgspec.Struct):
    """Of the lines 1 to `lines`. Names are bounded (`MOST_NAMES` of each kind), marks too (`MOST_MARKS`)."""

    lines: int = 0
    warnings: int = 0
    errors: int = 0
    first_error: int | None = None
    first_time: int | None = None
    last_time: int | None = None
    workers: set[int] = msgspec.field(default_factory=set)
    modules: set[str] = msgspec.field(default_factory=set)
    groups: set[str] = msgspec.field(default_factory=set)
    keywords: dict[str, KeywordUse] = msgspec.field(default_factory=dict)
    marks: list[Mark] = msgspec.field(default_factory=list)
    facts: LogFacts = LogFacts()

    def take(self, line: LogLine) -> None:
        """Count one more line."""
        self.lines += 1
        if line.time is not None:
            self.first_time = line.time if self.first_time is None else self.first_time
            self.last_time = line.time
        level = severity(line.level)
        if level >= LEVELS["error"]:
            self.errors += 1
            self.first_error = line.id if self.first_error is None else self.first_error
            self._mark(line.id, "error", line.message)
        elif level >= LEVELS["warn"]:
            self.warnings += 1
            self._mark(line.id, "warning", line.message)
        if line.internal is not None:
            self._stage(line)
        self._names(line)
        if line.internal or line.group == "runner" or level >= LEVELS["error"] or "progress" in (line.keywords or ()):
            self.facts = learn(self.facts, line)

    def _stage(self, line: LogLine) -> None:
        phase = str((line.internal or {}).get("phase", ""))
        if phase in PHASES:
            self._mark(line.id, "stage", PHASES[phase])

    def _names(self, line: LogLine) -> None:
        if line.worker not in self.workers and len(self.workers) < MOST_NAMES:
            self.workers.add(line.worker)
            if line.worker > 1:
                self._mark(line.id, "worker", f"Worker {line.worker}")
        for name, names in ((line.module, self.modules), (line.group, self.groups)):
            if name and name not in names and len(names) < MOST_NAMES:
                names.add(name)
        for name, value in (line.keywords or {}).items():
            use = self.keywords.get(name)
            if use is None:
                if len(self.keywords) >= MOST_NAMES:
                    continue
                use = self.keywords[name] = KeywordUse()
            use.count += 1
            use.numbers += number_of(value) is not None

    def _mark(self, number: int, kind: Literal["stage", "worker", "warning", "error"], text: str) -> None:
        if len(self.marks) < MOST_MARKS:
            self.marks.append(Mark(number, kind, text.split("\n", 1)[0][:MARK_TEXT]))
