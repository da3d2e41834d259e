"""One line that tells what is happening: pinned below the log on a terminal, JSON lines for programs, else quiet."""

import threading
import time
from types import TracebackType
from typing import TYPE_CHECKING

from juliahub_ls.cli.output import Output
from juliahub_ls.domain.jobs.job_view import duration

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
    from rich.live import Live

REFRESHES_PER_SECOND = 8
BAR_COLUMNS = 28


class StatusLine:
    """A `Progress` for the terminal. Use it as a context; what `output` prints meanwhile goes above the line."""

    def __init__(self, output: Output, hint: str = "") -> None:
        self._output = output
        self._hint = hint
        self.message = ""
        self._fraction: float | None = None
        self._since: float | None = None
        self._told = ""
        self._live: Live | None = None
        self._lock = threading.Lock()

    def report(self, message: str, fraction: float | None = None) -> None:
        """Show this from now on. May be called from any thread."""
        with self._lock:
            self.message, self._fraction = message, fraction
        if self._output.as_json and self._output.stream:
            known = {} if fraction is None else {"fraction": round(fraction, 4)}
            self._output.event("progress", {"message": message, **known})

    def count_from(self, unix_ms: int | None) -> None:
        """Show the time since then; None: none."""
        self._since = None if unix_ms is None else unix_ms / 1000

    def __enter__(self) -> "StatusLine":
        if self._output.live:
            self._live = self._start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._output.pin(None)
            self._live.stop()
            self._live = None

    def _start(self) -> "Live":
        from rich.live import Live

        console = self._output.console
        live = Live(
            get_renderable=self._render,
            console=console,
            refresh_per_second=REFRESHES_PER_SECOND,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        live.start()
        self._output.pin(lambda text: console.print(_Raw(text), end="", soft_wrap=True))
        return live

    def _render(self) -> "RenderableType":
        from rich.progress_bar import ProgressBar
        from rich.table import Table
        from rich.text import Text

        with self._lock:
            message, fraction = self.message, self._fraction
        line = Table.grid(padding=(0, 2, 0, 0))
        line.add_column(no_wrap=True, overflow="ellipsis")
        cells: list[RenderableType] = [Text(f"{self._spinner()} {message}", style="bold")]
        if fraction is not None:
            line.add_column(width=BAR_COLUMNS)
            line.add_column(justify="right", no_wrap=True)
            cells += [ProgressBar(total=1.0, completed=fraction, width=BAR_COLUMNS), Text(f"{fraction:.0%}")]
        for aside in (self._elapsed(), self._hint):
            if aside:
                line.add_column(no_wrap=True, overflow="ellipsis")
                cells.append(Text(aside, style="dim"))
        line.add_row(*cells)
        return line if message else Text("")

    def _elapsed(self) -> str:
        return "" if self._since is None else duration(round((time.time() - self._since) * 1000))

    def _spinner(self) -> str:
        frames = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏" if self._output.paint.unicode else "|/-\\"
        return frames[int(time.monotonic() * REFRESHES_PER_SECOND) % len(frames)]


class _Raw:
    """Text with colours of its own that rich writes as it is, neither wrapped nor read as markup."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __rich_console__(self, _console: "Console", _options: "ConsoleOptions") -> "RenderResult":
        from rich.segment import Segment

        yield Segment(self._text)
