"""The byte stream of one Julia process, decoded into printed lines and records.

The rules are in docs/job-directory.md, "The stream of one process". Pure and incremental: however a
stream is cut into chunks, the same items come out.
"""

import json
import math
import re
from typing import Any, NoReturn

MAX_LINE_BYTES = 64 * 1024
MAX_RECORD_BYTES = 1024 * 1024

Record = dict[str, Any]
Item = str | Record
"""A printed line (without its end), or a record: a JSON object whose ``jrun`` names its kind."""

_RECORD_MARK = b"\x1e"
_TOKENS = re.compile(rb"[^\n\r\x1e]+|[\n\r\x1e]")


class StreamDecoder:
    """Turns chunks of one process's output into items; holds at most one unfinished line or record."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._in_record = False
        self._redraw = False

    def feed(self, chunk: bytes) -> list[Item]:
        """Items that ``chunk`` completes, in the order they were written."""
        items: list[Item] = []
        end = chunk.rfind(b"\n") + 1
        if end and self._is_plain(chunk, end):
            items.extend((self._held + chunk[: end - 1]).decode("utf-8", "replace").split("\n"))
            self._held.clear()
            chunk = chunk[end:]
        for token in _TOKENS.findall(chunk):
            self._take(token, items)
        return items

    def finish(self) -> list[Item]:
        """What is left when the stream ends without a final newline."""
        items: list[Item] = []
        self._end_line(items, even_if_empty=False)
        return items

    def _is_plain(self, chunk: bytes, end: int) -> bool:
        """Whether everything up to the last newline is ordinary lines, so that all can be decoded in one step."""
        return (
            not self._in_record
            and not self._redraw
            and end <= MAX_LINE_BYTES
            and len(self._held) + chunk.find(b"\n") <= MAX_LINE_BYTES
            and chunk.find(_RECORD_MARK, 0, end) < 0
            and chunk.find(b"\r", 0, end) < 0
        )

    def _take(self, token: bytes, items: list[Item]) -> None:
        if token == b"\n":
            self._end_line(items, even_if_empty=True)
        elif token == _RECORD_MARK:
            self._end_line(items, even_if_empty=False)
            self._in_record = True
        elif token == b"\r" and not self._in_record:
            self._redraw = True
        else:
            self._append(token, items)

    def _append(self, text: bytes, items: list[Item]) -> None:
        if self._redraw:
            self._redraw = False
            self._held.clear()
        self._held += text
        if self._in_record and len(self._held) > MAX_RECORD_BYTES:
            self._in_record = False
            self._held[:0] = _RECORD_MARK
        if not self._in_record:
            self._cut_long_line(items)

    def _cut_long_line(self, items: list[Item]) -> None:
        start = 0
        while len(self._held) - start > MAX_LINE_BYTES:
            end = _character_boundary(self._held, start + MAX_LINE_BYTES)
            items.append(self._held[start:end].decode("utf-8", "replace"))
            start = end
        del self._held[:start]

    def _end_line(self, items: list[Item], *, even_if_empty: bool) -> None:
        """Close what is held: by a newline (``even_if_empty``), by the mark of a record, or by the end of the stream.

        Before a newline ``\\r`` belongs to the line's end; anywhere else it is a line being redrawn, which is dropped.
        """
        held, was_record = bytes(self._held), self._in_record
        redrawn = self._redraw and not even_if_empty
        self._held.clear()
        self._in_record = self._redraw = False
        if was_record:
            items.extend(_record_or_lines(held))
        elif not redrawn and (held or even_if_empty):
            items.append(held.decode("utf-8", "replace"))


def _record_or_lines(raw: bytes) -> list[Item]:
    """The record in ``raw``; as printed text, cut to length, where it is not one."""
    record = _parse(raw)
    if record is not None:
        return [record]
    text = bytearray(_RECORD_MARK + raw)
    lines: list[Item] = []
    while text:
        end = _character_boundary(text, MAX_LINE_BYTES)
        lines.append(text[:end].decode("utf-8", "replace"))
        del text[:end]
    return lines


def _parse(raw: bytes) -> Record | None:
    try:
        value = json.loads(raw.decode("utf-8", "replace"), parse_constant=_refuse, parse_float=_finite)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) and isinstance(value.get("jrun"), str) else None


def _refuse(literal: str) -> NoReturn:
    """NaN and infinities are not JSON: they would make a stored line that no one else can read."""
    raise ValueError(literal)


def _finite(literal: str) -> float:
    number = float(literal)
    return number if math.isfinite(number) else _refuse(literal)


def _character_boundary(text: bytearray, limit: int) -> int:
    """The last place at or before ``limit`` that does not split a UTF-8 character."""
    if len(text) <= limit:
        return len(text)
    for end in range(limit, limit - 4, -1):
        if text[end] & 0xC0 != 0x80:
            return end
    return limit
