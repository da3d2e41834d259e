"""Signing in the way PkgAuthentication does, and renewing (protocol §1.4, §1.5)."""

import re
import secrets
import string
from collections.abc import Iterator

import httpx
import pytest
import tomli

from tests.support.scripted_hub import ScriptedHub


@pytest.fixture
def stranger(hub: ScriptedHub) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=hub.url, trust_env=False) as client:
        yield client


def begin(stranger: httpx.Client) -> tuple[str, str]:
    challenge = "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(32))
    answer = stranger.post("/auth/challenge", content=challenge)
    assert answer.status_code == 200
    assert re.fullmatch(r"[A-Za-z0-9]{64}", answer.text)
    return challenge, answer.text


def claim(stranger: httpx.Client, challenge: str, response: str) -> httpx.Response:
    return stranger.post("/auth/claimtoken", content=f'{{"challenge": "{challenge}", "response": "{response}"}}')


def test_a_sign_in_from_challenge_to_token(hub: ScriptedHub, stranger: httpx.Client, client: httpx.Client) -> None:
    challenge, response = begin(stranger)
    page = stranger.get(f"/auth/response?{response}")
    assert page.status_code == 200
    assert '<form method="post"' in page.text
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert set(claim(stranger, challenge, response).json()) == {"expiry"}

    code = client.post("/localhub/sign_in_code").json()["code"]
    done = stranger.post(f"/auth/response?{response}", data={"code": code})
    assert (done.status_code, "Signed in" in done.text) == (200, True)

    token = claim(stranger, challenge, response).json()["token"]
    with hub.client(token["id_token"]) as signed_in:
        assert signed_in.get("/api/v1").json()["username"] == "ada"


def test_the_page_cannot_be_approved_without_the_owners_code(stranger: httpx.Client) -> None:
    challenge, response = begin(stranger)
    for form in ({}, {"code": ""}, {"code": "AAAA-AAAA-AA"}, {"code": response}):
        page = stranger.post(f"/auth/response?{response}", data=form)
        assert page.status_code == 400
        assert "code is not right" in page.text
    assert "expiry" in claim(stranger, challenge, response).json()


def test_another_page_cannot_approve_even_with_a_code(stranger: httpx.Client, client: httpx.Client) -> None:
    challenge, response = begin(stranger)
    code = client.post("/localhub/sign_in_code").json()["code"]
    page = stranger.post(f"/auth/response?{response}", data={"code": code}, headers={"Origin": "https://evil.example"})
    assert page.status_code == 403
    assert "expiry" in claim(stranger, challenge, response).json()


def test_an_unknown_response_has_no_form(stranger: httpx.Client) -> None:
    page = stranger.get("/auth/response?<script>alert(1)</script>")
    assert page.status_code == 400
    assert "<form" not in page.text
    assert "alert(1)" not in page.text


@pytest.mark.parametrize("body", ["", "[]", "{}", "not json", '{"challenge": 1, "response": null}', "x" * 100_000])
def test_a_claim_that_is_none_is_refused(stranger: httpx.Client, body: str) -> None:
    assert stranger.post("/auth/claimtoken", content=body).status_code == 400


@pytest.mark.parametrize("body", [b"", b"x" * 1000, "ä".encode()])
def test_a_challenge_that_is_none_is_refused(stranger: httpx.Client, body: bytes) -> None:
    assert stranger.post("/auth/challenge", content=body).status_code == 400


def test_a_renewal_is_a_complete_auth_toml(hub: ScriptedHub, stranger: httpx.Client) -> None:
    first = hub.table()
    answer = httpx.get(
        first["refresh_url"], headers={"Authorization": f"Bearer {first['refresh_token']}"}, trust_env=False
    )
    assert answer.status_code == 200
    table = tomli.loads(answer.text)
    assert set(table) == set(first)
    assert type(table["expires"]) is type(table["expires_at"]) is int
    assert table["refresh_token"] != first["refresh_token"]
    with hub.client(table["access_token"]) as renewed:
        assert renewed.get("/api/v1").status_code == 200


def test_an_access_token_renews_nothing(hub: ScriptedHub, client: httpx.Client) -> None:
    assert client.get("/auth/renew/token.toml/v2/").status_code == 401
