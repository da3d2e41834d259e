"""Which files are Julia's or ours: by their names, wherever they lie."""

import enum
from pathlib import Path

from juliahub_ls.domain.bundles.ignore_rules import IGNORE_FILE
from juliahub_ls.domain.environments.files import (
    ARTIFACTS_NAMES,
    PREFERENCES_NAMES,
    PROJECT_NAMES,
    is_environment_file,
)
from juliahub_ls.domain.jobs.configurations import FILE


class FileKind(enum.Enum):
    """What a file is to Julia, to a bundle or to a job."""

    PROJECT = "project"
    MANIFEST = "manifest"
    ARTIFACTS = "artifacts"
    PREFERENCES = "preferences"
    IGNORE = "ignore"
    CONFIGURATIONS = "configurations"


def kind_of(path: Path) -> FileKind | None:
    """The kind of a file of this name; None for every other file."""
    if path.name == IGNORE_FILE:
        return FileKind.IGNORE
    if path.name == FILE.name:
        return FileKind.CONFIGURATIONS if path.parent.name == FILE.parent.name else None
    if not is_environment_file(path.name):
        return None
    return _FIXED.get(path.name, FileKind.MANIFEST)


_FIXED = (
    dict.fromkeys(PROJECT_NAMES, FileKind.PROJECT)
    | dict.fromkeys(ARTIFACTS_NAMES, FileKind.ARTIFACTS)
    | dict.fromkeys(PREFERENCES_NAMES, FileKind.PREFERENCES)
)
