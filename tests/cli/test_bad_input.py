"""What bad input gets: one sentence, a stable code, the right exit code, and nothing submitted."""

import socket
from pathlib import Path

import pytest

from tests.support.cli import Cli
from tests.support.scripted_hub import ScriptedHub
from tests.support.scripted_server import Answer, scripted_server


def project(folder: Path, text: str = "", manifest: str | None = None) -> Path:
    """A project with a script; the script."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "Project.toml").write_text(text)
    if manifest is not None:
        (folder / "Manifest.toml").write_text(manifest)
    script = folder / "main.jl"
    script.write_text("println(1)\n")
    return script


def test_a_script_that_is_not_there(cli: Cli) -> None:
    ran = cli.run("submit", "nowhere.jl")
    assert (ran.code, ran.stdout) == (2, "")
    assert cli.run("submit", "nowhere.jl", "--json").error["code"] == "script-not-found"


def test_a_file_that_is_not_julia(cli: Cli) -> None:
    (cli.folder / "notes.txt").write_text("hello")
    ran = cli.run("submit", "notes.txt", "--json")
    assert (ran.code, ran.error["code"]) == (2, "not-julia")


def test_a_script_outside_the_bundle(cli: Cli) -> None:
    (cli.folder / "elsewhere").mkdir()
    ran = cli.run("submit", "hello.jl", "--bundle", "elsewhere", "--json")
    assert (ran.code, ran.error["code"]) == (2, "script-outside-bundle")
    assert ran.error["data"] == {
        "script": str(cli.folder / "hello.jl"),
        "directory": str(cli.folder / "elsewhere"),
    }


def test_toml_that_does_not_parse_is_told_with_line_and_column(cli: Cli) -> None:
    script = project(cli.folder / "p", 'name = "P"\n[deps\n')
    ran = cli.run("submit", script, "--json")
    assert (ran.code, ran.error["code"]) == (2, "environment-unreadable")
    assert ran.error["data"] == {"path": str(script.parent / "Project.toml"), "line": 2, "column": 1}
    assert "line 2" in ran.error["message"]
    told = cli.run("submit", script)
    assert (told.code, told.stdout) == (2, "")
    assert "Project.toml" in told.stderr
    assert "line 2" in told.stderr


def test_a_bundle_and_a_scan_point_at_toml_that_does_not_parse(cli: Cli) -> None:
    script = project(cli.folder / "p", 'name = "P"\n[deps\n')
    for arguments in (["bundle", script.parent], ["bundle", script.parent, "-o", "b.tar"]):
        ran = cli.run(*arguments)
        assert ran.code == 2
        assert "p/Project.toml:2:1" in ran.stdout
    assert not (cli.folder / "b.tar").exists()
    scanned = cli.run("scan")
    assert scanned.code == 0
    assert "p/Project.toml:2:1" in scanned.stdout


@pytest.mark.parametrize(
    "option",
    [["--nodes", "0"], ["--nodes", "-3"], ["--processes-per-node", "0"], ["--threads", "0"], ["--memory", "-1"]],
)
def test_counts_out_of_range(cli: Cli, option: list[str]) -> None:
    ran = cli.run("submit", "hello.jl", *option, "--json")
    assert (ran.code, ran.error["code"]) == (2, "cluster-impossible")
    assert f"must be at least 1, not {option[1]}. Nothing was submitted." in ran.error["message"]


@pytest.mark.parametrize("hours", ["-1", "nan", "inf", "100000"])
def test_time_limits_out_of_range(cli: Cli, hours: str) -> None:
    ran = cli.run("submit", "hello.jl", f"--time-limit={hours}", "--json")
    assert (ran.code, ran.error["code"]) == (2, "time-limit-invalid")


def test_a_cluster_that_no_machine_serves(signed_in: Cli, hub: ScriptedHub) -> None:
    before = len(hub.engine.specs)
    ran = signed_in.run("submit", "hello.jl", "--processes-per-node", "64", "--json")
    assert (ran.code, ran.error["code"]) == (2, "cluster-impossible")
    assert len(hub.engine.specs) == before


def test_a_manifest_for_a_julia_that_is_not_there(signed_in: Cli) -> None:
    script = project(signed_in.folder / "p", "", 'julia_version = "1.99.0"\nmanifest_format = "2.0"\n[deps]\n')
    ran = signed_in.run("submit", script, "--json")
    assert (ran.code, ran.error["code"]) == (2, "julia-not-available")
    assert "1.10.4" in ran.error["message"]
    asked = signed_in.run("submit", "hello.jl", "--julia", "1.99", "--json")
    assert (asked.code, asked.error["code"]) == (2, "julia-not-available")


@pytest.mark.parametrize(
    "command", [["job"], ["logs"], ["logs", "-f"], ["results"], ["results", "-o", "x"], ["cancel"]]
)
def test_a_job_that_does_not_exist(signed_in: Cli, command: list[str]) -> None:
    name, *options = command
    ran = signed_in.run(name, "jr-nothing00", *options, "--json")
    assert (ran.code, ran.error["code"]) == (2, "job-not-found")
    assert "jr-nothing00" in ran.error["message"]


def test_extending_a_job_that_does_not_exist(signed_in: Cli) -> None:
    assert signed_in.run("extend", "jr-nothing00", "1", "--json").error["code"] == "job-not-found"
    ran = signed_in.run("extend", "jr-nothing00", "--json", "--", "-1")
    assert (ran.code, ran.error["code"]) == (2, "time-limit-invalid")


def test_a_pattern_that_is_none(signed_in: Cli) -> None:
    ran = signed_in.run("logs", "jr-any", "--grep", "(", "--json")
    assert (ran.code, ran.error["code"]) == (2, "pattern-invalid")
    assert ran.error["data"] == {"pattern": "("}


def test_a_level_that_is_none(signed_in: Cli) -> None:
    ran = signed_in.run("logs", "jr-any", "--level", "loud", "--json")
    assert (ran.code, ran.error["code"]) == (2, "invalid-params")
    assert "debug, info, warn, error" in ran.error["message"]


def test_without_a_token_the_command_to_sign_in_is_told(cli: Cli, hub: ScriptedHub) -> None:
    ran = cli.run("jobs", "--server", hub.url)
    assert (ran.code, ran.stdout) == (3, "")
    sentence, command = ran.stderr.splitlines()
    assert sentence.startswith("You are not signed in to 127.0.0.1")
    assert command.strip().startswith("juliahub login ")
    assert cli.run("jobs", "--server", hub.url, "--json").error["code"] == "sign-in-required"


def test_a_token_that_the_server_refuses(cli: Cli, hub: ScriptedHub) -> None:
    cli.sign_in(hub.url, "not-a-token")
    ran = cli.run("jobs", "--server", hub.url, "--json")
    assert (ran.code, ran.error["code"]) == (3, "token-refused")
    assert "not-a-token" not in ran.stdout + ran.stderr


def test_a_server_that_is_down(cli: Cli) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
        cli.sign_in(url)
        ran = cli.run("jobs", "--server", url, "--json")
        assert (ran.code, ran.error["code"]) == (4, "server-unreachable")
        told = cli.run("submit", "hello.jl", "--server", url)
    assert told.code == 4
    assert "cannot be reached" in told.stderr


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Answer(body="<html>hello</html>", content_type="text/html"), "unexpected-answer"),
        (Answer(body="", content_type="text/plain"), "unexpected-answer"),
        (Answer(body='{"half": '), "unexpected-answer"),
        (Answer(500, "<html>oops</html>", "text/html"), "server-failed"),
        (Answer(503, "busy", "text/plain"), "server-failed"),
        (Answer(silent=True), "server-too-slow"),
    ],
    ids=["a web page", "nothing", "broken JSON", "500", "503", "silence"],
)
def test_a_server_that_answers_badly(cli: Cli, answer: Answer, code: str) -> None:
    hasty = Cli(cli.folder, {"JULIAHUB_TIMEOUT": "0.5"})
    with scripted_server(answer) as server:
        hasty.sign_in(server.url)
        for arguments in (["jobs"], ["job", "jr-x"], ["submit", "hello.jl"], ["logs", "jr-x", "-f"]):
            ran = hasty.run(*arguments, "--server", server.url, "--json")
            assert (ran.code, ran.error["code"]) == (4, code), arguments
            assert "<html>" not in ran.stdout
            assert ran.stderr == ""
    assert not any("submit_job" in path for path in server.asked)


def test_a_server_that_refuses_permission(cli: Cli) -> None:
    with scripted_server(Answer(403, '"you are not in the group"')) as server:
        cli.sign_in(server.url)
        ran = cli.run("submit", "hello.jl", "--server", server.url, "--json")
    assert (ran.code, ran.error["code"]) == (5, "permission-denied")


def test_signing_in_where_there_is_no_sign_in(cli: Cli) -> None:
    with scripted_server(Answer(404, "no", "text/plain")) as server:
        ran = cli.run("login", server.url, "--json")
    assert (ran.code, ran.error["code"]) == (3, "sign-in-failed")


def test_a_folder_that_is_not_there(cli: Cli) -> None:
    assert cli.run("scan", "nowhere", "--json").error["code"] == "invalid-params"
    ran = cli.run("bundle", "nowhere")
    assert ran.code == 2
    assert "is not a folder" in ran.stdout
    written = cli.run("bundle", "nowhere", "-o", "b.tar", "--json")
    assert (written.code, written.error["code"]) == (2, "bundle-refused")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here to stand for a full disk")
def test_a_bundle_on_a_full_disk(cli: Cli) -> None:
    script = project(cli.folder / "p")
    ran = cli.run("bundle", script.parent, "-o", "/dev/full/b.tar", "--json")
    assert (ran.code, ran.error["code"]) == (4, "file-unreadable")
