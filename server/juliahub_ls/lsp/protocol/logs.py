"""Logs of jobs."""

from typing import Any, Literal

from typing_extensions import NotRequired, TypedDict


class LogFilter(TypedDict):
    """Which lines to keep: all given conditions hold.

    `pattern` is a regular expression over the message, `level` the least one.
    """

    pattern: NotRequired[str]
    level: NotRequired[Literal["debug", "info", "warn", "error"]]
    worker: NotRequired[int]


class OpenLogParams(TypedDict):
    """Follow a job's log from its first line.

    Lines come as `juliahub/logLines`, breaks and the end as `juliahub/logState`.
    """

    server: NotRequired[str]
    job: str
    filter: NotRequired[LogFilter]


class OpenLogResult(TypedDict):
    """`log` names the subscription."""

    log: str


class CloseLogParams(TypedDict):
    """End a subscription."""

    log: str


class LogLine(TypedDict):
    """One record. `id` counts from 1 without holes on servers that number lines."""

    id: int
    time: NotRequired[int]
    message: str
    level: str
    worker: int
    module: NotRequired[str]
    file: NotRequired[str]
    line: NotRequired[int]
    keywords: NotRequired[dict[str, Any]]


class ReadLogParams(TypedDict):
    """Lines after the record `after` (0: from the first), at most `limit` that pass the filter."""

    server: NotRequired[str]
    job: str
    after: NotRequired[int]
    limit: NotRequired[int]
    filter: NotRequired[LogFilter]


class ReadLogResult(TypedDict):
    """`complete`: the job has ended and this was the rest of its log."""

    lines: list[LogLine]
    complete: bool


class LogLinesParams(TypedDict):
    """A batch of lines, in order."""

    log: str
    lines: list[LogLine]


class LogStateParams(TypedDict):
    """`live`, `reconnecting`, `gap` (`gapFrom` to `gapTo` cannot be had), `complete` (`last` is the last) or `failed`.

    `failed` ends it before the log does; `message` says why, and opening the log again is the way on.
    """

    log: str
    state: Literal["live", "reconnecting", "gap", "complete", "failed"]
    last: NotRequired[int]
    gapFrom: NotRequired[int]
    gapTo: NotRequired[int]
    message: NotRequired[str]
