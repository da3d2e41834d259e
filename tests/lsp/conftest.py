"""The daemon as a process in folders of its own, beside a hub that serves in this one and whose jobs the test plays."""

import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import tomli_w

from tests.lsp.client import SERVER, Editor
from tests.support.scripted_hub import ScriptedHub, scripted_hub

MakeEditor = Callable[..., Awaitable[Editor]]


@pytest.fixture(scope="session")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ScriptedHub]:
    """One served hub for the whole suite."""
    with scripted_hub(tmp_path_factory.mktemp("hub")) as running:
        yield running


@pytest.fixture
def folders(tmp_path: Path) -> Path:
    """A workspace with one project, and nothing else of this user's."""
    project = tmp_path / "work" / "project"
    (project / "src").mkdir(parents=True)
    (project / "Project.toml").write_text('name = "Pi"\n[deps]\n')
    (project / "main.jl").write_text("println(1)\n")
    return tmp_path


@pytest.fixture
def environ(folders: Path) -> "dict[str, str]":
    """The daemon's environment: all it keeps is below this test's folder."""
    ours = {
        "PYTHONPATH": os.pathsep.join(filter(None, [str(SERVER), os.environ.get("PYTHONPATH")])),
        "JULIAHUB_CONFIG_DIR": str(folders / "config"),
        "JULIAHUB_CACHE_DIR": str(folders / "cache"),
        "LOCALHUB_STATE_DIR": str(folders / "hub" / "state"),
        "LOCALHUB_DATA_DIR": str(folders / "hub" / "data"),
        "JULIA_DEPOT_PATH": str(folders / "depot"),
    }
    kept = {name: value for name, value in os.environ.items() if name != "JULIA_PKG_SERVER"}
    return kept | ours


@pytest.fixture
async def start(environ: "dict[str, str]", folders: Path) -> AsyncIterator[MakeEditor]:
    """Starts daemons, initialized with the workspace; those that are left at the end are ended."""
    editors: list[Editor] = []

    async def make(*, initialized: bool = True, **options: Any) -> Editor:
        editor = await Editor.start(environ)
        editors.append(editor)
        if initialized:
            await editor.initialize(folders / "work", options=options)
        return editor

    yield make
    for editor in editors:
        await editor.kill()


@pytest.fixture
async def editor(start: MakeEditor) -> Editor:
    """A daemon that knows no server but this computer."""
    return await start()


@pytest.fixture
def token(hub: ScriptedHub, folders: Path) -> str:
    """Signs this user in to the hub; the token."""
    return sign_in(hub, folders)


@pytest.fixture
async def signed_in(start: MakeEditor, hub: ScriptedHub, token: str) -> Editor:
    """A daemon whose current server is the hub."""
    return await start(server=hub.url)


def sign_in(hub: ScriptedHub, folders: Path) -> str:
    """Puts a token of this user into the test's depot; the token."""
    text = hub.token()
    file = folders / "depot" / "servers" / "127.0.0.1" / "auth.toml"
    file.parent.mkdir(parents=True)
    file.write_text(tomli_w.dumps({"id_token": text, "access_token": text, "user_name": "ada"}))
    return text


@pytest.fixture
def unused_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
