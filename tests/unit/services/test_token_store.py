"""`auth.toml`: read without trust, written whole, readable by its owner only (protocol §1.3)."""

import asyncio
import base64
import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import tomli

from juliahub_ls.services import files
from juliahub_ls.services.token_store import StoredToken, TokenStore, auth_file
from juliahub_wire.auth import TokenTable


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "depot" / "servers" / "hub" / "auth.toml"


def test_what_is_written_is_read(path: Path) -> None:
    table = TokenTable.model_validate(
        {
            "id_token": "i",
            "expires": 12.0,
            "expires_at": 12,
            "expires_in": 5,
            "user_name": 'a"b\\',
            "custom": {"d": [1]},
        }
    )
    TokenStore(path).write(table)
    stored = TokenStore(path).read()
    assert stored is not None
    assert stored.table == table
    assert stored.mtime == path.stat().st_mtime
    raw = tomli.loads(path.read_text())
    assert {type(raw[key]) for key in ("expires", "expires_at", "expires_in")} == {int}


@pytest.mark.parametrize("given", [{"expires": 12.7}, {"expires_at": 12.7}, {"expires": 12, "expires_at": 12.9}])
def test_an_expiry_has_both_names_and_is_an_integer(path: Path, given: "dict[str, float]") -> None:
    TokenStore(path).write(TokenTable.model_validate({"id_token": "i"} | given))
    raw = tomli.loads(path.read_text())
    assert (raw["expires"], raw["expires_at"], type(raw["expires"]), type(raw["expires_at"])) == (12, 12, int, int)


def test_no_number_is_larger_than_julia_reads(path: Path) -> None:
    TokenStore(path).write(TokenTable(id_token="i", expires=1e300, expires_in=-1e300))
    raw = tomli.loads(path.read_text())
    assert (raw["expires"], raw["expires_in"]) == (2**63 - 1, -(2**63 - 1))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has rights, not modes")
def test_only_the_owner_reads_it(path: Path) -> None:
    TokenStore(path).write(TokenTable(id_token="i"))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_failed_write_leaves_the_old_one(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = TokenStore(path)
    store.write(TokenTable(id_token="old"))

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        store.write(TokenTable(id_token="new"))
    kept = store.read()
    assert kept is not None
    assert kept.table.bearer() == "old"
    assert [file.name for file in path.parent.iterdir()] == ["auth.toml"]


@pytest.mark.parametrize(
    "content",
    [
        b"not toml =",
        b"\xff",
        b"id_token = 5",
        b'id_token = "i"\nexpires = "soon"',
        b'id_token = "i"\nexpires = nan',
        b'id_token = "i"\nexpires_in = inf',
        b'id_token = "i"\nid_token = "j"',
        b'id_token = "two\\nlines"',
    ],
)
def test_a_malformed_file_is_set_aside(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    assert TokenStore(path).read() is None
    assert path.exists(), "someone may be writing it"
    os.utime(path, (1, 1))
    assert TokenStore(path).read() is None
    (aside,) = path.parent.iterdir()
    assert aside.name.startswith("auth.toml.")
    assert aside.name.endswith(".malformed")
    assert aside.read_bytes() == content


async def test_a_file_that_is_being_written_is_waited_for(path: Path) -> None:
    """PkgAuthentication empties the file, then fills it (§1.3)."""
    store = TokenStore(path)
    for half in (b"", b"id_tok", b'user_name = "ada"\nid_token = "ey'):
        write(path, half)
        reading = asyncio.create_task(store.read_whole())
        await asyncio.sleep(0)
        assert not reading.done()
        write(path, b'user_name = "ada"\nid_token = "eyJ"\n')
        stored = await asyncio.wait_for(reading, 10)
        assert stored is not None
        assert stored.table.bearer() == "eyJ"


async def test_what_nobody_goes_on_writing_is_not_waited_for(path: Path) -> None:
    mtime = write(path, b"id_tok")
    assert await asyncio.wait_for(TokenStore(path, now=lambda: mtime + 6).read_whole(), 10) is None
    assert names(path.parent) == ["auth.toml.643fa1de.malformed"]


def write(path: Path, content: bytes) -> float:
    """In place, as PkgAuthentication does it; the time of change."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path.stat().st_mtime


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def test_a_whole_file_that_came_meanwhile_is_not_set_aside(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(b"id_tok")
    os.utime(path, (1, 1))
    replace = Path.replace

    def slow(self: Path, target: Path) -> Path:
        if target.name.endswith(".malformed"):
            path.write_bytes(b'id_token = "whole"')
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", slow)
    store = TokenStore(path)
    assert store.read() is None
    stored = store.read()
    assert stored is not None
    assert stored.table.bearer() == "whole"


SPENT, SUCCESSOR = TokenTable(id_token="a", refresh_token="r1"), TokenTable(id_token="b", refresh_token="r2")


def test_a_successor_survives_a_crash_before_it_is_in_place(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = TokenStore(path)
    store.write(SPENT)
    with monkeypatch.context() as crashing:
        crashing.setattr(Path, "replace", crash_at(path))
        with pytest.raises(KeyboardInterrupt):
            store.keep_successor(SPENT, SUCCESSOR)
    before = store.read()
    assert before is not None
    assert before.table == SPENT
    adopted = TokenStore(path).adopt_successor(SPENT)
    assert adopted is not None
    assert adopted.table == SUCCESSOR
    assert TokenStore(path).adopt_successor(SPENT) is None
    assert [file.name for file in path.parent.iterdir()] == ["auth.toml"]


def crash_at(path: Path) -> "Callable[[Path, Path], Path]":
    """Like `Path.replace`, and dead where `path` would be replaced."""
    replace = Path.replace

    def replace_or_die(self: Path, target: Path) -> Path:
        if target == path:
            raise KeyboardInterrupt
        return replace(self, target)

    return replace_or_die


def test_anothers_token_has_no_successor(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = TokenStore(path)
    store.write(SPENT)
    with monkeypatch.context() as crashing:
        crashing.setattr(Path, "replace", crash_at(path))
        with pytest.raises(KeyboardInterrupt):
            store.keep_successor(SPENT, SUCCESSOR)
    other = TokenTable(id_token="theirs", refresh_token="r3")
    store.write(other)
    assert store.adopt_successor(other) is None
    assert store.delete()
    assert list(path.parent.iterdir()) == [], "nothing that is worth anything is left"


@pytest.mark.parametrize("content", [None, b"", b'user_name = "ada"'])
def test_no_token_is_none(path: Path, content: "bytes | None") -> None:
    if content is not None:
        path.parent.mkdir(parents=True)
        path.write_bytes(content)
        os.utime(path, (1, 1))
    assert TokenStore(path).read() is None
    assert path.exists() == (content is not None)


@pytest.mark.parametrize(
    ("fields", "instant", "lapsed"),
    [
        ({}, 10**12, False),
        ({"expires_at": 500}, 499, False),
        ({"expires_at": 500}, 501, True),
        ({"expires_in": 60}, 1059, False),  # counts from the file's mtime
        ({"expires_in": 60}, 1061, True),
        ({"expires_at": 5000, "expires_in": 60}, 1061, True),
        ({"expires_at": 5000, "expires": 500}, 501, True),  # JuliaHub.jl takes `expires`
        ({"expires_at": 500, "expires": 5000}, 501, True),  # PkgAuthentication takes `expires_at`
    ],
)
def test_expiry(fields: "dict[str, float]", instant: float, lapsed: bool) -> None:
    assert StoredToken(TokenTable.model_validate(fields), 1000).lapses_before(instant) is lapsed


def test_without_an_expiry_the_tokens_own_claim_counts() -> None:
    claims = base64.urlsafe_b64encode(b'{"exp": 500}').decode().rstrip("=")
    stored = StoredToken(TokenTable(id_token=f"h.{claims}.s"), 1000)
    assert (stored.expiry, stored.lapses_before(501), stored.lapses_before(499)) == (500, True, False)
    assert StoredToken(TokenTable(id_token="h.!.s"), 1000).expiry is None


def test_delete(path: Path) -> None:
    store = TokenStore(path)
    assert not store.delete()
    store.write(TokenTable(id_token="i"))
    assert store.delete()
    assert store.read() is None


async def test_a_second_holder_waits_for_the_first(path: Path) -> None:
    first, second = TokenStore(path).lock(), TokenStore(path).lock()
    async with first:
        assert not await _acquired(second)
    assert await _acquired(second)


async def _acquired(lock: object) -> bool:
    import filelock

    assert isinstance(lock, filelock.AsyncFileLock)
    try:
        async with await lock.acquire(timeout=0):
            return True
    except filelock.Timeout:
        return False


@pytest.mark.parametrize(
    ("url", "environ", "expected"),
    [
        ("https://juliahub.com", {}, "home/.julia/servers/juliahub.com/auth.toml"),
        ("https://a.dev:8443/x", {"JULIA_DEPOT_PATH": ""}, "home/.julia/servers/a.dev/auth.toml"),
        ("https://a.dev", {"JULIA_DEPOT_PATH": os.pathsep.join(["depot", "other"])}, "depot/servers/a.dev/auth.toml"),
        ("https://a.dev", {"JULIA_DEPOT_PATH": os.pathsep + "other"}, "home/.julia/servers/a.dev/auth.toml"),
    ],
)
def test_where_the_file_lies(url: str, environ: "dict[str, str]", expected: str) -> None:
    assert auth_file(url, environ, Path("home")) == Path(expected)
