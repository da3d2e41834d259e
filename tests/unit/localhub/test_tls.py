"""What can be wrong with a certificate, in a sentence that names the file."""

from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
import trustme
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from localhub import tls
from localhub.settings import CannotServe

NOW = datetime.now(timezone.utc)


@pytest.fixture(scope="module")
def issued() -> trustme.LeafCert:
    names = ("hub.example.dev", "*.wild.dev", "192.0.2.1")
    return trustme.CA().issue_cert(*names, not_after=NOW + timedelta(days=30))


def written(folder: Path, certificate: bytes, key: bytes) -> tuple[Path, Path]:
    (folder / "cert.pem").write_bytes(certificate)
    (folder / "key.pem").write_bytes(key)
    return folder / "cert.pem", folder / "key.pem"


def test_its_names_are_read(issued: trustme.LeafCert, tmp_path: Path) -> None:
    files = written(tmp_path, issued.cert_chain_pems[0].bytes(), issued.private_key_pem.bytes())
    certificate = tls.check(*files)
    assert certificate.host_names == ["hub.example.dev", "192.0.2.1"]
    for name in ("hub.example.dev", "HUB.example.dev", "a.wild.dev", "192.0.2.1"):
        assert certificate.covers(name), name
    for name in ("example.dev", "wild.dev", "a.b.wild.dev", "other.example.dev", ""):
        assert not certificate.covers(name), name


@pytest.mark.parametrize(
    ("certificate", "key", "after", "sentence"),
    [
        (b"nonsense", None, 0, "holds no certificate in PEM form"),
        (None, b"nonsense", 0, "is not the private key of the certificate"),
        (None, trustme.CA().issue_cert("x").private_key_pem.bytes(), 0, "is not the private key of the certificate"),
        (None, None, 40, "lapsed on"),
        (None, None, -100_000, "is not valid before"),
    ],
)
def test_what_cannot_be_served_with(
    issued: trustme.LeafCert,
    tmp_path: Path,
    certificate: bytes | None,
    key: bytes | None,
    after: int,
    sentence: str,
) -> None:
    files = written(tmp_path, certificate or issued.cert_chain_pems[0].bytes(), key or issued.private_key_pem.bytes())
    instant = datetime(1999, 1, 1, tzinfo=timezone.utc) if after < 0 else NOW + timedelta(days=after)
    with pytest.raises(CannotServe, match=sentence):
        tls.check(*files, instant)


def test_an_encrypted_key_asks_nobody(issued: trustme.LeafCert, tmp_path: Path) -> None:
    key = load_pem_private_key(issued.private_key_pem.bytes(), None)
    locked = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"secret"),
    )
    with pytest.raises(CannotServe, match="is encrypted"):
        tls.check(*written(tmp_path, issued.cert_chain_pems[0].bytes(), locked))


def test_files_that_are_not_there(issued: trustme.LeafCert, tmp_path: Path) -> None:
    certificate, key = written(tmp_path, issued.cert_chain_pems[0].bytes(), issued.private_key_pem.bytes())
    with pytest.raises(CannotServe, match=r"The certificate .* cannot be read"):
        tls.check(tmp_path / "gone", key)
    with pytest.raises(CannotServe, match=r"The private key .* cannot be read"):
        tls.check(certificate, tmp_path / "gone")
