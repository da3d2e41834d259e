"""The daemon's services, made once and handed to whoever shows them: editor or terminal."""

import asyncio
import contextlib
from dataclasses import dataclass

from juliahub_ls.config import Settings, cache_dir, config_dir
from juliahub_ls.errors import ServerError, SignInRequired
from juliahub_ls.services.bundling import Bundling
from juliahub_ls.services.connections import Connections
from juliahub_ls.services.jobs import Jobs
from juliahub_ls.services.os_errors import translated_os_errors
from juliahub_ls.services.progress import Progress
from juliahub_ls.services.servers import Servers
from juliahub_ls.services.sign_in import OpenBrowser, SignIn
from juliahub_ls.services.submission import Submitter
from juliahub_ls.services.tasks import Tasks
from juliahub_ls.services.this_computer import ThisComputer


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that acts."""

    settings: Settings
    tasks: Tasks
    servers: Servers
    connections: Connections
    bundling: Bundling
    submitter: Submitter
    jobs: Jobs

    async def sign_in(self, server: str | None, open_browser: OpenBrowser, progress: Progress) -> str:
        """Sign in to a server and make it the current one; the account's name. This computer needs no browser."""
        profile = self.servers.find(server)
        name = profile.id
        if profile.url is not None:
            token = await SignIn(profile.id, profile.url, self.connections.http).run(open_browser, progress)
            store = self.connections.tokens(profile)
            with translated_os_errors(store.path, "You are not signed in."):
                await asyncio.to_thread(store.write, token)
            name = token.user_name or name
        self.servers.choose(profile)
        client = await self.connections.client(profile.id)
        with contextlib.suppress(ServerError):  # signed in all the same; old servers do not say who (§2.1)
            name = (await client.api_version()).username or name
        return name

    async def sign_out(self, server: str | None) -> str:
        """Remove a server's token from this computer; the server's id. Raises `SignInRequired` when there was none."""
        profile = self.servers.find(server)
        if not profile.is_this_computer and not self.connections.tokens(profile).delete():
            raise SignInRequired(server=profile.id)
        return profile.id

    async def aclose(self) -> None:
        """End background work and connections. Jobs go on."""
        await self.tasks.aclose()
        await self.connections.aclose()


def build_services(settings: Settings) -> Services:
    """The real ones."""
    tasks = Tasks()
    servers = Servers(config_dir(), settings)
    connections = Connections(servers, ThisComputer())
    bundling = Bundling(cache_dir())
    submitter = Submitter(connections, bundling)
    return Services(settings, tasks, servers, connections, bundling, submitter, Jobs(connections, tasks))
