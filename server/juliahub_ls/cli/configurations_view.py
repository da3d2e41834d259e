"""Saved configurations in words."""

from collections.abc import Sequence
from pathlib import Path

from juliahub_ls.cli.output import Output
from juliahub_ls.domain.jobs.choices import Choices
from juliahub_ls.domain.jobs.command_line import submit_arguments
from juliahub_ls.domain.jobs.configurations import FILE, SavedConfiguration, relative_path


def show_configurations(output: Output, found: Sequence[SavedConfiguration]) -> None:
    """One line each: its name, its script, its choices as options; or why it cannot be used."""
    from rich.table import Table
    from rich.text import Text

    if not found:
        output.line(f"No configurations here. The form in the editor saves them in {FILE.as_posix()}.")
        return
    bare = output.paint.bare
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("Name", "Script", "Choices"):
        table.add_column(column, overflow="fold")
    for item in found:
        script = relative_path(Path(item.choices["script"]), item.folder) if "script" in item.choices else ""
        words = Text(bare(item.problem), style="red") if item.problem else Text(bare(_options(item.choices)))
        table.add_row(Text(bare(item.name), style="bold"), Text(bare(script)), words)
    output.table(table)


def _options(choices: Choices) -> str:
    without = {key: value for key, value in choices.items() if key != "script"}
    return " ".join(submit_arguments(without))
