"""Logs of jobs: the daemon keeps them whole, an editor sees a window."""

from typing import Any, Literal

from typing_extensions import NotRequired, TypedDict


class LogFilter(TypedDict):
    """Which lines to keep: all given conditions hold.

    `query` is the filter language of docs/logs.md, as `level>=warn worker:3 epoch>10 /loss=\\d/`. `pattern` is a
    regular expression over the message, `level` the least one.
    """

    query: NotRequired[str]
    pattern: NotRequired[str]
    level: NotRequired[Literal["debug", "info", "warn", "error"]]
    worker: NotRequired[int]


class OpenLogParams(TypedDict):
    """Follow a job's log: its last `tail` lines (that pass the filter, each with `context` lines around it), then
    every new one. Absent: 10,000.

    Lines come as `juliahub/logLines`, breaks and the end as `juliahub/logState`.
    """

    server: NotRequired[str]
    job: str
    filter: NotRequired[LogFilter]
    context: NotRequired[int]
    tail: NotRequired[int]


class OpenLogResult(TypedDict):
    """`log` names the subscription."""

    log: str


class CloseLogParams(TypedDict):
    """End a subscription."""

    log: str


class LogLine(TypedDict):
    """One record. `id` is its place in the log, from 1 without holes.

    `isContext`: it does not pass the filter, a line near it does. `group`: Julia's own, which is the source file's
    name without its ending unless the code names another; `runner` for what a localhub says of the job itself.
    """

    id: int
    time: NotRequired[int]
    message: str
    level: str
    worker: int
    group: NotRequired[str]
    module: NotRequired[str]
    file: NotRequired[str]
    line: NotRequired[int]
    keywords: NotRequired[dict[str, Any]]
    isContext: NotRequired[bool]


class LogLinesParams(TypedDict):
    """A batch of lines, in order. `reset`: they take the place of all that was sent before. `earlier`: so many lines
    that would be shown come before the first of these; absent while the daemon still reads the log's beginning, and
    `id` then counts from the first line of this preview. `matches`: so many lines of the whole log pass the filter so
    far; absent without one, and while `earlier` is not known.
    """

    log: str
    lines: list[LogLine]
    reset: bool
    earlier: NotRequired[int]
    matches: NotRequired[int]


class LogStateParams(TypedDict):
    """`reading` (the daemon has `stored` records of a log that is longer), `live`, `reconnecting`, `gap` (records
    `gapFrom` to `gapTo` cannot be had), `complete` (`last` is the last) or `failed`.

    `failed` ends it before the log does; `message` says why, and opening the log again is the way on.
    """

    log: str
    state: Literal["reading", "live", "reconnecting", "gap", "complete", "failed"]
    stored: NotRequired[int]
    last: NotRequired[int]
    gapFrom: NotRequired[int]
    gapTo: NotRequired[int]
    message: NotRequired[str]


class ReadLogParams(TypedDict):
    """At most `limit` lines that pass the filter: the first after the record `after` (0: from the first), or the last
    before the record `before`.
    """

    server: NotRequired[str]
    job: str
    after: NotRequired[int]
    before: NotRequired[int]
    limit: NotRequired[int]
    filter: NotRequired[LogFilter]
    context: NotRequired[int]


class ReadLogResult(TypedDict):
    """In the log's order. `earlier`: so many lines that would be shown come before the first of these.

    `complete`: the job has ended and nothing follows.
    """

    lines: list[LogLine]
    earlier: int
    complete: bool


class LogMark(TypedDict):
    """A line for an outline: where a stage or a worker begins, a warning, an error. `id` is the record's."""

    id: int
    kind: Literal["stage", "worker", "warning", "error"]
    text: str


class LogKeyword(TypedDict):
    """A keyword of the user's own logging. `numeric`: its values are numbers, so it can be plotted."""

    name: str
    numeric: bool
    count: int


class LogSummaryParams(TypedDict):
    """Of what the daemon has of this log."""

    server: NotRequired[str]
    job: str
    filter: NotRequired[LogFilter]


class LogSummaryResult(TypedDict):
    """`marks` are the first 1,000; `firstError` is a record's id. The counts are those of all stored records."""

    records: int
    warnings: int
    errors: int
    firstError: NotRequired[int]
    workers: list[int]
    modules: list[str]
    keywords: list[LogKeyword]
    marks: list[LogMark]
    complete: bool


class LogSeriesParams(TypedDict):
    """Values of numeric keywords over the log, at most `points` (2,000) of each: what lies between two of them is
    represented by its smallest and largest.
    """

    server: NotRequired[str]
    job: str
    keywords: list[str]
    filter: NotRequired[LogFilter]
    points: NotRequired[int]


class LogPoint(TypedDict):
    """A value: the record's `id`, its `time`, and `step`, which counts the keyword's values of that worker from 1."""

    id: int
    time: NotRequired[int]
    step: int
    value: float


class LogSeries(TypedDict):
    """One keyword of one worker. `count`: how many values there are in all."""

    keyword: str
    worker: int
    count: int
    points: list[LogPoint]


class LogSeriesResult(TypedDict):
    """By keyword, then worker."""

    series: list[LogSeries]
    complete: bool


class CompleteFilterParams(TypedDict):
    """A filter as it is typed, and where the cursor stands in it (UTF-16 code units)."""

    server: NotRequired[str]
    job: str
    query: str
    position: int


class FilterCompletion(TypedDict):
    """Replace `start` to `end` of the query by `text`; `detail` says what it is."""

    text: str
    detail: str
    start: int
    end: int


class CompleteFilterResult(TypedDict):
    """What could stand there, and what is wrong with the query as it is: a sentence."""

    completions: list[FilterCompletion]
    problem: NotRequired[str]


class SaveLogParams(TypedDict):
    """Write the whole log, or what passes the filter, into `file`: as text, or one JSON object a line."""

    server: NotRequired[str]
    job: str
    file: str
    format: Literal["text", "jsonl"]
    filter: NotRequired[LogFilter]
    workDoneToken: NotRequired["str | int"]


class SaveLogResult(TypedDict):
    """How many records stand in the file. `complete`: the log had ended."""

    uri: str
    records: int
    complete: bool
