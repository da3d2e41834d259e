"""A value that a job left or logged, as text."""

import json
import math
from typing import Any, TypeGuard

SHORT_CHARACTERS = 200


def is_number(value: object) -> TypeGuard[float]:
    """A number, and no `true`."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def finite(value: float) -> float | None:
    """As a float; None for infinity, for what is no number, and for a whole number beyond what a float holds."""
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def plain_text(value: Any) -> str:
    """Whole: numbers with all their digits, lists and objects as JSON."""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def short_text(value: Any) -> str:
    """In one line: numbers with six significant digits, the first line of a text, at most 200 characters."""
    if is_number(value):
        return cut(short_number(value))
    return cut(first_line(plain_text(value)))


def short_number(value: float) -> str:
    """Six significant digits; whole numbers whole."""
    if isinstance(value, int) or not math.isfinite(value):
        return str(value)
    return f"{value:.0f}" if value.is_integer() and abs(value) < 1e15 else f"{value:.6g}"


def cut(text: str) -> str:
    """At most 200 characters, the last one a sign that there are more."""
    return text if len(text) <= SHORT_CHARACTERS else text[: SHORT_CHARACTERS - 1] + "…"


def first_line(text: str) -> str:
    """Without the spaces around it."""
    return text.strip().split("\n", 1)[0].strip()
