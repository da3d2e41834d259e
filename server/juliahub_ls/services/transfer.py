"""How a long transfer stands, in words: how much, how fast, how long still."""

import time
from collections.abc import Callable

from juliahub_ls.domain.jobs.job_view import duration
from juliahub_ls.domain.problem import human_bytes

TELLING_SECONDS = 1.0
"""Before this much time has passed, a speed would be a guess."""


class Transfer:
    """`size` bytes on their way. One that begins again, after a break, is measured anew."""

    def __init__(self, verb: str, size: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._verb = verb
        self._size = size
        self._clock = clock
        self._began = clock()
        self._count = 0

    def at(self, count: int) -> tuple[str, float]:
        """With so many bytes done: `Uploading 43 % (12.0 MB/s, 0:20 left)`, and the fraction."""
        if count < self._count or count == 0:
            self._began = self._clock()
        self._count = count
        fraction = count / self._size if self._size else 1.0
        return f"{self._verb} {fraction * 100:.0f} %{self._pace(count)}", fraction

    def _pace(self, count: int) -> str:
        passed = self._clock() - self._began
        if count == 0 or passed < TELLING_SECONDS:
            return f" of {human_bytes(self._size)}"
        speed = count / passed
        left = duration(round((self._size - count) / speed * 1000))
        return f" ({human_bytes(round(speed))}/s, {left} left)"
