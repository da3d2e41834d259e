"""A signed-in account on one server: the token that goes on requests, renewed before it lapses (protocol §1.4)."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import httpx
import tomli
from pydantic import ValidationError

from juliahub_ls.errors import FileUnreadable, ServerError, ServerFailed, SignInRequired, TokenRefused
from juliahub_ls.secret import Secret
from juliahub_ls.services.servers import LOOPBACK
from juliahub_ls.services.token_store import StoredToken, TokenStore, held
from juliahub_ls.services.transport import NOTHING_CHANGED, translated
from juliahub_wire.auth import TokenTable
from juliahub_wire.limits import REFRESH_EARLY_SECONDS

log = logging.getLogger(__name__)


class Account:
    """Gives the bearer token of a server, from `auth.toml`, renewing it once however many requests wait."""

    def __init__(
        self, server: str, store: TokenStore, http: httpx.AsyncClient, now: Callable[[], float] = time.time
    ) -> None:
        self.server = server
        self.store = store
        self._http = http
        self._now = now
        self._renewing = asyncio.Lock()
        self._unwritten: tuple[TokenTable, StoredToken] | None = None
        """A spent table and its successor, which could not be written: the disk may be full."""
        self._doubted: str | None = None

    async def bearer(self) -> Secret:
        """A token that is good for now. Raises `SignInRequired` when there is none and none can be had."""
        stored = await self._current()
        if stored.lapses_before(self._now() + REFRESH_EARLY_SECONDS):
            stored = await self._renewed(stored)
        return Secret(stored.table.bearer() or "")

    async def after_refusal(self, refused: Secret) -> Secret:
        """Another token after a 401: one that someone else has stored meanwhile, else a renewed one.

        Raises `TokenRefused`.
        """
        stored = await self._current()
        if stored.table.bearer() == refused.reveal():
            stored = await self._renewed(stored)
        if stored.table.bearer() == refused.reveal():
            raise self.give_up(refused)
        return Secret(stored.table.bearer() or "")

    async def in_doubt(self, token: Secret) -> Secret | None:
        """Another token after a 500, which some servers answer to a bad one (§1.9, §13); None: it is not the token.

        A token is doubted once.
        """
        stored = await self._current()
        if stored.table.bearer() != token.reveal():
            return Secret(stored.table.bearer() or "")
        if self._doubted == token.reveal() or not _can_renew(stored.table):
            return None
        self._doubted = token.reveal()
        renewed = await self._renewed(stored)
        if renewed.table.bearer() == token.reveal():
            return None
        self._doubted = renewed.table.bearer()
        return Secret(renewed.table.bearer() or "")

    def give_up(self, refused: Secret) -> TokenRefused:
        """Set a refused token aside: one more sign-in may mend it, asking again and again would not."""
        stored = self.store.read()
        if stored is not None and stored.table.bearer() == refused.reveal():
            self.store.set_aside()
        self._unwritten = None
        return TokenRefused(server=self.server)

    async def _current(self) -> StoredToken:
        """What the file has; the successor of it that could not be written before."""
        stored = await self.store.read_whole()
        if stored is None:
            raise SignInRequired(server=self.server)
        if self._unwritten is not None:
            spent, successor = self._unwritten
            if stored.table == spent:
                with contextlib.suppress(OSError):
                    self.store.keep_successor(spent, successor.table)
                return successor
            self._unwritten = None
        return stored

    async def _renewed(self, stale: StoredToken) -> StoredToken:
        """Renew, or give what is there when it still serves: a renewal that fails early is no reason to stop."""
        lapsed = stale.lapses_before(self._now())
        try:
            async with self._renewing, held(self.store, "You are still signed in."):
                current = await self._current()
                if current.table.bearer() != stale.table.bearer():
                    return current
                adopted = self.store.adopt_successor(stale.table)
                if adopted is not None:
                    return adopted
                table = await self._fetch(stale.table)
                if table is not None:
                    return self._keep(current.table, table)
        except (ServerError, FileUnreadable):
            if lapsed:
                raise
        if lapsed:
            raise SignInRequired(server=self.server)
        return stale

    def _keep(self, spent: TokenTable, successor: TokenTable) -> StoredToken:
        """Write the successor; without room on the disk it serves from memory. What others wrote meanwhile stays."""
        found = self.store.read()
        if found is None:
            raise SignInRequired(server=self.server)  # somebody signed out
        on_disk = self._unwritten[0] if self._unwritten else spent
        if found.table != on_disk:
            return found
        kept, self._unwritten = StoredToken(successor, self._now()), None
        try:
            self.store.keep_successor(on_disk, successor)
        except OSError as error:
            log.warning("The renewed token of %s cannot be written: %s", self.server, error.strerror)
            self._unwritten = (on_disk, kept)
        return kept

    async def _fetch(self, table: TokenTable) -> TokenTable | None:
        """`GET {refresh_url}` with the refresh token as bearer; a complete replacement in TOML, or None (§1.4)."""
        if not _can_renew(table) or table.refresh_url is None:
            return None
        headers = {"Authorization": f"Bearer {table.refresh_token}"}
        async with translated(self.server):
            response = await self._http.get(table.refresh_url, headers=headers)
        if response.status_code >= 500 or response.status_code == 429:
            raise ServerFailed(server=self.server, status=response.status_code, state=NOTHING_CHANGED)
        if response.status_code != 200:
            return None
        try:
            renewed = TokenTable.model_validate(tomli.loads(response.text))
        except (ValueError, ValidationError):
            return None
        return self._completed(renewed, table) if renewed.bearer() and renewed.expiry(0) is not None else None

    def _completed(self, renewed: TokenTable, spent: TokenTable) -> TokenTable:
        """What PkgAuthentication wants to find in the file (§1.3). A refresh token that is not replaced goes on."""
        missing: dict[str, object] = {}
        if not renewed.refresh_token:
            missing["refresh_token"] = spent.refresh_token
        if not renewed.refresh_url:
            missing["refresh_url"] = spent.refresh_url
        if renewed.expires is None and renewed.expires_at is None:
            missing["expires"] = missing["expires_at"] = int(self._now() + (renewed.expires_in or 0))
        return renewed.model_copy(update=missing)


def _can_renew(table: TokenTable) -> bool:
    return bool(table.refresh_token and table.refresh_url and _is_safe(table.refresh_url))


def _is_safe(url: str) -> bool:
    """Pkg's rule: a refresh token travels over `https://` or to loopback only (§1.4)."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
