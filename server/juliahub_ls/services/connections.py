"""One client per server: the profile, its account and its HTTP calls, made when first needed."""

import os
from collections.abc import Callable
from pathlib import Path

import httpx

from juliahub_ls.services.account import Account
from juliahub_ls.services.environment_token import environment_token
from juliahub_ls.services.hub_client import HubClient
from juliahub_ls.services.jwt_claims import claims_of, text_claim
from juliahub_ls.services.reachability import Reachability
from juliahub_ls.services.servers import ServerProfile, Servers
from juliahub_ls.services.tasks import Tasks
from juliahub_ls.services.this_computer import ThisComputer
from juliahub_ls.services.token_store import TokenStore, auth_file
from juliahub_ls.services.transport import make_client


class Connections:
    """Hands out clients. This computer's hub is started on demand, and found again when it has moved."""

    def __init__(
        self,
        servers: Servers,
        this_computer: ThisComputer,
        make_http: Callable[[], httpx.AsyncClient] = make_client,
        tasks: Tasks | None = None,
    ) -> None:
        self.servers = servers
        self.this_computer = this_computer
        self.reachability = Reachability(tasks or Tasks())
        self._make_http = make_http
        self._http: httpx.AsyncClient | None = None
        self._clients: dict[tuple[str, str], HubClient] = {}

    @property
    def http(self) -> httpx.AsyncClient:
        """The shared HTTP client."""
        if self._http is None:
            self._http = self._make_http()
        return self._http

    async def client(self, server: str | None = None) -> HubClient:
        """The client of a server (id, host or URL; None: the current one).

        Starts this computer's hub if it is meant.
        """
        profile = self.servers.find(server)
        url = (await self.this_computer.ensure()).url if profile.url is None else profile.url
        key = (profile.id, url)
        if key not in self._clients:
            account = Account(profile.id, self.tokens(profile), self.http)
            self._clients[key] = HubClient(profile.id, url, account, self.http, self.reachability)
        return self._clients[key]

    def api_version(self, profile: ServerProfile) -> str | None:
        """What a server speaks, if it has been asked in this session."""
        known = (client.known_version for (server, _), client in self._clients.items() if server == profile.id)
        return next((version for version in known if version), None)

    def tokens(self, profile: ServerProfile) -> TokenStore:
        """Where a server's token is: `JULIAHUB_TOKEN` when it is meant for this server, else `auth.toml`."""
        if profile.url is None:
            return self.this_computer.tokens
        path = auth_file(profile.url, os.environ, Path.home())
        return environment_token(profile.url, os.environ, path) or TokenStore(path)

    def account(self, profile: ServerProfile) -> str | None:
        """Whom a server's token is for, in its own words, empty when it does not say. None: there is no token, or
        somebody is writing it.
        """
        stored = self.tokens(profile).read()
        if stored is None:
            return None
        return stored.table.user_name or text_claim(claims_of(stored.table.bearer() or ""), "sub") or ""

    async def aclose(self) -> None:
        """Close connections."""
        if self._http is not None:
            await self._http.aclose()
