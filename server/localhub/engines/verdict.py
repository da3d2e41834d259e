"""How a job ends, and how that is told to its user. Pure."""

from __future__ import annotations

import signal
from typing import NamedTuple

from .protocol import ExitStatus

_CRASHES = frozenset({"SIGSEGV", "SIGBUS", "SIGILL", "SIGABRT", "SIGFPE"})


class Verdict(NamedTuple):
    """How a job ends, decided once: the first cause counts."""

    status: ExitStatus
    reason: str | None
    level: str = "Error"
    stored: bool = True


def judge(exit_code: int | None, failure: str | None) -> Verdict:
    """The verdict on a master that ended by itself."""
    if exit_code == 0:
        return Verdict("Completed", None)
    return Verdict("Failed", failure or f"The code {how_ended(exit_code)}.")


def how_ended(exit_code: int | None) -> str:
    """`ended with exit code 3`, `was killed (SIGKILL), most likely out of memory`."""
    if exit_code is None or exit_code >= 0:
        return f"ended with exit code {exit_code}"
    try:
        name = signal.Signals(-exit_code).name
    except ValueError:
        name = f"signal {-exit_code}"
    if name == "SIGKILL":
        return "was killed (SIGKILL), most likely out of memory"
    return f"crashed ({name})" if name in _CRASHES else f"was ended by {name}"


def duration(seconds: float) -> str:
    """`45 s`, `20 min`, `1 h`, `1 h 30 min`."""
    minutes = round(seconds / 60)
    if minutes < 1:
        return f"{seconds:.0f} s"
    hours, minutes = divmod(minutes, 60)
    return " ".join(part for part in (f"{hours} h" if hours else "", f"{minutes} min" if minutes else "") if part)


def told(error: OSError) -> str:
    """`No such file or directory: /opt/julia`: what the system said, without its number."""
    return ": ".join(str(part) for part in (error.strerror or error, error.filename) if part)
