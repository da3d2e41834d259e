"""`auth.toml`: where it lies, reading it without trust, writing it whole (protocol §1.3)."""

import asyncio
import contextlib
import hashlib
import os
import time
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import filelock
import tomli
import tomli_w
from pydantic import ValidationError

from juliahub_ls.services.files import replace_file
from juliahub_ls.services.jwt_claims import claims_of
from juliahub_ls.services.os_errors import translated_os_errors
from juliahub_wire.auth import TokenTable

LOCK_SECONDS = 30.0
SETTLED_SECONDS = 5.0
"""PkgAuthentication writes `auth.toml` in place (§1.3): what was touched this recently may be half of one."""
LOOK_SECONDS = 0.05
"""A file that is being written is looked at this often."""
LARGEST_INTEGER = 2**63 - 1
"""Julia reads no larger one."""


@dataclass(frozen=True, slots=True)
class StoredToken:
    """A token table and the file's mtime, from which relative expiry counts."""

    table: TokenTable
    mtime: float

    @property
    def expiry(self) -> float | None:
        """The earliest instant at which some client takes the token for lapsed (§1.4), Unix seconds; None: never.

        Where the table says nothing, the bearer's own claim counts.
        """
        instant = self.table.expiry(self.mtime)
        claim = claims_of(self.table.bearer() or "").get("exp") if instant is None else None
        return float(claim) if isinstance(claim, (int, float)) else instant

    def lapses_before(self, instant: float) -> bool:
        """Whether the token is no longer good at `instant` (Unix seconds)."""
        return self.expiry is not None and self.expiry < instant


class TokenStore:
    """One server's `auth.toml`. Other programs write it too, so it is read anew each time."""

    def __init__(self, path: Path, now: Callable[[], float] = time.time) -> None:
        self.path = path
        self._now = now
        self._half_written = False

    def read(self) -> StoredToken | None:
        """The stored token; None when there is none, or when somebody is writing it.

        A file that does not parse, and that nobody is writing, is set aside under a name that says so.
        """
        self._half_written = False
        try:
            with self.path.open("rb") as file:
                content = file.read()
                mtime = os.fstat(file.fileno()).st_mtime
        except OSError:
            return None
        try:
            table = TokenTable.model_validate(tomli.loads(content.decode("utf-8")))
        except (ValueError, ValidationError):
            self._half_written = self._now() - mtime <= SETTLED_SECONDS
            if not self._half_written:
                self._set_malformed_aside(content)
            return None
        if table.bearer():
            return StoredToken(table, mtime)
        self._half_written = self._now() - mtime <= SETTLED_SECONDS
        return None

    async def read_whole(self) -> StoredToken | None:
        """As `read`, once a file that somebody is writing is whole."""
        while True:
            stored = self.read()
            if stored is not None or not self._half_written:
                return stored
            await asyncio.sleep(LOOK_SECONDS)

    def write(self, table: TokenTable) -> None:
        """Replace the file: atomically, mode 0600, every key of the table kept."""
        replace_file(self.path, _content(table))

    def keep_successor(self, spent: TokenTable, successor: TokenTable) -> None:
        """Replace the table whose refresh token is spent, in two steps: a crash between them loses nothing.

        The successor lies beside the file, under a name that tells of which token it is the successor, until it is in
        the file's place.
        """
        waiting = self._successor_file(spent)
        replace_file(waiting, _content(successor))
        waiting.replace(self.path)
        self._forget_successors()

    def adopt_successor(self, spent: TokenTable) -> StoredToken | None:
        """Put the successor in place that a crash has left beside the file; None when there is none."""
        waiting = self._successor_file(spent)
        try:
            TokenTable.model_validate(tomli.loads(waiting.read_text("utf-8")))
            waiting.replace(self.path)
        except (OSError, ValueError):
            return None
        return self.read()

    def delete(self) -> bool:
        """Remove the token; whether there was one."""
        try:
            self.path.unlink()
        except FileNotFoundError:
            return False
        finally:
            self._forget_successors()
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

    def _successor_file(self, spent: TokenTable) -> Path:
        digest = hashlib.sha256((spent.refresh_token or "").encode()).hexdigest()[:16]
        return self.path.with_name(f"{self.path.name}.next-{digest}")

    def _forget_successors(self) -> None:
        """Those of tokens that are no longer here."""
        for left in self.path.parent.glob(f"{self.path.name}.next-*"):
            with contextlib.suppress(OSError):
                left.unlink()

    def _set_malformed_aside(self, content: bytes) -> None:
        """Away with it, unless it is another by now: a program may have written a whole one this instant."""
        aside = self.path.with_name(f"{self.path.name}.{hashlib.sha256(content).hexdigest()[:8]}.malformed")
        with contextlib.suppress(OSError):
            self.path.replace(aside)
            if aside.read_bytes() != content and not self.path.exists():
                aside.replace(self.path)


@contextlib.asynccontextmanager
async def held(store: TokenStore, state: str) -> AsyncIterator[None]:
    """Hold the store's lock. Raises `FileUnreadable` and `DiskFull`, which say that `state`."""
    with translated_os_errors(store.path, state):
        lock = store.lock()
        await lock.acquire()
    try:
        yield
    finally:
        await lock.release()


def _content(table: TokenTable) -> bytes:
    """As TOML. Where an expiry is an instant, it is an integer under both names: JuliaHub.jl takes nothing else
    (§1.4).
    """
    values = {key: value for key, value in table.model_dump().items() if value is not None}
    for key, other in (("expires", "expires_at"), ("expires_at", "expires")):
        if key not in values and other in values:
            values[key] = values[other]
    for key in ("expires", "expires_at", "expires_in"):
        if key in values:
            values[key] = max(min(int(values[key]), LARGEST_INTEGER), -LARGEST_INTEGER)
    return tomli_w.dumps(values).encode("utf-8")


def auth_file(server_url: str, environ: Mapping[str, str], home: Path) -> Path:
    """`{depot}/servers/{host}/auth.toml`.

    The first depot of `JULIA_DEPOT_PATH`, else `~/.julia`; the host without its port (§1.3).
    """
    first = environ.get("JULIA_DEPOT_PATH", "").split(os.pathsep)[0]
    depot = Path(first).expanduser() if first else home / ".julia"
    return depot / "servers" / (urlsplit(server_url).hostname or "unknown") / "auth.toml"
