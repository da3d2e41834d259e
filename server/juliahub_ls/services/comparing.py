"""Jobs of any servers, gathered to be compared."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from juliahub_ls.domain.jobs.job_view import JobView
from juliahub_ls.domain.logs.digest import LogDigest
from juliahub_ls.domain.logs.query import EVERYTHING
from juliahub_ls.domain.results.comparison import Compared, Section, compare, spread
from juliahub_ls.domain.results.comparison_csv import to_csv
from juliahub_ls.domain.results.trend import POINTS, Trend, trend_of_series
from juliahub_ls.errors import FileUnreadable, JobNotFound, JuliaHubError, ServerError, SignInError
from juliahub_ls.services.jobs import Jobs
from juliahub_ls.services.log_feed import Logs
from juliahub_ls.services.log_reading import series_of
from juliahub_ls.services.os_errors import translated_os_errors
from juliahub_ls.services.submissions import Submissions

LOGGED_KEYWORDS = 20
"""So many numbers of a log have a row; a table of more helps nobody."""
JobKey = tuple["str | None", str]
"""A server, None for the current one, and a job's id."""


@dataclass(frozen=True, slots=True)
class Column:
    """A job of the table: its `view`, or why there is none. `name` is its id where nothing more is known.

    `log_here`: its log, or a part of it, is on this computer, so that numbers in it can be told.
    """

    server: str
    id: str
    name: str
    view: JobView | None = None
    problem: JuliaHubError | None = None
    log_here: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """Jobs in the order asked for, each once, and the table."""

    jobs: Sequence[Column]
    sections: Sequence[Section]


async def compare_jobs(jobs: Jobs, submissions: Submissions, keys: Sequence[JobKey]) -> Comparison:
    """The table of these jobs as their servers have them now, and of their logs as far as they are here.

    A job whose server cannot be asked, or does not know it, has a column that says so; where that is so of all, the
    first one's error is raised.
    """
    columns = await asyncio.gather(*(_column(jobs, server, job) for server, job in dict.fromkeys(keys)))
    views = {place: column.view for place, column in enumerate(columns) if column.view is not None}
    problem = next((column.problem for column in columns if column.problem is not None), None)
    if problem is not None and not views:
        raise problem
    records = [await asyncio.to_thread(submissions.find, view.server, view.id) for view in views.values()]
    logged = await asyncio.gather(*(_logged(jobs.logs, view) for view in views.values()))
    compared = [
        Compared(view, record, trends or {})
        for view, record, trends in zip(views.values(), records, logged, strict=True)
    ]
    here = {place for place, trends in zip(views, logged, strict=True) if trends is not None}
    columns = [replace(column, log_here=place in here) for place, column in enumerate(columns)]
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


async def _logged(logs: Logs, view: JobView) -> dict[str, Trend] | None:
    """How the numbers went that a job logged, by keyword; None where its log is not on this computer.

    Of a keyword that several processes logged, it is the one's with the most values.
    """
    try:
        async with logs.stored(view.server, view.id) as feed:
            if feed is None:
                return None
            names = _numeric(feed.digest)
            series = await series_of(feed, names, EVERYTHING, POINTS) if names else []
    except FileUnreadable:
        return None
    longest = sorted(series, key=lambda one: (names.index(one.keyword), one.count, -one.worker))
    trends = {one.keyword: trend_of_series(one) for one in longest}
    return {name: trend for name, trend in trends.items() if trend is not None}


def _numeric(digest: LogDigest) -> list[str]:
    """Keywords that came with numbers, in the order in which they first did; progress is told by the job's state."""
    numeric = [name for name, use in digest.keywords.items() if use.numbers > 1 and name != "progress"]
    return numeric[:LOGGED_KEYWORDS]
