"""The main job as a user has it: the example on this computer, with real Julia, through the command line alone."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from localhub.engines.julia_versions import find_julias
from tests.support.cli import Cli
from tests.support.hub import stop_hub

EXAMPLE = Path(__file__).parents[2] / "examples" / "monte-carlo-pi"
pytestmark = [pytest.mark.julia, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def user(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cli]:
    """A user with Julia's own depot, the example's artifact in it, and no hub yet."""
    found = find_julias()
    if not found:
        pytest.skip("no Julia on this computer")
    command = [*found[0].command, "--startup-file=no", str(EXAMPLE / "make_artifacts.jl")]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    folder = tmp_path_factory.mktemp("user")
    yield Cli(folder, {"JULIA_DEPOT_PATH": os.environ.get("JULIA_DEPOT_PATH", "")})
    stop_hub(folder)


def test_the_main_job(user: Cli) -> None:
    options = ["--nodes", "2", "--processes-per-node", "2", "--follow", "--json"]
    ran = user.run("submit", EXAMPLE / "main.jl", *options)
    assert ran.code == 0, ran.stdout[-2000:] + ran.stderr
    plan = next(event for event in ran.events if event["type"] == "plan")
    origins = {file["path"].split("/")[1] for file in plan["files"] if "origin" in file}
    assert origins == {"dev", "depot"}, "the development package and the artifact came along"
    followed = [event for event in ran.events if event["type"] == "line"]
    assert {line["worker"] for line in followed} == {1, 2, 3, 4}
    assert any("progress" in line.get("keywords", {}) for line in followed)
    final = [event for event in ran.events if event["type"] == "job"][-1]
    assert final["label"].startswith("Completed")
    assert abs(final["summary"]["pi"] - 3.14159) < 0.001

    listed = user.run("jobs", "--json").document["jobs"]
    assert [(job["id"], job["status"]) for job in listed] == [(final["id"], "Completed")]
    assert listed[0]["summary"] == final["summary"]

    log = [event for event in user.run("logs", final["id"], "--json").events if event["type"] == "line"]
    assert [line["id"] for line in log] == list(range(1, len(log) + 1))
    assert log == followed, "followed live or read afterwards, it is the same log"

    saved = user.run("results", final["id"], "-o", "out", "--json").document
    assert all(file["verified"] for file in saved["files"])
    assert {"estimates.csv", "darts.svg"} <= {path.name for path in (user.folder / "out").rglob("*")}


def test_the_job_has_the_manifest_and_the_artifacts_that_were_chosen(user: Cli) -> None:
    project = user.folder / "swapped"
    (project / "kept").mkdir(parents=True)
    (project / "Project.toml").write_text("[deps]\n")
    (project / "Manifest.toml").write_text("")
    (project / "kept" / "Old.toml").write_text("# the old one\n")
    (user.folder / "Mine.toml").write_text(f'[mine]\ngit-tree-sha1 = "{"1" * 40}"\nlazy = true\n')
    (project / "main.jl").write_text(
        'println(readline("Manifest.toml"))\n'
        'println(Base.SHA1("1" ^ 40) == Base.SHA1(split(readlines("Artifacts.toml")[2], "\\"")[2]))\n'
    )
    ran = user.run(
        "submit", project / "main.jl", "--manifest", "swapped/kept/Old.toml", "--artifacts", "Mine.toml", "--follow"
    )
    assert ran.code == 0, ran.stdout[-2000:] + ran.stderr
    assert "Manifest.toml   you chose" in ran.stdout
    assert "│ # the old one" in ran.stdout
    assert "│ true" in ran.stdout
    record = json.loads((user.folder / "config" / "submissions.json").read_text())["submissions"][-1]
    assert record["choices"]["manifest"] == str(project / "kept" / "Old.toml")


def test_a_script_that_throws(user: Cli) -> None:
    (user.folder / "fails.jl").write_text('println("before")\nerror("it broke")\n')
    ran = user.run("submit", "fails.jl", "--follow")
    assert ran.code == 1
    assert "│ before" in ran.stdout
    last = ran.stdout.rstrip().splitlines()[-1]
    assert last.startswith("✗ Failed after 0:")
    assert "it broke" in last


@pytest.mark.skipif(shutil.which("sh") is None, reason="the demo is a shell script")
def test_the_demo_ends_with_the_results_and_where_they_are(user: Cli) -> None:
    import sys

    programs = user.folder / "bin"
    programs.mkdir()
    launcher = programs / "juliahub"
    launcher.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m juliahub_ls.cli.main "$@"\n')
    launcher.chmod(0o755)
    script = EXAMPLE.parents[1] / "scripts" / "demo.sh"
    done = subprocess.run(["sh", str(script), str(programs)], env=user.environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    ended, summary, saved = done.stdout.rstrip().split("\n\n")[-3:]
    assert ended.splitlines()[-1].startswith("✓ Completed")
    assert [line.split()[0] for line in summary.splitlines()][:2] == ["pi", "error"]
    path = EXAMPLE.parents[1] / saved.split()[1]
    assert path.is_file()
    assert "hash checked" in saved
