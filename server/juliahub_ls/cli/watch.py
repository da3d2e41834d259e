"""Shows a job that is followed: headings, the log, a pinned line of what happens now, or JSON lines."""

import asyncio
import time
from typing import TYPE_CHECKING

from juliahub_ls import payloads
from juliahub_ls.cli.log_view import LogText
from juliahub_ls.cli.output import Output
from juliahub_ls.cli.status_line import StatusLine
from juliahub_ls.domain.jobs.job_view import JobView
from juliahub_ls.domain.jobs.log_filter import LogFilter
from juliahub_ls.domain.jobs.log_line import line_of
from juliahub_ls.services.jobs import Jobs
from juliahub_ls.services.log_stream import LogEvent, StreamState, record_number

if TYPE_CHECKING:
    from juliahub_wire.logs import LogRecord

BATCH_LINES = 500
PINNED_HINT = "Ctrl-C leaves the job running"


async def watch(output: Output, jobs: Jobs, view: JobView, keep: LogFilter, again: str) -> JobView:
    """Show the job until it ends; how it ended. On Ctrl-C says that the job goes on, and that `again` follows it."""
    try:
        with StatusLine(output, PINNED_HINT) as status:
            shown = _Shown(output, keep, status)
            shown.job(view)
            jobs.subscribe(lambda changed: shown.job(changed) if changed.id == view.id else None)
            async for event in jobs.follow(None, view.id):
                await shown.show(event)
    except asyncio.CancelledError:
        _leave(output, jobs.view(view.server, view.id), again)
        raise
    return jobs.view(view.server, view.id)


class _Shown:
    """What has been shown of one job."""

    def __init__(self, output: Output, keep: LogFilter, status: StatusLine) -> None:
        self._output = output
        self._keep = keep
        self._status = status
        self._text = LogText(output.paint, keep, progress=0 if output.live else 10)
        self._lost = False
        self._last = 0
        self._view: JobView | None = None

    async def show(self, event: LogEvent) -> None:
        """Show one event. Lets others run between batches: a log may have a million lines at once."""
        if isinstance(event, StreamState):
            self._stream(event)
        else:
            self._resumed()
            self._last = record_number(event.records[-1], self._last + len(event.records))
            for start in range(0, len(event.records), BATCH_LINES):
                self._lines(event.records[start : start + BATCH_LINES])
                await asyncio.sleep(0)

    def job(self, view: JobView) -> None:
        """Show how the job stands, if that is news."""
        if view == self._view:
            return
        self._view = view
        if self._output.as_json:
            self._output.event("job", payloads.job(view))
            return
        self._status.count_from(view.started or view.submitted)
        self._status.report(view.label.partition(", ")[0] if view.progress is not None else view.label, view.progress)

    def _lines(self, records: "list[LogRecord]") -> None:
        if self._output.as_json:
            kept = filter(self._keep.keeps, (line_of(record) for record in records))
            self._output.events("line", [payloads.log_line(line) for line in kept])
        elif shown := self._text.lines(records):
            self._output.line("\n".join(shown))

    def _stream(self, event: StreamState) -> None:
        if self._output.as_json:
            self._output.event("state", _state_payload(event, self._last))
            return
        if event.state == "reconnecting" and not self._lost:
            self._lost = True
            self._output.line(self._text.stream(f"connection lost {_clock()}, trying again"))
        elif event.state == "gap" and event.gap is not None:
            self._output.line(self._text.stream(f"lines {event.gap[0]} to {event.gap[1]} cannot be had"))
        elif event.state == "live":
            self._resumed()

    def _resumed(self) -> None:
        """The log goes on where it was: what cannot be had is told as a gap of its own."""
        if self._lost and not self._output.as_json:
            self._output.line(self._text.stream(f"resumed {_clock()}, nothing missing"))
        self._lost = False


def _clock() -> str:
    return time.strftime("%H:%M:%S")


def _state_payload(event: StreamState, last: int) -> dict[str, object]:
    """A `LogStateParams` without the name of the subscription."""
    payload: dict[str, object] = {"state": event.state, "last": last}
    if event.gap is not None:
        payload |= {"gapFrom": event.gap[0], "gapTo": event.gap[1]}
    return payload


def _leave(output: Output, view: JobView, again: str) -> None:
    if output.as_json:
        output.event("left", {"server": view.server, "job": view.id, "done": view.done})
    else:
        output.line(f"\nThe job goes on without you. To follow it again:\n  {again}")
