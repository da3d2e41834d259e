"""Looks into files for lines that look like tokens, and remembers what it saw, so that no file is read twice.

Looked at are the first `MAX_SCANNED` bytes of each file whose first block has no zero byte: text, in short. A verdict
holds for a file's size, times and inode. It is kept in memory and, given a `store`, in one file for later processes:
replaced whole, checked when read, of a bounded size, and void once the shapes of tokens change. Two processes may share
it: what one overwrites of the other's costs a second look, no more. What changed so lately that another change within
the grain of the clock could look the same is not remembered.
"""

import contextlib
import hashlib
import os
import struct
import tempfile
from pathlib import Path

from .file_status import Status, is_settled
from .token_lines import KINDS, TokenLine, find_token
from .token_shapes import TOKEN_SHAPES

MAX_SCANNED = 2**20
_FIRST_READ = 2**16
_BLOCK = 8000
_OPEN = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_HEADER = hashlib.blake2b(repr((1, MAX_SCANNED, TOKEN_SHAPES)).encode(), digest_size=16).digest()
_CHECK = 16
_KEY = struct.Struct("<qqqQ")
_VERDICT = struct.Struct("<IB")  # line and 1 + the index of the kind; all zero: no token
_RECORD = _KEY.size + _VERDICT.size
_CLEAN = bytes(_VERDICT.size)


class ContentScan:
    """Verdicts about files; at most `max_files` are kept, the latest ones."""

    def __init__(self, store: Path | None = None, *, max_files: int = 300_000) -> None:
        self._store = store
        self._max_files = max_files
        self._verdicts: dict[bytes, bytes] | None = None
        self._new: set[bytes] = set()

    def token(self, path: str, status: Status) -> TokenLine | None:
        """The first line that looks like a token in the regular file `path`, whose status this is.

        A file that cannot be read has none: whoever wants its content will find out.
        """
        size, mtime_ns, ctime_ns, inode = status
        key = _KEY.pack(size, mtime_ns, ctime_ns, inode & 0xFFFF_FFFF_FFFF_FFFF)
        if self._verdicts is None:
            self._verdicts = self._load()
        verdict = self._verdicts.get(key)
        if verdict is not None:
            return _unpacked(verdict)
        try:
            token = _look(path)
        except OSError:
            return None
        if is_settled(status):
            self._verdicts[key] = _packed(token)
            self._new.add(key)
        return token

    def save(self) -> None:
        """Keep the verdicts for later processes. Does nothing when few are new: those few are quickly found again."""
        if not self._new or len(self._new) * 20 < len(self._verdicts or ()):
            return
        verdicts = self._load() | (self._verdicts or {})
        latest = list(verdicts.items())[-self._max_files :]
        self._verdicts, self._new = dict(latest), set()
        if self._store is not None:
            with contextlib.suppress(OSError):
                self._store.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                _replace(self._store, b"".join(part for record in latest for part in record))

    def _load(self) -> dict[bytes, bytes]:
        """The verdicts on disk; none when there are none that can be trusted."""
        if self._store is None:
            return {}
        try:
            with self._store.open("rb") as stream:
                content = stream.read(len(_HEADER) + _CHECK + self._max_files * _RECORD + 1)
        except OSError:
            return {}
        body = memoryview(content)[len(_HEADER) + _CHECK :]
        if content[: len(_HEADER) + _CHECK] != _HEADER + _digest(body) or len(body) % _RECORD:
            return {}
        return {
            bytes(body[start : start + _KEY.size]): bytes(body[start + _KEY.size : start + _RECORD])
            for start in range(0, len(body), _RECORD)
        }


def _look(path: str) -> TokenLine | None:
    """Read and judge. Most files are small: one read, and no question about their size. Raises OSError."""
    descriptor = os.open(path, _OPEN)
    try:
        data = os.read(descriptor, _FIRST_READ)
        if data.find(b"\0", 0, _BLOCK) >= 0:
            return None
        if len(data) == _FIRST_READ:
            data += os.read(descriptor, MAX_SCANNED - _FIRST_READ)
    finally:
        os.close(descriptor)
    return find_token(data)


def _packed(token: TokenLine | None) -> bytes:
    return _CLEAN if token is None else _VERDICT.pack(token.line, KINDS.index(token.kind) + 1)


def _unpacked(verdict: bytes) -> TokenLine | None:
    if verdict == _CLEAN:
        return None
    line, kind = _VERDICT.unpack(verdict)
    return TokenLine(line, KINDS[kind - 1])


def _digest(body: bytes | memoryview) -> bytes:
    return hashlib.blake2b(body, digest_size=_CHECK).digest()


def _replace(path: Path, body: bytes) -> None:
    """Write whole or not at all. Raises OSError."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.writelines((_HEADER, _digest(body), body))
        temporary.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
