"""Datasets and projects as an editor asks for them, of a server whose answers the test writes."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from starlette.responses import Response

from tests.lsp.client import Editor, RpcError, check_error_data
from tests.lsp.conftest import MakeEditor
from tests.support.scripted_http import ScriptedServer, scripted_server

ID = "3c4441bd-04bd-59f2-5426-70de923e67c2"
WIND: dict[str, Any] = {
    "id": ID,
    "name": "wind",
    "owner": {"username": "ada"},
    "type": "Blob",
    "size": 3,
    "versions": [{"version": 1, "size": 3, "date": "2022-10-13T05:39:42.963+00:00", "blobstore_path": "u1"}],
}


@pytest.fixture
async def server() -> AsyncIterator[ScriptedServer]:
    """A server that has one dataset."""
    async with scripted_server() as script:
        script.on("GET /datasets", [WIND])
        yield script


@pytest.fixture
async def editor(start: MakeEditor, server: ScriptedServer, folders: Path) -> Editor:
    """A daemon that is signed in to that server."""
    file = folders / "depot" / "servers" / "127.0.0.1" / "auth.toml"
    file.parent.mkdir(parents=True)
    file.write_text(tomli_w.dumps({"id_token": "a-token", "expires_in": 86400}))
    return await start(server=server.url)


async def test_datasets_and_projects(editor: Editor, server: ScriptedServer) -> None:
    (found,) = (await editor.request("juliahub/datasets", {}))["datasets"]
    assert (found["id"], found["owner"], found["versions"][0]["version"]) == (ID, "ada", 1)
    me = {"data": {"users": [{"id": 42, "username": "ada"}]}}
    wing = {"id": "p", "name": "Wing study", "owner": {"username": "ada"}}
    server.on("POST /v1/graphql", me, {"data": {"projects": [wing]}})
    assert [project["name"] for project in (await editor.request("juliahub/projects", {}))["projects"]] == [
        "Wing study"
    ]


async def test_a_version_is_saved_and_one_added(editor: Editor, server: ScriptedServer, folders: Path) -> None:
    signed = {"dataset_id": ID, "version": "v1", "dataset": "wind", "url": f"{server.url}/signed"}
    server.on(f"GET /datasets/{ID}/url/v1", signed)
    server.on("GET /signed", Response(b"abc"))
    file = folders / "new" / "wind.csv"
    saved = await editor.request("juliahub/downloadDataset", {"dataset": "wind", "file": file.as_uri()})
    assert saved == {"dataset": ID, "version": 1, "uri": file.as_uri(), "size": 3}
    assert file.read_bytes() == b"abc"
    opened = {"presigned_url": f"{server.url}/put", "upload_id": "u"}
    server.on(f"POST /datasets/{ID}/versions", opened, {"version": "v2"})
    server.on("PUT /put", Response())
    added = await editor.request("juliahub/uploadDataset", {"dataset": "ada/wind", "file": file.as_uri()})
    assert added == {"dataset": ID, "version": 2}


async def test_a_dataset_that_is_not_there(editor: Editor, folders: Path) -> None:
    with pytest.raises(RpcError) as refused:
        await editor.request("juliahub/downloadDataset", {"dataset": "rain", "file": (folders / "r").as_uri()})
    check_error_data(refused.value)
    assert refused.value.data["code"] == "dataset-not-found"
