"""Environments in full, the one of a script, choosing and mending; and a bundle looked at folder by folder."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.lsp.client import VSCODE, Editor, RpcError, check_error_data
from tests.lsp.conftest import MakeEditor
from tests.lsp.julia_files import NEWER, study, write
from tests.lsp.screen import Screen


async def test_an_environment_in_full(editor: Editor, folders: Path) -> None:
    place = study(folders)
    found = await editor.request("juliahub/environment", {"directory": place.as_uri()})
    assert found["environment"]["name"] == "Study"
    origins = {package["name"]: package["origin"] for package in found["packages"]}
    assert origins == {"Dates": "stdlib", "Example": "registry", "Forked": "repository", "MyTools": "path"}
    assert {variant["name"] for variant in found["artifacts"]} == {"data", "tool"}
    (tools,) = [source for source in found["environment"]["sources"] if source["name"] == "MyTools"]
    assert (tools["path"], tools["exists"]) == ("../MyTools", True)
    assert found["environment"]["problems"] == []
    project = Screen(editor, place / "Project.toml")
    project.type("[deps]\n", f'[deps]\nNewer = "{NEWER}"\n')  # not saved: the screen counts
    found = await editor.request("juliahub/environment", {"directory": place.as_uri()})
    assert [problem["code"] for problem in found["environment"]["problems"]] == ["dependency-not-in-manifest"]
    with pytest.raises(RpcError) as caught:
        await editor.request("juliahub/environment", {"directory": (place / "src").as_uri()})
    assert check_error_data(caught.value)["code"] == "no-environment"


async def test_the_environment_of_a_script(start: MakeEditor, folders: Path) -> None:
    editor = await start()
    place = study(folders)
    other = folders / "work" / "project"
    script = write(place / "run.jl", "1\n").as_uri()
    found = await editor.request("juliahub/environmentFor", {"script": script})
    assert (found["environment"]["directory"], "nearest" in found["reason"]) == (place.as_uri(), True)
    await editor.request("juliahub/setActiveEnvironment", {"directory": other.as_uri()})
    found = await editor.request("juliahub/environmentFor", {"script": script})
    assert (found["environment"]["directory"], "Julia extension" in found["reason"]) == (other.as_uri(), True)
    assert place.as_uri() in [choice["directory"] for choice in found["choices"]]
    found = await editor.request("juliahub/chooseEnvironment", {"script": script, "directory": place.as_uri()})
    assert (found["environment"]["directory"], "you chose" in found["reason"]) == (place.as_uri(), True)
    await editor.shut_down()
    again = await start()
    found = await again.request("juliahub/environmentFor", {"script": script})
    assert "you chose" in found["reason"]
    found = await again.request("juliahub/chooseEnvironment", {"script": script})
    assert "nearest" in found["reason"]


async def test_mending_says_what_it_needs(start: MakeEditor, environ: "dict[str, str]", folders: Path) -> None:
    environ["PATH"] = str(folders / "empty")
    editor = await start()
    params = {"directory": study(folders).as_uri(), "how": "resolve", "workDoneToken": "t"}
    with pytest.raises(RpcError) as caught:
        await editor.request("juliahub/mendEnvironment", params)
    assert check_error_data(caught.value)["code"] == "julia-missing"
    kinds = [told["value"]["kind"] for told in editor.all("$/progress")]
    assert (kinds[0], kinds[-1]) == ("begin", "end")


async def test_a_bundle_folder_by_folder(editor: Editor, folders: Path) -> None:
    place = study(folders)
    write(place / "data" / "a.csv", "1,2\n")
    write(place / ".juliabundleignore", "*.csv\n")
    top = await _folder(editor, place, "")
    assert [entry["name"] for entry in top["entries"] if entry["isDirectory"]] == [".bundle", "data", "src"]
    assert top["limit"] == 2**31
    (left,) = (await _folder(editor, place, "data"))["entries"]
    assert (left["path"], left["included"], left["canChange"]) == ("data/a.csv", False, True)
    assert left["rule"] == {"uri": (place / ".juliabundleignore").as_uri(), "line": 1, "text": "*.csv"}
    write(place / "data" / "b.txt", "new")
    names = [entry["name"] for entry in (await _folder(editor, place, "data"))["entries"]]
    assert names == ["a.csv", "b.txt"]
    with pytest.raises(RpcError) as caught:
        await editor.request("juliahub/bundleFolder", {"directory": place.as_uri(), "path": "", "julia": "newest"})
    assert check_error_data(caught.value)["code"] == "invalid-params"


async def test_a_rule_is_an_edit_that_can_be_undone(editor: Editor, folders: Path) -> None:
    place = study(folders)
    write(place / "data" / "a.csv", "1,2\n")
    rules = place / ".juliabundleignore"
    params = {"directory": place.as_uri(), "path": "data/a.csv", "included": False}
    made = await editor.request("juliahub/setBundleRule", params)
    assert made == {"uri": rules.as_uri(), "changed": True}
    assert not rules.exists()  # the editor makes it
    create, edit = editor.edits[-1]["documentChanges"]
    assert (create["kind"], create["uri"]) == ("create", rules.as_uri())
    assert edit["edits"][0]["newText"].strip()
    opened = Screen(editor, rules, "# mine\n*.csv\nother\n")
    params["included"] = True
    assert (await editor.request("juliahub/setBundleRule", params))["changed"] is True
    text = opened.apply(editor.edits[-1])
    assert text.startswith("# mine\n*.csv\n")
    opened.replace(text)
    count = len(editor.edits)
    again = await editor.request("juliahub/setBundleRule", params)
    assert (again["changed"], len(editor.edits)) == (False, count)
    editor.takes_edits = False
    with pytest.raises(RpcError) as caught:
        await editor.request("juliahub/setBundleRule", params | {"included": False})
    assert check_error_data(caught.value)["code"] == "edit-refused"


async def test_rules_in_an_editor_that_knows_plain_edits_only(start: MakeEditor, folders: Path) -> None:
    place = study(folders)
    editor = await start(initialized=False)
    await editor.initialize(folders / "work", capabilities={"window": VSCODE["window"]})
    params = {"directory": place.as_uri(), "path": "src", "included": False}
    made = await editor.request("juliahub/setBundleRule", params)
    assert list(editor.edits[-1]["changes"]) == [made["uri"]]
    assert (place / ".juliabundleignore").read_bytes() == b""


async def test_other_requests_do_not_wait(editor: Editor, folders: Path) -> None:
    """Many questions about one file at once, and one about something else."""
    place = study(folders)
    project = Screen(editor, place / "Project.toml")
    position = {"line": 4, "character": 1}
    hovers = [asyncio.ensure_future(project.ask("hover", position=position)) for _ in range(20)]
    assert (await editor.request("juliahub/servers"))["servers"]
    assert all("**Example**" in answer["contents"]["value"] for answer in await asyncio.gather(*hovers))


async def _folder(editor: Editor, place: Path, path: str) -> Any:
    return await editor.request("juliahub/bundleFolder", {"directory": place.as_uri(), "path": path})
