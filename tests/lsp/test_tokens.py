"""Tokens that other programs write and remove: the editor hears of it (protocol §1.3)."""

import os
from pathlib import Path
from typing import Any

import pytest
import tomli_w

from tests.lsp.client import Editor
from tests.lsp.conftest import MakeEditor
from tests.support.scripted_hub import ScriptedHub


def told(editor: Editor) -> "list[str]":
    """The hub's states, in the order in which they were told."""
    return [
        server["state"]
        for servers in editor.all("juliahub/serversChanged")
        for server in servers["servers"]
        if server["kind"] == "hub"
    ]


@pytest.mark.parametrize("there", ["nothing", "the depot", "the server's folder"])
async def test_another_programs_sign_in_and_out_are_noticed(
    start: MakeEditor, hub: ScriptedHub, folders: Path, there: str
) -> None:
    file = folders / "depot" / "servers" / "127.0.0.1" / "auth.toml"
    (folders / "depot").mkdir()
    if there != "nothing":
        (file.parent if there == "the server's folder" else folders / "depot" / "servers").mkdir(parents=True)
    editor = await start(server=hub.url)
    await editor.request("juliahub/servers")
    write(file, hub.table())
    await editor.until(lambda: told(editor) and told(editor)[-1] == "signedIn", "the sign-in to be told")
    file.unlink()
    await editor.until(lambda: told(editor)[-1] == "signedOut", "the sign-out to be told")
    write(file, hub.table())
    await editor.until(lambda: told(editor)[-1] == "signedIn", "the second sign-in to be told")
    assert await editor.shut_down() == 0


def write(file: Path, table: "dict[str, Any]") -> None:
    """As Pkg does it: beside, then in place."""
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_name("new")
    beside.write_text(tomli_w.dumps(table))
    os.replace(beside, file)  # noqa: PTH105 - the same on every system
