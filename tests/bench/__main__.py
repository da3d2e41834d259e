"""`make bench`: every figure beside its peer or its bar, as a table and as `bench.json`.

`python -m tests.bench NAME …` runs only the named parts, `--full` also what takes minutes (as does `BENCH_FULL=1`). A
missed bar is shown, not an error: machines are shared and noisy.
"""

import importlib
import json
import os
import platform
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

from .harness import Row

PARTS = ("scan", "bundle", "growth", "daemon", "jobs", "logs")
RIGHT = ("Ours", "Theirs", "Ratio", "Bar", "Peak memory")


def main(names: list[str]) -> None:
    """Run the parts, show the table, write `bench.json` in the current folder."""
    rows: list[Row] = []
    console = Console()
    for name in names or PARTS:
        console.print(f"[dim]measuring: {name} …[/dim]")
        with tempfile.TemporaryDirectory(prefix="bench-") as work:
            rows += importlib.import_module(f"tests.bench.bench_{name}").rows(Path(work))
    console.print(_table(rows))
    report = {"machine": _machine(), "rows": [asdict(row) for row in rows]}
    Path("bench.json").write_text(json.dumps(report, indent=2))
    console.print("written to bench.json")


def _table(rows: list[Row]) -> Table:
    table = Table(title=_machine(), title_justify="left")
    for heading in ("What", "Ours", "Compared with", "Theirs", "Ratio", "Bar", "Peak memory", ""):
        table.add_column(heading, justify="right" if heading in RIGHT else "left")
    for row in rows:
        table.add_row(
            row.name,
            f"{row.value:,.4g} {row.unit}",
            row.peer,
            "" if row.peer_value is None else f"{row.peer_value:,.4g} {row.unit}",
            "" if row.ratio is None else f"{row.ratio:.2f}×",
            "" if row.bar is None else f"{row.bar:,g}{'×' if row.ratio is not None else ' ' + row.unit}",
            "" if row.memory is None else f"{row.memory:,.0f} MB",
            "✓" if row.ok else "✗",
        )
    return table


def _machine() -> str:
    memory = psutil.virtual_memory().total / 1e9
    python = platform.python_version()
    return f"{platform.system()} {platform.machine()}, {psutil.cpu_count()} vCPUs, {memory:.0f} GB, Python {python}"


if __name__ == "__main__":
    if "--full" in sys.argv:
        os.environ["BENCH_FULL"] = "1"
    main([name for name in sys.argv[1:] if name != "--full"])
