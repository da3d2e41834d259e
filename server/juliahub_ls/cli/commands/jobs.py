"""`jobs`, `job`, `cancel`, `extend`."""

from typing import TYPE_CHECKING, Annotated

import typer

from juliahub_ls.cli.options import Common, JobArgument, JsonOption, ServerOption, common
from juliahub_ls.cli.session import with_services

if TYPE_CHECKING:
    from juliahub_ls.domain.jobs.job_view import JobView
    from juliahub_ls.services.jobs import JobList
    from juliahub_ls.services.services import Services


def jobs(
    context: typer.Context,
    limit: Annotated[int, typer.Option("--limit", "-n", metavar="N", min=1, help="At most this many.")] = 20,
    server: ServerOption = None,
    as_json: JsonOption = False,
) -> None:
    """List jobs, newest first."""
    asked = common(context, server, as_json)

    async def work(services: "Services") -> "JobList":
        import asyncio
        from dataclasses import replace

        found = await services.jobs.list(None, limit)
        if found.jobs:
            name = found.jobs[0].server
            await asyncio.gather(*(services.jobs.explain(name, [view]) for view in found.jobs))
            found = replace(found, jobs=[services.jobs.view(view.server, view.id) for view in found.jobs])
        return found

    _show_list(asked, with_services(asked, work))


def job(context: typer.Context, job: JobArgument, server: ServerOption = None, as_json: JsonOption = False) -> None:
    """Show one job: state, inputs, results."""
    asked = common(context, server, as_json)

    async def work(services: "Services") -> "JobView":
        from juliahub_ls.cli.look import look_at

        return await look_at(services.connections, job, services.submissions)

    view = with_services(asked, work)
    if not _as_json(asked, view):
        from juliahub_ls.cli.job_text import show_job

        show_job(asked.output, view)


def cancel(context: typer.Context, job: JobArgument, server: ServerOption = None, as_json: JsonOption = False) -> None:
    """Stop a job."""
    asked = common(context, server, as_json)
    view = with_services(asked, lambda services: services.jobs.stop(None, job))
    if not _as_json(asked, view):
        name = asked.output.paint.bare(f"{view.name} ({view.id})")
        done = f"{name} has ended: {asked.output.paint.bare(view.label)}."
        asked.output.line(done if view.done else f"{name} is being stopped.")


def extend(
    context: typer.Context,
    job: JobArgument,
    hours: Annotated[float, typer.Argument(metavar="HOURS", help="How many hours more.")],
    server: ServerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Give a running job more time."""
    asked = common(context, server, as_json)
    view = with_services(asked, lambda services: services.jobs.extend(None, job, hours))
    if not _as_json(asked, view):
        limit = f"; its limit is {view.time_limit:g} h now" if view.time_limit else ""
        asked.output.line(f"{asked.output.paint.bare(view.name)} ({view.id}) has {hours:g} h more{limit}.")


COMMANDS = {"jobs": jobs, "job": job, "cancel": cancel, "extend": extend}


def _as_json(asked: Common, view: "JobView") -> bool:
    """Print a `JobResult` if JSON was asked for."""
    if asked.output.as_json:
        from juliahub_ls import payloads

        asked.output.document({"job": payloads.job(view)})
    return asked.output.as_json


def _show_list(asked: Common, found: "JobList") -> None:
    if asked.output.as_json:
        from juliahub_ls import payloads

        offline = {} if found.offline_since is None else {"offlineSince": found.offline_since}
        asked.output.document({"jobs": [payloads.job(view) for view in found.jobs], "more": found.more} | offline)
    elif found.jobs:
        from juliahub_ls.cli.job_text import show_jobs

        show_jobs(asked.output, found.jobs)
    else:
        asked.output.line("No jobs yet. `juliahub submit script.jl --follow` runs one.")
