"""The real client, signed in to a scripted server of each generation."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from juliahub_ls.services import log_stream, transport
from juliahub_ls.services.account import Account
from juliahub_ls.services.hub_client import HubClient
from juliahub_ls.services.token_store import TokenStore
from juliahub_wire.auth import TokenTable
from tests.support.scripted_http import ScriptedServer, scripted_server

from .generations import GENERATIONS, TOKEN, Generation, Server


@pytest.fixture
async def script() -> AsyncIterator[ScriptedServer]:
    async with scripted_server() as running:
        yield running


@pytest.fixture(params=GENERATIONS, ids=str)
def generation(request: pytest.FixtureRequest) -> Generation:
    found: Generation = request.param
    return found


@pytest.fixture
def server(script: ScriptedServer, generation: Generation) -> Server:
    return Server(script, generation)


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with transport.make_client() as client:
        yield client


@pytest.fixture
def store(tmp_path: Path) -> TokenStore:
    tokens = TokenStore(tmp_path / "auth.toml")
    tokens.write(TokenTable(id_token=TOKEN))
    return tokens


@pytest.fixture
def hub(script: ScriptedServer, http: httpx.AsyncClient, store: TokenStore) -> HubClient:
    """Not the parent folder's: here the server is scripted and the client is real."""
    return HubClient("hub", script.url, Account("hub", store, http), http)


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_stream, "LONGEST_PAUSE", 0.02)
