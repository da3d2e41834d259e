"""The keys that sign: private, replaced in time, and good for as long as their tokens are."""

import stat
import sys
import time
from pathlib import Path

import pytest

from localhub.services import signing_keys
from localhub.services.signing_keys import CLOCK_SECONDS, KEY_SECONDS, SigningKeys

DAY = 86_400
_clock = time.time


def shift_clock(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    monkeypatch.setattr(signing_keys.time, "time", lambda: _clock() + seconds)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes")
def test_a_key_is_the_users_alone(tmp_path: Path) -> None:
    SigningKeys(tmp_path)
    (file,) = tmp_path.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_key_signs_for_its_time_and_verifies_until_its_last_token_has_lapsed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = SigningKeys(tmp_path)
    first = keys.current
    shift_clock(monkeypatch, KEY_SECONDS - 60)
    keys.rotate()
    assert keys.current == first
    shift_clock(monkeypatch, KEY_SECONDS + 60)
    keys.rotate()
    assert keys.current.kid != first.kid
    assert [each["kid"] for each in keys.public()] == [keys.current.kid, first.kid]
    shift_clock(monkeypatch, KEY_SECONDS + DAY + CLOCK_SECONDS)
    keys.rotate()
    assert keys.find(first.kid) == first
    shift_clock(monkeypatch, KEY_SECONDS + DAY + CLOCK_SECONDS + 120)
    keys.rotate()
    assert keys.find(first.kid) is None
    assert len(list(tmp_path.iterdir())) == 1


def test_keys_outlive_a_restart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = SigningKeys(tmp_path)
    shift_clock(monkeypatch, KEY_SECONDS + 60)
    keys.rotate()
    again = SigningKeys(tmp_path)
    assert [each["kid"] for each in again.public()] == [each["kid"] for each in keys.public()]


def test_the_key_of_an_older_hub_is_taken_over(tmp_path: Path) -> None:
    keys = SigningKeys(tmp_path)
    (file,) = tmp_path.iterdir()
    file.rename(tmp_path / "signing.pem")
    assert SigningKeys(tmp_path).current.kid == keys.current.kid
    assert not (tmp_path / "signing.pem").exists()


def test_only_public_halves_are_published(tmp_path: Path) -> None:
    (published,) = SigningKeys(tmp_path).public()
    assert set(published) == {"kty", "n", "e", "use", "alg", "kid"}
    assert (published["kty"], published["use"], published["alg"]) == ("RSA", "sig", "RS256")
