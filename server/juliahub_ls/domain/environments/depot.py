"""Julia's depots: where they are, and where in them packages and artifacts lie (Julia's `loading.jl`)."""

from collections.abc import Sequence
from pathlib import Path

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


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


def _crc_table() -> tuple[int, ...]:
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = (byte >> 1) ^ (0x82F63B78 if byte & 1 else 0)
        table.append(byte)
    return tuple(table)


_TABLE = _crc_table()
