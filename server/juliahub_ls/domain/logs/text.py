"""Log records as lines for people: time, worker, a margin in the level's colour, the message, its keywords."""

import json
import time
from collections.abc import Iterable
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

from juliahub_ls.domain.text import Paint

from .line import PHASES, LogLine, fraction_of, severity

_WARNING, _ERROR, _DEBUG = severity("warn"), severity("error"), severity("debug")


class LogText:
    """Formats lines. With `headings` marks of the job's phases become headings, else they are left out."""

    def __init__(self, paint: Paint, *, headings: bool = True, progress: int | None = None) -> None:
        """`progress`: of records that tell how far a task is, show one each time it has come so many percent on.

        None: show all; 0: none, as a bar does.
        """
        self._paint = paint
        self._headings = headings
        self._progress = progress
        self._reached: dict[str, int] = {}
        self._margins = {level: paint(paint.sign("│"), style) for level, style in _MARGIN_STYLES.items()}

    def lines(self, lines: Iterable[LogLine]) -> list[str]:
        """The text of lines, each of one or more."""
        return [text for line in lines if (text := self._text(line)) is not None]

    def rendered(self, lines: Iterable[LogLine]) -> str:
        """The same as one text for a file, each line with its end."""
        return "".join(f"{text}\n" for text in self.lines(lines))

    def _text(self, line: LogLine) -> str | None:
        internal = line.internal
        if internal is not None and ("phase" in internal or "workers_joined" in internal):
            heading = _heading(internal) if self._headings else None
            return self.heading(heading) if heading else None
        fraction = fraction_of((line.keywords or {}).get("progress"))
        return self.line(line) if fraction is None else self._progress_line(line, fraction)

    def _progress_line(self, line: LogLine, fraction: float) -> str | None:
        if self._progress is not None:
            step = round(fraction * 100) // self._progress if self._progress else 0
            if not self._progress or self._reached.get(line.message) == step:
                return None
            self._reached[line.message] = step
        return self.line(line, f"{fraction:.0%}")

    def heading(self, text: str) -> str:
        """A state of the job, as a line between the log's."""
        return f"{self._paint(self._paint.sign('●'), 'cyan')} {self._paint(text, 'bold')}"

    def stream(self, text: str) -> str:
        """What became of the connection, as a line of its own."""
        rule = self._paint.sign("──")
        return self._paint(f"{rule} {text} {rule}", "yellow")

    def line(self, line: LogLine, progress: str = "") -> str:
        """One record; `progress`: how far it says a task is."""
        paint, level = self._paint, _level(severity(line.level))
        clock = time.strftime("%H:%M:%S", time.localtime(line.time / 1000)) if line.time is not None else " " * 8
        worker = f"w{line.worker}".ljust(3) if line.worker > 1 else "   "
        first, *rest = paint.foreign(line.message.rstrip("\n")).split("\n")
        head = f"{paint(clock, 'dim')} {paint(worker, 'cyan')} {self._margins[level]} "
        text = f"{head}{_word(paint, level)}{first}"
        keywords = {key: value for key, value in (line.keywords or {}).items() if not (progress and key == "progress")}
        blocks = [(key, value) for key, value in keywords.items() if _is_block(value)]
        for aside in (progress, self._aside(line, keywords, level)):
            text += f"  {paint(aside, 'dim')}" if aside else ""
        if not rest and not blocks:
            return text
        margin = f"{' ' * 12} {self._margins[level]} "
        rest += [part for name, value in blocks for part in self._block(name, value)]
        return "\n".join([text, *(margin + part for part in rest)])

    def _aside(self, line: LogLine, keywords: dict[str, Any], level: str) -> str:
        """Keywords, and where a warning or error was logged."""
        parts = [f"{name}={_value(value)}" for name, value in keywords.items() if not _is_block(value)]
        if level in ("warn", "error") and line.file and line.line:
            parts.append(f"({_name(line.file)}:{line.line})")
        return self._paint.bare(" ".join(parts))

    def _block(self, name: str, value: str) -> list[str]:
        body = self._paint.bare(value.rstrip("\n")).split("\n")
        return [self._paint(f"{self._paint.bare(name)}:", "dim"), *(f"  {part}" for part in body)]


_MARGIN_STYLES = {"debug": "blue", "info": "dim", "warn": "yellow", "error": "red"}
_WORDS = {"debug": ("Debug: ", "blue"), "warn": ("Warning: ", "bold yellow"), "error": ("Error: ", "bold red")}


def _heading(internal: dict[str, Any]) -> str | None:
    """The workers are one heading, when all have joined."""
    joined, expected = internal.get("workers_joined"), internal.get("workers_expected")
    if joined is not None:
        return f"Starting, {joined} of {expected} workers" if joined == expected else None
    phase = internal.get("phase")
    return PHASES.get(str(phase)) if phase != "cluster" else None


def _level(number: int) -> str:
    if number >= _ERROR:
        return "error"
    if number >= _WARNING:
        return "warn"
    return "debug" if number <= _DEBUG else "info"


def _word(paint: Paint, level: str) -> str:
    """The level in a word, so that it is not told by colour alone."""
    return paint(*_WORDS[level]) if level in _WORDS else ""


def _is_block(value: Any) -> bool:
    return isinstance(value, str) and "\n" in value


def _value(value: Any) -> str:
    if isinstance(value, str) and value and not any(character.isspace() for character in value):
        return value
    return json.dumps(value, ensure_ascii=False)


def _name(file: str) -> str:
    """The last part of a path of the job's machine, whichever that is."""
    return PureWindowsPath(file).name if "\\" in file else PurePosixPath(file).name
