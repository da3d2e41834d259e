"""Choices as an editor gets them: files as URIs."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from juliahub_ls.domain.jobs.choices import BY_KEY, Kind
from juliahub_ls.payloads.common import uri

FILES = tuple(key for key, choice in BY_KEY.items() if choice.kind is Kind.PATH)


def choices(value: Mapping[str, Any]) -> dict[str, Any]:
    """A `SubmitParams`."""
    return {**value} | {key: uri(Path(value[key])) for key in FILES if key in value}
