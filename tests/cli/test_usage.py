"""Help, wrong usage, exit codes, and what a command must not do before it is needed."""

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from juliahub_ls.cli.main import app
from tests.support.cli import Cli

COMMANDS = [
    "login",
    "logout",
    "status",
    "scan",
    "env",
    "bundle",
    "submit",
    "check",
    "configurations",
    "jobs",
    "job",
    "cancel",
    "extend",
    "logs",
    "results",
    "compare",
    "datasets",
    "dataset",
    "projects",
]


def test_help_lists_every_command_and_the_exit_codes(cli: Cli) -> None:
    ran = cli.run("--help")
    assert ran.code == 0
    listed = [line.split()[0] for line in ran.stdout.partition("Commands:")[2].splitlines() if line.startswith("  ")]
    assert listed[: len(COMMANDS)] == COMMANDS
    assert "Exit codes: 0 done" in ran.stdout


def test_without_a_command_there_is_help(cli: Cli) -> None:
    assert cli.run().stdout == cli.run("--help").stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_takes_server_and_json(command: str) -> None:
    ran = CliRunner().invoke(app, [command, "--help"])
    assert ran.exit_code == 0
    assert "--server" in ran.stdout
    assert "--json" in ran.stdout


@pytest.mark.parametrize("arguments", [["--help"], ["submit", "--help"], ["--version"]])
def test_help_is_immediate_because_it_imports_nothing_slow(cli: Cli, arguments: list[str]) -> None:
    program = (
        "import sys\n"
        "from juliahub_ls.cli.main import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "slow = {'httpx', 'websockets', 'asyncio', 'rich.console', 'juliahub_ls.services'}\n"
        "print(sorted(slow & set(sys.modules)), file=sys.stderr)\n"
    )
    command = [sys.executable, "-c", program, *arguments]
    done = subprocess.run(command, env=cli.environment, capture_output=True, text=True, timeout=60, check=True)
    assert done.stderr == "[]\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["jobs", "--nonsense"], "No such option"),
        (["nonsense"], "No such command"),
        (["job"], "JOB"),
        (["jobs", "--limit", "0"], "--limit"),
        (["jobs", "--limit", "many"], "--limit"),
        (["submit", "hello.jl", "--nodes", "two"], "--nodes"),
        (["submit", "hello.jl", "--env", "NOVALUE"], "NAME=VALUE"),
        (["submit", "hello.jl", "--min-nodes", "few"], "--min-nodes"),
        (["submit", "--app", "Pluto", "--bundle", "."], "brings its own code"),
        (["submit", "hello.jl", "--port-access", "me"], "need --port"),
        (["submit", "hello.jl", "--port-name", "me"], "need --port"),
        (["submit", "hello.jl", "--port", "8080", "--port-access", "friends"], "--port-access"),
        (["submit", "hello.jl", "--port", "8080", "--port-access", "password"], "JULIAHUB_PORT_PASSWORD"),
        (["submit", "hello.jl", "--bundle", ".", "--send", "script"], "Give one of them"),
        (["env", ".", "--use", "."], "name a .jl file"),
        (["env", "hello.jl", "--use", ".", "--auto"], "not both"),
        (["env", "hello.jl", "--resolve"], "of a folder"),
        (["bundle", "--julia", "new"], "not a version"),
        (["check", "hello.jl", "--send", "everything"], "--send"),
        (["submit", "hello.jl", "--results", "out"], "--follow"),
        (["extend", "jr-x", "soon"], "HOURS"),
    ],
)
def test_wrong_usage_is_one_sentence_and_code_2(cli: Cli, arguments: list[str], words: str) -> None:
    ran = cli.run(*arguments)
    assert (ran.code, ran.stdout) == (2, "")
    assert words in ran.stderr
    assert "--help" in ran.stderr.splitlines()[-1]
    told = cli.run("--json", *arguments)
    assert (told.code, told.stderr, told.error["code"]) == (2, "", "usage")
    assert words in told.error["message"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "Name a script or an application"),
        (["hello.jl", "--app", "Pluto"], "runs a script or an application"),
        (["--app", "A", "--app-repo", "https://git/x"], "a name or a repository"),
        (["--app", "A", "--branch", "b", "--revision", "r"], "from a branch or at a revision"),
        (["hello.jl", "--branch", "b"], "runs a script or an application"),
        (["hello.jl", "--env", "jobname=x", "--name", "y"], "two names: “y”, and “x” as the variable jobname"),
        (["hello.jl", "--env", "jr_submission=x"], "cannot be set"),
        (
            ["hello.jl", "--port", "9009"],
            "Port 9009 cannot be exposed. Choose one of 1025–9008, 9010–23399, 23500–32767",
        ),
        (["hello.jl", "--port", "8080", "--port-name", "My_App"], "lower-case letters, digits and hyphens"),
        (["hello.jl", "--project", "mine"], "is not a project's id"),
        (["hello.jl", "--sysimage", "--send", "project"], "built from a manifest"),
        (["hello.jl", "--nodes", "2", "--min-nodes", "2"], "2 of 2 is not"),
        (["hello.jl", "--nodes", "3", "--min-nodes", "2", "--elastic"], "An elastic pool"),
        (["hello.jl", "--time-limit", "-1"], "out of range"),
    ],
)
def test_what_contradicts_itself_is_said_before_a_server_is_asked(cli: Cli, arguments: list[str], words: str) -> None:
    ran = cli.run("submit", *arguments, "--server", "http://127.0.0.1:9", "--json")
    assert ran.code == 2
    assert words in ran.error["message"]


def test_a_ports_password_is_in_no_output(cli: Cli) -> None:
    telling = Cli(cli.folder, {"JULIAHUB_PORT_PASSWORD": "Weak1", "JULIAHUB_DEBUG": "1"})
    ran = telling.run(
        "submit", "hello.jl", "--port", "8080", "--port-access", "password", "--server", "http://127.0.0.1:9"
    )
    assert ran.code == 2
    assert "8 to 32 characters" in ran.stderr
    assert "Weak1" not in ran.stdout + ran.stderr


def test_a_server_that_is_none_is_wrong_input(cli: Cli) -> None:
    for arguments in (["jobs", "--server", "no server"], ["--server", "no server", "jobs"]):
        ran = cli.run(*arguments, "--json")
        assert (ran.code, ran.error["code"]) == (2, "server-unknown")


def test_plain_http_goes_to_loopback_only(cli: Cli) -> None:
    ran = cli.run("login", "http://hub.example.org", "--json")
    assert (ran.code, ran.error["code"]) == (2, "plain-http-refused")


def test_a_trace_is_shown_to_those_who_debug_only(cli: Cli) -> None:
    assert "Traceback" not in cli.run("job", "x", "--server", "no server").stderr
    debugging = Cli(cli.folder, {"JULIAHUB_DEBUG": "1"})
    assert "Traceback" in debugging.run("job", "x", "--server", "no server").stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here to stand for a full disk")
def test_output_to_a_full_disk_is_told(cli: Cli) -> None:
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "juliahub_ls.cli.main", "status", "--json"]
        done = subprocess.run(command, env=cli.environment, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
    assert done.returncode == 4
    assert done.stderr == "The output cannot be written: no space left on device. It is not complete.\n"
