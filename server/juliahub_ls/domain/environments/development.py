"""Development packages: what a path in a TOML file means on this computer, and what to say when nothing is there."""

import ntpath
import os
import posixpath
from pathlib import Path

from juliahub_ls.domain.problem import Problem, error


def development_folder(base: Path, path: str) -> Path | None:
    """The folder that `path`, as written in a TOML file in `base`, means here; None when there is none."""
    if is_foreign(path):
        return None
    try:
        folder = Path(os.path.normpath(base / path))
        return folder if folder.is_dir() else None
    except (OSError, ValueError):
        return None


def missing_package(name: str, path: str, file: Path | None) -> Problem:
    """What to say of a development package that is not at `path`, as the TOML `file` has it."""
    where = "is a path of another computer" if is_foreign(path) else "does not exist"
    message = (
        f"The development package {name} is expected at {path}, which {where}. "
        f"Put it there, or point to it with Julia's `] dev`, or remove it with `] rm {name}`."
    )
    return error("development-package-missing", message, file, package=name, expected=path)


def is_foreign(path: str) -> bool:
    """Whether it is an absolute path of the other family of operating systems."""
    if os.name == "nt":
        return posixpath.isabs(path)
    return bool(ntpath.splitdrive(path)[0])
