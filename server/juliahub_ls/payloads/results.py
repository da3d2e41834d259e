"""What a job left, and how jobs compare."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from juliahub_ls.domain.jobs.job_view import JobFileView, JobView
from juliahub_ls.domain.results.comparison import Cell, Section
from juliahub_ls.domain.results.kinds import kind_of
from juliahub_ls.domain.results.summary_rows import is_cut, summary_rows
from juliahub_ls.domain.results.trend import Trend
from juliahub_ls.domain.values import short_number
from juliahub_ls.encoding import encode
from juliahub_ls.payloads.common import present
from juliahub_ls.payloads.jobs import job
from juliahub_ls.services.comparing import Column, Comparison
from juliahub_ls.services.result_copies import Copy, copy_of
from juliahub_ls.services.results import SavedFile, results_of, targets_of


def results(view: JobView, directory: Path) -> dict[str, Any]:
    """A `ResultsResult`. Looks at the disk for copies in `directory`, and may hash them: not for the event loop."""
    targets = targets_of(view, directory)
    payload = {
        "job": job(view),
        "outputs": view.outputs,
        "cut": is_cut(view.outputs),
        "summary": None if view.summary is None else encode(view.summary),
        "rows": [encode(row) for row in summary_rows(view.summary)] if view.summary else [],
        "files": [_file(file, copy_of(file, targets[file.name])) for file in results_of(view)],
        "directory": directory.absolute().as_uri(),
    }
    return present(payload)


def downloaded(directory: Path, saved: Iterable[SavedFile]) -> dict[str, Any]:
    """A `DownloadResultsResult`."""
    files = [
        {"uri": file.path.absolute().as_uri(), "name": file.name, "size": file.size, "verified": file.verified}
        for file in saved
    ]
    return {"directory": directory.absolute().as_uri(), "files": files}


def comparison(value: Comparison) -> dict[str, Any]:
    """A `CompareJobsResult`."""
    return {"jobs": [_column(item) for item in value.jobs], "sections": [_section(item) for item in value.sections]}


def _column(column: Column) -> dict[str, Any]:
    payload = {
        "server": column.server,
        "id": column.id,
        "name": column.name,
        "job": job(column.view) if column.view else None,
        "problem": str(column.problem) if column.problem else None,
        "logHere": column.log_here,
    }
    return present(payload)


def _file(file: JobFileView, copy: Copy) -> dict[str, Any]:
    payload = {
        "name": file.name,
        "size": file.size,
        "kind": kind_of(file.name),
        "sha256": file.sha256,
        "uri": copy.path.absolute().as_uri() if copy.path else None,
        "verified": copy.verified or None,
        "unpacked": len(copy.unpacked) or None,
        "arrived": copy.arrived or None,
    }
    return present(payload)


def _section(section: Section) -> dict[str, Any]:
    rows = [
        {
            "key": row.key,
            "label": row.label,
            "cells": [_cell(cell) for cell in row.cells],
            "differs": row.differs,
            "numeric": row.numeric,
        }
        for row in section.rows
    ]
    return {"id": section.id, "title": section.title, "rows": rows}


def _cell(cell: Cell) -> dict[str, Any]:
    trend = None if cell.trend is None else _trend(cell.trend)
    return present({"kind": cell.kind, "text": cell.text, "number": cell.number, "trend": trend})


def _trend(trend: Trend) -> dict[str, Any]:
    first, last = short_number(trend.first), short_number(trend.last)
    return {"points": list(trend.points), "first": first, "last": last, "count": trend.count}
