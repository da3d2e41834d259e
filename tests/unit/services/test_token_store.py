"""`auth.toml`: read without trust, written whole, readable by its owner only (protocol §1.3)."""

import os
import stat
import sys
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
        {"id_token": "i", "expires": 12.0, "expires_in": 5, "user_name": 'a"b\\', "custom": {"deep": [1]}}
    )
    TokenStore(path).write(table)
    stored = TokenStore(path).read()
    assert stored is not None
    assert stored.table == table
    assert stored.mtime == path.stat().st_mtime
    raw = tomli.loads(path.read_text())
    assert (type(raw["expires"]), type(raw["expires_in"])) == (int, int)


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
    [b"not toml =", b"\xff", b"id_token = 5", b'id_token = "i"\nexpires = "soon"', b'id_token = "i"\nid_token = "j"'],
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
    ],
)
def test_expiry(fields: "dict[str, float]", instant: float, lapsed: bool) -> None:
    assert StoredToken(TokenTable.model_validate(fields), 1000).lapses_before(instant) is lapsed


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
