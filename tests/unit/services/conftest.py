"""A scripted server, and the real client and its parts against it."""

import socket
from collections.abc import AsyncIterator, Callable

import httpx
import pytest

from juliahub_ls.services import hub_client, hub_requests, sign_in, transport, upload
from juliahub_ls.services.account import Account
from juliahub_ls.services.hub_client import HubClient
from juliahub_ls.services.token_store import TokenStore
from juliahub_wire.auth import TokenTable
from tests.support.scripted_http import ScriptedServer, scripted_server


@pytest.fixture
async def server() -> AsyncIterator[ScriptedServer]:
    """A server that answers by script."""
    async with scripted_server() as script:
        yield script


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    """The real HTTP client."""
    async with transport.make_client() as client:
        yield client


@pytest.fixture
def store(tmp_path_factory: pytest.TempPathFactory) -> TokenStore:
    """A token that never lapses."""
    tokens = TokenStore(tmp_path_factory.mktemp("depot") / "auth.toml")
    tokens.write(TokenTable(id_token="token-1"))
    return tokens


@pytest.fixture
def client(server: ScriptedServer, http: httpx.AsyncClient, store: TokenStore) -> HubClient:
    """The real client, signed in to the scripted server."""
    return HubClient("hub", server.url, Account("hub", store, http), http)


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses between tries pass at once: what is tested is what happens, not how long it takes."""
    retry = transport.retrying

    async def at_once(_seconds: float) -> None:
        return

    for module in (hub_client, hub_requests, sign_in):
        monkeypatch.setattr(module, "retrying", lambda attempt: retry(attempt, sleep=at_once))
    monkeypatch.setattr(upload, "PAUSE_SECONDS", 0)


Mocked = Callable[[Callable[[httpx.Request], httpx.Response]], HubClient]


@pytest.fixture
def mocked(store: TokenStore) -> Mocked:
    """Makes a client whose answers come from a function."""

    def make(handler: Callable[[httpx.Request], httpx.Response]) -> HubClient:
        http = transport.make_client(httpx.MockTransport(handler))
        return HubClient("hub", "https://hub.dev", Account("hub", store, http), http)

    return make


@pytest.fixture
def unused_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
