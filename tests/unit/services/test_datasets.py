"""Datasets: what is listed, found, fetched whole after breaks, and added as a version (protocol §10)."""

import asyncio
import json
from collections.abc import AsyncIterator
from email import message_from_bytes
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from juliahub_ls import errors
from juliahub_ls.services.datasets import Datasets
from juliahub_ls.services.hub_client import HubClient
from juliahub_ls.services.progress import Silent
from tests.support.progress import Told
from tests.support.scripted_http import Cut, ScriptedServer

ID = "3c4441bd-04bd-59f2-5426-70de923e67c2"
VERSIONS, URL = f"POST /datasets/{ID}/versions", f"GET /datasets/{ID}/url/v2"


def dataset(**fields: Any) -> dict[str, Any]:
    version = {
        "size": 57,
        "date": "2022-10-13T05:39:42.963+00:00",
        "blobstore_path": "u",
        "uploader": {"username": "a"},
    }
    return {
        "id": ID,
        "name": "measurements",
        "owner": {"username": "ada", "type": "User"},
        "type": "Blob",
        "description": "",
        "tags": [],
        "size": 114,
        "versions": [version | {"version": 2}, version | {"version": 1}],
        "license": {"name": "MIT License", "spdx_id": "MIT", "text": None, "url": None},
        "lastModified": "2022-10-12T05:39:42.906",
    } | fields


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JULIAHUB_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))


@pytest.fixture
def datasets(client: HubClient, http: httpx.AsyncClient) -> Datasets:
    return Datasets(client, http)


async def test_malformed_elements_are_passed_over(datasets: Datasets, server: ScriptedServer) -> None:
    server.on("GET /datasets", [dataset(), {"id": "x"}, 7, dataset(name="a", owner={"username": "bob"})])
    assert [(found.owner.username, found.name) for found in await datasets.list()] == [
        ("ada", "measurements"),
        ("bob", "a"),
    ]
    server.on("GET /datasets", {"datasets": []})
    with pytest.raises(errors.UnexpectedAnswer, match="not a list"):
        await datasets.list()


async def test_a_projects_datasets(datasets: Datasets, server: ScriptedServer) -> None:
    server.on("GET /datasets", [])
    await datasets.list("cd6c9ee3-d15f-414f-a762-7e1d3faed835")
    assert server.requests[0].url.query == "project=cd6c9ee3-d15f-414f-a762-7e1d3faed835"


@pytest.mark.parametrize("name", ["measurements", "ada/measurements", ID])
async def test_a_dataset_is_found_by_name_and_by_id(datasets: Datasets, server: ScriptedServer, name: str) -> None:
    server.on("GET /datasets", [dataset(), dataset(id="other", name="Δε/do")])
    assert (await datasets.find(name)).id == ID


async def test_a_name_that_two_owners_use_must_be_made_clear(datasets: Datasets, server: ScriptedServer) -> None:
    server.on("GET /datasets", [dataset(), dataset(id="other", owner={"username": "bob"})])
    with pytest.raises(errors.DatasetNotFound, match="ada/measurements, bob/measurements"):
        await datasets.find("measurements")
    with pytest.raises(errors.DatasetNotFound, match="lists those"):
        await datasets.find("nothing")


def serve(server: ScriptedServer, content: bytes, *broken: Any) -> None:
    """Bytes behind a signed URL, after some broken answers."""
    server.on(URL, {"dataset_id": ID, "version": "v2", "dataset": "m", "url": f"{server.url}/signed"})

    async def whole(request: Request) -> Response:
        wanted = request.headers.get("range")
        if wanted is None:
            return Response(content)
        start = int(wanted.removeprefix("bytes=").removesuffix("-"))
        return Response(content[start:], 206) if start < len(content) else Response(status_code=416)

    server.on("GET /signed", *broken, whole)


async def test_the_latest_version_is_fetched_without_the_token(
    datasets: Datasets, server: ScriptedServer, tmp_path: Path
) -> None:
    server.on("GET /datasets", [dataset()])
    serve(server, b"abc" * 100)
    saved = await datasets.download(await datasets.find(ID), None, tmp_path / "new" / "m.csv", Silent())
    assert (saved.path.read_bytes(), saved.version, saved.size) == (b"abc" * 100, 2, 300)
    assert "authorization" not in server.requests[-1].headers
    assert [path.name for path in saved.path.parent.iterdir()] == ["m.csv"]


async def test_a_broken_download_goes_on(
    datasets: Datasets, server: ScriptedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("juliahub_ls.services.datasets.anyio.sleep", lambda _seconds: asyncio.sleep(0))
    content = bytes(range(256)) * 40
    server.on("GET /datasets", [dataset()])
    serve(server, content, Cut(content[:5000], len(content)), Response(status_code=503))
    saved = await datasets.download(await datasets.find(ID), 2, tmp_path / "m.bin", Silent())
    assert saved.path.read_bytes() == content
    assert server.requests[-1].headers["range"] == "bytes=5000-"


async def test_two_downloads_to_one_file_come_after_each_other(
    datasets: Datasets, server: ScriptedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A version has no hash: if both wrote into one file, nobody would notice. The first one's bytes arrive whole."""
    monkeypatch.chdir(tmp_path)
    content, begun, go_on = bytes(range(256)) * 4000, asyncio.Event(), asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        yield content[:70_000]
        begun.set()
        await go_on.wait()
        yield content[70_000:]

    server.on("GET /datasets", [dataset()])
    serve(server, content, StreamingResponse(slowly(), headers={"Content-Length": str(len(content))}))
    found, told = await datasets.find(ID), Told()
    first = asyncio.create_task(datasets.download(found, 2, tmp_path / "m.bin", Silent()))
    await begun.wait()
    second = asyncio.create_task(datasets.download(found, 2, Path("m.bin"), told))
    await told.begun.wait()
    go_on.set()
    assert [(await saved).size for saved in (first, second)] == [len(content)] * 2
    assert (tmp_path / "m.bin").read_bytes() == content
    assert told.words[0] == "Waiting for another download of m.bin"
    assert [request.headers.get("range") for request in server.requests if request.url.path == "/signed"] == [None] * 2


async def test_what_had_arrived_whole_is_not_fetched_again(
    datasets: Datasets, server: ScriptedServer, tmp_path: Path
) -> None:
    (tmp_path / "m.bin.3c4441bd-v2.part").write_bytes(b"whole")
    server.on("GET /datasets", [dataset()])
    serve(server, b"whole")
    saved = await datasets.download(await datasets.find(ID), 2, tmp_path / "m.bin", Silent())
    assert saved.path.read_bytes() == b"whole"


async def test_a_version_that_is_not_there(datasets: Datasets, server: ScriptedServer, tmp_path: Path) -> None:
    server.on("GET /datasets", [dataset()])
    with pytest.raises(errors.DatasetNotFound, match="It has 1, 2"):
        await datasets.download(await datasets.find(ID), 7, tmp_path / "m", Silent())
    server.on("GET /datasets", [dataset(versions=[])])
    with pytest.raises(errors.DatasetNotFound, match="It has none"):
        await datasets.download(await datasets.find(ID), None, tmp_path / "m", Silent())


async def test_a_version_is_opened_put_and_closed(datasets: Datasets, server: ScriptedServer, tmp_path: Path) -> None:
    file = tmp_path / 'my "data".csv'
    file.write_bytes(b"x" * 3_000_000)
    server.on("GET /datasets", [dataset()])
    server.on(VERSIONS, {"presigned_url": f"{server.url}/put", "upload_id": "u-1"}, {"version": "v3"})
    server.on("PUT /put", Response(status_code=200))
    await datasets.upload(await datasets.find(ID), file, Silent())
    opened, put, closed = server.requests[-3:]
    assert "authorization" not in put.headers
    assert "authorization" in opened.headers
    head = b"Content-Type: " + put.headers["content-type"].encode() + b"\r\n\r\n"
    part = next(part for part in message_from_bytes(head + server.bodies[-2]).walk() if not part.is_multipart())
    assert part.get_param("name", header="content-disposition") == "file"
    assert part.get_payload(decode=True) == file.read_bytes()
    assert json.loads(server.bodies[-3]) == {"_presigned": True}
    assert json.loads(server.bodies[-1]) == {"action": "close", "upload_id": "u-1"}
    assert closed.url.path == f"/datasets/{ID}/versions"


@pytest.mark.parametrize("answer", [Response(status_code=403), Response(status_code=500), Cut(b"", 10)])
async def test_a_version_that_cannot_be_put_is_not_closed(
    datasets: Datasets, server: ScriptedServer, tmp_path: Path, answer: Response
) -> None:
    (tmp_path / "m").write_bytes(b"x")
    server.on("GET /datasets", [dataset()])
    server.on(VERSIONS, JSONResponse({"presigned_url": f"{server.url}/put", "upload_id": "u-1"}))
    server.on("PUT /put", answer)
    with pytest.raises(errors.JuliaHubError):
        await datasets.upload(await datasets.find(ID), tmp_path / "m", Silent())
    assert not any(b"close" in body for body in server.bodies)


async def test_a_beginning_that_is_none_is_thrown_away(
    datasets: Datasets, server: ScriptedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("juliahub_ls.services.datasets.anyio.sleep", lambda _seconds: asyncio.sleep(0))
    (tmp_path / "m.bin.3c4441bd-v2.part").write_bytes(b"longer than the whole")
    server.on("GET /datasets", [dataset()])
    serve(server, b"whole", Response(status_code=416, headers={"Content-Range": "bytes */5"}))
    saved = await datasets.download(await datasets.find(ID), 2, tmp_path / "m.bin", Silent())
    assert saved.path.read_bytes() == b"whole"


async def test_an_address_that_the_storage_refuses(datasets: Datasets, server: ScriptedServer, tmp_path: Path) -> None:
    server.on("GET /datasets", [dataset()])
    serve(server, b"", Response("The address has lapsed.", 403))
    with pytest.raises(errors.PermissionDenied, match="The address has lapsed"):
        await datasets.download(await datasets.find(ID), None, tmp_path / "m", Silent())
