"""The daemon's life: it starts, survives what clients and its own faults do to it, and ends when it should."""

import json
from pathlib import Path
from typing import Any

import psutil
import pytest

from juliahub_ls.lsp.protocol import REQUESTS
from tests.lsp.client import Editor, RpcError, check_error_data
from tests.lsp.conftest import MakeEditor


def names(folder: Path) -> "list[str]":
    return sorted(path.name for path in folder.iterdir())


async def alive(editor: Editor) -> None:
    """Whether requests are answered."""
    assert (await editor.request("juliahub/servers"))["servers"]


async def test_initialize_tells_the_commands(start: MakeEditor, folders: Path) -> None:
    editor = await start(initialized=False)
    result = await editor.initialize(folders / "work")
    assert result["serverInfo"]["name"] == "juliahub-ls"
    assert set(result["capabilities"]["executeCommandProvider"]["commands"]) >= set(REQUESTS)


async def test_an_orderly_end(editor: Editor) -> None:
    await editor.request("juliahub/environments")
    process = psutil.Process(editor.process.pid)
    family = [process, *process.children(recursive=True)]
    assert await editor.shut_down() == 0
    assert not any(member.is_running() for member in family)
    assert editor.stderr == b""


async def test_it_ends_when_the_editor_has_gone(editor: Editor) -> None:
    await editor.request("juliahub/environments")
    assert editor.process.stdin is not None
    editor.process.stdin.close()
    await editor.ended()
    assert b"Traceback" not in editor.stderr


async def test_exit_without_shutdown(editor: Editor) -> None:
    editor.notify("exit", None)
    assert await editor.ended() == 1


async def test_starting_touches_nothing(editor: Editor, folders: Path) -> None:
    await alive(editor)
    assert names(folders) == ["work"]
    servers = (await editor.request("juliahub/servers"))["servers"]
    assert [(server["id"], server["state"], server["current"]) for server in servers] == [
        ("this-computer", "stopped", True)
    ]


async def test_two_editors_at_once(start: MakeEditor) -> None:
    first, second = await start(), await start()
    await alive(first)
    assert await first.shut_down() == 0
    await alive(second)


def _told(method: str, params: object) -> bytes:
    return json.dumps({"jsonrpc": "2.0", "method": method, "params": params}).encode()


FRAMES = {
    "no JSON": b"{nope",
    "empty": b"",
    "not UTF-8": b"\xff\xfe\xff",
    "an array": b"[]",
    "a number": b"5",
    "null": b"null",
    "no method": b'{"jsonrpc": "2.0"}',
    "another version": b'{"jsonrpc": "1.0", "id": 900, "method": "juliahub/servers"}',
    "an answer nobody waits for": b'{"jsonrpc": "2.0", "id": 901, "result": 1}',
    "an error nobody waits for": b'{"jsonrpc": "2.0", "id": 902, "error": {"code": 1, "message": "x"}}',
    "an id of an odd type": b'{"jsonrpc": "2.0", "id": {"a": 1}, "method": "juliahub/servers", "params": {}}',
    "a method of an odd type": b'{"jsonrpc": "2.0", "id": 903, "method": 7}',
    "an unknown notification": b'{"jsonrpc": "2.0", "method": "juliahub/unknown", "params": {}}',
    "a cancellation of nothing": b'{"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": 999}}',
    "a cancellation without an id": b'{"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {}}',
    "progress that is not ours": _told("window/workDoneProgress/cancel", {"token": "x"}),
    "folders that are none": _told("workspace/didChangeWorkspaceFolders", {"event": 1}),
    "deep": b"[" * 100_000,
}


async def test_malformed_frames_do_not_end_it(editor: Editor) -> None:
    for frame in FRAMES.values():
        editor.write_raw(frame)
        await alive(editor)


async def test_malformed_headers_do_not_end_it(editor: Editor) -> None:
    assert editor.process.stdin is not None
    for header in (b"Hello\r\n\r\n", b"\r\n\r\n", b"Content-Length: many\r\n\r\n", b"X: 1\r\nContent-Type: y\r\n\r\n"):
        editor.process.stdin.write(header)
        await alive(editor)


async def test_an_unknown_method(editor: Editor) -> None:
    with pytest.raises(RpcError) as caught:
        await editor.send_request("juliahub/unknown", {})
    assert caught.value.code == -32601
    with pytest.raises(RpcError):
        await editor.send_request("workspace/executeCommand", {"command": "juliahub/unknown", "arguments": []})
    await alive(editor)


async def test_a_fault_ends_its_request_only(editor: Editor, folders: Path) -> None:
    """No handler foresees a NUL in a file name: the operating system's wrapper raises `ValueError`."""
    with pytest.raises(RpcError) as caught:
        await editor.request("juliahub/writeBundle", {"directory": (folders / "work").as_uri(), "output": "/tmp/a\0b"})
    assert check_error_data(caught.value) == {"code": "internal"}
    assert caught.value.code == -32803
    assert "The details are in the log" in caught.value.message
    await alive(editor)
    await editor.shut_down()
    assert b"embedded null" in editor.stderr


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"server": 5}, "“server” must be text"),
        ({"downloadDirectory": ["x"]}, "“downloadDirectory” must be text"),
        ({"server": "http://evil.dev"}, "“server” is not used. evil.dev would be reached without encryption"),
    ],
)
async def test_a_wrong_setting_is_said_once(start: MakeEditor, options: "dict[str, Any]", words: str) -> None:
    editor = await start(**options)
    await alive(editor)
    (shown,) = editor.all("window/showMessage")
    assert words in shown["message"]
