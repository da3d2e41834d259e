"""What a result is called on this computer: a name that a server or an archive gave, made harmless.

Nothing leads outside the folder, nothing is a device or a stream, no file takes another's place, and no folder becomes
a git repository, whose settings can run programs.
"""

import re
import unicodedata
from collections.abc import Iterable
from pathlib import PurePosixPath

LONGEST = 200
"""Bytes of a name; systems take 255, and a download adds an ending."""
UNFINISHED = (".part", ".unpacking")
"""What a download is called until it is whole, and an archive's folder until its files are in place."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_NOT_ON_WINDOWS = re.compile(r'[<>:"|?*]')
_DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)


def saved_names(names: Iterable[str], *, windows: bool) -> dict[str, str]:
    """By the server's name, the name to save a file as. No two are the same, also where case does not count."""
    found: dict[str, str] = {}
    free = FreeNames(fold=True)
    for name in sorted(dict.fromkeys(names)):
        found[name] = free(safe_name(name, windows=windows))
    return found


def safe_name(name: str, *, windows: bool) -> str:
    """The last component of a name that a server gave."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "result" if last in ("", ".", "..") else _file(_part(_finished(last), windows=windows))


def member_path(name: str, *, windows: bool) -> str | None:
    """Where a file of an archive goes below the folder; None where it would lead outside, or nowhere."""
    parts: list[str] = []
    for part in (name.replace("\\", "/") if windows else name).split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in ("", "."):
            parts.append(_part(part if parts else _finished(part), windows=windows))
    return "/".join([*parts[:-1], _file(parts[-1])]) if parts and not name.startswith("/") else None


class FreeNames:
    """Gives each path a name of its own, none of those `taken`. `fold`: upper and lower case are the same there."""

    def __init__(self, taken: Iterable[str] = (), *, fold: bool) -> None:
        self._fold = fold
        self._files = {self._key(name) for name in taken}
        self._folders: set[str] = set()

    def __call__(self, name: str) -> str:
        """Neither a file nor a folder on its way is where another file is."""
        *folders, file = PurePosixPath(name).parts
        path = PurePosixPath()
        for folder in folders:
            path = self._free(path / folder, self._files)
            self._folders.add(self._key(str(path)))
        path = self._free(path / file, self._files, self._folders)
        self._files.add(self._key(str(path)))
        return str(path)

    def _free(self, path: PurePosixPath, *taken: set[str]) -> PurePosixPath:
        number, free = 1, path
        while any(self._key(str(free)) in names for names in taken):
            number += 1
            free = path.with_name(f"{path.stem} ({number}){path.suffix}")
        return free

    def _key(self, name: str) -> str:
        return unicodedata.normalize("NFC", name).casefold() if self._fold else name


def _finished(name: str) -> str:
    return f"{name}_" if name.lower().endswith(UNFINISHED) else name


def _part(part: str, *, windows: bool) -> str:
    part = _shortened(_CONTROL.sub("_", part))
    if windows:
        part = _NOT_ON_WINDOWS.sub("_", part)
        part = re.sub(r"[. ]+$", lambda found: "_" * len(found[0]), part)
        part = f"_{part}" if _DEVICE.fullmatch(part) else part
    return f"_{part}" if _seen(part) in (".git", "git~1") else part


def _file(part: str) -> str:
    """Without a file `HEAD` no folder is a bare repository, whatever else is in it."""
    return f"_{part}" if _seen(part) == "head" else part


def _seen(part: str) -> str:
    """Windows and macOS take names for one with this one: of an ending that is cut, a character that is not seen."""
    visible = "".join(character for character in part if unicodedata.category(character) != "Cf")
    return visible.casefold().rstrip(". ")


def _shortened(part: str) -> str:
    """The beginning, with the ending: it says what the file is."""
    if len(part.encode("utf-8", "replace")) <= LONGEST:
        return part
    ending = PurePosixPath(part).suffix[:20]
    room = LONGEST - len(ending.encode("utf-8", "replace"))
    return part.encode("utf-8", "replace")[:room].decode("utf-8", "ignore") + ending
