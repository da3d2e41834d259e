"""Results and comparisons as tables for a terminal."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from juliahub_ls.cli.output import Output
from juliahub_ls.domain.jobs.job_view import JobFileView
from juliahub_ls.domain.problem import human_bytes
from juliahub_ls.domain.results.comparison import Cell, Row
from juliahub_ls.domain.text import one_line
from juliahub_ls.services.archives import ArchiveMember
from juliahub_ls.services.comparing import Comparison

if TYPE_CHECKING:
    from rich.text import Text

SPARKS = "▁▂▃▄▅▆▇█"
SPARK_COLUMNS = 16


def show_file_list(output: Output, files: Sequence[JobFileView], inside: Mapping[str, Sequence[ArchiveMember]]) -> None:
    """Name, size and hash of each file; below an archive the files in it."""
    from rich.table import Table
    from rich.text import Text

    bare = output.paint.bare
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("File", overflow="fold")
    table.add_column("Size", justify="right", no_wrap=True)
    table.add_column("SHA-256", style="dim", overflow="fold")
    for file in files:
        table.add_row(Text(bare(file.name)), human_bytes(file.size), file.sha256 or "not told by the server")
        for member in inside.get(file.name, ()):
            table.add_row(Text("  " + bare(member.name)), human_bytes(member.size), "")
    if files:
        output.table(table)
    else:
        output.line("It left no files.")


def show_comparison(output: Output, found: Comparison) -> None:
    """A column for each job; a row that differs has a sign in front."""
    from rich.table import Table
    from rich.text import Text

    bare = output.paint.bare
    mark = output.paint.sign("●")
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    table.add_column("", no_wrap=True, style="yellow")
    table.add_column("", overflow="fold")
    for job in found.jobs:
        table.add_column(Text(f"{bare(job.name)}\n{bare(job.id)}"), overflow="fold")
    for number, section in enumerate(found.sections):
        if number:
            table.add_row()
        table.add_row("", Text(section.title, style="bold"))
        for row in section.rows:
            cells = (_cell_text(output, row, cell) for cell in row.cells)
            table.add_row(mark if row.differs else "", Text(bare(row.label), style="dim"), *cells)
    output.table(table)
    away = [bare(job.id) for job in found.jobs if job.view is not None and job.view.started and not job.log_here]
    if away:
        words = f"Numbers that {', '.join(away)} logged are not shown: the log is not on this computer (juliahub logs)."
        output.line("\n" + output.paint(words, "dim"))


def sparkline(points: Sequence[float]) -> str:
    """`▁▃▅█`: how numbers went, the last ones at the right."""
    taken = (
        points
        if len(points) <= SPARK_COLUMNS
        else [points[round(number * (len(points) - 1) / (SPARK_COLUMNS - 1))] for number in range(SPARK_COLUMNS)]
    )
    low, high = min(taken), max(taken)
    scale = (len(SPARKS) - 1) / (high - low) if high > low else 0.0
    return "".join(SPARKS[round((point - low) * scale)] for point in taken)


def _cell_text(output: Output, row: Row, cell: Cell) -> "Text":
    from rich.text import Text

    sparks = f"  {sparkline(cell.trend.points)}" if cell.trend and output.paint.unicode else ""
    text = output.paint.bare(one_line(cell.text)) if cell.kind != "absent" else output.paint.sign("—")
    return Text(text + sparks, justify="right" if row.numeric else "left", style="" if row.differs else "dim")
