"""The form as an editor has it: filled in, and told what is wrong beside each field."""

from pathlib import Path
from typing import Any

import pytest

from tests.lsp.client import Editor, RpcError, check_error_data
from tests.lsp.conftest import MakeEditor
from tests.support.scripted_hub import ScriptedHub


def script_of(folders: Path) -> str:
    return (folders / "work" / "project" / "main.jl").as_uri()


def beside(form: dict[str, Any]) -> "dict[str, str]":
    return {item["field"]: item["message"] for item in form["fields"]}


async def test_a_form_that_is_already_right(signed_in: Editor, hub: ScriptedHub, folders: Path) -> None:
    form = await signed_in.request("juliahub/form", {"script": script_of(folders)})
    assert (form["origin"], form["ready"], form["fields"]) == ("defaults", True, [])
    assert form["choices"] == {
        "script": script_of(folders),
        "server": form["server"]["id"],
        "send": "folder",
        "nodes": 1,
        "processesPerNode": 1,
        "timeLimit": 1,
    }
    assert form["environment"]["environment"]["name"] == "Pi"
    assert [node["label"] for node in form["nodes"]] == ["2 vCPU · 8 GB"]
    assert form["design"]["summary"] == "1 process on 1 node"
    assert "priceLabel" not in form["nodes"][0]
    assert form["image"] == "Julia 1.10.4"
    script = folders / "work" / "project" / "main.jl"
    assert form["commandLine"] == f"juliahub submit {script} --server {hub.url}"
    assert "bundle" not in form
    submitted = await signed_in.request("juliahub/submit", form["choices"])
    hub.started(submitted["job"]["id"]).ends()


async def test_what_goes_along_when_asked_for(signed_in: Editor, folders: Path) -> None:
    form = await signed_in.request("juliahub/form", {"script": script_of(folders), "bundle": True})
    assert form["bundle"]["fileCount"] == 2
    again = await signed_in.request("juliahub/form", {"script": script_of(folders)})
    assert again["bundle"] == form["bundle"], "the last plan's figures are kept"


async def test_another_manifest_and_other_artifacts(signed_in: Editor, folders: Path) -> None:
    """They are the form's and the bundle's; the folder stays as it is. What would go nowhere is said beside them."""
    project = folders / "work" / "project"
    manifest, artifacts = folders / "Old.toml", folders / "Mine.toml"
    manifest.write_text('julia_version = "1.10.4"\nmanifest_format = "2.0"\n')
    artifacts.write_text(f'[mine]\ngit-tree-sha1 = "{"1" * 40}"\nlazy = true\n')
    chosen = {"manifest": manifest.as_uri(), "artifacts": artifacts.as_uri()}
    choices = {"script": script_of(folders), **chosen}
    form = await signed_in.request("juliahub/form", {"choices": choices, "bundle": True})
    environment = form["environment"]["environment"]
    assert (environment["manifestFile"], environment["artifactsFile"]) == (chosen["manifest"], chosen["artifacts"])
    assert environment["juliaVersion"] == "1.10.4"
    assert form["bundle"]["fileCount"] == 4
    assert f"--manifest {manifest} --artifacts {artifacts}" in form["commandLine"]
    plan = await signed_in.request("juliahub/bundlePlan", {"script": script_of(folders), **chosen})
    assert [file["path"] for file in plan["files"] if "why" in file] == ["Artifacts.toml", "Manifest.toml"]
    assert sorted(path.name for path in project.iterdir()) == ["Project.toml", "main.jl", "src"]
    form = await signed_in.request("juliahub/form", {"choices": {**choices, "send": "project"}})
    assert beside(form) == {
        "manifest": "Old.toml was chosen, but no manifest goes along.",
        "artifacts": "Mine.toml was chosen, but artifacts go along with a folder only.",
    }
    manifest.unlink()
    form = await signed_in.request("juliahub/form", {"choices": choices, "bundle": True})
    assert not form["ready"]
    with pytest.raises(RpcError, match=r"Old\.toml.*Nothing was submitted"):
        await signed_in.request("juliahub/submit", choices)


async def test_every_wrong_field_at_once(signed_in: Editor, folders: Path) -> None:
    choices = {
        "script": script_of(folders),
        "nodes": 0,
        "threads": -1,
        "port": 80,
        "portName": "Not One",
        "project": "mine",
        "env": {"a=b": "1"},
        "timeLimit": -1,
        "julia": "0.7",
    }
    form = await signed_in.request("juliahub/form", {"choices": choices})
    wrong = {"nodes", "threads", "port", "portName", "project", "env", "timeLimit", "julia"}
    assert set(beside(form)) == wrong
    assert not form["ready"]
    assert form["obstacle"] in beside(form).values()
    assert not any("Nothing was submitted" in message for message in beside(form).values())
    assert form["origin"] == "given"


async def test_a_script_that_is_not_there(signed_in: Editor, folders: Path) -> None:
    form = await signed_in.request("juliahub/form", {"script": (folders / "gone.jl").as_uri()})
    assert "There is no file" in beside(form)["script"]
    assert form["environment"] == {"reason": "no script", "choices": []}
    assert form["design"]["processes"] == 1, "the rest of the form is there"


async def test_signed_out_there_is_a_form(start: MakeEditor, hub: ScriptedHub, folders: Path) -> None:
    editor = await start(server=hub.url)
    form = await editor.request("juliahub/form", {"script": script_of(folders)})
    assert (form["server"]["state"], form["ready"], form["nodes"]) == ("signedOut", False, [])
    assert "not signed in" in form["obstacle"]
    assert form["environment"]["environment"]["name"] == "Pi"


async def test_remembered_per_script(signed_in: Editor, hub: ScriptedHub, folders: Path) -> None:
    chosen = {"script": script_of(folders), "nodes": 2, "timeLimit": 3, "env": {"N": "10", "API_TOKEN": "hush"}}
    job = (await signed_in.request("juliahub/submit", chosen))["job"]
    hub.started(job["id"]).ends()
    form = await signed_in.request("juliahub/form", {"script": script_of(folders)})
    assert form["origin"] == "remembered"
    assert (form["choices"]["nodes"], form["choices"]["timeLimit"]) == (2, 3)
    assert form["choices"]["env"] == {"N": "10"}
    assert "not kept" in beside(form)["env"]
    assert b"hush" not in (folders / "config" / "submissions.json").read_bytes()
    other = await signed_in.request("juliahub/form", {"script": script_of(folders), "choices": {"nodes": 4}})
    assert (other["origin"], other["choices"]["nodes"]) == ("given", 4)


async def test_a_job_to_run_again(signed_in: Editor, hub: ScriptedHub, folders: Path, start: MakeEditor) -> None:
    chosen = {"script": script_of(folders), "nodes": 2, "processPerVcpu": True, "name": "pi sweep"}
    job = (await signed_in.request("juliahub/submit", chosen))["job"]
    hub.started(job["id"]).ends()
    assert job["script"] == script_of(folders)
    assert (job["cluster"], job["pricePerHour"], job["canRunAgain"]) == ("2 nodes × 2 vCPU, 4 processes", 0, True)
    window = await start(server=hub.url)
    form = await window.request("juliahub/form", {"job": job["id"], "server": job["server"]})
    assert form["origin"] == "job"
    assert form["choices"]["name"] == "pi sweep"
    assert form["design"]["workersPerNode"] == [1, 2]
    assert form["design"]["summary"] == "1 master + 3 workers on 2 nodes"
    kept = (await window.request("juliahub/submission", {"job": job["id"]}))["submission"]
    assert (kept["environment"], kept["processes"], kept["bundleFiles"]) == ("Pi", 4, 2)
    assert kept["choices"]["processPerVcpu"] is True


async def test_a_job_of_elsewhere(signed_in: Editor) -> None:
    assert await signed_in.request("juliahub/submission", {"job": "jr-elsewhere"}) == {}
    with pytest.raises(RpcError, match="was not submitted from this computer") as caught:
        await signed_in.request("juliahub/form", {"job": "jr-elsewhere"})
    assert check_error_data(caught.value)["code"] == "submitted-elsewhere"


async def test_choices_on_another_server(signed_in: Editor, folders: Path) -> None:
    """What means something on one server only does not go along; on the same one, however it is named, all does."""
    here = {"script": script_of(folders), "server": "this-computer", "nodes": 2, "node": "m4", "app": "Mine"}
    current = (await signed_in.request("juliahub/form", {"script": script_of(folders)}))["server"]["id"]
    there = (await signed_in.request("juliahub/form", {"choices": here, "server": current}))["choices"]
    assert (there["server"], there["nodes"], "node" in there, "app" in there) == (current, 2, False, False)
    again = {**there, "node": "m2"}
    assert (await signed_in.request("juliahub/form", {"choices": again, "server": current}))["choices"]["node"] == "m2"


async def test_a_selection_runs_in_the_scripts_place(signed_in: Editor, hub: ScriptedHub, folders: Path) -> None:
    whole = (await signed_in.request("juliahub/submit", {"script": script_of(folders), "nodes": 2}))["job"]
    hub.started(whole["id"]).ends()
    chosen = {"script": script_of(folders), "code": "println(1)", "name": "part"}
    job = (await signed_in.request("juliahub/submit", chosen))["job"]
    started = hub.started(job["id"])
    started.ends()
    sent = next((started.folder).rglob("code.jl")).read_text()
    assert 'include_string(Main, "println(1)", path)' in sent
    again = await signed_in.request("juliahub/form", {"job": job["id"]})
    assert again["choices"]["code"] == "println(1)"
    later = (await signed_in.request("juliahub/form", {"script": script_of(folders)}))["choices"]
    assert ("code" in later, "name" in later, later["nodes"]) == (False, False, 2), "a selection was for once"


async def test_a_selection_for_a_terminal(signed_in: Editor, hub: ScriptedHub, folders: Path) -> None:
    """By its lines, while they are the script's; a part of a line has no command."""
    script = folders / "work" / "project" / "main.jl"
    script.write_text("x = 1\r\ny = 2\r\nprintln(x + y)\r\n", newline="")
    asked = {"script": script.as_uri(), "code": "y = 2\r\nprintln(x + y)"}
    form = await signed_in.request("juliahub/form", {"choices": asked})
    assert form["commandLine"] == f"juliahub submit {script} --server {hub.url} --lines 2:3"
    part = await signed_in.request("juliahub/form", {"choices": {**asked, "code": "x + y"}})
    assert part["ready"]
    assert "commandLine" not in part


async def test_choices_over_those_of_a_configuration(signed_in: Editor, folders: Path) -> None:
    """What a task says goes before what its configuration says, its variables one by one."""
    file = folders / "work" / "project" / ".vscode" / "juliahub.toml"
    file.parent.mkdir()
    file.write_text('[configurations.big]\nprocesses-per-node = 4\nenv = { A = "1", B = "2" }\n')
    asked = {"configuration": "big", "folder": file.parents[1].as_uri()}
    over = {"script": script_of(folders), "processPerVcpu": True, "env": {"B": "3"}}
    form = await signed_in.request("juliahub/form", {**asked, "choices": over})
    assert form["origin"] == "configuration"
    assert form["choices"]["processPerVcpu"]
    assert "processesPerNode" not in form["choices"] or form["choices"]["processesPerNode"] == 1
    assert form["choices"]["env"] == {"A": "1", "B": "3"}
    file.write_text("[configurations.big]\nndoes = 4\n")
    wrong = await signed_in.request("juliahub/form", {**asked, "choices": over})
    assert (wrong["ready"], "Did you mean “nodes”?" in wrong["obstacle"]) == (False, True)
