"""Choices as an editor sends them: files are URIs there, paths here."""

from collections.abc import Mapping
from typing import Any

from juliahub_ls.lsp.uris import path_of
from juliahub_ls.payloads.choices import FILES

_NOT_CHOSEN = frozenset({"workDoneToken"})


def choices_from(params: Mapping[str, Any]) -> dict[str, Any]:
    """A `SubmitParams` as choices."""
    choices = {key: value for key, value in params.items() if key not in _NOT_CHOSEN}
    return choices | {key: str(path_of(choices[key])) for key in FILES if key in choices}
