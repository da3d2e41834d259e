"""The RSA keys that sign tokens: one signs, older ones verify until their last token has lapsed.

Each is a file `signing-{Unix seconds}.pem` (0600) in the keys folder. A key's `kid` is its RFC 7638 thumbprint.
"""

import re
import threading
import time
from pathlib import Path
from typing import Any, NamedTuple

from juliahub_wire import limits

from .files import write_atomic

KEY_SECONDS = 30 * 24 * 3600
"""A key signs for this long."""

CLOCK_SECONDS = 300
"""Clocks differ: a key stays this much longer than its last token."""

_BITS = 2048
_FILE = re.compile(r"signing-(\d+)\.pem")
_FIRST_FILE = "signing.pem"
"""What hubs before key rotation wrote."""


class SigningKey(NamedTuple):
    """A private key, its id, and since when it signs, Unix seconds."""

    kid: str
    created_at: float
    key: Any


class SigningKeys:
    """The keys of one folder. Thread-safe."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        _adopt_first(folder)
        self._keys = sorted((_load(path) for path in _files(folder)), key=lambda each: each.created_at)
        self.rotate()

    @property
    def current(self) -> SigningKey:
        """The key that signs."""
        return self._keys[-1]

    def find(self, kid: object) -> SigningKey | None:
        """The key of that id if it still verifies."""
        return next((each for each in self._keys if each.kid == kid), None)

    def public(self) -> list[dict[str, Any]]:
        """The public halves as JWKs (RFC 7517), newest first."""
        return [{**each.key.as_dict(private=False), "kid": each.kid} for each in reversed(self._keys)]

    def rotate(self) -> None:
        """Make a new key when the present one has signed long enough; remove those whose tokens have all lapsed."""
        now = time.time()
        with self._lock:
            if not self._keys or now - self.current.created_at >= KEY_SECONDS:
                self._keys = [*self._keys, self._new(now)]
            # A key's last token was signed when its successor came.
            last_use = [successor.created_at for successor in self._keys[1:]]
            lapsed = [use + limits.ACCESS_TOKEN_SECONDS + CLOCK_SECONDS < now for use in last_use] + [False]
            for each, gone in zip(self._keys, lapsed, strict=True):
                if gone:
                    self._path(each.created_at).unlink(missing_ok=True)
            self._keys = [each for each, gone in zip(self._keys, lapsed, strict=True) if not gone]

    def _new(self, now: float) -> SigningKey:
        from joserfc.jwk import RSAKey

        path = self._path(now)
        write_atomic(path, RSAKey.generate_key(_BITS).as_pem(private=True))
        return _load(path)

    def _path(self, created_at: float) -> Path:
        return self._folder / f"signing-{int(created_at)}.pem"


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if _FILE.fullmatch(path.name)]


def _load(path: Path) -> SigningKey:
    from joserfc.jwk import RSAKey

    named = _FILE.fullmatch(path.name)
    assert named is not None, path
    key = RSAKey.import_key(path.read_bytes(), {"use": "sig", "alg": "RS256"})
    return SigningKey(key.thumbprint(), float(named[1]), key)


def _adopt_first(folder: Path) -> None:
    first = folder / _FIRST_FILE
    if first.exists():
        first.replace(folder / f"signing-{int(first.stat().st_mtime)}.pem")
