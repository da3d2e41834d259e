"""Julia's registries in the depots, unpacked or as `.tar.gz` (Julia 1.7): which packages they know."""

import gzip
import os
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_BLOCK = 512
_SLICE = 1 << 16
_PACKAGE = re.compile(
    rb"""^[ \t]*(?:\[packages\.)?["']?([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})["']?[ \t]*[=\]]""",
    re.MULTILINE,
)
"""A package's key in a registry's index, on its line. A TOML parser would block all threads for a tenth of a second."""
_NAME = re.compile(rb"""^[ \t]*name[ \t]*=[ \t]*["']([^"'\n]*)["']""", re.MULTILINE)
_ENTRY = (
    rb"""^[ \t]*(?:\[packages\.)?["']?([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})["']?"""
    rb"""[ \t]*(?:=[ \t]*\{[^}\n]*?|\][ \t]*\n[ \t]*)name[ \t]*=[ \t]*["']%s["']"""
)
"""The same with its package's name, in an inline table or in a table of its own."""
_UNREADABLE = (OSError, EOFError, ValueError, zlib.error)
_FIRST_TABLE = re.compile(rb"^[ \t]*\[", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Registry:
    """A registry's name and the UUIDs, in lower case, of the packages in it."""

    name: str
    uuids: frozenset[str]


def registries(depots: Sequence[Path]) -> list[Registry]:
    """The registries of all depots, in their order. Each is read once, and again only when its file has changed.

    One that cannot be read knows no package.
    """
    return [_registry(*key) for depot in depots for key in _registry_files(depot / "registries")]


def registered_uuids(depots: Sequence[Path]) -> frozenset[str] | None:
    """The UUIDs of all packages of all registries; None when there is no registry to ask."""
    found = registries(depots)
    return frozenset().union(*(registry.uuids for registry in found)) if found else None


def registry_of(found: Sequence[Registry], uuid: str) -> str | None:
    """The name of the first of the registries that has the package."""
    return next((registry.name for registry in found if uuid in registry.uuids), None)


def uuids_named(depots: Sequence[Path], name: str) -> frozenset[str]:
    """The UUIDs of all registered packages of that name."""
    return frozenset().union(*(_named(name, *key) for depot in depots for key in _registry_files(depot / "registries")))


def _registry_files(folder: Path) -> list[tuple[str, int, int, int]]:
    """The registries in a depot, each with time, size and inode of its index."""
    found: list[tuple[str, int, int, int]] = []
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
        found.append((str(path), status.st_mtime_ns, status.st_size, status.st_ino))
    return found


@lru_cache(maxsize=64)
def _named(name: str, path: str, _mtime_ns: int, _size: int, _inode: int) -> frozenset[str]:
    try:
        data = _index(Path(path))
    except _UNREADABLE:
        return frozenset()
    pattern = _ENTRY % re.escape(name.encode())
    return frozenset(match[1].decode().lower() for match in re.finditer(pattern, data, re.MULTILINE))


@lru_cache(maxsize=64)
def _registry(path: str, _mtime_ns: int, _size: int, _inode: int) -> Registry:
    file = Path(path)
    fallback = file.name.removesuffix(".tar.gz") if path.endswith(".tar.gz") else file.parent.name
    try:
        data = _index(file)
    except _UNREADABLE:
        return Registry(fallback, frozenset())
    name = _NAME.search(data, 0, first.start() if (first := _FIRST_TABLE.search(data)) else len(data))
    return Registry(name[1].decode("utf-8", "replace") if name else fallback, frozenset(_uuids(data)))


def _uuids(data: bytes) -> Iterator[str]:
    """Slice by slice, so that other threads get their turn between two."""
    start = 0
    while start < len(data):
        end = data.find(b"\n", start + _SLICE)
        end = len(data) if end < 0 else end + 1
        yield from (uuid.decode().lower() for uuid in _PACKAGE.findall(data[start:end]))
        start = end


def _index(file: Path) -> bytes:
    """A registry's list of packages."""
    return _packed_index(file) if file.name.endswith(".tar.gz") else file.read_bytes()


def _packed_index(path: Path) -> bytes:
    """`Registry.toml` out of a tar. Hops from header to header: `tarfile` takes seconds for a big registry."""
    with gzip.open(path) as stream:
        while len(header := stream.read(_BLOCK)) == _BLOCK and header[0]:
            size = int(header[124:136].rstrip(b"\0 ") or b"0", 8)
            if header[:100].rstrip(b"\0").removeprefix(b"./") == b"Registry.toml":
                return stream.read(size)
            stream.seek((size + _BLOCK - 1) // _BLOCK * _BLOCK, os.SEEK_CUR)
    return b""
