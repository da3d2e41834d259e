"""Following a job: JSON lines, headings and lines, Ctrl-C, a reader that leaves, a real terminal."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from juliahub_ls.lsp.protocol.bundles import BundlePlan
from juliahub_ls.lsp.protocol.environments import EnvironmentForResult
from juliahub_ls.lsp.protocol.jobs import Job, SubmitResult
from juliahub_ls.lsp.protocol.logs import LogLine
from juliahub_ls.lsp.protocol.results import DownloadResultsResult, ResultsResult
from localhub.engines.julia_versions import find_julias
from tests.support.cli import Cli, on_terminal
from tests.support.hub import stop_hub
from tests.support.payload_shapes import assert_shape, without_type
from tests.support.scripted_hub import ScriptedHub, ScriptedJob

POSIX_ONLY = pytest.mark.skipif(os.name == "nt", reason="sends signals and opens terminals as POSIX has them")
SHAPES = {
    "environment": EnvironmentForResult,
    "plan": BundlePlan,
    "submitted": SubmitResult,
    "job": Job,
    "line": LogLine,
    "results": ResultsResult,
    "downloaded": DownloadResultsResult,
}


@pytest.fixture
def project(signed_in: Cli) -> Path:
    """A script with an environment."""
    folder = signed_in.folder / "project"
    folder.mkdir()
    (folder / "Project.toml").write_text('name = "Pi"\n')
    (folder / "main.jl").write_text("println(1)\n")
    return folder / "main.jl"


def submit(user: Cli, hub: ScriptedHub) -> ScriptedJob:
    """A job that runs."""
    job = hub.started(user.run("submit", "hello.jl", "--json").document["job"]["id"])
    job.runs()
    return job


def test_the_environment_is_told_with_the_other_choices(signed_in: Cli, hub: ScriptedHub, project: Path) -> None:
    other = project.parent / "other"
    other.mkdir()
    (other / "Project.toml").write_text('name = "Other"\n')
    chosen = signed_in.run("env", project, "--use", other, "--json").document
    running = signed_in.start("submit", project, "--follow", "--json")
    hub.started(running.until_event("submitted")["job"]["id"]).ends()
    told = without_type(running.ended().events[0])
    assert (told["environment"]["name"], told["choices"]) == ("Other", chosen["choices"])
    assert told["choices"]


def test_a_followed_submission_as_json_lines(signed_in: Cli, hub: ScriptedHub, project: Path) -> None:
    running = signed_in.start("submit", project, "--follow", "--results", "out", "--json")
    job = hub.started(running.until_event("submitted")["job"]["id"])
    job.runs()
    job.logs("one", "two")
    assert running.until_event("line", message="two")["id"] == 2
    job.logs("three")
    running.until_event("line", message="three")
    (job.folder / "summary").write_text('{"pi": 3.14}')
    result = job.folder / "estimates.csv"
    result.write_text("n,pi\n")
    job.ends(result_file=str(result))
    ran = running.ended()
    assert (ran.code, ran.stderr) == (0, "")
    kinds = [event["type"] for event in ran.events]
    assert kinds[0] == "environment"
    assert kinds.index("plan") < kinds.index("submitted") < kinds.index("line")
    assert [kind for kind in kinds if kind != "progress"][-2:] == ["results", "downloaded"]
    for event in ran.events:
        if event["type"] in SHAPES:
            assert_shape(SHAPES[event["type"]], without_type(event))
    assert [event["id"] for event in ran.events if event["type"] == "line"] == [1, 2, 3]
    last = [event for event in ran.events if event["type"] == "job"][-1]
    assert (last["status"], last["succeeded"]) == ("Completed", True)
    assert [event["state"] for event in ran.events if event["type"] == "state"] == ["live", "complete"]
    assert (signed_in.folder / "out" / "estimates.csv").read_text() == "n,pi\n"


@pytest.mark.parametrize("status", ["Failed", "Stopped"])
def test_a_job_that_does_not_complete_is_exit_code_1(signed_in: Cli, hub: ScriptedHub, status: str) -> None:
    job = submit(signed_in, hub)
    job.logs("so far so good")
    job.ends(status, exit_code=1)
    ran = signed_in.run("logs", job.jobname, "--follow")
    assert ran.code == 1
    assert ran.stdout.splitlines()[-1].split()[1] == status
    assert signed_in.run("logs", job.jobname).code == 0, "without --follow it is the log that counts"


@POSIX_ONLY
def test_ctrl_c_leaves_the_job_running_and_says_so(signed_in: Cli, hub: ScriptedHub) -> None:
    running = signed_in.start("submit", "hello.jl", "--follow")
    jobname = running.until("Job ").split()[1]
    job = hub.started(jobname)
    job.runs()
    job.logs("working")
    running.until("working")
    running.interrupt()
    ran = running.ended()
    assert (ran.code, ran.stderr) == (130, "")
    *_, sentence, command = ran.stdout.splitlines()
    assert sentence == "The job goes on without you. To follow it again:"
    assert command.strip() == f"juliahub logs {jobname} --follow"
    assert jobname not in hub.engine.stopped

    again = signed_in.start(*command.split()[1:], "--json")
    again.until_event("line", message="working")
    again.interrupt()
    left = again.ended()
    assert left.code == 130
    assert left.events[-1] == {"type": "left", "server": left.events[0]["server"], "job": jobname, "done": False}
    job.ends()
    assert signed_in.run(*command.split()[1:]).code == 0


@POSIX_ONLY
def test_a_reader_that_leaves_ends_it_quietly(signed_in: Cli, hub: ScriptedHub) -> None:
    job = submit(signed_in, hub)
    job.logs(*("x" * 100 for _ in range(20_000)))
    job.ends()
    for options in ([], ["--json"], ["--follow"]):
        command = f'"{sys.executable}" -m juliahub_ls.cli.main logs {job.jobname} {" ".join(options)}'
        script = f"{command} | head -n 1 > first; echo ${{PIPESTATUS[0]}}"
        ran = run_in_bash(signed_in, script)
        assert ran == ("141\n", ""), options
        assert "x" * 100 in (signed_in.folder / "first").read_text()


def run_in_bash(user: Cli, script: str) -> tuple[str, str]:
    """Run a pipeline; its standard output and error."""
    done = subprocess.run(
        ["bash", "-c", script], cwd=user.folder, env=user.environment, capture_output=True, text=True, timeout=60
    )
    return done.stdout, done.stderr


def records(job: ScriptedJob) -> None:
    """A log with phases, progress, levels, colours and things a terminal must not obey."""
    lines = [
        '{"message":"Phase: environment","keywords":{"jrun_phase":"environment"}}',
        '{"message":"Phase: cluster","keywords":{"jrun_phase":"cluster"}}',
        '{"message":"1 of 2","keywords":{"jrun_workers_joined":1,"jrun_workers_expected":2}}',
        '{"message":"2 of 2","keywords":{"jrun_workers_joined":2,"jrun_workers_expected":2}}',
        '{"message":"Phase: code","keywords":{"jrun_phase":"code"}}',
        '{"message":"[bold]as it is[/bold] \\u001b[31mred\\u001b[0m \\u001b]0;title\\u0007 \\u001b[2J"}',
        '{"message":"close","metadata":{"level":"Warn","filepath":"/job/fit.jl","line":17},"keywords":{"loss":0.5}}',
        '{"message":"Fitting","metadata":{"level":"Progress"},"keywords":{"progress":0.25}}',
        '{"message":"from three","keywords":{"jrun_worker_id":3}}',
    ]
    (job.folder / "log.jsonl").write_text("".join(line + "\n" for line in lines))


def test_in_a_pipe_there_are_plain_lines(signed_in: Cli, hub: ScriptedHub) -> None:
    job = submit(signed_in, hub)
    records(job)
    job.ends()
    ran = signed_in.run("logs", job.jobname, "--follow")
    assert ran.code == 0
    assert "\x1b" not in ran.stdout
    shown = [line.split("│ ")[-1] for line in ran.stdout.splitlines()[:-2]]
    assert shown == [
        "● Preparing the environment",
        "● Starting, 2 of 2 workers",
        "● Running",
        "[bold]as it is[/bold] red ␛]0;title␇ ␛[2J",
        "Warning: close  loss=0.5 (fit.jl:17)",
        "Fitting  25%",
        "from three",
    ]
    assert "w3" in ran.stdout.splitlines()[6]


@POSIX_ONLY
def test_on_a_terminal_colours_live_and_the_rest_is_harmless(signed_in: Cli, hub: ScriptedHub) -> None:
    job = submit(signed_in, hub)
    records(job)
    code, written = on_terminal(signed_in, "logs", job.jobname, "--follow", when=("leaves the job running", job.ends))
    assert code == 0
    assert "[bold]as it is[/bold] \x1b[31mred\x1b[0m ␛]0;title␇ ␛[2J" in written
    assert "25%" in written
    assert written.rfind("\x1b[?25h") > written.rfind("\x1b[?25l"), "the cursor is shown again"
    assert "Completed" in written.rstrip().splitlines()[-1]


@POSIX_ONLY
@pytest.mark.parametrize("variable", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_no_colour_means_plain_lines(signed_in: Cli, hub: ScriptedHub, variable: dict[str, str]) -> None:
    job = submit(signed_in, hub)
    records(job)
    job.ends()
    code, written = on_terminal(signed_in, "logs", job.jobname, "--follow", **variable)
    assert code == 0
    assert "\x1b" not in written
    assert "Ctrl-C" not in written


@POSIX_ONLY
@pytest.mark.julia
def test_a_hub_of_this_computer_that_dies_is_started_again_and_nothing_is_lost(cli: Cli) -> None:
    if not find_julias():
        pytest.skip("no Julia on this computer")
    (cli.folder / "hello.jl").write_text('println("one")\nwhile !isfile("go"); sleep(0.05); end\nprintln("two")\n')
    user = Cli(cli.folder, {"JULIA_DEPOT_PATH": os.environ.get("JULIA_DEPOT_PATH", "")})
    try:
        running = user.start("submit", "hello.jl", "--follow")
        jobname = running.until("Job ").split()[1]
        running.until("│ one")
        os.kill(json.loads((cli.folder / "state" / "hub.json").read_text())["pid"], signal.SIGKILL)
        running.until("connection lost")
        running.until("resumed")
        (cli.folder / "data" / "jobs" / jobname / "work" / "go").touch()
        ran = running.ended()
        assert ran.code == 0, ran.stdout
        assert [line.split("│ ")[1] for line in ran.stdout.splitlines() if "│" in line] == ["one", "two"]
    finally:
        stop_hub(cli.folder)
