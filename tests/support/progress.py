"""A progress that tests look at."""

import asyncio


class Told:
    """What was told, which someone waits for."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.begun = asyncio.Event()

    def report(self, message: str, fraction: float | None = None) -> None:
        """Keep what is told."""
        self.words.append(message)
        self.begun.set()
