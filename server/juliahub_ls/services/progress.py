"""How long work tells where it is and learns that it should stop, whoever watches."""

from typing import Protocol


class Progress(Protocol):
    """An editor's progress bar, a terminal's, or nobody's."""

    def report(self, message: str, fraction: float | None = None) -> None:
        """Where the work is: a short text and, where known, a number from 0 to 1. May be called from any thread."""


class Silent:
    """Nobody watches."""

    def report(self, message: str, fraction: float | None = None) -> None:
        """Say nothing."""
