"""What tells that a file is still the same, and whether it is safe to believe it."""

import os
import stat
import time

GRAIN_NS = 2_000_000_000
Status = tuple[int, int, int, int]
"""Size, times of change of content and of status in ns, inode."""


def status_of(status: os.stat_result) -> Status:
    """What of a file's status is remembered."""
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino


def is_settled(status: Status, now: int | None = None) -> bool:
    """Whether a change after `now` (ns; the present) would show, even in the same tick of the coarsest clock.

    A time in the future, as after a clock was set back, never counts as settled.
    """
    return max(status[1], status[2]) < (time.time_ns() if now is None else now) - GRAIN_NS


def status_at(path: str) -> Status | None:
    """The status of what `path` leads to, links followed; None when nothing is there."""
    try:
        return status_of(os.stat(path))  # noqa: PTH116 - called once for each folder and file, so quick
    except (OSError, ValueError):
        return None


def link_target(path: str) -> tuple[str, int] | None:
    """Where a link leads in the end, and what kind of thing is there (`S_IFMT`); None when it leads nowhere."""
    try:
        target = os.path.realpath(path, strict=True)
        return target, stat.S_IFMT(os.lstat(target).st_mode)
    except (OSError, ValueError):
        return None
