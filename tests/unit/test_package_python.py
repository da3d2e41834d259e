"""The wheels that are kept for the extension's package."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts import package_python
from scripts.package_python import UNUSED_SECONDS, kept_wheels


@pytest.fixture(autouse=True)
def downloads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> "list[str]":
    """What was downloaded: each time one wheel, called as what was required."""
    asked: list[str] = []

    def wheels_of(requirements: str, _target: str, work: Path) -> Iterator[Path]:
        asked.append(requirements)
        wheel = work / f"{requirements}.whl"
        wheel.write_bytes(b"")
        yield wheel

    monkeypatch.setattr(package_python, "CACHE", tmp_path)
    monkeypatch.setattr(package_python, "wheels_of", wheels_of)
    return asked


def test_checkouts_leave_each_other_their_wheels(downloads: "list[str]") -> None:
    for _ in range(2):
        for requirements in ("one", "other"):
            (wheel,) = kept_wheels(requirements, "linux-x64")
            assert wheel.name == f"{requirements}.whl"
    assert downloads == ["one", "other"]


def test_wheels_that_are_long_unused_go(downloads: "list[str]") -> None:
    (former,), (used,) = kept_wheels("former", "linux-x64"), kept_wheels("used", "linux-x64")
    before = time.time() - UNUSED_SECONDS - 60
    for wheel in (former, used):
        os.utime(wheel.parent, (before, before))
    kept_wheels("used", "linux-x64")
    assert (former.exists(), used.exists()) == (False, True)
    kept_wheels("new", "linux-x64")
    assert (used.exists(), downloads) == (True, ["former", "used", "new"])
