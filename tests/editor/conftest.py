"""The packaged extension and a VS Code to try it in, made once for the editor tests."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.editor.host import HERE, ROOT, SCRIPTS, Host, running_host
from tests.support.vsix import packaged


@pytest.fixture(scope="session")
def host_ready() -> None:
    """Node's packages and the browser host; installed where that can be done, a reason to skip elsewhere."""
    if shutil.which("npm") is None:
        pytest.skip("driving VS Code needs Node 20 with npm")
    installed = subprocess.run([SCRIPTS / "vscode-host-install.sh", "--with-browser"], capture_output=True, text=True)
    if installed.returncode != 0:
        pytest.skip(f"no VS Code in a browser here: {installed.stderr.strip().splitlines()[-1]}")
    for folder in (HERE, ROOT / "vscode-extension"):
        if not (folder / "node_modules").is_dir():
            subprocess.run(["npm", "ci"], cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="session")
def browser_ready() -> None:
    """Node, Playwright and a Chromium; a reason to skip where they are not."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("driving a browser needs Node 20 with npm")
    if not Path(os.environ.get("CHROMIUM", "/usr/bin/chromium")).exists():
        pytest.skip("no Chromium here: name one in CHROMIUM")
    if not (HERE / "node_modules").is_dir():
        subprocess.run(["npm", "ci"], cwd=HERE, check=True, capture_output=True)


@pytest.fixture(scope="session")
def vsix(host_ready: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The extension as users get it."""
    return packaged(tmp_path_factory)


@pytest.fixture(scope="module")
def host(vsix: Path) -> Iterator[Host]:
    """A host with nothing set: as after installing."""
    yield from running_host(vsix, {})
