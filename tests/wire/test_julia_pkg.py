"""Julia's own package manager as a client: it renews its token at localhub and sends it (protocol §1.2 to §1.4)."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
import tomli
import tomli_w

from juliahub_ls.services.token_store import TokenStore
from juliahub_wire import paths
from tests.support.scripted_hub import ScriptedHub, scripted_hub

pytestmark = [
    pytest.mark.julia,
    pytest.mark.skipif(shutil.which("julia") is None, reason="Julia is not installed"),
]
CODE = """
using Pkg
Pkg.PlatformEngines.probe_platform_engines!()  # as every operation of Pkg begins
for url in ARGS
    println(Pkg.PlatformEngines.get_auth_header(url))
end
"""


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ScriptedHub]:
    with scripted_hub(tmp_path_factory.mktemp("pkg")) as running:
        yield running


class Depot:
    """A user's depot, with the token where this Pkg looks for it: the port is part of the folder's name (§1.3)."""

    def __init__(self, folder: Path, hub: ScriptedHub) -> None:
        self.folder = folder
        self.url = hub.url
        self.auth = folder / "servers" / urlsplit(hub.url).netloc / "auth.toml"

    def write(self, table: dict[str, object]) -> None:
        """Put a token there."""
        self.auth.parent.mkdir(parents=True, exist_ok=True)
        self.auth.write_text(tomli_w.dumps(table))

    def header(self) -> str:
        """What Pkg would send with a request to the hub."""
        environ = os.environ | {"JULIA_PKG_SERVER": self.url, "JULIA_DEPOT_PATH": f"{self.folder}:"}
        command = ["julia", "--startup-file=no", "-e", CODE, "--", f"{self.url}/registries"]
        done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


@pytest.fixture
def depot(tmp_path: Path, hub: ScriptedHub) -> Depot:
    return Depot(tmp_path / "depot", hub)


def accepted(hub: ScriptedHub, header: str) -> bool:
    name, _, value = header.partition(": ")
    return httpx.get(hub.url + paths.API_VERSION, headers={name: value}, trust_env=False).status_code == 200


def test_a_token_of_ours_is_sent_as_it_is(hub: ScriptedHub, depot: Depot) -> None:
    table = hub.table()
    depot.write(table)
    header = depot.header()
    assert header == f"Authorization: Bearer {table['access_token']}"
    assert accepted(hub, header)


@pytest.mark.parametrize("renewal", [paths.AUTH_RENEW, paths.AUTH_RENEW_DEVICE, paths.DEX_TOKEN])
def test_a_token_that_lapses_soon_is_renewed(hub: ScriptedHub, depot: Depot, renewal: str) -> None:
    """At either renewal's address, and at the one that `jh` writes."""
    table = hub.table()
    depot.write(table | {"expires_at": int(time.time()) + 60, "refresh_url": hub.url + renewal})
    header = depot.header()
    written = tomli.loads(depot.auth.read_text())
    assert header == f"Authorization: Bearer {written['access_token']}"
    assert written["access_token"] != table["access_token"]
    assert written["refresh_token"] != table["refresh_token"]
    assert written["expires_at"] > time.time() + 3600
    assert accepted(hub, header)


def test_what_julia_wrote_is_read_by_us(hub: ScriptedHub, depot: Depot) -> None:
    depot.write(hub.table() | {"expires_at": int(time.time()) + 60})
    depot.header()
    stored = TokenStore(depot.auth).read()
    assert stored is not None
    assert stored.table.user_name == "ada"
    assert not stored.lapses_before(time.time() + 3600)
