"""Jobs of any servers, gathered to be compared."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from juliahub_ls.domain.jobs.comparison import Compared, Section, compare
from juliahub_ls.domain.jobs.comparison_csv import to_csv
from juliahub_ls.domain.jobs.job_view import JobView
from juliahub_ls.services.jobs import Jobs
from juliahub_ls.services.os_errors import translated_os_errors
from juliahub_ls.services.submissions import Submissions

JobKey = tuple["str | None", str]
"""A server, None for the current one, and a job's id."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Jobs in the order asked for, each once, and the table."""

    jobs: Sequence[JobView]
    sections: Sequence[Section]


async def compare_jobs(jobs: Jobs, submissions: Submissions, keys: Sequence[JobKey]) -> Comparison:
    """The table of these jobs as their servers have them now."""
    views = await asyncio.gather(*(jobs.get(server, job) for server, job in dict.fromkeys(keys)))
    records = [await asyncio.to_thread(submissions.find, view.server, view.id) for view in views]
    compared = [Compared(view, record) for view, record in zip(views, records, strict=True)]
    return Comparison(views, compare(compared))


async def save_comparison(comparison: Comparison, file: Path) -> int:
    """Write it as CSV; how many lines it has below its header."""
    text = to_csv(comparison.jobs, comparison.sections)
    with translated_os_errors(file, "Nothing was written."):
        await asyncio.to_thread(file.write_bytes, text.encode())
    return sum(len(section.rows) for section in comparison.sections)
