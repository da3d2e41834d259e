"""VSIX files for tests, each packaged once for all the processes of a test run."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock

ROOT = Path(__file__).resolve().parents[2]
EXTENSION = ROOT / "vscode-extension"


def packaged(tmp_path_factory: pytest.TempPathFactory, target: str | None = None) -> Path:
    """The VSIX for `target`, by default this machine's.

    Packaging writes to one folder of the extension, so one process at a time does it; the others take what it made.
    Skips where that needs Node or the package index and there is none.
    """
    if shutil.which("npm") is None:
        pytest.skip("packaging the extension needs Node 20 with npm")
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    vsix = shared / f"juliahub-ls-{target or 'here'}.vsix"
    (EXTENSION / "bundled").mkdir(exist_ok=True)
    with FileLock(EXTENSION / "bundled" / ".lock"):
        if not vsix.exists():
            make(vsix, target)
    return vsix


def make(vsix: Path, target: str | None) -> None:
    """Package, with the Python of the tests."""
    if not (EXTENSION / "node_modules").is_dir():
        subprocess.run(["npm", "ci"], cwd=EXTENSION, check=True, capture_output=True)
    environment = {**os.environ, "PYTHON": sys.executable, "VSIX": str(vsix), "TARGETS": target or ""}
    command = ["npm", "run", "--silent", "package"]
    made = subprocess.run(command, cwd=EXTENSION, env=environment, capture_output=True, text=True)
    if made.returncode != 0 and not index_answers():
        pytest.skip("the package index cannot be reached, and the libraries are not here yet")
    assert made.returncode == 0, made.stdout + made.stderr


def index_answers() -> bool:
    """Whether pip finds a project that everybody has."""
    command = [sys.executable, "-m", "pip", "index", "versions", "pip", "--disable-pip-version-check"]
    return subprocess.run(command, capture_output=True).returncode == 0
