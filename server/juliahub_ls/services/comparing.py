"""Jobs of any servers, gathered to be compared."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from juliahub_ls.domain.jobs.job_view import JobView
from juliahub_ls.domain.results.comparison import Compared, Section, compare, spread
from juliahub_ls.domain.results.comparison_csv import to_csv
from juliahub_ls.errors import JobNotFound, JuliaHubError, ServerError, SignInError
from juliahub_ls.services.jobs import Jobs
from juliahub_ls.services.os_errors import translated_os_errors
from juliahub_ls.services.submissions import Submissions

JobKey = tuple["str | None", str]
"""A server, None for the current one, and a job's id."""


@dataclass(frozen=True, slots=True)
class Column:
    """A job of the table: its `view`, or why there is none. `name` is its id where nothing more is known."""

    server: str
    id: str
    name: str
    view: JobView | None = None
    problem: JuliaHubError | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Jobs in the order asked for, each once, and the table."""

    jobs: Sequence[Column]
    sections: Sequence[Section]


async def compare_jobs(jobs: Jobs, submissions: Submissions, keys: Sequence[JobKey]) -> Comparison:
    """The table of these jobs as their servers have them now. A job whose server cannot be asked, or does not know it,
    has a column that says so; where that is so of all, the first one's error is raised.
    """
    columns = await asyncio.gather(*(_column(jobs, server, job) for server, job in dict.fromkeys(keys)))
    views = {place: column.view for place, column in enumerate(columns) if column.view is not None}
    problem = next((column.problem for column in columns if column.problem is not None), None)
    if problem is not None and not views:
        raise problem
    records = [await asyncio.to_thread(submissions.find, view.server, view.id) for view in views.values()]
    compared = [Compared(view, record) for view, record in zip(views.values(), records, strict=True)]
    return Comparison(columns, [spread(section, list(views), len(columns)) for section in compare(compared)])


async def save_comparison(comparison: Comparison, file: Path) -> int:
    """Write it as CSV; how many lines it has below its header."""
    text = to_csv([f"{job.name} ({job.id})" for job in comparison.jobs], comparison.sections)
    with translated_os_errors(file, "Nothing was written."):
        await asyncio.to_thread(file.write_bytes, text.encode())
    return sum(len(section.rows) for section in comparison.sections)


async def _column(jobs: Jobs, server: str | None, job: str) -> Column:
    try:
        view = await jobs.get(server, job)
    except (JobNotFound, ServerError, SignInError) as error:
        known = jobs.last_known(server, job)
        return Column(jobs.server_id(server), job, known.name if known else job, problem=error)
    return Column(view.server, view.id, view.name, view)
