"""Drives the real command line as a process of its own, in folders of its own."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, Queue
from typing import Any
from urllib.parse import urlsplit

from tests.support.hub import hub_environment, wait_for

COMMAND = [sys.executable, "-m", "juliahub_ls.cli.main"]
SECONDS = 60
SHAPE_OF_OUTPUT = ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES")
"""A terminal's own size counts, not what the tests' runner has set."""


@dataclass(frozen=True)
class Ran:
    """A command that has ended."""

    code: int
    stdout: str
    stderr: str

    @property
    def document(self) -> Any:
        """Standard output as the one JSON document it should be."""
        return json.loads(self.stdout)

    @property
    def events(self) -> list[dict[str, Any]]:
        """Standard output as JSON lines."""
        return [json.loads(line) for line in self.stdout.splitlines()]

    @property
    def error(self) -> dict[str, Any]:
        """The error that ended a command with `--json`."""
        found: dict[str, Any] = self.events[-1]["error"] if self.stdout.count("\n") else {}
        return found


@dataclass(frozen=True)
class Cli:
    """The command line of a user whose files are all below `folder`. In `extra` an empty value unsets a variable."""

    folder: Path
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """Nothing of the real user's shines through."""
        own = {
            "JULIAHUB_CONFIG_DIR": str(self.folder / "config"),
            "JULIAHUB_CACHE_DIR": str(self.folder / "cache"),
            "LOCALHUB_STATE_DIR": str(self.folder / "state"),
            "LOCALHUB_DATA_DIR": str(self.folder / "data"),
            "JULIA_DEPOT_PATH": str(self.folder / "depot"),
        }
        unwanted = {"JULIA_PKG_SERVER", "DISPLAY", "WAYLAND_DISPLAY", "JULIAHUB_DEBUG", *SHAPE_OF_OUTPUT}
        inherited = {key: value for key, value in hub_environment().items() if key not in unwanted}
        return {key: value for key, value in (inherited | own | self.extra).items() if value}

    def run(self, *arguments: object, cwd: Path | None = None) -> Ran:
        """Run to the end, in a pipe."""
        done = subprocess.run(
            [*COMMAND, *map(str, arguments)],
            env=self.environment,
            cwd=cwd or self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=SECONDS,
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    def start(self, *arguments: object) -> "Running":
        """Start it, and talk with it while it runs."""
        stderr = self.folder / "stderr"
        with stderr.open("w") as errors:
            process = subprocess.Popen(
                [*COMMAND, *map(str, arguments)],
                env=self.environment,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                encoding="utf-8",
            )
        return Running(process, stderr)

    def sign_in(self, url: str, token: str = "a-token") -> None:
        """Put a token for that server where `login` would."""
        folder = self.folder / "depot" / "servers" / str(urlsplit(url).hostname)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "auth.toml").write_text(f'access_token = "{token}"\nid_token = "{token}"\nexpires_in = 86400\n')


class Running:
    """A command that runs. Its lines are read as they come, so that waiting for one can fail in time."""

    def __init__(self, process: "subprocess.Popen[str]", stderr: Path) -> None:
        self.process = process
        self._stderr = stderr
        self.lines: list[str] = []
        self._queue: Queue[str | None] = Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def until(self, text: str) -> str:
        """Read on to the first line with this text; that line."""
        for line in self._following():
            if text in line:
                return line
        raise AssertionError(f"it ended without {text!r}: {self.lines} {self.error_text()}")

    def until_event(self, kind: str, **fields: Any) -> dict[str, Any]:
        """Read on to the first JSON line of that type with those fields."""
        for line in self._following():
            event: dict[str, Any] = json.loads(line)
            if event["type"] == kind and fields.items() <= event.items():
                return event
        raise AssertionError(f"it ended without {kind} {fields}: {self.lines} {self.error_text()}")

    def interrupt(self) -> None:
        """Press Ctrl-C."""
        self.process.send_signal(signal.SIGINT)

    def ended(self) -> Ran:
        """Wait for the end."""
        for _ in self._following():
            pass
        code = self.process.wait(SECONDS)
        return Ran(code, "".join(self.lines), self.error_text())

    def error_text(self) -> str:
        """What it has written to standard error so far."""
        return self._stderr.read_text("utf-8")

    def until_error(self, text: str) -> str:
        """Wait for a line with this text on standard error; that line."""

        def found() -> str | None:
            return next((line for line in self.error_text().splitlines() if text in line), None)

        return str(wait_for(found, f"{text!r} on standard error"))

    def _following(self) -> Iterator[str]:
        while True:
            try:
                line = self._queue.get(timeout=SECONDS)
            except Empty:
                self.process.kill()
                raise AssertionError(f"nothing came for {SECONDS} s after {self.lines}") from None
            if line is None:
                return
            self.lines.append(line)
            yield line

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as stdout:
            for line in stdout:
                self._queue.put(line)
        self._queue.put(None)


def on_terminal(
    cli: Cli, *arguments: object, when: "tuple[str, Callable[[], None]] | None" = None, **extra: str
) -> tuple[int, str]:
    """Run a command on a terminal of its own (POSIX only); its exit code and everything it wrote there.

    `when`: a text, and what to do once it has been written.
    """
    import fcntl
    import pty
    import struct
    import termios

    controller, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 100, 0, 0))
    process = subprocess.Popen(
        [*COMMAND, *map(str, arguments)],
        env=cli.environment | {"TERM": "xterm-256color"} | extra,
        cwd=cli.folder,
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
    )
    os.close(terminal)
    written = b""
    try:
        for chunk in _chunks(controller):
            written += chunk
            if when is not None and when[0].encode() in written:
                when[1]()
                when = None
        return process.wait(SECONDS), written.decode()
    finally:
        process.kill()
        process.wait()
        os.close(controller)


def _chunks(controller: int) -> Iterator[bytes]:
    """Until the last writer has closed the terminal, which Linux tells as an input/output error."""
    while True:
        try:
            chunk = os.read(controller, 1 << 16)
        except OSError:
            return
        if not chunk:
            return
        yield chunk
