"""Julia's workspaces (1.12): projects that share the manifest of the one above that names them in `[workspace]`."""

import os
from pathlib import Path

from juliahub_ls.domain.toml.text import ReadText, read_text

from .files import PROJECT_NAMES
from .project import Project, read_project

MAX_MEMBERS = 10_000


class Projects:
    """Project files by folder, each read once: made for one look at one or many environments, then thrown away."""

    def __init__(self, read: ReadText = read_text) -> None:
        self._read = read
        self._known: dict[Path, tuple[Path, Project] | None] = {}

    def at(self, directory: Path) -> tuple[Path, Project] | None:
        """The project file in a folder and what it says; None without one."""
        if directory not in self._known:
            file = next((directory / name for name in PROJECT_NAMES if _is_file(directory / name)), None)
            self._known[directory] = (file, read_project(file, self._read)) if file else None
        return self._known[directory]

    def workspace_root(self, directory: Path) -> Path | None:
        """The folder of the outermost project whose `[workspace]` names `directory`, or another member that does."""
        root: Path | None = None
        member = normal(directory)
        for parent in member.parents:
            if member in self._named_by(parent):
                root = member = parent
        return root

    def members(self, directory: Path) -> tuple[Path, ...]:
        """All members of the workspace whose root is `directory`, members of members too, in the files' order.

        Folders that have no project are named all the same: Julia would miss them.
        """
        found: dict[Path, None] = {}
        waiting = self._named_by(normal(directory))
        while waiting and len(found) < MAX_MEMBERS:
            member = waiting.pop(0)
            if member not in found and member != directory:
                found[member] = None
                waiting += self._named_by(member)
        return tuple(found)

    def _named_by(self, directory: Path) -> list[Path]:
        known = self.at(directory)
        return [normal(directory / name) for name in known[1].workspace] if known and known[1].workspace else []


def normal(path: Path) -> Path:
    """The absolute path without `.` and `..`; links are not followed, as Julia does not."""
    return Path(os.path.normpath(path.absolute()))


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False
