"""Folders and real environments for the domain's tests."""

import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from juliahub_ls.domain.bundles import file_status

CORPUS = Path(__file__).parents[4] / "shared" / "corpus"
MakeTree = Callable[[Mapping[str, str | bytes]], Path]


@pytest.fixture(scope="session")
def corpus() -> Path:
    """TOML files of real Julia repositories."""
    if not CORPUS.is_dir():
        pytest.skip(f"real environments are not there: {CORPUS}")
    return CORPUS


@pytest.fixture
def make_tree(tmp_path: Path) -> MakeTree:
    """Writes files, path → content, below the test's folder, and returns that; a path ending in `/` is a folder."""

    def make(files: Mapping[str, str | bytes]) -> Path:
        for name, content in files.items():
            path = tmp_path / name
            if name.endswith("/"):
                path.mkdir(parents=True, exist_ok=True)
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return tmp_path

    return make


def age(directory: Path, seconds: float = 60) -> None:
    """Makes all below look as if last written `seconds` ago (what the system notes as the status' change stays now)."""
    then = time.time() - seconds
    for folder, _, names in os.walk(directory):
        for path in (Path(folder), *(Path(folder) / name for name in names)):
            if not path.is_symlink():
                os.utime(path, (then, then))


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets files just written count as settled: the system sets the time of a status' change, and no test can."""
    real = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: real() + 2 * file_status.GRAIN_NS)
