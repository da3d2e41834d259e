"""Jobs side by side: a row for each thing that can be said of them, a cell for each job, what differs marked."""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from juliahub_ls.domain.jobs.job_view import JobView, duration
from juliahub_ls.domain.jobs.submission_record import SubmissionRecord
from juliahub_ls.domain.problem import human_bytes
from juliahub_ls.domain.results.summary_rows import flat
from juliahub_ls.domain.results.trend import Trend, trend_of
from juliahub_ls.domain.values import cut, finite, is_number, plain_text, short_number, short_text

HOUR_MS = 3_600_000
SectionId = Literal["job", "inputs", "cluster", "times", "summary", "logged"]


@dataclass(frozen=True, slots=True)
class Cell:
    """One job's value. `number` is what it sorts by; `whole` the value with all its digits, for a file; `full` is shown
    where `text` would not tell two jobs apart.
    """

    kind: Literal["number", "text", "absent"]
    text: str
    number: float | None = None
    trend: Trend | None = None
    whole: str = ""
    full: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """`ComparisonRow` of `docs/protocol.md`."""

    key: str
    label: str
    cells: tuple[Cell, ...]
    differs: bool
    numeric: bool


@dataclass(frozen=True, slots=True)
class Section:
    """`ComparisonSection` of `docs/protocol.md`."""

    id: SectionId
    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """A job, its `submission` if it was submitted from here, and by their keywords the numbers that it `logged`."""

    view: JobView
    submission: SubmissionRecord | None = None
    logged: Mapping[str, Trend] = field(default_factory=dict)


ABSENT = Cell("absent", "")
_Make = Callable[[Compared], Cell]


def compare(jobs: Sequence[Compared]) -> list[Section]:
    """The table; sections and rows that no job has anything for are left out."""
    sections = [
        _section("job", "Job", jobs, _JOB),
        _section("inputs", "Inputs", jobs, _by_key(jobs, lambda job: job.view.inputs)),
        _section("cluster", "Cluster and environment", jobs, _CLUSTER),
        _section("times", "Times and cost", jobs, _TIMES),
        _section("summary", "Results", jobs, _summary_rows(jobs)),
        _section("logged", "Logged", jobs, _logged_rows(jobs)),
    ]
    return [section for section in sections if section.rows]


def spread(section: Section, places: Sequence[int], columns: int) -> Section:
    """The section in a table of so many columns: its jobs stand at `places`, and the other columns are empty."""

    def wide(cells: Sequence[Cell]) -> tuple[Cell, ...]:
        at = dict(zip(places, cells, strict=True))
        return tuple(at.get(column, ABSENT) for column in range(columns))

    return replace(section, rows=tuple(replace(row, cells=wide(row.cells)) for row in section.rows))


def value_cell(value: Any) -> Cell:
    """A cell of an input or of the summary. A list of numbers shows how it went. JSON has no number that is none."""
    whole = plain_text(value)
    if is_number(value) and (number := finite(value)) is not None:
        return Cell("number", short_number(value), number, None, whole, whole)
    text = cut(whole)
    if isinstance(value, list) and len(value) > 2 and all(map(is_number, value)):
        text = f"{short_text(value[0])} … {short_text(value[-1])} ({len(value):,} values)"
        return Cell("text", text, None, trend_of(value), whole)
    return Cell("text", text, whole=whole)


def _section(
    section: SectionId, title: str, jobs: Sequence[Compared], makers: Iterable[tuple[str, str, _Make]]
) -> Section:
    rows = (_row(key, label, [make(job) for job in jobs]) for key, label, make in makers)
    return Section(section, title, tuple(row for row in rows if any(cell.kind != "absent" for cell in row.cells)))


def _row(key: str, label: str, cells: list[Cell]) -> Row:
    """A row; numbers that differ where six digits do not tell are shown with all."""
    differs = len({(cell.kind, cell.whole) for cell in cells}) > 1
    texts = [cell.text for cell in cells]
    if differs and len(set(texts)) < len({cell.whole for cell in cells}):
        cells = [_in_full(cell) if texts.count(cell.text) > 1 else cell for cell in cells]
    there = [cell for cell in cells if cell.kind != "absent"]
    return Row(key, label, tuple(cells), differs, bool(there) and all(cell.kind == "number" for cell in there))


def _in_full(cell: Cell) -> Cell:
    return replace(cell, text=cell.full) if 0 < len(cell.full) <= 24 else cell


def _by_key(jobs: Sequence[Compared], values: Callable[[Compared], Mapping[str, Any]]) -> list[tuple[str, str, _Make]]:
    """A row for each key that any job has, in the order of first appearance."""
    keys = list(dict.fromkeys(key for job in jobs for key in values(job)))

    def maker(key: str) -> _Make:
        return lambda job: value_cell(_read(values(job)[key])) if key in values(job) else ABSENT

    return [(key, key, maker(key)) for key in keys]


def _summary_rows(jobs: Sequence[Compared]) -> list[tuple[str, str, _Make]]:
    """The flat summaries; where one is no JSON, its text. A job that does not have a value shows what it logged."""
    flats = {id(job): _results(job.view) for job in jobs}
    keys = list(dict.fromkeys(key for job in jobs for key in flats[id(job)]))

    def maker(key: str) -> _Make:
        def make(job: Compared) -> Cell:
            values = flats[id(job)]
            if key not in values:
                return _logged(job, key)
            cell = value_cell(values[key])
            return cell if cell.trend is not None else replace(cell, trend=job.logged.get(key))

        return make

    return [(key, key or "Results text", maker(key)) for key in keys]


def _logged_rows(jobs: Sequence[Compared]) -> list[tuple[str, str, _Make]]:
    """What is logged and in no job's summary."""
    summaries = {key for job in jobs for key in _results(job.view)}
    keys = dict.fromkeys(key for job in jobs for key in job.logged if key not in summaries)

    def maker(key: str) -> _Make:
        return lambda job: _logged(job, key)

    return [(key, key, maker(key)) for key in keys]


def _logged(job: Compared, key: str) -> Cell:
    """The last value that a job logged, and how it came there."""
    trend = job.logged.get(key)
    return ABSENT if trend is None else replace(_number(trend.last), trend=trend)


def _results(view: JobView) -> dict[str, Any]:
    if view.summary is not None:
        return flat(view.summary)
    return {"": view.outputs} if view.outputs else {}


def _read(text: Any) -> Any:
    """An input is text; where it is a number it compares as one."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError, TypeError):
        return text
    return value if is_number(value) and plain_text(value) == text else text


def _text(value: Any) -> Cell:
    return ABSENT if value in (None, "") else Cell("text", str(value), whole=str(value))


def _number(value: float | None, text: str | None = None, full: str = "") -> Cell:
    """`text` and `full` have the unit, where there is one."""
    if value is None:
        return ABSENT
    whole = plain_text(value)
    shown, full = (short_number(value), whole) if text is None else (text, full)
    return Cell("number", shown, float(value), None, whole, full)


def _milliseconds(value: int | None) -> Cell:
    return ABSENT if value is None else _number(value / 1000, duration(value), f"{value / 1000:.3f} s")


def _between(start: int | None, end: int | None) -> int | None:
    return None if start is None or end is None else max(end - start, 0)


def _cost(job: Compared) -> Cell:
    """What it has cost: the hours that it ran, times the price of its machines."""
    ran = _between(job.view.started, job.view.ended)
    if ran is None or job.submission is None:
        return ABSENT
    cost = ran / HOUR_MS * job.submission.price_per_hour
    return replace(_number(cost, _dollars(cost), f"${cost:.6f}"), whole=f"{cost:.6f}")


def _submitted(value: Callable[[SubmissionRecord], Any], text: Callable[[Any], str] | None = None) -> _Make:
    """A number or a text of the submission. `text`: how a number is shown."""

    def make(job: Compared) -> Cell:
        found = None if job.submission is None else value(job.submission)
        if isinstance(found, bool):
            return _text("yes" if found else "no")
        if is_number(found):
            return _number(found, text(found) if text else None)
        return _text(found)

    return make


def _dollars(price: float) -> str:
    return f"${price:,.2f}" if price >= 0.005 or not price else f"${price:.1g}"


def _hash(job: Compared) -> Cell:
    value = job.submission and job.submission.bundle_sha256
    return Cell("text", value[:12], whole=value) if value else ABSENT


def _script(job: Compared) -> Cell:
    script = job.submission and job.submission.script
    return Cell("text", re.split(r"[/\\]", script)[-1], whole=script) if script else ABSENT


def _limit(job: Compared) -> Cell:
    hours = job.view.time_limit
    return ABSENT if hours is None else _number(hours, f"{hours:g} h" if hours else "none")


_JOB: tuple[tuple[str, str, _Make], ...] = (
    ("name", "Name", lambda job: _text(job.view.name)),
    ("state", "State", lambda job: _text(job.view.status if job.view.done else job.view.label)),
    ("reason", "Reason", lambda job: _text(job.view.reason)),
    ("script", "Script", _script),
    ("server", "Server", lambda job: _text(job.view.server)),
)
_CLUSTER: tuple[tuple[str, str, _Make], ...] = (
    ("cluster", "Cluster", _submitted(lambda record: record.cluster)),
    ("nodeClass", "Node class", _submitted(lambda record: record.node_class)),
    ("nodes", "Nodes", _submitted(lambda record: record.nodes)),
    ("processes", "Processes", _submitted(lambda record: record.processes)),
    ("vcpus", "vCPU per node", _submitted(lambda record: record.vcpus)),
    ("memory", "Memory per node", _submitted(lambda record: record.memory, lambda size: f"{size} GB")),
    ("gpu", "GPU", _submitted(lambda record: record.gpu)),
    ("julia", "Julia", _submitted(lambda record: record.julia_version)),
    ("image", "Image", _submitted(lambda record: record.image)),
    ("environment", "Environment", _submitted(lambda record: record.environment)),
    ("bundle", "Bundle", _hash),
    ("bundleSize", "Bundle size", _submitted(lambda record: record.bundle_size, human_bytes)),
    ("bundleFiles", "Bundle files", _submitted(lambda record: record.bundle_files)),
)
_TIMES: tuple[tuple[str, str, _Make], ...] = (
    ("waited", "Waited", lambda job: _milliseconds(_between(job.view.submitted, job.view.started))),
    ("ran", "Ran", lambda job: _milliseconds(_between(job.view.started, job.view.ended))),
    ("limit", "Time limit", _limit),
    ("price", "Price per hour", _submitted(lambda record: record.price_per_hour, _dollars)),
    ("cost", "Cost", _cost),
)
