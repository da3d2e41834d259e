"""`auth.toml`: where it lies, reading it without trust, writing it whole (protocol §1.3)."""

import contextlib
import hashlib
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import filelock
import tomli
import tomli_w
from pydantic import ValidationError

from juliahub_ls.services.files import replace_file
from juliahub_wire.auth import TokenTable

LOCK_SECONDS = 30.0
SETTLED_SECONDS = 5.0
"""PkgAuthentication writes `auth.toml` in place (§1.3): what was touched this recently may be half of one."""


@dataclass(frozen=True, slots=True)
class StoredToken:
    """A token table and the file's mtime, from which relative expiry counts."""

    table: TokenTable
    mtime: float

    def lapses_before(self, instant: float) -> bool:
        """Whether the token is no longer good at `instant` (Unix seconds)."""
        expiry = self.table.expiry(self.mtime)
        return expiry is not None and expiry < instant


class TokenStore:
    """One server's `auth.toml`. Other programs write it too, so it is read anew each time it changed."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> StoredToken | None:
        """The stored token; None when there is none.

        A file that does not parse, and that nobody is writing, is set aside under a name that says so.
        """
        try:
            content = self.path.read_bytes()
            mtime = self.path.stat().st_mtime
        except OSError:
            return None
        try:
            table = TokenTable.model_validate(tomli.loads(content.decode("utf-8")))
        except (ValueError, ValidationError):
            if time.time() - mtime > SETTLED_SECONDS:
                self._set_malformed_aside(content)
            return None
        return StoredToken(table, mtime) if table.bearer() else None

    def write(self, table: TokenTable) -> None:
        """Replace the file: atomically, mode 0600, every key of the table kept."""
        values = {key: value for key, value in table.model_dump().items() if value is not None}
        for key in ("expires", "expires_at", "expires_in"):
            if isinstance(values.get(key), float):
                values[key] = int(values[key])  # JuliaHub.jl takes integers only (§1.4)
        replace_file(self.path, tomli_w.dumps(values).encode("utf-8"))

    def delete(self) -> bool:
        """Remove the token; whether there was one."""
        try:
            self.path.unlink()
        except FileNotFoundError:
            return False
        return True

    def set_aside(self) -> None:
        """Put away a token that the server refuses, as JuliaHub.jl does (§1.9): `auth.toml.{hash}.backup`."""
        with contextlib.suppress(OSError):
            digest = hashlib.sha1(self.path.read_bytes(), usedforsecurity=False).hexdigest()[:8]
            self.path.replace(self.path.with_name(f"{self.path.name}.{digest}.backup"))

    def lock(self) -> filelock.AsyncFileLock:
        """Held while renewing, so that two windows do not spend one refresh token twice."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        return filelock.AsyncFileLock(
            f"{self.path}.lock", timeout=LOCK_SECONDS, run_in_executor=False, thread_local=False
        )

    def _set_malformed_aside(self, content: bytes) -> None:
        digest = hashlib.sha256(content).hexdigest()[:8]
        with contextlib.suppress(OSError):
            self.path.replace(self.path.with_name(f"{self.path.name}.{digest}.malformed"))


def auth_file(server_url: str, environ: Mapping[str, str], home: Path) -> Path:
    """`{depot}/servers/{host}/auth.toml`.

    The first depot of `JULIA_DEPOT_PATH`, else `~/.julia`; the host without its port (§1.3).
    """
    first = environ.get("JULIA_DEPOT_PATH", "").split(os.pathsep)[0]
    depot = Path(first).expanduser() if first else home / ".julia"
    return depot / "servers" / (urlsplit(server_url).hostname or "unknown") / "auth.toml"
