"""`logs`: a job's log, whole or as it grows, filtered."""

from typing import TYPE_CHECKING, Annotated

import typer

from juliahub_ls.cli.exit_codes import JOB_FAILED, OK
from juliahub_ls.cli.options import Common, JobArgument, JsonOption, ServerOption, common
from juliahub_ls.cli.session import with_services

if TYPE_CHECKING:
    from juliahub_ls.domain.jobs.log_filter import LogFilter
    from juliahub_ls.services.services import Services

LEVELS = ("debug", "info", "warn", "error")


def logs(
    context: typer.Context,
    job: JobArgument,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until the job ends.")] = False,
    grep: Annotated[
        str | None, typer.Option("--grep", "-g", metavar="REGEX", help="Only messages in which this is found.")
    ] = None,
    level: Annotated[
        str | None, typer.Option("--level", "-l", metavar="LEVEL", help="debug, info, warn or error, and above.")
    ] = None,
    worker: Annotated[
        int | None, typer.Option("--worker", "-w", metavar="N", help="Only this worker; 1 is the master.")
    ] = None,
    server: ServerOption = None,
    as_json: JsonOption = False,
) -> int:
    """Print a job's log, from its first line. Exits with 1 when -f has followed a job that failed or was stopped."""
    asked = common(context, server, as_json, stream=True)

    async def work(services: "Services") -> int:
        keep = _filter(grep, level, worker)
        if follow:
            return await _follow(asked, services, job, keep)
        await _read(asked, services, job, keep)
        return OK

    return with_services(asked, work)


COMMANDS = {"logs": logs}


async def _follow(asked: Common, services: "Services", job: str, keep: "LogFilter") -> int:
    from juliahub_ls.cli.job_text import ended_line
    from juliahub_ls.cli.watch import watch

    found = await services.jobs.get(None, job)
    view = await watch(asked.output, services.jobs, found, keep, follow_again(asked, job))
    if not asked.output.as_json:
        asked.output.line(f"\n{ended_line(asked.output, view)}")
    return OK if view.succeeded else JOB_FAILED


async def _read(asked: Common, services: "Services", job: str, keep: "LogFilter") -> None:
    """What there is now, page by page as it arrives."""
    from juliahub_ls import payloads
    from juliahub_ls.cli.log_view import LogText
    from juliahub_ls.domain.jobs.log_line import line_of
    from juliahub_ls.services.log_stream import LogStream

    client = await services.connections.client()
    await client.job(job)
    stream, text = LogStream(client, job), LogText(asked.output.paint, keep)
    async for page in stream.pages():
        if asked.output.as_json:
            kept = filter(keep.keeps, (line_of(record) for record in page.records))
            asked.output.events("line", [payloads.log_line(line) for line in kept])
        elif shown := text.lines(page.records):
            asked.output.line("\n".join(shown))
    if asked.output.as_json:
        asked.output.event("state", {"state": "complete" if stream.complete else "live", "last": stream.last})


def follow_again(asked: Common, job: str) -> str:
    """The command that follows a job."""
    server = f" --server {asked.server}" if asked.server else ""
    return f"juliahub logs {job} --follow{server}"


def _filter(grep: str | None, level: str | None, worker: int | None) -> "LogFilter":
    from juliahub_ls.domain.jobs.log_filter import log_filter
    from juliahub_ls.errors import PatternInvalid, SettingInvalid

    wanted = {"warning": "warn"}.get((level or "").lower(), (level or "").lower())
    if level is not None and wanted not in LEVELS:
        raise SettingInvalid(reason=f"There is no level {level}. Give one of {', '.join(LEVELS)}.")
    made = log_filter(grep, wanted or None, worker)
    if isinstance(made, str):
        raise PatternInvalid(pattern=grep or "", reason=made)
    return made
