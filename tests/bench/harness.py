"""Measures ours beside a peer in the same run: medians of alternating repeats, so that a slow moment hits both."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One figure. `ratio` is ours over the peer's and `bar` its limit; without a bar `ok` is true.

    `memory`: the peak of ours in megabytes, where it was measured in a process of its own.
    """

    name: str
    value: float
    unit: str
    peer: str
    peer_value: float | None
    ratio: float | None
    bar: float | None
    ok: bool
    memory: float | None = None


def compare(ours: Callable[[], object], peer: Callable[[], object], repeats: int = 5) -> tuple[float, float]:
    """Median seconds of each, run in turn after one warm-up of both."""
    ours()
    peer()
    times = [(seconds(ours), seconds(peer)) for _ in range(repeats)]
    return statistics.median(mine for mine, _ in times), statistics.median(other for _, other in times)


def seconds(action: Callable[[], object]) -> float:
    """How long one call takes."""
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def row(
    name: str,
    value: float,
    peer: str,
    peer_value: float,
    bar: float | None,
    unit: str = "s",
    *,
    memory: float | None = None,
) -> Row:
    """A row from two figures of the same unit, judged by their ratio."""
    ratio = value / peer_value
    return Row(name, value, unit, peer, peer_value, ratio, bar, bar is None or ratio <= bar, memory)


def bounded(name: str, value: float, unit: str, bar: float | None, *, at_least: bool = False) -> Row:
    """A row of its own, judged by an absolute bar in `unit`: at most that, or at least that."""
    ok = bar is None or (value >= bar if at_least else value <= bar)
    return Row(name, value, unit, "", None, None, bar, ok)
