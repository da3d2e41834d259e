"""A signed-in account on one server: the token that goes on requests, renewed before it lapses (protocol §1.4)."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import httpx
import tomli
from pydantic import ValidationError

from juliahub_ls.errors import FileUnreadable, ServerError, ServerFailed, SignInRequired, TokenRefused
from juliahub_ls.secret import Secret
from juliahub_ls.services.os_errors import translated_os_errors
from juliahub_ls.services.servers import LOOPBACK
from juliahub_ls.services.token_store import StoredToken, TokenStore
from juliahub_ls.services.transport import NOTHING_CHANGED, translated
from juliahub_wire.auth import TokenTable
from juliahub_wire.limits import REFRESH_EARLY_SECONDS


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

    async def bearer(self) -> Secret:
        """A token that is good for now. Raises `SignInRequired` when there is none and none can be had."""
        stored = self.store.read()
        if stored is None:
            raise SignInRequired(server=self.server)
        if stored.lapses_before(self._now() + REFRESH_EARLY_SECONDS):
            stored = await self._renewed(stored)
        return Secret(stored.table.bearer() or "")

    async def after_refusal(self, refused: Secret) -> Secret:
        """Another token after a 401: one that someone else has stored meanwhile, else a renewed one.

        Raises `TokenRefused`.
        """
        stored = self.store.read()
        if stored is None:
            raise SignInRequired(server=self.server)
        if stored.table.bearer() == refused.reveal():
            stored = await self._renewed(stored)
        if stored.table.bearer() == refused.reveal():
            self.store.set_aside()  # one more sign-in may mend it; asking again and again would not
            raise TokenRefused(server=self.server)
        return Secret(stored.table.bearer() or "")

    async def _renewed(self, stale: StoredToken) -> StoredToken:
        """Renew, or give what is there when it still serves: a renewal that fails early is no reason to stop."""
        lapsed = stale.lapses_before(self._now())
        try:
            async with self._renewing, self._alone():
                current = self.store.read()
                if current is not None and current.table.bearer() != stale.table.bearer():
                    return current
                table = await self._fetch(stale.table)
                if table is not None:
                    self._keep(table)
                    return StoredToken(table, self._now())
        except (ServerError, FileUnreadable):
            if lapsed:
                raise
        if lapsed:
            raise SignInRequired(server=self.server)
        return stale

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[None]:
        """Hold the store's lock."""
        lock = self.store.lock()
        with translated_os_errors(self.store.path, "You are still signed in."):
            await lock.acquire()
        try:
            yield
        finally:
            await lock.release()

    def _keep(self, table: TokenTable) -> None:
        with translated_os_errors(self.store.path, "Your sign-in could not be renewed."):
            self.store.write(table)

    async def _fetch(self, table: TokenTable) -> TokenTable | None:
        """`GET {refresh_url}` with the refresh token as bearer; a complete replacement in TOML, or None (§1.4)."""
        if not table.refresh_token or not table.refresh_url or not _is_safe(table.refresh_url):
            return None
        headers = {"Authorization": f"Bearer {table.refresh_token}"}
        async with translated(self.server):
            response = await self._http.get(table.refresh_url, headers=headers)
        if response.status_code >= 500:
            raise ServerFailed(server=self.server, status=response.status_code, state=NOTHING_CHANGED)
        if response.status_code != 200:
            return None
        try:
            renewed = TokenTable.model_validate(tomli.loads(response.text))
        except (ValueError, ValidationError):
            return None
        return renewed if renewed.bearer() and renewed.expires_in is not None else None


def _is_safe(url: str) -> bool:
    """Pkg's rule: a refresh token travels over `https://` or to loopback only (§1.4)."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
