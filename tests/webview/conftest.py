"""What the pages' tests need: Node, the extension's packages and a Chromium."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
NODE_SECONDS = 240

Play = Callable[[str], None]


@pytest.fixture(scope="session")
def play() -> Play:
    """Runs the scenarios of a `NAME.test.mjs` here; their own words are the failure's text."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("webview pages are built and driven with Node 20 and npm")
    if not Path(os.environ.get("CHROMIUM", "/usr/bin/chromium")).exists():
        pytest.skip("no Chromium here: name one in CHROMIUM")
    for folder in (ROOT / "tests" / "editor", ROOT / "vscode-extension"):
        if not (folder / "node_modules").is_dir():
            subprocess.run(["npm", "ci"], cwd=folder, check=True, capture_output=True)

    def run(name: str) -> None:
        command = ["node", "--test", "--test-reporter=spec", str(HERE / f"{name}.test.mjs")]
        played = subprocess.run(command, capture_output=True, text=True, timeout=NODE_SECONDS)
        if played.returncode != 0:
            pytest.fail(f"{played.stdout}{played.stderr}", pytrace=False)

    return run
