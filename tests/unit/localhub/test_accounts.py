"""Accounts, their passwords, and groups."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from localhub.domain.client import Client
from localhub.domain.permissions import Role
from localhub.domain.refusals import Refusal
from localhub.services.accounts import Accounts
from localhub.services.models import UserRow
from localhub.services.passwords import Passwords
from localhub.services.signing_keys import SigningKeys
from localhub.services.store import Store
from localhub.services.tokens import InvalidToken, Tokens

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PASSWORD = "correct horse"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path / "hub.sqlite")
    yield opened
    opened.close()


@pytest.fixture
def accounts(store: Store) -> Accounts:
    return Accounts(store, Passwords(CHEAP))


def add(accounts: Accounts, name: str = "ada", password: str = PASSWORD, role: Role = Role.USER) -> int:
    return accounts.add(name, f"{name}@example.org", name.title(), role, password).id


def test_only_the_right_password_lets_in(accounts: Accounts) -> None:
    known = add(accounts)
    user = accounts.check("ADA", PASSWORD)
    assert user is not None
    assert (user.id, user.name, user.email, user.full_name) == (known, "ada", "ada@example.org", "Ada")
    for name, password in (("ada", "wrong horse"), ("ada", ""), ("eve", PASSWORD), ("", ""), ("%", PASSWORD)):
        assert accounts.check(name, password) is None


def test_passwords_are_stored_as_argon2id_only(accounts: Accounts, store: Store) -> None:
    add(accounts)
    with store.session() as session:
        row = session.query(UserRow).one()
    assert (row.password_hash or "").startswith("$argon2id$")
    assert PASSWORD not in repr(vars(row))


def test_the_same_letter_typed_on_another_keyboard_is_the_same(accounts: Accounts) -> None:
    add(accounts, password="caf\u00e9 latte")
    assert accounts.check("ada", "cafe\u0301 latte") is not None


def test_a_hash_of_other_costs_is_renewed_at_the_next_sign_in(accounts: Accounts, store: Store) -> None:
    add(accounts)
    dearer = Accounts(store, Passwords(PasswordHasher(time_cost=2, memory_cost=8, parallelism=1)))
    assert dearer.check("ada", PASSWORD) is not None
    with store.session() as session:
        assert "t=2" in (session.query(UserRow).one().password_hash or "")
    assert dearer.check("ada", PASSWORD) is not None


@pytest.mark.parametrize("name", ["", "-x", "a b", "a/b", "x" * 65, "%", "ä", "a\n"])
def test_what_cannot_be_a_name_is_refused(accounts: Accounts, name: str) -> None:
    with pytest.raises(Refusal, match="cannot be an account's name"):
        add(accounts, name)


@pytest.mark.parametrize("password", ["", "short", "x" * 1001])
def test_what_cannot_be_a_password_is_refused(accounts: Accounts, password: str) -> None:
    with pytest.raises(Refusal, match="A password must have"):
        add(accounts, password=password)


def test_a_name_is_taken_once_whatever_its_case(accounts: Accounts) -> None:
    add(accounts)
    with pytest.raises(Refusal, match="There is an account ada already"):
        add(accounts, "Ada")


def test_the_account_of_who_runs_the_hub_gets_a_password(accounts: Accounts) -> None:
    owner = accounts.ensure("ada", "ada@localhost")
    assert accounts.check("ada", "") is None
    assert not accounts.can_anyone_sign_in()
    assert add(accounts, role=Role.ADMIN) == owner.id
    assert accounts.can_anyone_sign_in()
    assert accounts.is_admin(owner)
    assert accounts.ensure("ada", "other@localhost").email == "ada@example.org"


def test_who_comes_after_a_removed_account_is_someone_else(accounts: Accounts, store: Store, tmp_path: Path) -> None:
    tokens = Tokens(store, SigningKeys(tmp_path))
    first = add(accounts)
    user = accounts.check("ada", PASSWORD)
    assert user is not None
    table = tokens.issue(user, "https://hub", Client("test"))
    accounts.remove("ada")
    tokens.reload()
    with pytest.raises(InvalidToken):
        tokens.verify(table["access_token"])
    with pytest.raises(InvalidToken):
        tokens.renew(table["refresh_token"], "https://hub")
    assert accounts.check("ada", PASSWORD) is None
    assert accounts.people() == []
    assert add(accounts) != first
    with pytest.raises(Refusal, match="no account"):
        accounts.remove("nobody")


def test_a_new_password_ends_every_sign_in(accounts: Accounts, store: Store, tmp_path: Path) -> None:
    tokens = Tokens(store, SigningKeys(tmp_path))
    add(accounts)
    user = accounts.check("ada", PASSWORD)
    assert user is not None
    table = tokens.issue(user, "https://hub", Client("test"))
    accounts.set_password("ada", "battery staple")
    with pytest.raises(InvalidToken):
        tokens.renew(table["refresh_token"], "https://hub")
    assert accounts.check("ada", PASSWORD) is None
    assert accounts.check("ada", "battery staple") is not None


def test_groups_and_who_is_in_them(accounts: Accounts) -> None:
    add(accounts), add(accounts, "eve")
    accounts.add_group("simulation")
    for _ in range(2):
        accounts.join("simulation", "eve")
    accounts.join("simulation", "ada")
    assert accounts.members("simulation") == ["ada", "eve"]
    assert [[group.name for group in row.groups] for row in accounts.people()] == [["simulation"]] * 2
    accounts.leave("simulation", "ada")
    accounts.remove("eve")
    assert accounts.members("simulation") == []
    accounts.remove_group("simulation")
    assert accounts.groups() == []


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (lambda each: each.add_group("g"), "There is a group g already"),
        (lambda each: each.add_group("a b"), "cannot be a group's name"),
        (lambda each: each.remove_group("x"), "no group x"),
        (lambda each: each.join("x", "ada"), "no group x"),
        (lambda each: each.join("g", "eve"), "no account eve"),
        (lambda each: each.leave("g", "ada"), "ada is not in the group g"),
    ],
)
def test_what_cannot_be_done_with_groups(accounts: Accounts, act: object, words: str) -> None:
    add(accounts)
    accounts.add_group("g")
    with pytest.raises(Refusal, match=words):
        act(accounts)  # type: ignore[operator]


def test_people_are_found_by_pattern(accounts: Accounts) -> None:
    for name in ("ada", "adam", "eve"):
        add(accounts, name)
    assert [row.name for row in accounts.people("AD%")] == ["ada", "adam"]
    assert [row.name for row in accounts.people("%", 1)] == ["ada"]
    assert [row.name for row in accounts.people("ev_")] == ["eve"]
