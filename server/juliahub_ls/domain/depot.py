"""Julia's depots: where they are, and where in them packages, artifacts and registries lie (Julia's `loading.jl`)."""

import gzip
import os
import re
import zlib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_BLOCK = 512
_PACKAGE = re.compile(
    rb"""^[ \t]*(?:\[packages\.)?["']?([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})["']?[ \t]*[=\]]""",
    re.MULTILINE,
)
"""A package's key in a registry's index, on its line. A TOML parser would block all threads for a tenth of a second."""


def depot_paths(value: str | None, home: Path, bundled: Sequence[Path] = (), *, windows: bool = False) -> list[Path]:
    """The depots that `JULIA_DEPOT_PATH` = `value` names.

    Unset: the user's `~/.julia`, then `bundled`. Set to nothing: none. An empty entry stands for the defaults, once:
    all of them where it comes first, only `bundled` after another entry (Julia 1.11; before, the user's depot as well).
    """
    if value is None:
        return [home / ".julia", *bundled]
    if not value:
        return []
    found: list[Path] = []
    for number, entry in enumerate(value.split(";" if windows else ":")):
        if entry:
            found.append(_expand(entry, home))
        else:
            found += [*([] if number else [home / ".julia"]), *bundled]
    return list(dict.fromkeys(found))


def version_slug(uuid: str, tree_sha: str, length: int = 5) -> str:
    """A version's folder below `packages/Name/`: 5 characters, 4 where a Julia before 1.1 put it."""
    checksum = crc32c(bytes.fromhex(tree_sha), crc32c(_uuid_bytes(uuid)))
    characters = []
    for _ in range(length):
        checksum, digit = divmod(checksum, len(_ALPHABET))
        characters.append(_ALPHABET[digit])
    return "".join(characters)


def package_path(depots: Sequence[Path], name: str, uuid: str, tree_sha: str) -> Path | None:
    """Where a package's source is installed, in the first depot that has it."""
    try:
        slugs = (version_slug(uuid, tree_sha), version_slug(uuid, tree_sha, 4))
    except ValueError:
        return None
    candidates = (depot / "packages" / name / slug for depot in depots for slug in slugs)
    return next((path for path in candidates if path.is_dir()), None)


def artifact_path(depots: Sequence[Path], tree_hash: str) -> Path | None:
    """Where an artifact is installed, in the first depot that has it."""
    candidates = (depot / "artifacts" / tree_hash for depot in depots)
    return next((path for path in candidates if path.is_dir()), None)


def registered_uuids(depots: Sequence[Path]) -> frozenset[str] | None:
    """The UUIDs of all packages of all registries in the depots; None when there is no registry to ask.

    Each registry is read once and again only when its file has changed.
    """
    found: list[frozenset[str]] = []
    for depot in depots:
        found += [_registry(*key) for key in _registry_files(depot / "registries")]
    return frozenset().union(*found) if found else None


def crc32c(data: bytes, start: int = 0) -> int:
    """The Castagnoli checksum, as Julia's `_crc32c`."""
    checksum = start ^ 0xFFFFFFFF
    for byte in data:
        checksum = (checksum >> 8) ^ _TABLE[(checksum ^ byte) & 0xFF]
    return checksum ^ 0xFFFFFFFF


def _expand(entry: str, home: Path) -> Path:
    if entry == "~" or entry.startswith(("~/", "~\\")):
        return home / entry[2:]
    return Path(entry)


def _uuid_bytes(uuid: str) -> bytes:
    return bytes.fromhex(uuid.replace("-", ""))[::-1]  # Julia hashes the 128-bit integer, low byte first


def _registry_files(folder: Path) -> list[tuple[str, int, int]]:
    """The registries in a depot: unpacked ones, and packed ones (Julia 1.7), each with time and size of its index."""
    found: list[tuple[str, int, int]] = []
    try:
        paths = sorted(folder.iterdir())
    except OSError:
        return found
    for entry in paths:
        path = entry if entry.name.endswith(".tar.gz") else entry / "Registry.toml"
        try:
            status = path.stat()
        except OSError:
            continue
        found.append((str(path), status.st_mtime_ns, status.st_size))
    return found


@lru_cache(maxsize=64)
def _registry(path: str, _mtime_ns: int, _size: int) -> frozenset[str]:
    try:
        if path.endswith(".tar.gz"):
            with gzip.open(path) as stream:
                data = _tar_member(stream, b"Registry.toml")
        else:
            data = Path(path).read_bytes()
    except (OSError, EOFError, ValueError, zlib.error):
        return frozenset()
    return frozenset(uuid.decode().lower() for uuid in _PACKAGE.findall(data))


def _tar_member(stream: gzip.GzipFile, name: bytes) -> bytes:
    """The content of one file of a tar. Hops from header to header: `tarfile` takes seconds for a big registry."""
    while len(header := stream.read(_BLOCK)) == _BLOCK and header[0]:
        size = int(header[124:136].rstrip(b"\0 ") or b"0", 8)
        if header[:100].rstrip(b"\0").removeprefix(b"./") == name:
            return stream.read(size)
        stream.seek((size + _BLOCK - 1) // _BLOCK * _BLOCK, os.SEEK_CUR)
    return b""


def _crc_table() -> tuple[int, ...]:
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = (byte >> 1) ^ (0x82F63B78 if byte & 1 else 0)
        table.append(byte)
    return tuple(table)


_TABLE = _crc_table()
