"""Where a command's words go: text for people on standard output, or JSON for programs."""

import json
import os
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TextIO

from juliahub_ls.domain.text import Paint

if TYPE_CHECKING:
    from rich.console import Console, RenderableType


class OutputClosed(Exception):
    """Whoever read our output has gone. No `OSError`, so that nobody takes it for the network's."""


class OutputFailed(Exception):
    """Our output cannot be written, as when it goes to a file on a full disk. The text is the system's reason."""


class Output:
    """Standard output and error of one command.

    `live`: a terminal that can show colours and a line that changes; else plain lines, as with `NO_COLOR`.
    """

    def __init__(self, stdout: TextIO, stderr: TextIO, *, as_json: bool, stream: bool, live: bool) -> None:
        self.as_json = as_json
        self.stream = stream
        self.live = live and not as_json
        unicode = (getattr(stdout, "encoding", None) or "ascii").lower().startswith("utf")
        self.paint = Paint(colours=self.live, unicode=unicode)
        self._stdout = stdout
        self._stderr = stderr
        self._console: Console | None = None
        self._pinned: Callable[[str], None] | None = None
        self._writing = threading.RLock()

    @classmethod
    def standard(cls, *, as_json: bool, stream: bool = False) -> "Output":
        """The process's own streams. JSON is UTF-8 whatever the locale; text has `?` for what the locale lacks."""
        for file in (sys.stdout, sys.stderr):
            with suppress(AttributeError):
                file.reconfigure(errors="replace")  # type: ignore[union-attr]
        if as_json:
            with suppress(AttributeError):
                sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")  # type: ignore[union-attr]
        return cls(sys.stdout, sys.stderr, as_json=as_json, stream=stream, live=_can_be_live(sys.stdout))

    @property
    def console(self) -> "Console":
        """rich's console on standard output, made when first needed. It never reads markup in our texts."""
        if self._console is None:
            from rich.console import Console

            width = None if self.live else max(_plain_width(), 60)
            self._console = Console(
                file=self._stdout, markup=False, highlight=False, emoji=False, no_color=not self.live, width=width
            )
        return self._console

    def document(self, payload: Any) -> None:
        """The one JSON document of a command."""
        self._write(json.dumps(payload, ensure_ascii=False, indent=2) + "\n")

    def events(self, kind: str, payloads: "list[dict[str, Any]]") -> None:
        """JSON lines, each with its type."""
        lines = [json.dumps({"type": kind} | payload, ensure_ascii=False) for payload in payloads]
        self._write("".join(f"{line}\n" for line in lines))

    def event(self, kind: str, payload: Mapping[str, Any]) -> None:
        """One JSON line."""
        self.events(kind, [dict(payload)])

    def line(self, text: str = "") -> None:
        """A line of text for people; several when it has line breaks."""
        self._write(text + "\n")

    def table(self, table: "RenderableType") -> None:
        """A rich table, without the blanks that fill its lines."""
        from io import StringIO

        from rich.console import Console

        text = StringIO()
        Console(
            file=text,
            force_terminal=self.live,
            color_system="standard" if self.live else None,
            width=self.console.width,
            markup=False,
            highlight=False,
            emoji=False,
        ).print(table)
        lines = text.getvalue().rstrip("\n").split("\n")
        self._write("".join(f"{line.rstrip()}\n" for line in lines))

    def note(self, text: str) -> None:
        """A line on standard error: errors, and what is no part of the answer."""
        with self._writing, suppress(OSError):
            print(text, file=self._stderr, flush=True)

    def pin(self, write: "Callable[[str], None] | None") -> None:
        """From now on write through this function, which keeps a pinned line below; None: directly again."""
        self._pinned = write

    def _write(self, text: str) -> None:
        with self._writing:
            try:
                if self._pinned is not None:
                    self._pinned(text)
                    return
                self._stdout.write(text)
                self._stdout.flush()
            except BrokenPipeError:
                raise OutputClosed from None
            except OSError as error:
                raise OutputFailed((error.strerror or str(error)).lower()) from error


def _can_be_live(stdout: TextIO) -> bool:
    return stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _plain_width() -> int:
    """Wide enough that a table in a pipe is never cut; a terminal keeps its own width."""
    return os.get_terminal_size(1).columns if sys.stdout.isatty() else 400
