"""While a server is away, what it last said is given out, marked with the time since when it is."""

from pathlib import Path

import httpx
import pytest
from starlette.responses import Response

from juliahub_ls.config import Settings
from juliahub_ls.errors import ServerFailed, TokenRefused
from juliahub_ls.services.connections import Connections
from juliahub_ls.services.last_known import LastKnown
from juliahub_ls.services.servers import Servers
from juliahub_ls.services.this_computer import ThisComputer
from juliahub_ls.services.token_store import TokenStore, auth_file
from juliahub_wire.auth import TokenTable
from tests.support.scripted_http import ScriptedServer
from tests.unit.services.test_hub_client import NODE, NODES


@pytest.fixture
def known(
    server: ScriptedServer, tmp_path: Path, http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> LastKnown:
    monkeypatch.setenv("JULIA_DEPOT_PATH", str(tmp_path))
    TokenStore(auth_file(server.url, {"JULIA_DEPOT_PATH": str(tmp_path)}, tmp_path)).write(TokenTable(id_token="t"))
    servers = Servers(tmp_path / "config", Settings(server=server.url))
    return LastKnown(Connections(servers, ThisComputer(tmp_path / "state"), lambda: http))


async def test_what_was_known_stays_while_the_server_is_away(known: LastKnown, server: ScriptedServer) -> None:
    server.on(NODES, {"success": True, "message": "", "node_specs": [NODE]})
    fresh = await known.get(None, "nodes", lambda client: client.node_specs())
    assert fresh.offline_since is None
    server.on(NODES, Response(status_code=500))
    stale = await known.get(None, "nodes", lambda client: client.node_specs())
    again = await known.get(None, "nodes", lambda client: client.node_specs())
    assert (stale.value, stale.offline_since is not None) == (fresh.value, True)
    assert again == stale
    server.on(NODES, {"success": True, "message": "", "node_specs": []})
    back = await known.get(None, "nodes", lambda client: client.node_specs())
    assert (back.value, back.offline_since) == ([], None)


async def test_what_was_never_known_is_an_error(known: LastKnown, server: ScriptedServer) -> None:
    server.on(NODES, Response(status_code=500))
    with pytest.raises(ServerFailed):
        await known.get(None, "nodes", lambda client: client.node_specs())


async def test_a_refused_token_is_told_all_the_same(known: LastKnown, server: ScriptedServer) -> None:
    server.on(NODES, {"success": True, "message": "", "node_specs": [NODE]})
    await known.get(None, "nodes", lambda client: client.node_specs())
    server.on(NODES, Response(status_code=401))
    with pytest.raises(TokenRefused):
        await known.get(None, "nodes", lambda client: client.node_specs())
