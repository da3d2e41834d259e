"""Saved configurations."""

from typing import Any

from juliahub_ls.domain.jobs.configurations import SavedConfiguration
from juliahub_ls.payloads.choices import choices
from juliahub_ls.payloads.common import present, uri


def configuration(value: SavedConfiguration) -> dict[str, Any]:
    """A `Configuration`."""
    payload = {
        "name": value.name,
        "folder": uri(value.folder),
        "uri": uri(value.file),
        "line": value.line,
        "choices": choices(value.choices),
        "problem": value.problem,
    }
    return present(payload)
