"""Jobs and results as tables and sentences."""

import time
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from juliahub_ls.cli.environment_view import field, shown_path
from juliahub_ls.cli.output import Output
from juliahub_ls.domain.jobs.headline import headline
from juliahub_ls.domain.jobs.job_view import JobView, duration
from juliahub_ls.domain.problem import human_bytes
from juliahub_ls.domain.results.summary_rows import KEPT_CHARACTERS, SummaryRow, is_cut, summary_rows
from juliahub_ls.domain.text import one_line
from juliahub_wire.jobs import FileType

if TYPE_CHECKING:
    from juliahub_ls.services.results import SavedFile

_MARKS = {"Completed": ("✓", "bold green"), "Failed": ("✗", "bold red"), "Stopped": ("■", "bold yellow")}
HOUR = 3600


def show_jobs(output: Output, views: Sequence[JobView]) -> None:
    """One line a job, newest first."""
    from rich.table import Table
    from rich.text import Text

    bare = output.paint.bare
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("", "Job", "Name", "State", "Result", "Submitted"):
        table.add_column(column, overflow="fold" if column in ("Job", "State") else "ellipsis")
    for view in views:
        mark, style = _mark(output, view)
        cells = (view.id, bare(view.name), bare(_state(view)), bare(headline(view)), when(view.submitted))
        table.add_row(Text(mark, style=style), *map(Text, cells))
    output.table(table)


def show_job(output: Output, view: JobView) -> None:
    """All that is known of one job."""
    paint = output.paint
    output.line(ended_line(output, view))
    rows = [("Server", view.server), ("Submitted", when(view.submitted))]
    if view.started is not None:
        rows.append(("Started", when(view.started)))
    if running_for(view):
        rows.append(("Running for", running_for(view)))
    rows += [("Inputs" if number == 0 else "", f"{k}={v}") for number, (k, v) in enumerate(sorted(view.inputs.items()))]
    for label, value in rows:
        output.line(field(paint, label, paint.bare(value)))
    show_outputs(output, view)
    show_files(output, view)


def ended_line(output: Output, view: JobView) -> str:
    """`✓ Completed 0:12  main.jl  jr-xf4tslavut`."""
    paint = output.paint
    mark, style = _mark(output, view)
    label = f"{mark} {paint.bare(one_line(view.label))}"
    return f"{paint(label, style)}  {paint.bare(view.name)}  {paint(paint.bare(view.id), 'dim')}"


def show_outputs(output: Output, view: JobView) -> None:
    """The summary as aligned keys and values, or the text that the job left."""
    if view.summary is not None:
        show_summary(output, view.summary)
    elif view.outputs:
        output.line("\n" + "\n".join(f"  {line}" for line in output.paint.bare(view.outputs).split("\n")))
        if is_cut(view.outputs):
            words = f"It has {KEPT_CHARACTERS:,} characters, the most that JuliaHub keeps: its end is probably missing."
            output.line("\n  " + output.paint(words, "yellow"))


def show_summary(output: Output, summary: dict[str, Any]) -> None:
    """Keys and values; what is nested indented below its key."""
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    bare = output.paint.bare
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 3, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for row in summary_rows(summary):
        table.add_row(Text("  " * row.depth + bare(row.key)), Text(bare(_value(row))))
    output.table(Padding(table, (1, 0, 0, 2)))


def show_files(output: Output, view: JobView) -> None:
    """The result files on the server, and how to have them."""
    files = [file for file in view.files if file.type == FileType.RESULT.value]
    for number, file in enumerate(files):
        name = output.paint.bare(f"{file.name}, {human_bytes(file.size)}")
        output.line(("\n" if number == 0 else "") + field(output.paint, "" if number else "Result file", name))
    if files:
        output.line(field(output.paint, "", output.paint(f"juliahub results {view.id} -o DIR saves it", "dim")))


def show_saved(output: Output, saved: "Iterable[SavedFile]") -> None:
    """The paths of downloaded files, and whether they are what the server has."""
    paint = output.paint
    listed = [(paint.bare(shown_path(file.path)), file) for file in saved]
    width = max((len(name) for name, _ in listed), default=0)
    output.line()
    for number, (name, file) in enumerate(listed):
        checked = paint("hash checked", "dim") if file.verified else "not checked: the server told no hash"
        text = f"{name.ljust(width)}  {human_bytes(file.size):>9}  {checked}"
        output.line(field(paint, "" if number else "Saved", text))


def when(unix_ms: int | None, now: float | None = None) -> str:
    """`12 min ago` within an hour, the clock today, else the date."""
    if unix_ms is None:
        return ""
    then, age = time.localtime(unix_ms / 1000), (now or time.time()) - unix_ms / 1000
    if age < HOUR:
        return "just now" if age < 60 else f"{age // 60:.0f} min ago"
    today = time.strftime("%Y-%m-%d", then) == time.strftime("%Y-%m-%d")
    return time.strftime("%H:%M" if today else "%Y-%m-%d %H:%M", then)


def running_for(view: JobView) -> str:
    """How long a job has been running, with its limit."""
    if view.started is None or view.done:
        return ""
    elapsed = duration(round(time.time() * 1000) - view.started)
    return f"{elapsed} of {view.time_limit:g} h" if view.time_limit else elapsed


def _mark(output: Output, view: JobView) -> tuple[str, str]:
    sign, style = _MARKS.get(view.status, ("●", "cyan"))
    return output.paint.sign(sign), style


def _state(view: JobView) -> str:
    time_so_far = running_for(view)
    return f"{one_line(view.label)}, {time_so_far}" if time_so_far else one_line(view.label)


def _value(row: SummaryRow) -> str:
    if row.kind == "group":
        return f"{row.entries} {'entry' if row.entries == 1 else 'entries'}"
    return row.text
