"""Unpack a bundle where it can do no harm: nothing lands, or points, outside the folder.

Done member by member rather than with `tarfile`'s own filters, which the oldest Pythons we run on lack.
"""

import os
import shutil
import tarfile
from pathlib import Path, PurePosixPath

from localhub.domain.refusals import Refusal, byte_text

from .blobs import CHUNK, storage_errors

MAX_UNPACKED_BYTES = 16 * 2**30
MAX_ENTRIES = 2_000_000


class BadBundle(Refusal):
    """The archive is damaged, or holds what a bundle must not."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"The bundle could not be unpacked: {reason}.")


def unpack(archive: Path, folder: Path) -> Path:
    """Unpack into `folder`, made anew, and return the one top-level directory (protocol §6.4).

    Raises `BadBundle` or `StorageFull`; what was unpacked until then is removed.
    """
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(mode=0o700, parents=True)
    try:
        with storage_errors("The bundle"):
            _extract_all(archive, folder.resolve())
        return _top_level(folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _extract_all(archive: Path, root: Path) -> None:
    budget, links = MAX_UNPACKED_BYTES, []
    try:
        with tarfile.open(archive, mode="r|", bufsize=CHUNK, errorlevel=2) as tar:
            for count, member in enumerate(tar):
                budget -= member.size
                if budget < 0 or count >= MAX_ENTRIES:
                    raise BadBundle(f"it holds more than {byte_text(MAX_UNPACKED_BYTES)} or too many files")
                target = _target(member.name, root)
                if target is not None:
                    _extract(tar, member, target, root)
                    links.extend([target] if member.issym() else [])
    except (tarfile.TarError, EOFError, UnicodeError) as error:
        raise BadBundle(f"it is not a whole tar archive ({error})") from error
    for link in links:
        _check_inside(link, root)


def _target(name: str, root: Path) -> Path | None:
    """Where a member goes; None for the archive's own `./`."""
    path = PurePosixPath(name)
    foreign = os.name == "nt" and any(character in name for character in "\\:")
    if path.is_absolute() or ".." in path.parts or "\0" in name or foreign:
        raise BadBundle(f"“{name}” would land outside of it")
    if not path.parts:
        return None
    target = root.joinpath(*path.parts)
    _check_inside(target.parent, root)
    return target


def _check_inside(path: Path, root: Path) -> None:
    resolved = Path(os.path.realpath(path))
    if resolved != root and root not in resolved.parents:
        raise BadBundle(f"“{path.relative_to(root).as_posix()}” leads outside of it")


def _extract(tar: tarfile.TarFile, member: tarfile.TarInfo, target: Path, root: Path) -> None:
    if member.isdir():
        target.mkdir(mode=0o755, parents=True, exist_ok=True)
        return
    target.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    if target.is_symlink() or target.exists():
        raise BadBundle(f"it holds “{member.name}” twice")
    if member.isfile() and not member.issparse():
        _write(tar, member, target)
    elif member.issym():
        target.symlink_to(member.linkname)
        _check_inside(target, root)
    elif member.islnk():
        origin = _target(member.linkname, root)
        if origin is None or not origin.is_file() or origin.is_symlink():
            raise BadBundle(f"“{member.name}” links to what it does not hold")
        target.hardlink_to(origin)
    else:
        raise BadBundle(f"“{member.name}” is neither a file, a folder nor a link")


def _write(tar: tarfile.TarFile, member: tarfile.TarInfo, target: Path) -> None:
    content = tar.extractfile(member)
    assert content is not None
    mode = 0o755 if member.mode & 0o100 else 0o644
    with os.fdopen(os.open(target, _CREATE, mode), "wb") as file:
        shutil.copyfileobj(content, file, CHUNK)


def _top_level(folder: Path) -> Path:
    entries = list(folder.iterdir())
    if len(entries) != 1 or not entries[0].is_dir() or entries[0].is_symlink():
        raise BadBundle("it must hold exactly one folder at its top")
    return entries[0]


_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
