"""Content under its own hash, or not at all."""

import hashlib
import os
import sys
from pathlib import Path

import pytest

from localhub.domain.refusals import Refusal, StorageFull
from localhub.services import blobs
from localhub.services.blobs import Blob, BlobStore


@pytest.fixture
def store(tmp_path: Path) -> BlobStore:
    return BlobStore(tmp_path / "blobs")


def stored_files(store: BlobStore) -> list[Path]:
    return [path for path in store.root.rglob("*") if path.is_file()]


@pytest.mark.parametrize("content", [b"", b"hello", os.urandom(3 * blobs.CHUNK + 7)])
def test_what_is_put_is_found_under_its_hash(store: BlobStore, tmp_path: Path, content: bytes) -> None:
    expected = Blob(hashlib.sha256(content).hexdigest(), len(content))
    (tmp_path / "file").write_bytes(content)
    assert store.put(content) == store.put_file(tmp_path / "file") == store.find(expected.sha256) == expected
    assert store.path(expected.sha256).read_bytes() == content
    assert len(stored_files(store)) == 1


def test_an_adopted_file_is_not_copied(store: BlobStore, tmp_path: Path) -> None:
    (tmp_path / "result").write_bytes(b"result")
    blob = store.adopt(tmp_path / "result")
    assert blob == store.adopt(tmp_path / "result") == store.find(hashlib.sha256(b"result").hexdigest())
    assert store.path(blob.sha256).samefile(tmp_path / "result")
    (tmp_path / "result").unlink()
    assert store.path(blob.sha256).read_bytes() == b"result"


def test_what_cannot_be_linked_is_copied(store: BlobStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_self: Path, _target: Path) -> None:
        raise OSError(18, "Invalid cross-device link")

    (tmp_path / "result").write_bytes(b"result")
    monkeypatch.setattr(Path, "hardlink_to", refused)
    blob = store.adopt(tmp_path / "result")
    assert not store.path(blob.sha256).samefile(tmp_path / "result")
    assert store.path(blob.sha256).read_bytes() == b"result"


def test_other_bytes_than_announced_leave_nothing(store: BlobStore) -> None:
    with store.writer() as writer:
        writer.write(b"hello")
        with pytest.raises(Refusal, match="not the file that was announced"):
            writer.finish(Blob("0" * 64, 5))
    assert stored_files(store) == []


def test_leaving_early_leaves_nothing(store: BlobStore) -> None:
    with store.writer() as writer:
        writer.write(b"hello")
    assert stored_files(store) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_said_and_leaves_nothing(store: BlobStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def on_a_full_disk(descriptor: int, mode: str) -> object:
        os.close(descriptor)
        return Path("/dev/full").open(mode)

    monkeypatch.setattr(blobs.os, "fdopen", on_a_full_disk)
    with pytest.raises(StorageFull, match="disk of the computer that runs localhub is full"):
        store.put(b"x" * 10**6)
    assert stored_files(store) == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes")
def test_blobs_are_the_users_alone(store: BlobStore) -> None:
    path = store.path(store.put(b"secret").sha256)
    assert (path.stat().st_mode & 0o777, store.root.stat().st_mode & 0o777) == (0o600, 0o700)


def test_sweeping_keeps_what_is_used_or_new(store: BlobStore) -> None:
    used, new = store.put(b"used"), store.put(b"new")
    left_over = store.root / "incoming" / "torn"
    left_over.write_bytes(b"half")
    old = store.put(b"old")
    os.utime(store.path(old.sha256), (0, 0))
    os.utime(store.path(used.sha256), (0, 0))
    store.sweep([used.sha256])
    assert (store.find(used.sha256), store.find(new.sha256), store.find(old.sha256)) == (used, new, None)
    assert not left_over.exists()
