"""Signed upload addresses: changed in any part, they are worth nothing."""

import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from juliahub_wire.bundles import UploadInfo
from localhub.domain.permissions import User
from localhub.domain.refusals import Refusal
from localhub.services import uploads as uploads_module
from localhub.services.accounts import Accounts
from localhub.services.blobs import Blob, BlobStore
from localhub.services.store import Store
from localhub.services.uploads import PATH, Uploads

INFO = UploadInfo(file_size=1234, hash="ab" * 32)


ADA = User(1, "ada", "ada@localhost")
EVE = User(2, "eve", "eve@localhost")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path / "hub.sqlite")
    for name in ("ada", "eve"):
        Accounts(opened).ensure(name, f"{name}@localhost")
    yield opened
    opened.close()


@pytest.fixture
def uploads(store: Store, tmp_path: Path) -> Uploads:
    return Uploads(store, BlobStore(tmp_path / "blobs"), tmp_path / "key")


def parts(url: str) -> tuple[str, dict[str, str]]:
    split = urlsplit(url)
    return split.path.removeprefix(PATH), dict(parse_qsl(split.query))


def test_an_address_allows_exactly_what_was_announced(uploads: Uploads) -> None:
    url = uploads.url(ADA, INFO, "https://hub.example")
    assert url.startswith("https://hub.example/")
    assert uploads.check(*parts(url)) == (Blob("ab" * 32, 1234), ADA.id)


@pytest.mark.parametrize("change", ["hash", "user", "size", "expires", "signature", "nothing", "words"])
def test_a_changed_address_is_refused(uploads: Uploads, change: str) -> None:
    sha256, query = parts(uploads.url(ADA, INFO, "http://x"))
    if change == "hash":
        sha256 = "cd" * 32
    elif change == "nothing":
        query = {}
    elif change == "signature":
        query["signature"] = "ä" + query["signature"][1:]
    else:
        query["size" if change == "words" else change] = "many" if change == "words" else "99999999999"
    with pytest.raises(Refusal, match="not an upload address"):
        uploads.check(sha256, query)


def test_an_address_lapses(uploads: Uploads, monkeypatch: pytest.MonkeyPatch) -> None:
    sha256, query = parts(uploads.url(ADA, INFO, "http://x"))
    now = time.time
    monkeypatch.setattr(uploads_module.time, "time", lambda: now() + uploads_module.URL_SECONDS + 1)
    with pytest.raises(Refusal, match="has lapsed"):
        uploads.check(sha256, query)


def test_another_hubs_address_is_refused(uploads: Uploads, store: Store, tmp_path: Path) -> None:
    other = Uploads(store, BlobStore(tmp_path / "others"), tmp_path / "other key")
    with pytest.raises(Refusal):
        uploads.check(*parts(other.url(ADA, INFO, "http://x")))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"hash": "AB" * 32}, "SHA-256 in lower-case hex"),
        ({"hash": "../../etc"}, "SHA-256"),
        ({"hash_alg": "md5"}, "SHA-256"),
        ({"file_size": 0}, "at most 4.3 GB"),
        ({"file_size": 2**33}, "it is 8.6 GB, and at most 4.3 GB"),
    ],
)
def test_what_cannot_be_stored_gets_no_address(uploads: Uploads, changes: dict[str, object], sentence: str) -> None:
    with pytest.raises(Refusal, match=sentence):
        uploads.url(ADA, INFO.model_copy(update=changes), "http://x")


def test_only_who_sent_a_bundle_has_sent_it_and_not_for_ever(uploads: Uploads, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(2):
        uploads.note(ADA.id, INFO.hash)
    assert uploads.has_sent(ADA, INFO.hash)
    assert not uploads.has_sent(EVE, INFO.hash)
    now = time.time
    monkeypatch.setattr(uploads_module.time, "time", lambda: now() + uploads_module.NOTED_SECONDS + 1)
    uploads.prune()
    assert not uploads.has_sent(ADA, INFO.hash)
