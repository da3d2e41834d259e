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


def size_text(size: float) -> str:
    """`2 kB`, `3.0 MB`, `1.2 GB`: decimal units, as people read them."""
    for unit in ("bytes", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit != "MB" else f"{size:.1f} MB"
        size /= 1000
    return f"{size:.1f} GB"
