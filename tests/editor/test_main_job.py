"""The main job as a person does it, in real VS Code: a test plays a scenario and leaves pictures in `screenshots/`."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.editor.host import ROOT, Host, running_host

pytestmark = [pytest.mark.editor, pytest.mark.timeout(900)]


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """A copy of the example, with the package that lies beside it."""
    copy = tmp_path / "examples"
    shutil.copytree(ROOT / "examples", copy)
    return copy / "monte-carlo-pi"


@pytest.mark.julia
def test_run_the_example(host: Host, example: Path) -> None:
    """Open, run, watch the log, see it completed, see the result, download it."""
    command = ["julia", "--startup-file=no", str(example / "make_artifacts.jl")]
    subprocess.run(command, env={**os.environ, "HOME": str(host.run / "home")}, check=True, stdout=subprocess.DEVNULL)
    host.play("main-job", example)
    saved = [path.name for path in example.glob("juliahub-results/**/*") if path.is_file()]
    assert "darts.svg" in saved
    assert "estimates.csv" in saved


@pytest.mark.julia
def test_jobs_that_do_not_complete(host: Host, tmp_path: Path) -> None:
    """One fails, one is stopped; a script need not be in a folder; an unsaved change is saved."""
    (tmp_path / "fails.jl").write_text('println("before")\nerror("no such luck")\n')
    (tmp_path / "waits.jl").write_text('println("waiting")\nsleep(600)\n')
    host.play("other-ends", tmp_path)


@pytest.mark.julia
def test_a_script_outside_every_folder(host: Host) -> None:
    """An empty window runs a file all the same."""
    lone = host.run / "home" / "lone.jl"
    lone.write_text('println("all alone")\n')
    host.play("no-folder")


def test_bundle_and_environment(host: Host, example: Path) -> None:
    """See what goes along, change it with a click, choose an environment, edit a project file, check."""
    (example / ".env").write_text("SECRET=1\n")
    (example / "nested").mkdir()
    (example / "nested" / "JuliaProject.toml").write_text('name = "Nested"\n')
    (example / "nested" / "run.jl").write_text("println(1)\n")
    host.play("bundle", example)


def test_the_daemon_dies(host: Host, example: Path) -> None:
    """Once: nobody notices. Again and again: one message, and a way to start it."""
    host.play("daemon-dies", example)


@pytest.fixture
def host_without_python(vsix: Path) -> Iterator[Host]:
    yield from running_host(vsix, {"juliahub.pythonPath": "/nowhere/python3"})


def test_no_python(host_without_python: Host, example: Path) -> None:
    """One clear message, with a way to mend it."""
    host_without_python.play("no-python", example)


@pytest.fixture
def host_that_asks_for_trust(vsix: Path) -> Iterator[Host]:
    yield from running_host(vsix, {}, VSCODE_HOST_TRUST="ask")


def test_untrusted_workspace(host_that_asks_for_trust: Host, example: Path) -> None:
    """Nothing starts until the user trusts the folder."""
    host_that_asks_for_trust.play("untrusted", example)
