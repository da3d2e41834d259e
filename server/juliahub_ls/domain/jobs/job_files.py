"""Which files of this computer a job will have, and under which name: the other side of a bundle plan."""

import ntpath
import os
import posixpath
from pathlib import Path

from juliahub_ls.domain.bundles.model import LeftOut
from juliahub_ls.domain.bundles.plan import BundlePlan

PROJECT_FILES = ("JuliaProject.toml", "Project.toml")


class JobFiles:
    """The files that go along with a script. `top`: the folder that is sent; None when only text is.

    `on_this_computer`: the job runs here, so that absolute paths lead where they always do.
    """

    def __init__(self, plan: BundlePlan | None, on_this_computer: bool) -> None:
        self.top = plan.directory if plan else None
        self.on_this_computer = on_this_computer
        self._names = {file.archive_path for file in plan.files} if plan else set()
        self._names |= {file.archive_path for file in plan.injected} if plan else set()
        self._left_out = {item.path: item for item in plan.left_out} if plan else {}
        self._folded: dict[str, str] | None = None

    def inside(self, target: Path) -> str | None:
        """`target`, a normal absolute path, relative to the bundle's top with `/`; None when it lies elsewhere."""
        if self.top is None:
            return None
        try:
            relative = os.path.relpath(target, self.top)
        except ValueError:  # another drive
            return None
        outside = relative == ".." or relative.startswith(".." + os.sep)
        return None if outside else ("" if relative == "." else relative.replace(os.sep, "/"))

    def goes_along(self, target: Path) -> bool:
        """Whether the file is in the bundle, by exactly this name."""
        return self.inside(target) in self._names

    def has_project(self, folder: Path) -> bool:
        """Whether the bundle has a project file in that folder."""
        inside = self.inside(folder)
        return inside is not None and any(posixpath.join(inside, name) in self._names for name in PROJECT_FILES)

    def left_out(self, target: Path) -> LeftOut | None:
        """Why a path of the folder, or a folder above it, stays home."""
        parts = (self.inside(target) or "").split("/")
        above = ("/".join(parts[:count]) for count in range(1, len(parts) + 1))
        return next((self._left_out[path] for path in above if path in self._left_out), None)

    def other_case(self, target: Path) -> str | None:
        """A file of the bundle whose name differs in capitals only."""
        if self._folded is None:
            self._folded = {name.casefold(): name for name in self._names}
        return self._folded.get((self.inside(target) or "").casefold())


def target_of(folder: Path, path: str) -> Path | None:
    """The normal absolute path that `path` means in the absolute `folder`; None for what no path can be."""
    return None if "\0" in path else Path(os.path.normpath(folder / path))


def is_absolute(path: str) -> bool:
    """On any operating system."""
    return posixpath.isabs(path) or ntpath.isabs(path)


def exists(path: Path) -> bool:
    """Whether there is anything here, be it a link to nothing."""
    try:
        path.lstat()
    except (OSError, ValueError):
        return False
    return True


def is_file(path: Path, max_bytes: int | None = None) -> bool:
    """Whether it is a file, of at most `max_bytes`."""
    try:
        return path.is_file() and (max_bytes is None or path.stat().st_size <= max_bytes)
    except (OSError, ValueError):
        return False
