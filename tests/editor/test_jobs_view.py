"""Jobs in real VS Code as a person with many of them works: again, longer, filtered, older, as tasks, over a reload."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.editor.host import ROOT, Host

pytestmark = [pytest.mark.editor, pytest.mark.timeout(420), pytest.mark.julia]

QUICK = 'println("quick")\nENV["RESULTS"] = "{\\"answer\\": 42}"\n'
WAITS = 'println("waiting")\nsleep(600)\n'
OLD_JOBS = 12


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Scripts without an environment."""
    (tmp_path / "quick.jl").write_text(QUICK)
    (tmp_path / "waits.jl").write_text(WAITS)
    (tmp_path / "fails.jl").write_text('println("before")\nerror("no such luck")\n')
    return tmp_path


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


def test_many_jobs(host: Host, folder: Path) -> None:
    """What ran in another place, before the ten newest, is a click away."""
    home = {"HOME": str(host.run / "home"), "PYTHONPATH": str(ROOT / "server")}
    main = "from juliahub_ls.cli.main import main; main()"
    command = [sys.executable, "-c", main, "submit", str(folder / "quick.jl"), "--send", "script"]
    for _ in range(OLD_JOBS):
        subprocess.run(command, env={**os.environ, **home}, check=True, capture_output=True)
    host.play("jobs-older", folder)
