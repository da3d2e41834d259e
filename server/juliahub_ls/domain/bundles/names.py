"""Names that other operating systems cannot have, or cannot tell apart: found in a plan before anyone unpacks it there.

Jobs run on Linux, where all of them work; “This computer” and a colleague's may be a Mac or run Windows.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence

from juliahub_ls.domain.problem import Problem, information, warning

from .model import InjectedFile, PlannedFile

_SHOWN = 3
_FORBIDDEN = '<>:"|?*\\'
_DEVICE = r"/(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[1-9¹²³]) *[./]"
_UNFIT = re.compile(rf"[{re.escape(_FORBIDDEN)}\x00-\x1f]|[. ]/|{_DEVICE}")
_DEVICES = re.compile(_DEVICE)


def name_problems(files: Iterable[PlannedFile | InjectedFile]) -> list[Problem]:
    """A warning for names that differ only in case or accents' encoding, a note for names that Windows cannot have.

    `data["paths"]`: all of them, sorted. Nearly no bundle has any, which is found out for all paths at once.
    """
    paths = [file.archive_path for file in files]
    paths += _folders(paths)
    return [*_clashes(paths), *_not_for_windows(paths)]


def _folders(paths: Iterable[str]) -> list[str]:
    """Every folder on the way to a path."""
    found: set[str] = set()
    for parent in {path.rpartition("/")[0] for path in paths}:
        folder = parent
        while folder and folder not in found:
            found.add(folder)
            folder = folder.rpartition("/")[0]
    return list(found)


def _clashes(paths: list[str]) -> list[Problem]:
    """Only where two names meet in one folder, not for all that lies below them."""
    if not paths or len(set(_all_folded(paths))) == len(paths):
        return []
    together: dict[tuple[str, str], list[str]] = defaultdict(list)
    for path in paths:
        parent, _, name = path.rpartition("/")
        together[parent, _folded(name)].append(path)
    clashing = sorted(path for group in together.values() if len(group) > 1 for path in group)
    message = (
        f"{_listed(clashing)} differ only in upper and lower case or in how accents are encoded. JuliaHub keeps them "
        "apart, but on Windows and macOS one would overwrite the other. Rename one of each to be safe."
    )
    return [warning("names-clash", message, paths=clashing)]


def _not_for_windows(paths: list[str]) -> list[Problem]:
    joined = "/".join(["", *paths, ""])
    suspect = not joined.isprintable() or any(character in joined for character in _FORBIDDEN)
    if not suspect and "./" not in joined and " /" not in joined and not _DEVICES.search(joined.lower()):
        return []
    unfit = sorted(path for path in paths if _UNFIT.search(f"/{path.rpartition('/')[2].lower()}/"))
    if not unfit:
        return []
    names, them = ("name", "it") if len(unfit) == 1 else ("names", "them")
    message = (
        f"Windows cannot have the {names} {_listed(unfit)}. JuliaHub can; rename {them} if someone will use this on "
        "Windows."
    )
    return [information("names-not-for-windows", message, paths=unfit)]


def _all_folded(paths: list[str]) -> Iterable[str]:
    joined = "\0".join(paths)
    return joined.lower().split("\0") if joined.isascii() else map(_folded, paths)


def _folded(path: str) -> str:
    """As file systems compare that ignore case and how accents are encoded."""
    if path.isascii():
        return path.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", path).casefold())


def _listed(paths: Sequence[str]) -> str:
    more = f" and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else ""
    return ", ".join(paths[:_SHOWN]) + more
