"""A job's summary as lines of a table: nested JSON in reading order, or flat by dotted keys."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from juliahub_ls.domain.values import is_number, plain_text

KEPT_CHARACTERS = 1000
"""JuliaHub keeps no more of a job's results text (protocol §7.5)."""
_PLAIN_KEY = re.compile(r"[^.\[\]\"]+")


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """`SummaryRow` of `docs/protocol.md`."""

    key: str
    path: str
    depth: int
    kind: Literal["group", "number", "text", "flag", "nothing"]
    text: str
    entries: int | None = None


def summary_rows(summary: Any) -> list[SummaryRow]:
    """Every entry, a group before its own. A list of plain values is one line."""
    return list(_rows(summary, "", 0))


def flat(summary: Any) -> dict[str, Any]:
    """Each value by its path: `{"fit": {"loss": 1}}` is `{"fit.loss": 1}`. Lists of plain values stay values."""
    return dict(_leaves(summary, ""))


def is_cut(outputs: str) -> bool:
    """Whether the end of a results text is probably missing."""
    return len(outputs) >= KEPT_CHARACTERS


def _rows(value: Any, path: str, depth: int) -> Iterator[SummaryRow]:
    for inner_path, key, inner in _walk(value, path):
        if _is_group(inner):
            yield SummaryRow(key, inner_path, depth, "group", "", len(inner))
            yield from _rows(inner, inner_path, depth + 1)
        else:
            yield SummaryRow(key, inner_path, depth, _kind(inner), plain_text(inner))


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    for inner_path, _, inner in _walk(value, path):
        if _is_group(inner):
            yield from _leaves(inner, inner_path)
        else:
            yield inner_path, inner


def _walk(value: Any, path: str) -> Iterator[tuple[str, str, Any]]:
    """Path, key and value of what is directly in an object or a list."""
    if isinstance(value, dict):
        for key, inner in value.items():
            name = key if _PLAIN_KEY.fullmatch(key) else json.dumps(key, ensure_ascii=False)
            yield f"{path}.{name}" if path else name, key, inner
    elif isinstance(value, list):
        for number, inner in enumerate(value, 1):
            yield f"{path}[{number}]", f"[{number}]", inner


def _is_group(value: Any) -> bool:
    if isinstance(value, dict):
        return bool(value)
    return isinstance(value, list) and any(isinstance(item, (dict, list)) for item in value)


def _kind(value: Any) -> Literal["number", "text", "flag", "nothing"]:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "flag"
    return "number" if is_number(value) else "text"
