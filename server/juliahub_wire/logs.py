"""Job logs (protocol §8): records, markers, the double-encoded page, the query."""

import json
from datetime import datetime, timezone
from typing import Any

from pydantic import Field

from . import julia_text
from .model import WireModel

TOP = "top"
BOTTOM = "bottom"


class LogRecord(WireModel):
    """One record, or a marker when `_meta` is true and `end` says which (§8.1).

    `eventId` is a line number in text form.
    """

    message: str = ""
    timestamp: str | int | None = None
    eventId: str | None = None  # noqa: N815 - the wire's name
    keywords: dict[str, Any] = Field(default_factory=dict)
    metadata: dict[str, Any] = Field(default_factory=dict)
    meta: bool = Field(default=False, alias="_meta")
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


def decode_page(body: str) -> list[LogRecord]:
    """Read a page: a JSON string around the array, or the bare array some servers send. Bad elements are skipped
    (§8.1).

    Raises `LogPageError` with the server's reason for an object with `success: false`, and for anything that is not a
    page.
    """
    return [record_of(element) for element in _elements(body) if isinstance(element, dict)]


def record_of(element: dict[str, Any]) -> LogRecord:
    """A record from a decoded object; wrong types in optional fields fall back to their defaults."""
    keywords, metadata = element.get("keywords"), element.get("metadata")
    message, event_id = element.get("message"), element.get("eventId")
    timestamp = element.get("timestamp")
    return LogRecord.model_construct(
        message=message if isinstance(message, str) else "",
        timestamp=timestamp if isinstance(timestamp, (str, int)) else None,
        eventId=None if event_id is None else str(event_id),
        keywords=keywords if isinstance(keywords, dict) else {},
        metadata=metadata if isinstance(metadata, dict) else {},
        meta=element.get("_meta") is True,
        end=element.get("end"),
    )


class LogPageError(ValueError):
    """The body of a log page that is none; the text is the server's reason where it gave one."""


def _elements(body: str) -> list[Any]:
    try:
        value = json.loads(body, strict=False)
        if isinstance(value, str):
            value = json.loads(value, strict=False)
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
    except ValueError:
        raise LogPageError("The server's answer is not a log page.") from None


def to_unix_ms(timestamp: str | int | None) -> int | None:
    """ISO text (UTC unless it says otherwise) or Unix milliseconds; None when absent or unreadable."""
    if timestamp is None or isinstance(timestamp, int):
        return timestamp
    try:
        instant = datetime.fromisoformat(timestamp.replace("Z", "+00:00"))
    except ValueError:
        return None
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=timezone.utc)
    return round(instant.timestamp() * 1000)


def iso_ms(unix_seconds: float) -> str:
    """`2023-03-15T07:56:55.120Z`: UTC with three fraction digits (§8.1)."""
    instant = datetime.fromtimestamp(unix_seconds, timezone.utc)
    return f"{instant:%Y-%m-%dT%H:%M:%S}.{instant.microsecond // 1000:03d}Z"
