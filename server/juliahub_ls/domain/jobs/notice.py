"""What a user wants to hear of a job without asking, and when: its limit comes near, it waits long, it has ended."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from juliahub_ls.domain.values import first_line

from .headline import headline
from .job_view import JobView, duration

NoticeKind = Literal["deadline", "waiting", "ended"]

MINUTES_LEFT = (30, 10, 5, 1)
"""Before its limit a job is spoken of when it has so many minutes left."""
FIRST_WAIT_MINUTES = 10
"""So long may a job wait for a machine until that is unusual; after that, whenever the time has doubled."""
MINUTE = 60_000


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence for the user about a job. `minutes_left` of one whose limit comes near."""

    job: JobView
    kind: NoticeKind
    message: str
    minutes_left: int | None = None


def next_moment(view: JobView, after: int) -> int | None:
    """The first moment after `after` (Unix ms) when something is to be said of a job that stays as it is."""
    return min((moment for moment in _moments(view, after) if moment > after), default=None)


def notice_of(view: JobView, now: int) -> Notice | None:
    """What is to be said at one of these moments, or a while after it; nothing once the limit is past."""
    if view.done:
        return None
    if view.started is None:
        waited = 0 if view.submitted is None else (now - view.submitted) // MINUTE
        return Notice(view, "waiting", f"{view.name} has been waiting for a machine for {_minutes(waited)}.")
    left = math.ceil(((view.deadline or 0) - now) / MINUTE)
    if left <= 0:
        return None
    message = f"{view.name} reaches its time limit in {_minutes(left)} and is stopped then."
    return Notice(view, "deadline", message, left)


def end_of(view: JobView) -> Notice:
    """How a job ended: its time and its first result, or the reason."""
    if not view.succeeded:
        return Notice(view, "ended", f"{view.name} — {first_line(view.label)}")
    took = "" if view.started is None or view.ended is None else f" in {duration(view.ended - view.started)}"
    result = headline(view)
    return Notice(view, "ended", f"{view.name} finished{took}" + (f" — {result}" if result else ""))


def _moments(view: JobView, after: int) -> Iterator[int]:
    if view.done:
        return
    if view.started is not None:
        if view.deadline is not None:
            yield from (view.deadline - minutes * MINUTE for minutes in MINUTES_LEFT)
    elif view.submitted is not None:
        minutes = FIRST_WAIT_MINUTES
        while view.submitted + minutes * MINUTE <= after:
            minutes *= 2
        yield view.submitted + minutes * MINUTE


def _minutes(count: int) -> str:
    if count < 120:
        return "1 minute" if count == 1 else f"{count} minutes"
    return f"{count // 60} hours"
