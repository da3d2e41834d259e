"""`logs`: a job's log, whole or as it grows, filtered, or saved into a file."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from juliahub_ls.cli.exit_codes import JOB_FAILED, OK
from juliahub_ls.cli.options import Common, JobArgument, JsonOption, ServerOption, common
from juliahub_ls.cli.session import with_services

if TYPE_CHECKING:
    from juliahub_ls.domain.logs.conditions import LogTimes
    from juliahub_ls.domain.logs.query import Condition
    from juliahub_ls.services.jobs import Look
    from juliahub_ls.services.log_feed import LogFeed
    from juliahub_ls.services.services import Services

LEVELS = ("debug", "info", "warn", "error")


def logs(
    context: typer.Context,
    job: JobArgument,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until the job ends.")] = False,
    query: Annotated[
        str, typer.Option("--filter", metavar="QUERY", help="Only what passes, as “level>=warn worker:3 epoch>10”.")
    ] = "",
    grep: Annotated[
        str | None, typer.Option("--grep", "-g", metavar="REGEX", help="Only messages in which this is found.")
    ] = None,
    level: Annotated[
        str | None, typer.Option("--level", "-l", metavar="LEVEL", help="debug, info, warn or error, and above.")
    ] = None,
    worker: Annotated[
        int | None, typer.Option("--worker", "-w", metavar="N", help="Only this worker; 1 is the master.")
    ] = None,
    around: Annotated[
        int, typer.Option("--context", "-C", metavar="N", min=0, max=1000, help="So many lines around each, too.")
    ] = 0,
    tail: Annotated[
        int | None, typer.Option("--tail", "-n", metavar="N", min=1, help="Begin with the last N lines.")
    ] = None,
    save: Annotated[
        Path | None, typer.Option("--save", metavar="FILE", help="Write it into FILE; JSON lines with --json.")
    ] = None,
    server: ServerOption = None,
    as_json: JsonOption = False,
) -> int:
    """Print a job's log, from its first line. Exits with 1 when -f has followed a job that failed or was stopped."""
    asked = common(context, server, as_json, stream=save is None)

    async def work(services: "Services") -> int:
        keep = _Keep(query, grep, _level(level), worker)
        if save is not None:
            await _save(asked, services, job, keep, save)
        elif follow:
            return await _follow(asked, services, job, keep.look(around, tail), headings=keep.all)
        else:
            await _read(asked, services, job, keep.look(around, tail), headings=keep.all)
        return OK

    return with_services(asked, work)


COMMANDS = {"logs": logs}


class _Keep:
    """Which lines. Raises `FilterInvalid` or `PatternInvalid` at once, where they can be told without the log."""

    def __init__(self, query: str, grep: str | None, level: str | None, worker: int | None) -> None:
        from juliahub_ls.domain.logs.conditions import LogTimes

        self._given = (query, grep, level, worker)
        self.all = not any(value is not None and value != "" for value in self._given)
        self._condition(LogTimes(0, 0, 0))

    def condition(self, feed: "LogFeed") -> "Condition":
        """What is asked of a line of this log."""
        return self._condition(feed.times())

    def look(self, context: int, tail: int | None) -> "Look":
        """How to look at a log so."""
        from juliahub_ls.services.log_window import LogWindow

        return lambda feed: LogWindow(feed, self.condition(feed), context, tail)

    def _condition(self, times: "LogTimes") -> "Condition":
        from juliahub_ls.domain.logs.filter import log_filter
        from juliahub_ls.domain.logs.query_parser import QueryMistake
        from juliahub_ls.errors import FilterInvalid, PatternInvalid

        query, grep, level, worker = self._given
        try:
            made = log_filter(times, query, grep, level, worker)
        except ValueError as error:
            raise PatternInvalid(pattern=grep or "", reason=str(error)) from None
        if isinstance(made, QueryMistake):
            raise FilterInvalid(sentence=made.sentence, position=made.position)
        return made


async def _follow(asked: Common, services: "Services", job: str, look: "Look", *, headings: bool) -> int:
    from juliahub_ls.cli.job_text import ended_line
    from juliahub_ls.cli.watch import watch

    found = await services.jobs.get(None, job)
    view = await watch(asked.output, services.jobs, found, follow_again(asked, job), look, headings=headings)
    if not asked.output.as_json:
        asked.output.line(f"\n{ended_line(asked.output, view)}")
    return OK if view.succeeded else JOB_FAILED


async def _read(asked: Common, services: "Services", job: str, look: "Look", *, headings: bool) -> None:
    """What there is now, as it arrives; a window only when all of it is there."""
    from juliahub_ls.cli.watch import print_lines
    from juliahub_ls.domain.logs.text import LogText
    from juliahub_ls.services.log_stream import StreamState
    from juliahub_ls.services.log_window import WindowLines

    client = await services.connections.client()
    await client.job(job)
    text = LogText(asked.output.paint, headings=headings)
    async with services.logs.open(None, job) as feed:
        window = look(feed)
        if window.tail is not None:
            await feed.read()
        async for event in window.events():
            if isinstance(event, WindowLines):
                print_lines(asked.output, text, event.lines)
            elif isinstance(event, StreamState) and event.state in ("live", "complete"):
                if asked.output.as_json:
                    asked.output.event("state", {"state": event.state, "last": window.last})
                return
            elif isinstance(event, StreamState) and event.state == "reconnecting":
                await services.connections.client()
                await client.job(job)


async def _save(asked: Common, services: "Services", job: str, keep: _Keep, file: Path) -> None:
    from juliahub_ls.cli.status_line import StatusLine
    from juliahub_ls.domain.logs.text import LogText
    from juliahub_ls.domain.text import Paint
    from juliahub_ls.services.log_reading import as_json_lines, save_log

    output, text = asked.output, LogText(Paint(colours=False), headings=keep.all)
    uri = file.absolute().as_uri()  # noqa: ASYNC240 - asks for the folder we are in, once
    await (await services.connections.client()).job(job)
    async with services.logs.open(None, job) as feed:
        await feed.read()
        render = as_json_lines if output.as_json else text.rendered
        with StatusLine(output) as progress:
            records = await save_log(feed, keep.condition(feed), file, render, progress)
        if output.as_json:
            output.document({"uri": uri, "records": records, "complete": feed.complete})
        else:
            rest = "" if feed.complete else " The job goes on, and so does its log."
            output.line(f"Saved {records:,} lines in {file}.{rest}")


def follow_again(asked: Common, job: str) -> str:
    """The command that follows a job."""
    server = f" --server {asked.server}" if asked.server else ""
    return f"juliahub logs {job} --follow{server}"


def _level(level: str | None) -> str | None:
    from juliahub_ls.errors import SettingInvalid

    wanted = {"warning": "warn"}.get((level or "").lower(), (level or "").lower())
    if level is not None and wanted not in LEVELS:
        raise SettingInvalid(reason=f"There is no level {level}. Give one of {', '.join(LEVELS)}.")
    return wanted or None
