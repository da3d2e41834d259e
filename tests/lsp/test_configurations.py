"""Saved configurations as an editor has them: listed, told, saved with comments kept, checked and completed."""

from pathlib import Path
from typing import Any

import pytest

from tests.lsp.client import Editor, RpcError
from tests.lsp.conftest import MakeEditor
from tests.lsp.screen import Screen
from tests.support.scripted_hub import ScriptedHub

TEXT = """\
# ours
[configurations."big sweep"]
script = "project/main.jl"
nodes = 4  # for now
process-per-vcpu = true

[configurations."big sweep".env]
N = "1000"
"""


def written(folders: Path, text: str = TEXT) -> Path:
    file = folders / "work" / ".vscode" / "juliahub.toml"
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, "utf-8")
    return file


def names(payload: dict[str, Any]) -> "list[str]":
    return [item["name"] for item in payload["configurations"]]


async def test_listed_and_told(editor: Editor, folders: Path) -> None:
    assert await editor.request("juliahub/configurations") == {"configurations": []}
    file = written(folders)
    await editor.until(lambda: editor.all("juliahub/configurationsChanged"), "the new file")
    (saved,) = (await editor.request("juliahub/configurations"))["configurations"]
    assert saved == {
        "name": "big sweep",
        "folder": (folders / "work").as_uri(),
        "uri": file.as_uri(),
        "line": 1,
        "choices": {
            "script": (folders / "work" / "project" / "main.jl").as_uri(),
            "nodes": 4,
            "processPerVcpu": True,
            "env": {"N": "1000"},
        },
    }
    screen = Screen(editor, file)
    screen.type("nodes = 4", "nodes = 0")
    await editor.until(
        lambda: "problem" in editor.all("juliahub/configurationsChanged")[-1]["configurations"][0], "what is typed"
    )
    changed = editor.all("juliahub/configurationsChanged")[-1]["configurations"][0]
    assert changed["problem"] == "The number of nodes must be at least 1, not 0."
    screen.close()
    file.unlink()
    await editor.until(lambda: names(editor.all("juliahub/configurationsChanged")[-1]) == [], "the file to go")


async def test_a_form_of_a_configuration(signed_in: Editor, hub: ScriptedHub, folders: Path) -> None:
    written(folders)
    form = await signed_in.request("juliahub/form", {"configuration": "big sweep"})
    assert (form["origin"], form["ready"]) == ("configuration", True)
    assert form["design"]["summary"] == "1 master + 7 workers on 4 nodes"
    with pytest.raises(RpcError, match="There are big sweep"):
        await signed_in.request("juliahub/form", {"configuration": "small"})


async def test_saved_by_an_edit(editor: Editor, folders: Path) -> None:
    script = folders / "work" / "project" / "main.jl"
    choices = {"script": script.as_uri(), "nodes": 8, "timeLimit": 2, "portPassword": "hush", "env": {"N": "5"}}
    saved = await editor.request("juliahub/saveConfiguration", {"name": "first", "choices": choices})
    assert saved == {"uri": (folders / "work" / ".vscode" / "juliahub.toml").as_uri(), "line": 0}
    created, change = editor.edits[-1]["documentChanges"]
    assert created["kind"] == "create"
    assert change["edits"][0]["newText"] == (
        '[configurations.first]\nscript = "project/main.jl"\nnodes = 8\ntime-limit = 2\n\n'
        '[configurations.first.env]\nN = "5"\n'
    )
    screen = Screen(editor, written(folders))
    more = {"script": script.as_uri(), "nodes": 6, "processPerVcpu": True, "env": {"N": "1000"}}
    saved = await editor.request("juliahub/saveConfiguration", {"name": "big sweep", "choices": more})
    (change,) = editor.edits[-1]["documentChanges"]
    assert [edit["newText"] for edit in change["edits"]] == ["nodes = 6  # for now\n"]
    assert saved["line"] == 1
    screen.type("[configurations", "[[configurations")
    with pytest.raises(RpcError, match="has mistakes, or is written in a way that cannot be edited here"):
        await editor.request("juliahub/saveConfiguration", {"name": "big sweep", "choices": more})


async def test_mistakes_are_shown_where_they_are(editor: Editor, folders: Path) -> None:
    text = TEXT.replace("process-per-vcpu = true", 'thread = 2\nport-password = "x"\ntime-limit = 1\ncost-limit = 2')
    screen = Screen(editor, written(folders, text.replace("main.jl", "gone.jl")))
    shown = await screen.codes(
        "configuration-script-missing",
        "configuration-key-unknown",
        "configuration-secret",
        "configuration-contradiction",
    )
    assert [item["range"]["start"]["line"] for item in shown] == [2, 4, 5, 7]
    assert "Did you mean “threads”?" in shown[1]["message"]


async def test_hover(editor: Editor, folders: Path) -> None:
    screen = Screen(editor, written(folders))
    assert "One Julia process for each vCPU" in (await screen.hover("process-per-vcpu") or ("", ""))[0]
    whole = (await screen.hover('"big sweep"') or ("", ""))[0]
    assert "juliahub submit" in whole
    assert "--nodes 4 --process-per-vcpu" in whole


async def completed(screen: Screen, typed: str) -> "list[str]":
    """The labels offered at the end of what is typed as a line after `nodes`."""
    screen.type("nodes = 4  # for now", f"nodes = 4\n{typed}")
    place = {"line": 4, "character": len(typed)}
    answer = await screen.ask("completion", position=place)
    screen.type(f"nodes = 4\n{typed}", "nodes = 4  # for now")
    return [item["label"] for item in answer]


async def test_completion(signed_in: Editor, hub: ScriptedHub, folders: Path) -> None:
    await signed_in.request("juliahub/nodes")
    await signed_in.request("juliahub/images")
    screen = Screen(signed_in, written(folders))
    keys = await completed(screen, "")
    assert {"bundle", "threads", "cost-limit"} <= set(keys)
    assert not {"nodes", "script", "processes-per-node", "env"} & set(keys), "used, contradicted, or a table"
    assert await completed(screen, "send = ") == ["folder", "environment", "project", "script"]
    assert await completed(screen, "script = ") == ["project/main.jl"]
    assert await completed(screen, 'bundle = "') == ["project"]
    assert await completed(screen, "gpu = t") == ["true", "false"]
    assert await completed(screen, 'node = "') == ["local-2"]
    assert await completed(screen, "julia = ") == ["1.10.4", "1.9.0"]
    assert await completed(screen, "[") == ["[configurations.NAME]"]
    assert await completed(screen, "threads = 2 # ") == []


async def test_completion_of_an_environments_files(start: MakeEditor, folders: Path) -> None:
    (folders / "work" / "project" / "Manifest.toml").write_text("")
    screen = Screen(await start(), written(folders))
    assert await completed(screen, "manifest = ") == ["project/Manifest.toml"]
    assert await completed(screen, "artifacts = ") == []


async def test_an_editor_that_closes_quotes_itself(editor: Editor, folders: Path) -> None:
    screen = Screen(editor, written(folders))
    screen.type("nodes = 4  # for now", 'send = ""')
    (first, *_) = await screen.ask("completion", position={"line": 3, "character": 8})
    assert first["textEdit"]["newText"] == '"folder"'
    assert first["textEdit"]["range"] == {"start": {"line": 3, "character": 7}, "end": {"line": 3, "character": 9}}
    screen.type('send = ""', "n = 2")
    offered = await screen.ask("completion", position={"line": 3, "character": 1})
    assert "nodes" in [item["textEdit"]["newText"] for item in offered]


async def test_without_a_folder_there_is_no_place_to_save(start: MakeEditor) -> None:
    editor = await start(initialized=False)
    await editor.initialize()
    with pytest.raises(RpcError, match="No folder is open that could keep the configuration"):
        await editor.request("juliahub/saveConfiguration", {"name": "x", "choices": {"nodes": 2}})
    assert await editor.request("juliahub/configurations") == {"configurations": []}
