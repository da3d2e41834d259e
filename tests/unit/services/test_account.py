"""The token on requests: renewed once, early, and never given up while it serves (protocol §1.4)."""

import asyncio
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
import tomli_w
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from juliahub_ls.errors import FileUnreadable, ServerFailed, ServerUnreachable, SignInRequired, TokenRefused
from juliahub_ls.secret import Secret
from juliahub_ls.services import token_store
from juliahub_ls.services.account import Account
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


async def test_a_request_after_401_goes_out_once_more(
    server: ScriptedServer, tokens: TokenStore, http: httpx.AsyncClient, account: Account
) -> None:
    from juliahub_ls.services.hub_client import HubClient

    async def only_new(request: Request) -> Response:
        good = request.headers["authorization"] == "Bearer new"
        return PlainTextResponse('{"api_version": "0.2.0"}' if good else "", 200 if good else 401)

    tokens.write(stored(server))
    server.on(RENEW, renewed(server))
    server.on("GET /api/v1", only_new)
    assert (await HubClient("hub", server.url, account, http).api_version()).api_version == "0.2.0"
    assert server.seen == ["GET /api/v1", RENEW, "GET /api/v1"]
