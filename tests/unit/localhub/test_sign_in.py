"""Challenge and response, and that only the owner's code approves one."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from localhub.domain.permissions import User
from localhub.domain.refusals import Refusal
from localhub.services import sign_in as sign_in_module
from localhub.services.sign_in import SignIn
from localhub.services.store import Store
from localhub.services.tokens import Tokens, ensure_user

URL = "http://127.0.0.1:4711"


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[tuple[SignIn, User]]:
    store = Store(tmp_path / "hub.sqlite")
    yield SignIn(Tokens(store, tmp_path / "key.pem")), ensure_user(store, "ada", "ada@localhost")
    store.close()


def test_an_approved_pair_gets_one_token(hub: tuple[SignIn, User]) -> None:
    sign_in, ada = hub
    response = sign_in.begin("challenge")
    assert len(response) == 64
    assert response.isalnum()
    pending = sign_in.claim("challenge", response, URL)
    assert 0 < pending["expiry"] - time.time() <= 600
    sign_in.approve(response, sign_in.new_code(ada))
    assert not sign_in.is_open(response)
    assert sign_in.claim("challenge", response, URL)["token"]["user_name"] == "ada"
    with pytest.raises(Refusal, match="not known"):
        sign_in.claim("challenge", response, URL)


def test_the_code_may_be_typed_carelessly(hub: tuple[SignIn, User]) -> None:
    sign_in, ada = hub
    response = sign_in.begin("challenge")
    sign_in.approve(response, f" {sign_in.new_code(ada).lower().replace('-', ' ')} ")
    assert "token" in sign_in.claim("challenge", response, URL)


def test_a_wrong_used_or_replaced_code_approves_nothing(hub: tuple[SignIn, User]) -> None:
    sign_in, ada = hub
    used, replaced = sign_in.begin("a"), sign_in.begin("b")
    code = sign_in.new_code(ada)
    sign_in.approve(used, code)
    old = sign_in.new_code(ada)
    sign_in.new_code(ada)
    for wrong in ("", "AAAA-AAAA-AA", code, old, "ä"):
        with pytest.raises(Refusal, match="code is not right"):
            sign_in.approve(replaced, wrong)
    assert sign_in.is_open(replaced)


def test_the_challenge_must_be_the_one_that_was_posted(hub: tuple[SignIn, User]) -> None:
    sign_in, ada = hub
    response = sign_in.begin("mine")
    sign_in.approve(response, sign_in.new_code(ada))
    with pytest.raises(Refusal):
        sign_in.claim("guessed", response, URL)


def test_pairs_and_codes_lapse(hub: tuple[SignIn, User], monkeypatch: pytest.MonkeyPatch) -> None:
    sign_in, ada = hub
    response, code, now = sign_in.begin("a"), sign_in.new_code(ada), time.time
    monkeypatch.setattr(sign_in_module.time, "time", lambda: now() + 301)
    with pytest.raises(Refusal, match="code is not right"):
        sign_in.approve(response, code)
    monkeypatch.setattr(sign_in_module.time, "time", lambda: now() + 601)
    assert not sign_in.is_open(response)
    with pytest.raises(Refusal, match="no longer open"):
        sign_in.approve(response, sign_in.new_code(ada))


def test_strangers_cannot_fill_the_memory(hub: tuple[SignIn, User], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_in_module, "MAX_PAIRS", 3)
    for _ in range(3):
        hub[0].begin("a")
    with pytest.raises(Refusal, match="Too many sign-ins"):
        hub[0].begin("a")
