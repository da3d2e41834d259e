"""The first minute: nothing but the VSIX and a Python, every empty view, the tour, and what may be set otherwise."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.editor.host import ROOT, Host, running_host

pytestmark = [pytest.mark.editor, pytest.mark.timeout(900)]

OLD_DAEMON = """
import pathlib, time
with open(pathlib.Path.home() / "starts", "a+") as starts:
    starts.write("|")
    starts.flush()
    hangs = starts.tell() == 1
if hangs:
    time.sleep(600)
import juliahub_ls
juliahub_ls.__version__ = "0.0.9"
from juliahub_ls.__main__ import main
main()
"""


@pytest.fixture(scope="module")
def bare_host(vsix: Path) -> Iterator[Host]:
    """A fresh profile in an environment that has a PATH and a HOME, and nothing else: no PYTHONPATH either."""
    yield from running_host(vsix, {}, VSCODE_HOST_ENVIRONMENT="bare")


@pytest.fixture
def lone_script(tmp_path: Path) -> Path:
    """A folder that is no Julia project, with a script in it."""
    (tmp_path / "alone.jl").write_text("println(1)\n")
    return tmp_path


def test_after_installing(bare_host: Host, lone_script: Path) -> None:
    """The daemon runs with the libraries that it brought; the empty views and the tour lead on."""
    bare_host.play("first-run", lone_script)


def test_an_empty_window(bare_host: Host) -> None:
    bare_host.play("empty-window")


@pytest.mark.julia
def test_several_folders(bare_host: Host, tmp_path: Path) -> None:
    """Each with a project, a configuration and a task of its own, and the same names in both."""
    for name in ("first", "second"):
        folder = tmp_path / name
        (folder / ".vscode").mkdir(parents=True)
        (folder / "Project.toml").write_text(f'name = "{name.capitalize()}"\n')
        (folder / f"{name}.jl").write_text("println(1)\n")
        (folder / "quick.jl").write_text(f'ENV["RESULTS"] = "{{\\"who\\": \\"{name}\\"}}"\n')
        (folder / f"only-{name}.txt").write_text("here\n")
        (folder / ".vscode" / "juliahub.toml").write_text('[configurations.quick]\nscript = "quick.jl"\n')
        task = {"label": "Run quick", "type": "juliahub", "script": "quick.jl", "problemMatcher": []}
        (folder / ".vscode" / "tasks.json").write_text(json.dumps({"version": "2.0.0", "tasks": [task]}))
    workspace = tmp_path / "both.code-workspace"
    workspace.write_text(json.dumps({"folders": [{"path": "first"}, {"path": "second"}]}))
    bare_host.play("multi-root", workspace)


@pytest.fixture
def odd_host(vsix: Path) -> Iterator[Host]:
    """A developer's daemon of another version that hangs the first time, and a server that nobody has signed in to."""
    start = f"import sys; sys.path.insert(0, {str(ROOT / 'server')!r})\n{OLD_DAEMON}"
    settings = {"juliahub.daemonCommand": [sys.executable, "-c", start], "juliahub.server": "http://127.0.0.1:9"}
    yield from running_host(vsix, settings)


def test_another_daemon_and_no_account(odd_host: Host, lone_script: Path) -> None:
    """A start that hangs can be ended. One warning that says which to update; the jobs offer to sign in."""
    odd_host.play("another-daemon", lone_script)
