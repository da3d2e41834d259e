"""Jobs in real VS Code as a person with many of them works: again, longer, filtered, older, as tasks, over a reload."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import tomli_w

from tests.editor.host import ROOT, Host
from tests.support.played_hub import played_hub
from tests.support.scripted_hub import ScriptedHub

pytestmark = [pytest.mark.editor, pytest.mark.timeout(900), pytest.mark.julia]

QUICK = 'println("quick")\nENV["RESULTS"] = "{\\"answer\\": 42}"\n'
WAITS = 'println("waiting")\nsleep(600)\n'
OLD_JOBS = 250
UPLOAD_BYTES = 40_000_000
"""More than sockets buffer, so that the half of it that a hub takes is not all of it."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Scripts without an environment."""
    (tmp_path / "quick.jl").write_text(QUICK)
    (tmp_path / "waits.jl").write_text(WAITS)
    (tmp_path / "fails.jl").write_text('println("before")\nerror("no such luck")\n')
    return tmp_path


@pytest.fixture
def hub(host: Host, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedHub]:
    """A hub with many old jobs, to which this host's user is signed in."""
    with played_hub(tmp_path_factory.mktemp("hub"), OLD_JOBS) as hub:
        token = host.run / "home" / ".julia" / "servers" / "127.0.0.1" / "auth.toml"
        token.parent.mkdir(parents=True, exist_ok=True)
        token.write_text(tomli_w.dumps({key: value for key, value in hub.table().items() if value is not None}))
        monkeypatch.setenv("HUB", hub.url)
        yield hub
        token.unlink()


def test_a_hub_with_many_jobs(host: Host, hub: ScriptedHub, folder: Path) -> None:
    """Older jobs page by page, each with one request; what is on its way and between two states; several stopped."""
    (folder / "Project.toml").write_text('name = "Sweep"\n')
    (folder / "data.bin").write_bytes(os.urandom(UPLOAD_BYTES))
    (folder / ".vscode").mkdir()
    settings = {"juliahub.server": hub.url, "juliahub.notifications.waiting": False}
    (folder / ".vscode" / "settings.json").write_text(json.dumps(settings))
    host.play("jobs-hub", folder)


def test_a_job_from_its_start_to_the_next(host: Host, folder: Path) -> None:
    """By keyboard, again, part of a script; details, more time, the status bar, a filter over a reload, stop."""
    host.play("jobs", folder)


def test_tasks(host: Host, folder: Path) -> None:
    """Log in the terminal, the end as exit code. Ending the task asks its job to stop; a reload does not."""
    tasks = (ROOT / "tests" / "editor" / "support" / "tasks.json").read_text("utf-8")
    (folder / ".vscode").mkdir()
    (folder / ".vscode" / "tasks.json").write_text(tasks)
    # A terminal that is drawn by the graphics card has no text that a test could read.
    (folder / ".vscode" / "settings.json").write_text('{"terminal.integrated.gpuAcceleration": "off"}')
    host.play("jobs-tasks", folder)
