"""The token on requests: renewed once, early, and never given up while it serves (protocol §1.4)."""

import asyncio
import hashlib
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
import tomli
import tomli_w
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from juliahub_ls.errors import FileUnreadable, ServerFailed, ServerUnreachable, SignInRequired, TokenRefused
from juliahub_ls.secret import Secret
from juliahub_ls.services import token_store
from juliahub_ls.services.account import Account
from juliahub_ls.services.hub_client import HubClient
from juliahub_ls.services.token_store import TokenStore
from juliahub_wire.auth import TokenTable
from tests.support.scripted_http import Cut, ScriptedServer

RENEW = "GET /auth/renew/token.toml/v2/"
NOW = time.time()
"""The account's clock; near the real one, as a token's lifetime also counts from its file's time of change."""


def stored(server: ScriptedServer, **fields: Any) -> TokenTable:
    url = f"{server.url}/auth/renew/token.toml/v2/"
    return TokenTable.model_validate({"id_token": "old", "refresh_token": "refresh-1", "refresh_url": url} | fields)


def renewed(server: ScriptedServer, **fields: Any) -> Response:
    table = {"id_token": "new", "refresh_token": "refresh-2", "refresh_url": f"{server.url}/x", "expires_in": 86400}
    return PlainTextResponse(tomli_w.dumps(table | fields))


@pytest.fixture
def tokens(tmp_path: Path) -> TokenStore:
    return TokenStore(tmp_path / "auth.toml")


@pytest.fixture
def account(tokens: TokenStore, http: httpx.AsyncClient) -> Account:
    return Account("hub", tokens, http, now=lambda: NOW)


async def test_no_token_asks_for_a_sign_in(account: Account) -> None:
    with pytest.raises(SignInRequired) as caught:
        await account.bearer()
    assert caught.value.action is not None


async def test_a_good_token_is_used_as_it_is(account: Account, tokens: TokenStore, server: ScriptedServer) -> None:
    tokens.write(stored(server, expires_at=NOW + 3600))
    assert (await account.bearer()).reveal() == "old"
    assert server.seen == []


async def test_one_renewal_for_all_who_wait(account: Account, tokens: TokenStore, server: ScriptedServer) -> None:
    tokens.write(stored(server, expires_at=NOW + 300))  # less than ten minutes
    server.on(RENEW, renewed(server))
    bearers = await asyncio.gather(*(account.bearer() for _ in range(20)))
    assert {bearer.reveal() for bearer in bearers} == {"new"}
    assert server.seen == [RENEW]
    assert server.requests[0].headers["authorization"] == "Bearer refresh-1"
    kept = tokens.read()
    assert kept is not None
    assert kept.table.refresh_token == "refresh-2"


async def test_two_windows_spend_one_refresh_token(
    tokens: TokenStore, server: ScriptedServer, http: httpx.AsyncClient
) -> None:
    tokens.write(stored(server, expires_at=NOW + 300))
    server.on(RENEW, renewed(server))
    windows = [Account("hub", TokenStore(tokens.path), http) for _ in range(2)]
    bearers = await asyncio.gather(*(window.bearer() for window in windows))
    assert {bearer.reveal() for bearer in bearers} == {"new"}
    assert server.seen == [RENEW]


async def test_a_process_renews_again_and_again(account: Account, tokens: TokenStore, server: ScriptedServer) -> None:
    server.on(RENEW, renewed(server))
    for _ in range(3):
        tokens.write(stored(server, expires_at=NOW - 1))
        assert (await account.bearer()).reveal() == "new"


UNUSABLE = {
    "refused": lambda server: Response(status_code=401),
    "down": lambda server: Response(status_code=503),
    "html": lambda server: PlainTextResponse("<html>"),
    "no token": lambda server: PlainTextResponse('expires_in = 5\nuser_name = "a"'),
    "no expiry": lambda server: PlainTextResponse('id_token = "new"'),
    "cut": lambda server: Cut(b"id_tok", 500),
}


PASSING = {"cut": ServerUnreachable, "down": ServerFailed}
"""Where waiting may mend it, nobody is asked to sign in."""


@pytest.mark.parametrize("case", sorted(UNUSABLE))
async def test_an_early_renewal_that_fails_costs_nothing(
    account: Account, tokens: TokenStore, server: ScriptedServer, case: str
) -> None:
    tokens.write(stored(server, expires_at=NOW + 300))
    server.on(RENEW, UNUSABLE[case](server))
    assert (await account.bearer()).reveal() == "old"


@pytest.mark.parametrize("case", sorted(UNUSABLE))
async def test_a_lapsed_token_that_cannot_be_renewed(
    account: Account, tokens: TokenStore, server: ScriptedServer, case: str
) -> None:
    tokens.write(stored(server, expires_at=NOW - 1))
    server.on(RENEW, UNUSABLE[case](server))
    with pytest.raises(PASSING.get(case, SignInRequired)):
        await account.bearer()
    kept = tokens.read()
    assert kept is not None
    assert kept.table.refresh_token == "refresh-1"


@pytest.mark.parametrize("url", ["http://evil.dev/renew", "ftp://127.0.0.1/", "http://[bad", "", "file:///etc/passwd"])
async def test_a_refresh_token_travels_safely_or_not_at_all(
    account: Account, tokens: TokenStore, server: ScriptedServer, url: str
) -> None:
    tokens.write(stored(server, expires_at=NOW - 1, refresh_url=url))
    with pytest.raises(SignInRequired):
        await account.bearer()


async def test_after_a_refusal_someone_elses_token(
    account: Account, tokens: TokenStore, server: ScriptedServer
) -> None:
    tokens.write(stored(server, id_token="theirs"))
    assert (await account.after_refusal(Secret("old"))).reveal() == "theirs"
    assert server.seen == []


async def test_after_a_refusal_a_renewed_token(account: Account, tokens: TokenStore, server: ScriptedServer) -> None:
    tokens.write(stored(server))
    server.on(RENEW, renewed(server))
    assert (await account.after_refusal(Secret("old"))).reveal() == "new"


async def test_after_a_refusal_nothing_else(account: Account, tokens: TokenStore, server: ScriptedServer) -> None:
    tokens.write(stored(server))
    server.on(RENEW, Response(status_code=401))
    with pytest.raises(TokenRefused):
        await account.after_refusal(Secret("old"))
    tokens.delete()
    with pytest.raises(SignInRequired):
        await account.after_refusal(Secret("old"))


async def test_a_lock_that_someone_keeps(
    account: Account, tokens: TokenStore, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(token_store, "LOCK_SECONDS", 0.05)
    tokens.write(stored(server, expires_at=NOW + 300))
    async with TokenStore(tokens.path).lock():
        assert (await account.bearer()).reveal() == "old"
        tokens.write(stored(server, expires_at=NOW - 1))
        with pytest.raises(FileUnreadable, match="another program holds it"):
            await account.bearer()


async def test_a_half_written_file_is_waited_for(account: Account, tokens: TokenStore) -> None:
    tokens.path.write_text("id_tok")
    asking = asyncio.create_task(account.bearer())
    await asyncio.sleep(0)
    tokens.path.write_text('id_token = "whole"')
    assert (await asyncio.wait_for(asking, 10)).reveal() == "whole"


async def test_a_renewal_is_completed_for_every_client(
    account: Account, tokens: TokenStore, server: ScriptedServer
) -> None:
    """PkgAuthentication wants four fields (§1.3), JuliaHub.jl an integer `expires` (§1.4)."""
    tokens.write(stored(server, expires_at=NOW - 1))
    server.on(RENEW, PlainTextResponse('id_token = "new"\nexpires_in = 86400.5\n'))
    await account.bearer()
    kept = tomli.loads(tokens.path.read_text())
    assert (kept["refresh_token"], kept["refresh_url"]) == ("refresh-1", f"{server.url}/auth/renew/token.toml/v2/")
    assert kept["expires"] == kept["expires_at"] == int(NOW + 86400.5)
    assert type(kept["expires"]) is int


@pytest.mark.parametrize("meanwhile", ["signed out", "signed in anew"])
async def test_what_others_do_during_a_renewal_stays(
    account: Account, tokens: TokenStore, server: ScriptedServer, meanwhile: str
) -> None:
    tokens.write(stored(server, expires_at=NOW - 1))

    async def slow(_request: Request) -> Response:
        if meanwhile == "signed out":
            tokens.path.unlink()
        else:
            tokens.write(stored(server, id_token="theirs", expires_at=NOW + 86400))
        return renewed(server)

    server.on(RENEW, slow)
    if meanwhile == "signed out":
        with pytest.raises(SignInRequired):
            await account.bearer()
        assert not tokens.path.exists()
    else:
        assert (await account.bearer()).reveal() == "theirs"


async def test_a_renewed_token_serves_although_the_disk_is_full(
    account: Account, tokens: TokenStore, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens.write(stored(server, expires_at=NOW - 1))
    server.on(RENEW, renewed(server))

    def full(_path: Path, _content: bytes) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as while_full:
        while_full.setattr(token_store, "replace_file", full)
        for _ in range(2):
            assert (await account.bearer()).reveal() == "new"
    assert (await account.bearer()).reveal() == "new"
    assert server.seen == [RENEW]
    kept = tokens.read()
    assert kept is not None
    assert kept.table.refresh_token == "refresh-2", "it is written once there is room"


async def test_a_successor_that_a_crash_left_is_used(
    account: Account, tokens: TokenStore, server: ScriptedServer
) -> None:
    spent = stored(server, expires_at=NOW - 1)
    tokens.write(spent)
    successor = tokens._successor_file(spent)
    token_store.replace_file(successor, tomli_w.dumps({"id_token": "new", "refresh_token": "refresh-2"}).encode())
    assert (await account.bearer()).reveal() == "new"
    assert server.seen == []


async def test_a_request_after_401_goes_out_once_more(
    server: ScriptedServer, tokens: TokenStore, http: httpx.AsyncClient, account: Account
) -> None:
    async def only_new(request: Request) -> Response:
        good = request.headers["authorization"] == "Bearer new"
        return PlainTextResponse('{"api_version": "0.2.0"}' if good else "", 200 if good else 401)

    tokens.write(stored(server))
    server.on(RENEW, renewed(server))
    server.on("GET /api/v1", only_new)
    assert (await HubClient("hub", server.url, account, http).api_version()).api_version == "0.2.0"
    assert server.seen == ["GET /api/v1", RENEW, "GET /api/v1"]


async def test_a_renewed_token_that_is_refused_too_is_the_end(
    server: ScriptedServer, tokens: TokenStore, http: httpx.AsyncClient, account: Account
) -> None:
    """One renewal, one repeat, then a clear stop; the file is kept under another name (§1.9)."""
    tokens.write(stored(server))
    server.on(RENEW, renewed(server))
    server.on("GET /api/v1", Response(status_code=401))
    client = HubClient("hub", server.url, account, http)
    with pytest.raises(TokenRefused):
        await client.api_version()
    assert server.seen == ["GET /api/v1", RENEW, "GET /api/v1"]
    content = (next(tokens.path.parent.glob("auth.toml.*.backup"))).read_bytes()
    name = f"auth.toml.{hashlib.sha1(content).hexdigest()[:8]}.backup"
    assert (tokens.path.parent / name).is_file()
    with pytest.raises(SignInRequired):
        await client.api_version()
    assert len(server.seen) == 3, "nothing is asked any more"


async def test_a_500_may_be_a_bad_token(
    server: ScriptedServer, tokens: TokenStore, http: httpx.AsyncClient, account: Account
) -> None:
    async def only_new(request: Request) -> Response:
        good = request.headers["authorization"] == "Bearer new"
        return PlainTextResponse('{"api_version": "0.2.0"}' if good else "", 200 if good else 500)

    tokens.write(stored(server))
    server.on(RENEW, renewed(server))
    server.on("GET /api/v1", only_new)
    assert (await HubClient("hub", server.url, account, http).api_version()).api_version == "0.2.0"


async def test_a_500_that_stays_costs_one_renewal(
    server: ScriptedServer, tokens: TokenStore, http: httpx.AsyncClient, account: Account
) -> None:
    tokens.write(stored(server))
    server.on(RENEW, renewed(server))
    server.on("GET /api/v1", Response(status_code=500))
    client = HubClient("hub", server.url, account, http)
    for _ in range(3):
        with pytest.raises(ServerFailed):
            await client.api_version()
    assert server.seen.count(RENEW) == 1
    assert tokens.path.exists()
