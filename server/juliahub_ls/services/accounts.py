"""Signing in to servers and out of them: the flow, the token file, and which server is current from then on."""

import asyncio
import time

from juliahub_ls.errors import ServerError, SignInFailed, SignInRequired, TokenRefused
from juliahub_ls.services.connections import Connections
from juliahub_ls.services.os_errors import translated_os_errors
from juliahub_ls.services.progress import Progress
from juliahub_ls.services.servers import ServerProfile, Servers
from juliahub_ls.services.sign_in import Ask, Attempt, Flow, SignedInElsewhere
from juliahub_ls.services.token_store import TokenStore, held
from juliahub_wire.auth import TokenTable

NOT_SIGNED_IN = "You are not signed in."


class Accounts:
    """The user's accounts, one a server."""

    def __init__(self, servers: Servers, connections: Connections) -> None:
        self._servers = servers
        self._connections = connections

    async def sign_in(self, server: str | None, ask: Ask, progress: Progress, flow: Flow | None = None) -> str:
        """Sign in to a server and make it the current one; the account's name. This computer needs nobody's approval.

        Raises what `Attempt.sign_in` raises, and file errors: then nobody is signed in anew.
        """
        profile = self._servers.find(server)
        name = profile.id
        if profile.url is not None:
            name = await self._approved(profile, profile.url, ask, progress, flow) or name
        self._servers.choose(profile)
        client = await self._connections.client(profile.id)
        try:
            name = (await client.api_version()).username or name
        except TokenRefused:
            raise SignInFailed(server=profile.id, reason="it refuses the token that it has just given.") from None
        except ServerError:  # signed in all the same; old servers do not say who (§2.1)
            pass
        return name

    async def sign_out(self, server: str | None) -> str:
        """Remove a server's token from this computer; the server's id. Raises `SignInRequired` when there was none."""
        profile = self._servers.find(server)
        if not profile.is_this_computer:
            store = self._connections.tokens(profile)
            state = "You are still signed in."
            async with held(store, state):
                with translated_os_errors(store.path, state):
                    gone = store.delete()
            if not gone:
                raise SignInRequired(server=profile.id)
        return profile.id

    async def _approved(
        self, profile: ServerProfile, url: str, ask: Ask, progress: Progress, flow: Flow | None
    ) -> str | None:
        """Get a token and keep it; the name that it bears."""
        store = self._connections.tokens(profile)
        attempt = Attempt(profile.id, url, self._connections.http, ask, progress, _elsewhere(store))
        token = await attempt.sign_in(flow)
        async with held(store, NOT_SIGNED_IN):
            with translated_os_errors(store.path, NOT_SIGNED_IN):
                await asyncio.to_thread(store.write, token)
        return token.user_name


def _elsewhere(store: TokenStore) -> SignedInElsewhere:
    """Notices a token that was not there when the sign-in began: another window, or Julia itself, was quicker."""
    before = store.read()

    def found() -> TokenTable | None:
        now = store.read()
        if now is None or now.lapses_before(time.time()):
            return None
        return None if before is not None and now.table.bearer() == before.table.bearer() else now.table

    return found
