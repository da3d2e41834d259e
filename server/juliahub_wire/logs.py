"""Job logs (protocol §8): records, markers, the double-encoded page, the query."""

import json
import re
from collections.abc import Iterator
from datetime import datetime, timezone
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from . import julia_text

_body_decoder = msgspec.json.Decoder(str)
_array_decoder = msgspec.json.Decoder(list[Any])
TOP = "top"
BOTTOM = "bottom"
_FRACTION = re.compile(r"\.(\d+)")
_BETWEEN = re.compile(rb'(?<=\}),\s*(?=\{\s*\\")')
"""Between two elements of a page as it is sent, and perhaps within one."""
PIECE_BYTES = 1 << 16
"""So much of a page is decoded in one go: well under a millisecond, in which no other thread runs."""


class LogRecord(NamedTuple):
    """One record, or a marker when `meta` is true and `end` says which (§8.1). `event_id` is a line number in text
    form.

    A named tuple, not a model: a log may have a million, and every field but the shape itself is optional.
    """

    message: str = ""
    timestamp: str | int | None = None
    event_id: str | None = None
    keywords: dict[str, Any] = {}  # noqa: RUF012 - shared, never written
    metadata: dict[str, Any] = {}  # noqa: RUF012 - shared, never written
    meta: bool = False
    end: str | None = None

    @property
    def is_top(self) -> bool:
        """The beginning of the log."""
        return self.meta and self.end == TOP

    @property
    def is_bottom(self) -> bool:
        """The end of a finished job's complete log."""
        return self.meta and self.end == BOTTOM

    @property
    def unix_ms(self) -> int | None:
        """The timestamp in Unix milliseconds: servers send text or an integer (§8.1)."""
        return to_unix_ms(self.timestamp)


def marker(end: str) -> dict[str, Any]:
    """The marker element of a page or stream."""
    return {"message": "", "_meta": True, "end": end}


def encode_page(records: list[str]) -> str:
    """A page's body from records that are JSON text already.

    A JSON string holding the JSON array, nothing after it (§8.1).
    """
    return json.dumps("[" + ",".join(records) + "]", ensure_ascii=False)


def decode_page(body: "str | bytes") -> list[LogRecord]:
    """Read a page: a JSON string around the array, or the bare array some servers send. Bad elements are skipped
    (§8.1).

    Raises `LogPageError` with the server's reason for an object with `success: false`, and for anything that is not a
    page.
    """
    try:
        raw = body.encode() if isinstance(body, str) else body
        return [record_of(element) for element in _by_pieces(raw) if isinstance(element, dict)]
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        text = body if isinstance(body, str) else body.decode("utf-8", "replace")
        return [record_of(element) for element in _of_any_kind(text) if isinstance(element, dict)]


def record_of(element: dict[str, Any]) -> LogRecord:
    """A record from a decoded object; wrong types in optional fields fall back to their defaults."""
    get = element.get
    message, timestamp, event_id = get("message"), get("timestamp"), get("eventId")
    keywords, metadata = get("keywords"), get("metadata")
    return LogRecord(
        message if isinstance(message, str) else "",
        timestamp if isinstance(timestamp, (str, int)) else None,
        None if event_id is None else str(event_id),
        keywords if isinstance(keywords, dict) else {},
        metadata if isinstance(metadata, dict) else {},
        get("_meta") is True,
        get("end"),
    )


class LogPageError(ValueError):
    """The body of a log page that is none; the text is the server's reason where it gave one."""


def _by_pieces(body: bytes) -> Iterator[Any]:
    """A page as §8.1 has it, decoded piece by piece: as a whole it would keep all other threads waiting.

    A piece that was cut within an element does not decode, and is made longer.
    """
    body = body.strip()
    if not (body.startswith(b'"[') and body.endswith(b']"')):
        raise msgspec.DecodeError("It is no array within a string.")
    start, size, end = 2, PIECE_BYTES, len(body) - 2
    while start < end:
        cut = _BETWEEN.search(body, start + size, end)
        until = cut.start() if cut else end
        try:
            yield from _array_decoder.decode(_body_decoder.decode(b'"[%s]"' % body[start:until]))
        except msgspec.DecodeError:
            if cut is None:
                raise
            size *= 2
        else:
            start, size = cut.end() if cut else end, PIECE_BYTES


def _of_any_kind(body: str) -> list[Any]:
    """A bare array, an answer that is none, and JSON that only some read."""
    try:
        value = json.loads(body, strict=False)
        if isinstance(value, str):
            value = json.loads(value, strict=False)
    except RecursionError:
        raise LogPageError("The server's answer is not a log page.") from None
    except ValueError:
        value = _unescaped_elements(body)
    if isinstance(value, dict):
        raise LogPageError(str(value.get("reason") or value.get("message") or "The server sent no log."))
    if not isinstance(value, list):
        raise LogPageError("The server's answer is not a log page.")
    return value


def _unescaped_elements(body: str) -> Any:
    """The client's own way (§8.1): strip the outer quotes, unescape as Julia does, parse."""
    try:
        return json.loads(julia_text.unescape(body.strip()[1:-1]), strict=False)
    except (ValueError, RecursionError):
        raise LogPageError("The server's answer is not a log page.") from None


def to_unix_ms(timestamp: str | int | None) -> int | None:
    """ISO text (UTC unless it says otherwise) or Unix milliseconds; None when absent or unreadable."""
    return timestamp if timestamp is None or isinstance(timestamp, int) else _unix_ms(timestamp)


@lru_cache(maxsize=64)
def _unix_ms(timestamp: str) -> int | None:
    """Records that were written at once have the same time."""
    try:
        instant = datetime.fromisoformat(_FRACTION.sub(_six_digits, timestamp.replace("Z", "+00:00"), count=1))
    except ValueError:
        return None
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=timezone.utc)
    return round(instant.timestamp() * 1000)


def _six_digits(fraction: "re.Match[str]") -> str:
    """Python before 3.11 reads fractions of three or six digits only; servers send any number up to three."""
    return f".{fraction[1]:0<6.6}"


def iso_ms(unix_seconds: float) -> str:
    """`2023-03-15T07:56:55.120Z`: UTC with three fraction digits (§8.1)."""
    instant = datetime.fromtimestamp(unix_seconds, timezone.utc)
    return f"{instant:%Y-%m-%dT%H:%M:%S}.{instant.microsecond // 1000:03d}Z"
