"""Why a request is turned down, in the sentence the user reads."""

import math


class Refusal(Exception):
    """A request that cannot be granted. The text is shown verbatim: what happened and what to do next."""


class TooMany(Refusal):
    """Too many tries in a short time; `retry_after` is whole seconds."""

    def __init__(self, seconds: float, what: str = "Too many tries") -> None:
        self.retry_after = max(1, math.ceil(seconds))
        super().__init__(f"{what}. Wait {duration_text(self.retry_after)} and try again.")


class UnknownJob(Refusal):
    """No such job, or one this user may not see: the two are not told apart (protocol §7.1)."""

    def __init__(self, jobname: str) -> None:
        super().__init__(f"There is no job {jobname}.")


class StorageFull(Refusal):
    """The hub's disk has no room for what was sent; nothing of it was kept."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"{what} was not stored: the disk of the computer that runs localhub is full. "
            "Nothing was kept of it. Free some space there and try again."
        )


def byte_text(count: int) -> str:
    """A size for people, decimal: `999 bytes`, `3.1 MB`."""
    if count < 1000:
        return f"{count} bytes"
    size = float(count)
    unit = "kB"
    for unit in ("kB", "MB", "GB"):  # noqa: B007 - the last one is used below
        size /= 1000
        if size < 999.95:
            break
    return f"{size:.1f} {unit}"


def duration_text(seconds: int) -> str:
    """A time for people, rounded up: `40 seconds`, `2 minutes`."""
    if seconds < 60:
        return "1 second" if seconds == 1 else f"{seconds} seconds"
    minutes = math.ceil(seconds / 60)
    return "1 minute" if minutes == 1 else f"{minutes} minutes"
