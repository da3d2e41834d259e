"""`env` and `check`: which environment, what is in it, and what would go wrong."""

from pathlib import Path

import pytest

from juliahub_ls.lsp.protocol.environments import EnvironmentDetails, EnvironmentForResult
from juliahub_ls.lsp.protocol.jobs import PreflightResult
from tests.support.cli import Cli
from tests.support.payload_shapes import assert_shape

UUID = "11111111-2222-3333-4444-555555555555"


@pytest.fixture
def script(cli: Cli) -> Path:
    """A script with an environment, and another environment beside."""
    folder = cli.folder / "p"
    (folder / "other").mkdir(parents=True)
    (folder / "Project.toml").write_text(f'name = "P"\n[deps]\nTools = "{UUID}"\n')
    (folder / "Manifest.toml").write_text(
        f'julia_version = "1.10.4"\nmanifest_format = "2.0"\n[[deps.Tools]]\npath = "Tools"\nuuid = "{UUID}"\n'
        'version = "0.1.0"\n'
    )
    (folder / "Tools" / "src").mkdir(parents=True)
    (folder / "Tools" / "Project.toml").write_text(f'name = "Tools"\nuuid = "{UUID}"\nversion = "0.1.0"\n')
    (folder / "Tools" / "src" / "Tools.jl").write_text("module Tools end\n")
    (folder / "other" / "Project.toml").write_text('name = "Other"\n')
    (folder / "main.jl").write_text("using Tools\n")
    return folder / "main.jl"


def test_a_scripts_environment_is_told_chosen_and_found_again(cli: Cli, script: Path) -> None:
    found = cli.run("env", script, "--json").document
    assert_shape(EnvironmentForResult, found)
    assert found["environment"]["name"] == "P"
    told = cli.run("env", script, "--use", script.parent / "other").stdout
    assert "Other" in told
    assert "the environment you chose for this script" in told
    assert "the nearest project file" in told, "the other that it could have"
    assert cli.run("env", script, "--json").document["environment"]["name"] == "Other", "it is remembered"
    assert cli.run("env", script, "--auto", "--json").document["environment"]["name"] == "P"
    wrong = cli.run("env", script, "--use", cli.folder, "--json")
    assert (wrong.code, wrong.error["code"]) == (2, "no-environment")


def test_a_folders_environment_is_a_table(cli: Cli, script: Path) -> None:
    details = cli.run("env", script.parent, "--json").document
    assert_shape(EnvironmentDetails, details)
    lines = cli.run("env", script.parent).stdout.splitlines()
    assert lines[0] == "P, Julia 1.10.4, 1 dependency"
    (tools,) = [line for line in lines if line.startswith("  Tools")]
    assert tools.split() == ["Tools", "0.1.0", "Tools", "in", "the", "folder", "itself"]


def test_ready(signed_in: Cli, script: Path) -> None:
    ran = signed_in.run("check", script)
    assert ran.code == 0, ran.stderr
    assert ran.stdout.startswith("✓ Ready")
    verdict = signed_in.run("check", script, "--json").document
    assert_shape(PreflightResult, verdict)
    assert (verdict["ready"], verdict["problems"]) == (True, [])
    assert verdict["bundleFiles"] == 6


def test_what_would_go_wrong_is_told_at_once_worst_first(signed_in: Cli, script: Path) -> None:
    script.write_text('using Tools\nENV["RESULTS"] = "3"\ninclude("gone.jl")\n')
    (script.parent / ".env").write_text("")
    ran = signed_in.run("check", script)
    assert ran.code == 2
    first, *rest = ran.stdout.splitlines()
    assert first.startswith("✗ Not ready: 1 thing to mend, 2 notes")
    told = [line for line in rest if line.startswith(("  Mend first:", "  Note:"))]
    assert [line.split(":")[0].strip() for line in told] == ["Mend first", "Note", "Note"]
    assert "main.jl includes gone.jl, which does not exist" in told[0]
    assert "(p/main.jl:3:9)" in told[0]
    assert "    juliahub bundle p --include .env" in rest
    verdict = signed_in.run("check", script, "--json")
    assert (verdict.code, verdict.document["ready"]) == (2, False)
    refused = signed_in.run("submit", script, "--json")
    assert (refused.code, refused.error["code"]) == (2, "bundle-refused")
    assert "gone.jl" in refused.error["message"]


def test_machines_ports_and_applications_are_checked_too(signed_in: Cli, script: Path) -> None:
    """The scripted hub has one machine of two vCPUs, and no exposed ports or applications."""

    def codes(*arguments: object) -> list[str]:
        return [problem["code"] for problem in signed_in.run("check", *arguments, "--json").document["problems"]]

    assert codes(script, "--vcpus", 64) == ["cluster-impossible"]
    assert codes(script, "--vcpus", 2, "--time-limit", 9e9) == ["time-limit-invalid"]
    assert codes(script, "--port", 80) == ["invalid-params"]
    assert codes("--app", "Nowhere") == ["invalid-params"]
    wrong = signed_in.run("check", "--json")
    assert (wrong.code, wrong.error["code"]) == (2, "invalid-params")


def test_what_cannot_be_had_is_part_of_the_verdict(signed_in: Cli, script: Path) -> None:
    verdict = signed_in.run("check", script, "--julia", "1.99", "--json").document
    assert verdict["ready"] is False
    assert [problem["code"] for problem in verdict["problems"]] == ["julia-not-available"]
    assert "Nothing was submitted" not in verdict["problems"][0]["message"]


def test_texts_bring_no_development_package(signed_in: Cli, script: Path) -> None:
    for send, code in (("environment", 2), ("script", 0)):
        assert signed_in.run("check", script, "--send", send).code == code, send
