"""One job as it stands, for commands that look once."""

from contextlib import suppress

from juliahub_ls.domain.jobs.job_view import JobView, view_job
from juliahub_ls.domain.logs.line import LogFacts, learn, line_of
from juliahub_ls.errors import JuliaHubError
from juliahub_ls.services.connections import Connections
from juliahub_ls.services.submissions import Submissions
from juliahub_wire.jobs import JobStatus

TAIL_ENTRIES = 50


async def look_at(connections: Connections, jobname: str, submissions: Submissions | None = None) -> JobView:
    """One job as it stands, with what its last lines tell: progress, or why it failed; and with what was submitted."""
    client = await connections.client()
    job, facts = await client.job(jobname), LogFacts()
    if job.status != JobStatus.COMPLETED.value:
        with suppress(JuliaHubError):
            for record in await client.log_page(jobname, {"nentries": str(TAIL_ENTRIES)}):
                facts = learn(facts, line_of(record))
    submitted = submissions.find(client.server, jobname) if submissions else None
    return view_job(job, client.server, facts, record=submitted)
