"""Tokens: what is accepted, for how long, and what JuliaHub's clients demand of them."""

import base64
import hmac
import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from joserfc import jwt
from joserfc.jws import JWSRegistry

from localhub.domain.client import Client
from localhub.services import tokens as tokens_module
from localhub.services.accounts import Accounts
from localhub.services.models import RefreshTokenRow, SessionRow
from localhub.services.signing_keys import SigningKeys
from localhub.services.store import Store
from localhub.services.tokens import InvalidToken, Tokens

URL = "http://127.0.0.1:4711"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path / "hub.sqlite")
    yield opened
    opened.close()


@pytest.fixture
def tokens(store: Store, tmp_path: Path) -> Tokens:
    return Tokens(store, SigningKeys(tmp_path))


def issue(tokens: Tokens, store: Store) -> dict[str, object]:
    return tokens.issue(Accounts(store).ensure("ada", "ada@localhost"), URL, Client("device", "curl", "192.0.2.1"))


def shift_clock(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    now = time.time
    monkeypatch.setattr(tokens_module.time, "time", lambda: now() + seconds)


def test_access_and_id_token_both_name_their_user(tokens: Tokens, store: Store) -> None:
    table = issue(tokens, store)
    for kind in ("access_token", "id_token"):
        assert tokens.verify(str(table[kind])).user.name == "ada"


def test_the_table_is_complete_and_its_expiry_an_integer(tokens: Tokens, store: Store) -> None:
    table = issue(tokens, store)
    assert table["refresh_url"] == URL + "/auth/renew/token.toml/v2/"
    assert (table["user_name"], table["user_email"], table["expires_in"]) == ("ada", "ada@localhost", 86400)
    assert type(table["expires"]) is int
    assert table["expires"] == table["expires_at"]


def test_claims_have_the_types_jh_demands(tokens: Tokens, store: Store) -> None:
    payload = str(issue(tokens, store)["id_token"]).split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    texts = [claims[name] for name in ("sub", "iss", "aud", "name", "email", "preferred_username")]
    assert all(isinstance(text, str) for text in texts)
    assert type(claims["exp"]) is type(claims["iat"]) is int


def test_garbage_is_refused(tokens: Tokens, store: Store) -> None:
    good = str(issue(tokens, store)["access_token"])
    head, payload, signature = good.split(".")
    none = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').decode().rstrip("=")
    for bad in ("", "x", "a.b.c", good[:-4] + "AAAA", f"{none}.{payload}.", f"{head}.{payload[:-2]}AA.{signature}"):
        with pytest.raises(InvalidToken):
            tokens.verify(bad)


def test_another_hubs_token_is_refused(tokens: Tokens, store: Store, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    foreign = issue(Tokens(store, SigningKeys(tmp_path / "other")), store)
    with pytest.raises(InvalidToken):
        tokens.verify(str(foreign["access_token"]))


def public_pem(tokens: Tokens) -> bytes:
    return bytes(tokens.keys.current.key.as_pem(private=False))


def sealed(head: dict[str, object], payload: str, key: bytes | None) -> str:
    """A token whose signature is HMAC-SHA256 with that key, or missing."""

    def part(value: bytes) -> str:
        return base64.urlsafe_b64encode(value).rstrip(b"=").decode()

    signed = f"{part(json.dumps(head).encode())}.{payload}"
    return f"{signed}.{'' if key is None else part(hmac.digest(key, signed.encode(), 'sha256'))}"


@pytest.mark.parametrize("algorithm", ["none", "None", "HS256"])
def test_a_token_cannot_choose_how_it_is_checked(tokens: Tokens, store: Store, algorithm: str) -> None:
    """Neither unsigned, nor signed with our public key taken for a secret."""
    payload = str(issue(tokens, store)["access_token"]).split(".")[1]
    kid = tokens.keys.current.kid
    keys: tuple[bytes | None, ...] = (None, public_pem(tokens), public_pem(tokens).rstrip())
    for key in keys:
        for head in ({"alg": algorithm, "kid": kid}, {"alg": algorithm}):
            with pytest.raises(InvalidToken):
                tokens.verify(sealed({"typ": "JWT", **head}, payload, key))


def test_a_token_cannot_bring_its_own_key(tokens: Tokens, store: Store, tmp_path: Path) -> None:
    claims = jwt.decode(str(issue(tokens, store)["access_token"]), tokens.keys.current.key).claims
    (tmp_path / "other").mkdir()
    own = SigningKeys(tmp_path / "other").current.key
    for extra in ({}, {"jwk": own.as_dict(private=False)}, {"kid": "../signing"}, {"kid": tokens.keys.current.kid}):
        registry = JWSRegistry(strict_check_header=False)
        with pytest.raises(InvalidToken):
            tokens.verify(jwt.encode({"alg": "RS256", **extra}, claims, own, registry=registry))


@pytest.mark.parametrize("used_before", [False, True])
def test_a_token_lapses(tokens: Tokens, store: Store, monkeypatch: pytest.MonkeyPatch, used_before: bool) -> None:
    token = str(issue(tokens, store)["access_token"])
    if used_before:
        tokens.verify(token)
    shift_clock(monkeypatch, 86_401)
    with pytest.raises(InvalidToken):
        tokens.verify(token)


def test_a_revoked_sign_in_is_over_for_good(tokens: Tokens, store: Store, tmp_path: Path) -> None:
    table = issue(tokens, store)
    tokens.revoke(tokens.verify(str(table["access_token"])).session_id)
    for checking in (tokens, Tokens(store, SigningKeys(tmp_path))):
        with pytest.raises(InvalidToken):
            checking.verify(str(table["id_token"]))
        with pytest.raises(InvalidToken):
            checking.renew(str(table["refresh_token"]), URL)


def test_tokens_outlive_a_restart(tokens: Tokens, store: Store, tmp_path: Path) -> None:
    table = issue(tokens, store)
    assert Tokens(store, SigningKeys(tmp_path)).verify(str(table["access_token"])).user.name == "ada"


def test_renewing_replaces_the_refresh_token(tokens: Tokens, store: Store) -> None:
    first = str(issue(tokens, store)["refresh_token"])
    renewed = tokens.renew(first, URL)
    assert renewed["refresh_token"] != first
    assert tokens.verify(renewed["access_token"]).user.name == "ada"


def test_a_client_that_crashed_may_renew_again_for_a_while(
    tokens: Tokens, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = str(issue(tokens, store)["refresh_token"])
    tokens.renew(first, URL)
    tokens.renew(first, URL)
    shift_clock(monkeypatch, tokens_module.GRACE_SECONDS + 1)
    with pytest.raises(InvalidToken):
        tokens.renew(first, URL)


def test_refresh_tokens_are_stored_as_hashes_and_lapse(
    tokens: Tokens, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = str(issue(tokens, store)["refresh_token"])
    with store.session() as session:
        assert token not in {row.digest for row in session.query(RefreshTokenRow)}
    shift_clock(monkeypatch, 30 * 86_400 + 1)
    with pytest.raises(InvalidToken):
        tokens.renew(token, URL)
    tokens.prune()
    with store.session() as session:
        assert session.query(RefreshTokenRow).count() == 0


def test_a_sign_in_says_where_it_came_from_and_goes_when_it_is_revoked(tokens: Tokens, store: Store) -> None:
    table = issue(tokens, store)
    principal = tokens.verify(str(table["access_token"]))
    tokens.renew(str(table["refresh_token"]), URL)
    ((row, owner),) = tokens.sign_ins(principal.user)
    assert (row.client, row.agent, row.address, owner.name) == ("device", "curl", "192.0.2.1", "ada")
    assert row.renewed_at is not None
    tokens.revoke(row.id)
    assert tokens.sign_ins() == []


def test_what_another_process_revoked_is_seen(tokens: Tokens, store: Store) -> None:
    token = str(issue(tokens, store)["access_token"])
    session_id = tokens.verify(token).session_id
    with store.session() as session:
        session.get_one(SessionRow, session_id).revoked_at = time.time()
    tokens.reload()
    with pytest.raises(InvalidToken):
        tokens.verify(token)
