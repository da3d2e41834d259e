"""A token for automation from the environment: for one server alone, before `auth.toml`, never written."""

import base64
import json
from pathlib import Path

import pytest

from juliahub_ls.config import Settings
from juliahub_ls.errors import SignInFailed
from juliahub_ls.services.connections import Connections
from juliahub_ls.services.environment_token import environment_token
from juliahub_ls.services.servers import Servers
from juliahub_ls.services.this_computer import ThisComputer
from juliahub_ls.services.token_store import TokenStore, auth_file
from juliahub_wire.auth import TokenTable


def jwt(**claims: object) -> str:
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"eyJhbGciOiJSUzI1NiJ9.{payload}.c2ln"


TOKEN = jwt(preferred_username="ada", email="ada@example.org", exp=4_000_000_000)


@pytest.mark.parametrize(
    ("package_server", "url", "used"),
    [
        ("hub.example.dev", "https://hub.example.dev", True),
        ("https://hub.example.dev/", "https://hub.example.dev", True),
        ("hub.example.dev", "https://other.example.dev", False),
        ("hub.example.dev", "https://juliahub.com", False),
        (None, "https://juliahub.com", True),
        ("", "https://juliahub.com", True),
        (None, "https://hub.example.dev", False),
        ("no server", "https://juliahub.com", False),
    ],
)
def test_it_goes_to_the_package_server_alone(package_server: str | None, url: str, used: bool, tmp_path: Path) -> None:
    environ = {"JULIAHUB_TOKEN": TOKEN} | ({} if package_server is None else {"JULIA_PKG_SERVER": package_server})
    assert (environment_token(url, environ, tmp_path / "auth.toml") is not None) is used


def test_its_claims_tell_the_account(tmp_path: Path) -> None:
    found = environment_token("https://juliahub.com", {"JULIAHUB_TOKEN": f" {TOKEN}\n"}, tmp_path / "auth.toml")
    assert found is not None
    stored = found.read()
    assert stored is not None
    assert stored.table.bearer() == TOKEN
    assert (stored.table.user_name, stored.table.user_email) == ("ada", "ada@example.org")
    assert stored.table.expiry(stored.mtime) == 4_000_000_000
    assert TOKEN not in repr(stored)


@pytest.mark.parametrize("token", ["opaque", "a.b.c", "a.e30.c", jwt(preferred_username=7, exp="soon")])
def test_a_token_without_claims_serves_too(token: str, tmp_path: Path) -> None:
    found = environment_token("https://juliahub.com", {"JULIAHUB_TOKEN": token}, tmp_path / "auth.toml")
    assert found is not None
    stored = found.read()
    assert stored is not None
    assert (stored.table.bearer(), stored.table.user_name, stored.table.expiry(stored.mtime)) == (token, None, None)


def test_it_stands_before_the_file_and_is_never_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JULIA_DEPOT_PATH", str(tmp_path))
    monkeypatch.setenv("JULIA_PKG_SERVER", "hub.example.dev")
    monkeypatch.setenv("JULIAHUB_TOKEN", TOKEN)
    file = auth_file("https://hub.example.dev", {"JULIA_DEPOT_PATH": str(tmp_path)}, tmp_path)
    TokenStore(file).write(TokenTable(id_token="from the file"))
    before = file.read_bytes()
    connections = Connections(Servers(tmp_path / "config", Settings()), ThisComputer(tmp_path / "state"))
    tokens = connections.tokens(connections.servers.find("hub.example.dev"))
    stored = tokens.read()
    assert stored is not None
    assert stored.table.bearer() == TOKEN
    tokens.set_aside()
    with pytest.raises(SignInFailed, match="JULIAHUB_TOKEN"):
        tokens.write(TokenTable(id_token="another"))
    with pytest.raises(SignInFailed, match="JULIAHUB_TOKEN"):
        tokens.delete()
    assert file.read_bytes() == before
