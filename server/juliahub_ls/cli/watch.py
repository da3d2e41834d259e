"""Shows a job that is followed: headings, the log, a pinned line of what happens now, or JSON lines."""

import asyncio
import time
from collections.abc import Sequence

from juliahub_ls import payloads
from juliahub_ls.cli.output import Output
from juliahub_ls.cli.status_line import StatusLine
from juliahub_ls.domain.jobs.job_view import JobView
from juliahub_ls.domain.logs.text import LogText
from juliahub_ls.services.jobs import Jobs, Look
from juliahub_ls.services.log_stream import StreamState
from juliahub_ls.services.log_window import ShownLine, WindowEvent, WindowLines

PINNED_HINT = "Ctrl-C leaves the job running"


async def watch(
    output: Output, jobs: Jobs, view: JobView, again: str, look: Look | None = None, *, headings: bool = True
) -> JobView:
    """Show the job until it ends; how it ended. On Ctrl-C says that the job goes on, and that `again` follows it.

    `look`: which lines of its log; None: all. `headings`: with the job's phases between them.
    """
    try:
        with StatusLine(output, PINNED_HINT) as status:
            shown = _Shown(output, headings, status)
            shown.job(view)
            jobs.subscribe(lambda changed: shown.job(changed) if changed.id == view.id else None)
            async for event in jobs.follow(None, view.id, look):
                await shown.show(event)
    except asyncio.CancelledError:
        _leave(output, jobs.view(view.server, view.id), again)
        raise
    return jobs.view(view.server, view.id)


def print_lines(output: Output, text: LogText, lines: Sequence[ShownLine]) -> None:
    """Lines of a log, as text or as events."""
    if output.as_json:
        output.events("line", payloads.shown_lines(lines))
    elif shown := text.lines(one.line for one in lines):
        output.line("\n".join(shown))


class _Shown:
    """What has been shown of one job."""

    def __init__(self, output: Output, headings: bool, status: StatusLine) -> None:
        self._output = output
        self._status = status
        self._text = LogText(output.paint, headings=headings, progress=0 if output.live else 10)
        self._lost = False
        self._last = 0
        self._view: JobView | None = None

    async def show(self, event: WindowEvent) -> None:
        """Show one event. Lets others run between batches: a log may have a million lines at once."""
        if isinstance(event, StreamState):
            self._stream(event)
        elif isinstance(event, WindowLines):
            self._resumed()
            print_lines(self._output, self._text, event.lines)
            self._last = event.lines[-1].line.id if event.lines else self._last
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

    def _stream(self, event: StreamState) -> None:
        if self._output.as_json:
            self._output.event("state", _state_payload(event, self._last))
            return
        if event.state == "reconnecting" and not self._lost:
            self._lost = True
            self._output.line(self._text.stream(f"connection lost {_clock()}, trying again"))
        elif event.state == "gap" and event.gap is not None:
            resumed = f"resumed {_clock()}, " if self._lost else ""
            self._lost = False
            self._output.line(self._text.stream(f"{resumed}lines {event.gap[0]} to {event.gap[1]} cannot be had"))
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
