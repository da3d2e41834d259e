"""Sign-ins that wait for a person, and what becomes of them (protocol §1.5, §1.6)."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from localhub.domain.client import Client
from localhub.domain.permissions import User
from localhub.domain.refusals import Refusal, TooMany
from localhub.services import sign_in as sign_in_module
from localhub.services.accounts import Accounts
from localhub.services.sign_in import GrantRefused, SignIn, State
from localhub.services.signing_keys import SigningKeys
from localhub.services.store import Store
from localhub.services.tokens import Tokens

URL = "http://127.0.0.1:4711"
CLIENT = Client("device", "curl", "192.0.2.1")


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[tuple[SignIn, User]]:
    store = Store(tmp_path / "hub.sqlite")
    yield SignIn(Tokens(store, SigningKeys(tmp_path))), Accounts(store).ensure("ada", "ada@localhost")
    store.close()


def shift_clock(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    now = time.time
    monkeypatch.setattr(sign_in_module.time, "time", lambda: now() + seconds)


def error_of(sign_in: SignIn, device_code: str) -> str:
    with pytest.raises(GrantRefused) as refused:
        sign_in.exchange(device_code, URL)
    return refused.value.error


def test_an_approved_pair_gets_one_token(hub: tuple[SignIn, User]) -> None:
    sign_in, ada = hub
    response = sign_in.begin("challenge", CLIENT)
    assert re.fullmatch("[A-Za-z0-9]{64}", response)
    pending = sign_in.claim("challenge", response, URL)
    assert 0 < pending["expiry"] - time.time() <= 600
    asking = sign_in.of_response(response)
    assert asking is not None
    sign_in.approve(asking, ada)
    assert asking.state is State.APPROVED
    assert sign_in.claim("challenge", response, URL)["token"]["user_name"] == "ada"
    with pytest.raises(Refusal, match="not known"):
        sign_in.claim("challenge", response, URL)


def test_the_challenge_must_be_the_one_that_was_posted(hub: tuple[SignIn, User]) -> None:
    sign_in, ada = hub
    asking = sign_in.of_response(sign_in.begin("mine", CLIENT))
    assert asking is not None
    sign_in.approve(asking, ada)
    with pytest.raises(Refusal, match="not known"):
        sign_in.claim("guessed", asking.key, URL)


def test_a_device_is_told_how_it_stands_until_it_has_its_token(hub: tuple[SignIn, User]) -> None:
    sign_in, ada = hub
    asking = sign_in.begin_device(CLIENT)
    assert re.fullmatch(r"[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}", asking.key)
    assert error_of(sign_in, asking.secret) == "authorization_pending"
    sign_in.approve(asking, ada)
    assert sign_in.exchange(asking.secret, URL)["user_name"] == "ada"
    assert error_of(sign_in, asking.secret) == "invalid_grant"


def test_a_refused_device_hears_so(hub: tuple[SignIn, User]) -> None:
    sign_in, ada = hub
    asking = sign_in.begin_device(CLIENT)
    sign_in.refuse(asking)
    assert error_of(sign_in, asking.secret) == "access_denied"
    with pytest.raises(Refusal, match="no longer open"):
        sign_in.approve(asking, ada)


def test_a_refused_pair_hears_so(hub: tuple[SignIn, User]) -> None:
    asking = hub[0].of_response(hub[0].begin("challenge", CLIENT))
    assert asking is not None
    hub[0].refuse(asking)
    with pytest.raises(Refusal, match="refused in the browser"):
        hub[0].claim("challenge", asking.key, URL)


@pytest.mark.parametrize("after", [301, 900])
def test_a_device_code_lapses_even_when_it_was_approved(
    hub: tuple[SignIn, User], monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    sign_in, ada = hub
    asking = sign_in.begin_device(CLIENT)
    sign_in.approve(asking, ada)
    shift_clock(monkeypatch, after)
    assert error_of(sign_in, asking.secret) == ("expired_token" if after < 900 else "invalid_grant")


def test_an_approval_is_withdrawn_until_it_was_used(hub: tuple[SignIn, User]) -> None:
    sign_in, ada = hub
    approved, waiting = sign_in.begin_device(CLIENT), sign_in.begin_device(CLIENT)
    sign_in.approve(approved, ada)
    sign_in.withdraw_approvals()
    assert error_of(sign_in, approved.secret) == "access_denied"
    assert error_of(sign_in, waiting.secret) == "authorization_pending"


def test_a_pair_lapses(hub: tuple[SignIn, User], monkeypatch: pytest.MonkeyPatch) -> None:
    sign_in, ada = hub
    asking = sign_in.of_response(sign_in.begin("a", CLIENT))
    assert asking is not None
    shift_clock(monkeypatch, 601)
    assert asking.state is State.LAPSED
    with pytest.raises(Refusal, match="no longer open"):
        sign_in.approve(asking, ada)
    with pytest.raises(Refusal, match="lapsed"):
        sign_in.claim("a", asking.key, URL)


def test_codes_may_be_typed_carelessly(hub: tuple[SignIn, User]) -> None:
    sign_in, ada = hub
    asking = sign_in.begin_device(CLIENT)
    assert sign_in.of_user_code(f" {asking.key.lower().replace('-', ' ')} ") is asking
    assert sign_in.use_code(f" {sign_in.new_code(ada).lower().replace('-', ' ')} ") == ada


def test_a_wrong_used_or_replaced_one_time_code_is_nobodys(hub: tuple[SignIn, User]) -> None:
    sign_in, ada = hub
    used = sign_in.new_code(ada)
    assert sign_in.use_code(used) == ada
    replaced = sign_in.new_code(ada)
    sign_in.new_code(ada)
    for wrong in ("", "AAAA-AAAA-AA", used, replaced, "ä"):
        assert sign_in.use_code(wrong) is None


def test_a_one_time_code_lapses(hub: tuple[SignIn, User], monkeypatch: pytest.MonkeyPatch) -> None:
    code = hub[0].new_code(hub[1])
    shift_clock(monkeypatch, 301)
    assert hub[0].use_code(code) is None


def test_strangers_cannot_fill_the_memory(hub: tuple[SignIn, User], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_in_module, "MAX_WAITING", 5)
    monkeypatch.setattr(sign_in_module, "MAX_WAITING_PER_NETWORK", 3)
    for begin in (
        lambda: hub[0].begin("a", CLIENT),
        lambda: hub[0].begin_device(CLIENT),
        lambda: hub[0].begin("b", CLIENT),
    ):
        begin()
    with pytest.raises(TooMany, match="Too many sign-ins"):
        hub[0].begin_device(CLIENT)
    for address in ("192.0.2.2", "192.0.2.3"):
        hub[0].begin_device(Client("device", "", address))
    with pytest.raises(TooMany):
        hub[0].begin("c", Client("", "", "192.0.2.4"))
