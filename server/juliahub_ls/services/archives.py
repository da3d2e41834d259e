"""Archives that a job left: listed, read and unpacked without trusting what they say."""

import errno
import os
import shutil
import sys
import tarfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from juliahub_ls.domain.results.file_names import FreeNames, member_path
from juliahub_ls.domain.results.kinds import FileKind, kind_of
from juliahub_ls.services.part_file import READ_CHUNK

UNREADABLE = (tarfile.TarError, zlib.error, EOFError)
MEMBERS = 1000
LOOKED_THROUGH = 2_000_000_000
"""So far, unpacked, one looks into an archive: a small one can hold a thousand times its size."""


@dataclass(frozen=True, slots=True)
class ArchiveMember:
    """A regular file in an archive, by its path there."""

    name: str
    size: int
    kind: FileKind


def members_of(archive: Path) -> tuple[list[ArchiveMember], bool]:
    """The first regular files of an archive, `MEMBERS` and one more at most, and whether others may come far behind.

    Raises one of `UNREADABLE`.
    """
    found: list[ArchiveMember] = []
    with tarfile.open(archive) as tar:
        for member in _near(tar):
            if member is None:
                return found, True
            found.append(ArchiveMember(_shown(member), member.size, kind_of(_shown(member))))
            if len(found) > MEMBERS:
                break
    return found, False


def read_member(archive: Path, name: str, limit: int) -> "tuple[bytes, int] | None":
    """The first `limit` bytes of a member and its size; None when there is none. Raises one of `UNREADABLE`."""
    with tarfile.open(archive) as tar:
        for member in _near(tar):
            if member is not None and _shown(member) == name:
                source = tar.extractfile(member)
                assert source is not None, "a regular file has content"
                with source:
                    return source.read(limit), member.size
    return None


def _near(tar: tarfile.TarFile) -> Iterator[tarfile.TarInfo | None]:
    """The regular files; None in place of what may come after a long way: to know it, one would have to go it."""
    while (member := tar.next()) is not None:
        if member.isreg():
            yield member
        if member.offset_data + member.size > LOOKED_THROUGH:
            yield None
            return


def _shown(member: tarfile.TarInfo) -> str:
    return os.path.normpath(member.name).replace("\\", "/")


def unpack(archive: Path, directory: Path, taken: Iterable[str] = ()) -> list[Path]:
    """Unpack regular files into `directory` and remove the archive; the files. `taken`: names of other files there.

    Links, devices and paths that lead outside are left out. What cannot be read as an archive stays as it is. Files are
    moved in place once all are unpacked: whatever fails before changes nothing. Raises `OSError`.
    """
    work = archive.with_name(f".{archive.name}.unpacking")
    free = FreeNames([archive.name, *taken], fold=sys.platform in ("win32", "darwin"))
    shutil.rmtree(work, ignore_errors=True)  # a crash left it
    work.mkdir()
    try:
        unpacked = list(_unpacked(archive, work, directory.resolve(), free))
        for file, target in unpacked:
            target.parent.mkdir(parents=True, exist_ok=True)
            file.replace(target)
    except UNREADABLE:
        return [archive]
    finally:
        shutil.rmtree(work, ignore_errors=True)
    archive.unlink()
    return [target for _, target in unpacked]


def _unpacked(archive: Path, work: Path, root: Path, free: FreeNames) -> Iterator[tuple[Path, Path]]:
    """Each file in the folder `work`, and where it goes."""
    with tarfile.open(archive) as tar:
        for number, (member, target) in enumerate(_inside(tar, root, free)):
            _check_way(target, root)
            source = tar.extractfile(member)
            assert source is not None, "a regular file has content"
            with source, (work / str(number)).open("wb") as file:
                while chunk := source.read(READ_CHUNK):
                    file.write(chunk)
            yield work / str(number), target


def _inside(tar: tarfile.TarFile, root: Path, free: FreeNames) -> Iterator[tuple[tarfile.TarInfo, Path]]:
    for member in tar:
        path = member_path(member.name, windows=sys.platform == "win32") if member.isreg() else None
        if path is not None and _no_link(target := root / free(path), root):
            yield member, target


def _check_way(target: Path, root: Path) -> None:
    """Raises `OSError` where a folder stands in the file's place, or a file in that of a folder on its way."""
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, "A folder is in the place of a file", str(target))
    while (target := target.parent) != root:
        if target.exists() and not target.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, "A file is in the place of a folder", str(target))


def _no_link(target: Path, root: Path) -> bool:
    """Whether neither the target nor a folder on the way is a link: it could lead outside."""
    return target == root or (not target.is_symlink() and _no_link(target.parent, root))
