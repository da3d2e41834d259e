"""Something a user should know about an environment or a bundle: a value, never an exception."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


class Severity(enum.Enum):
    """How bad: an error means the job will fail or cannot be sent."""

    ERROR = "error"
    WARNING = "warning"
    INFORMATION = "information"


@dataclass(frozen=True, slots=True)
class Range:
    """Zero-based lines and characters (UTF-16 code units, as LSP counts), the end excluded."""

    start_line: int
    start_character: int
    end_line: int
    end_character: int


class Mending(enum.Enum):
    """What a button does: Julia's package manager on an environment, or a rule in an ignore file."""

    RESOLVE = "resolve"
    INSTANTIATE = "instantiate"
    LEAVE_OUT = "leave out"
    LET_IN = "let in"


@dataclass(frozen=True, slots=True)
class Mend:
    """One way to mend a problem. `title` as on a button; `directory` of the environment or bundle.

    `path`: inside the bundle, for rules.
    """

    title: str
    how: Mending
    directory: Path
    path: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """`code` is stable kebab-case; `message` a sentence for the user; `data` the figures a button or a table needs.

    `mends`: the best first.
    """

    code: str
    severity: Severity
    message: str
    path: Path | None = None
    range: Range | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    mends: tuple[Mend, ...] = ()


def error(code: str, message: str, path: Path | None = None, range_: Range | None = None, **data: object) -> Problem:
    """A problem that stops the job from working."""
    return Problem(code, Severity.ERROR, message, path, range_, data)


def warning(code: str, message: str, path: Path | None = None, range_: Range | None = None, **data: object) -> Problem:
    """A problem the job may survive."""
    return Problem(code, Severity.WARNING, message, path, range_, data)


def information(
    code: str, message: str, path: Path | None = None, range_: Range | None = None, **data: object
) -> Problem:
    """Worth knowing, nothing to mend."""
    return Problem(code, Severity.INFORMATION, message, path, range_, data)


def human_bytes(size: int) -> str:
    """Decimal kB, MB, GB, as shown everywhere: `2.3 GB`."""
    if size < 1000:
        return f"{size} B"
    value = float(size)
    for unit in ("kB", "MB", "GB"):
        value /= 1000
        if value < 999.95 or unit == "GB":
            return f"{value:.1f} {unit}"
    raise AssertionError("unreachable")
