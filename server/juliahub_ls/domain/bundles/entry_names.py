"""Questions about one entry of a folder that never raise, and whether its name can be in a bundle at all."""

import os
from pathlib import Path

_LONGEST_NAME, _LONGEST_PATH = 255, 4095
_SURELY_SHORT = 63, 1024  # characters; UTF-8 takes at most four bytes for each


def name_of(entry: "os.DirEntry[str]") -> str:
    """For sorting."""
    return entry.name


def is_directory(entry: "os.DirEntry[str]") -> bool:
    """Whether it is a folder or leads to one."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def is_file(entry: "os.DirEntry[str]") -> bool:
    """Whether it is a regular file or leads to one."""
    try:
        return entry.is_file()
    except OSError:
        return False


def size_of(entry: "os.DirEntry[str]") -> int | None:
    """In bytes; None when it cannot be asked."""
    try:
        return entry.stat().st_size
    except OSError:
        return None


def is_utf8(text: str) -> bool:
    """Whether a name came from valid UTF-8."""
    if text.isascii():
        return True
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def is_too_long(archive_path: str) -> bool:
    """Whether the machines that run jobs cannot have the path: 255 bytes a name, 4095 in all."""
    name = archive_path.rpartition("/")[2]
    if len(name) <= _SURELY_SHORT[0] and len(archive_path) <= _SURELY_SHORT[1]:
        return False
    return len(os.fsencode(name)) > _LONGEST_NAME or len(os.fsencode(archive_path)) > _LONGEST_PATH


def shown(archive_path: str) -> str:
    """The path with bytes that are no UTF-8 made visible."""
    return archive_path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def relative_to(path: str, root: str) -> str | None:
    """`path` relative to `root`, "" for root itself; None when it is not below it."""
    if path == root:
        return ""
    prefix = root.rstrip(os.sep) + os.sep
    return path[len(prefix) :] if path.startswith(prefix) else None


def leads_back(link: Path) -> bool:
    """Whether a link cannot be followed because it comes back to itself, rather than because nothing is there."""
    seen: set[Path] = set()
    try:
        while link.is_symlink():
            if link in seen:
                return True
            seen.add(link)
            link = Path(os.path.normpath(link.parent / link.readlink()))
    except (OSError, ValueError):
        return False
    return False
