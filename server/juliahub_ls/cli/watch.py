"""Shows a job that is followed: headings, the log, a pinned line of what happens now, or JSON lines."""

import asyncio
import time
from typing import TYPE_CHECKING

from juliahub_ls import payloads
from juliahub_ls.cli.follow import FollowEvent, Following
from juliahub_ls.cli.log_view import LogText
from juliahub_ls.cli.output import Output
from juliahub_ls.cli.status_line import StatusLine
from juliahub_ls.domain.job_view import JobView
from juliahub_ls.domain.log_filter import LogFilter
from juliahub_ls.domain.log_line import line_of
from juliahub_ls.services.log_stream import StreamState

if TYPE_CHECKING:
    from juliahub_wire.logs import LogRecord

BATCH_LINES = 500
PINNED_HINT = "Ctrl-C leaves the job running"


async def watch(output: Output, following: Following, keep: LogFilter, again: str) -> JobView:
    """Show the job until it ends; how it ended. On Ctrl-C says that the job goes on, and that `again` follows it."""
    try:
        with StatusLine(output, PINNED_HINT) as status:
            shown = _Shown(output, following, keep, status)
            async for event in following.events():
                await shown.show(event)
    except asyncio.CancelledError:
        _leave(output, following.view, again)
        raise
    return following.view


class _Shown:
    """What has been shown of one job."""

    def __init__(self, output: Output, following: Following, keep: LogFilter, status: StatusLine) -> None:
        self._output = output
        self._following = following
        self._keep = keep
        self._status = status
        self._text = LogText(output.paint, keep, progress=0 if output.live else 10)
        self._lost: str | None = None
        self._gap = False
        self._view(following.view)

    async def show(self, event: FollowEvent) -> None:
        """Show one event. Lets others run between batches: a log may have a million lines at once."""
        if isinstance(event, JobView):
            self._view(event)
        elif isinstance(event, StreamState):
            self._stream(event)
        else:
            for start in range(0, len(event.records), BATCH_LINES):
                self._lines(event.records[start : start + BATCH_LINES])
                await asyncio.sleep(0)

    def _view(self, view: JobView) -> None:
        if self._output.as_json:
            self._output.event("job", payloads.job(view))
            return
        self._status.count_from(view.started or view.submitted)
        self._status.report(view.label.partition(", ")[0] if view.progress is not None else view.label, view.progress)

    def _lines(self, records: "list[LogRecord]") -> None:
        if self._output.as_json:
            kept = filter(self._keep.keeps, (line_of(record, 0) for record in records))
            self._output.events("line", [payloads.log_line(line) for line in kept])
        elif shown := self._text.lines(records):
            self._output.line("\n".join(shown))

    def _stream(self, event: StreamState) -> None:
        if self._output.as_json:
            self._output.event("state", state_payload(event, self._following.last))
            return
        now = time.strftime("%H:%M:%S")
        if event.state == "reconnecting" and self._lost is None:
            self._lost = now
            self._output.line(self._text.stream(f"connection lost {now}, trying again"))
        elif event.state == "gap" and event.gap is not None:
            self._gap = True
            self._output.line(self._text.stream(f"lines {event.gap[0]} to {event.gap[1]} cannot be had"))
        elif event.state == "live" and self._lost is not None:
            self._lost = None
            self._output.line(self._text.stream(f"resumed {now}{'' if self._gap else ', nothing missing'}"))


def state_payload(event: StreamState, last: int) -> dict[str, object]:
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
