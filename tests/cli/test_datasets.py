"""Datasets and projects of a server whose answers the test writes, through the real command line (protocol §10)."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from juliahub_ls.lsp.protocol.datasets import (
    DatasetResult,
    DatasetsResult,
    DownloadDatasetResult,
    ProjectsResult,
    UploadDatasetResult,
)
from tests.support.cli import Cli, Ran
from tests.support.payload_shapes import assert_shape
from tests.support.scripted_http import Cut, ScriptedServer, scripted_server

ID, PROJECT = "3c4441bd-04bd-59f2-5426-70de923e67c2", "cd6c9ee3-d15f-414f-a762-7e1d3faed835"
VERSIONS = f"POST /datasets/{ID}/versions"
WIND: dict[str, Any] = {
    "id": ID,
    "name": "wind",
    "owner": {"username": "ada", "type": "User"},
    "type": "Blob",
    "visibility": "private",
    "description": "Wind speeds,\nhourly\x1b[2J",
    "tags": ["weather", "raw"],
    "size": 388,
    "versions": [
        {"version": 1, "size": 57, "date": "2022-10-13T05:39:42.963+00:00", "blobstore_path": "u1"},
        {
            "version": 2,
            "size": 331,
            "date": "2022-10-14T05:39:43.237+00:00",
            "blobstore_path": "u2",
            "uploader": {"username": "ada"},
        },
    ],
    "lastModified": "2022-10-12T05:39:42.906",
}
TREE = WIND | {"id": "t", "name": "maps", "owner": {"username": "bob"}, "type": "BlobTree", "versions": [], "size": 0}
CONTENT = b"0123456789" * 1000


@pytest.fixture
async def server() -> AsyncIterator[ScriptedServer]:
    """A server that answers by script."""
    async with scripted_server() as script:
        script.on("GET /datasets", [WIND, TREE, {"malformed": True}])
        script.on("PUT /put", Response())
        yield script


@pytest.fixture
def user(cli: Cli, server: ScriptedServer) -> Cli:
    """Signed in to that server, which is the current one."""
    signed_in = Cli(cli.folder, {"JULIA_PKG_SERVER": server.url})
    signed_in.sign_in(server.url)
    return signed_in


async def run(user: Cli, *arguments: object) -> Ran:
    return await asyncio.to_thread(user.run, *arguments)


async def test_the_list(user: Cli) -> None:
    ran = await run(user, "datasets")
    assert (ran.code, ran.stderr) == (0, "")
    header, wind, maps = ran.stdout.splitlines()
    assert header.split() == ["Dataset", "Kind", "Latest", "Size", "Changed", "Description"]
    assert wind.split()[:6] == ["ada/wind", "file", "v2", "388", "B", "2022-10-12"]
    assert maps.split()[:4] == ["bob/maps", "folder", "no", "version"]
    assert "\x1b" not in ran.stdout
    document = (await run(user, "datasets", "--json")).document
    assert_shape(DatasetsResult, document)
    assert [each["name"] for each in document["datasets"]] == ["wind", "maps"]
    assert [version["version"] for version in document["datasets"][0]["versions"]] == [2, 1]


async def test_a_projects_datasets(user: Cli, server: ScriptedServer) -> None:
    server.on("GET /datasets", [WIND | {"project": {"project_id": PROJECT, "is_writable": True}}])
    document = (await run(user, "datasets", "--project", PROJECT, "--json")).document
    assert_shape(DatasetsResult, document)
    assert document["datasets"][0]["writable"] is True
    assert server.requests[-1].url.query == f"project={PROJECT}"
    server.on("GET /datasets", [])
    assert (await run(user, "datasets", "--project", PROJECT)).stdout == "The project has no datasets.\n"
    assert (await run(user, "datasets")).stdout == "No datasets.\n"


async def test_one_dataset(user: Cli) -> None:
    ran = await run(user, "dataset", "wind")
    lines = ran.stdout.splitlines()
    assert lines[0] == "ada/wind"
    assert "  Kind         file, private" in lines
    assert f"  Id           {ID}" in lines
    assert [line.split()[0] for line in lines[-3:]] == ["Version", "v2", "v1"]
    assert lines[-2].split()[-1] == "ada"
    assert_shape(DatasetResult, (await run(user, "dataset", "ada/wind", "--json")).document)
    assert "none yet" in (await run(user, "dataset", "maps")).stdout


async def test_a_name_that_is_none(user: Cli) -> None:
    ran = await run(user, "dataset", "rain")
    assert (ran.code, ran.stdout) == (2, "")
    assert "has no dataset “rain” of yours. `juliahub datasets` lists those it has." in ran.stderr
    again = await run(user, "dataset", "rain", "--json")
    assert (again.code, again.error["code"]) == (2, "dataset-not-found")


async def whole_or_rest(request: Request) -> Response:
    asked = request.headers.get("range")
    start = int(asked.removeprefix("bytes=").removesuffix("-")) if asked else 0
    return Response(CONTENT[start:], 206 if asked else 200)


def serve(server: ScriptedServer, version: int, *answers: Any) -> None:
    url = {"dataset_id": ID, "version": f"v{version}", "dataset": "wind", "url": f"{server.url}/signed"}
    server.on(f"GET /datasets/{ID}/url/v{version}", url)
    server.on("GET /signed", *answers)


async def test_a_version_is_saved_though_the_connection_breaks(user: Cli, server: ScriptedServer) -> None:
    serve(server, 1, Cut(CONTENT[:4000], len(CONTENT)), whole_or_rest)
    ran = await run(user, "dataset", "wind", "-o", "wind.csv", "--version", 1)
    assert (ran.code, ran.stderr) == (0, "")
    assert "wind.csv" in ran.stdout
    assert "10.0 kB, version 1" in ran.stdout
    assert (user.folder / "wind.csv").read_bytes() == CONTENT
    assert not list(user.folder.glob("*.part"))
    assert server.requests[-1].headers["range"].startswith("bytes=")


async def test_the_latest_version_into_a_folder(user: Cli, server: ScriptedServer) -> None:
    serve(server, 2, whole_or_rest)
    folder = user.folder / "data"
    folder.mkdir()
    document = (await run(user, "dataset", "wind", "-o", folder, "--json")).document
    assert_shape(DownloadDatasetResult, document)
    saved = folder / "wind"
    assert document == {"dataset": ID, "version": 2, "uri": saved.as_uri(), "size": len(CONTENT)}
    assert saved.read_bytes() == CONTENT


async def test_a_version_that_is_not_there(user: Cli) -> None:
    ran = await run(user, "dataset", "wind", "-o", "wind.csv", "--version", 9)
    assert ran.code == 2
    assert ran.stderr.endswith("has no dataset “wind, version 9” of yours. It has 1, 2.\n")


async def test_a_file_is_added_once_though_the_upload_breaks(user: Cli, server: ScriptedServer) -> None:
    (user.folder / "wind.csv").write_bytes(CONTENT)
    opened = {"presigned_url": f"{server.url}/put", "upload_id": "u-1"}
    server.on(VERSIONS, opened, opened | {"upload_id": "u-2"}, {"version": "v3"})
    server.on("PUT /put", Cut(b"", 10), Response())
    ran = await run(user, "dataset", "wind", "--upload", "wind.csv")
    assert (ran.code, ran.stdout, ran.stderr) == (0, "wind.csv is version 3 of ada/wind now.\n", "")
    assert [body for body in server.bodies if b"close" in body] == [b'{"action": "close", "upload_id": "u-2"}']


async def test_an_upload_in_json(user: Cli, server: ScriptedServer) -> None:
    (user.folder / "wind.csv").write_bytes(CONTENT)
    opened = {"presigned_url": f"{server.url}/put", "upload_id": "u-1"}
    server.on(VERSIONS, opened, Response())
    document = (await run(user, "dataset", "wind", "--upload", "wind.csv", "--json")).document
    assert_shape(UploadDatasetResult, document)
    assert document == {"dataset": ID}


@pytest.mark.parametrize(
    ("script", "code", "words"),
    [
        ({VERSIONS: JSONResponse("Not yours.", 403)}, 5, "does not let you do this: Not yours."),
        ({"PUT /put": JSONResponse({"message": "The store is full."}, 507)}, 5, "store is full. No version was added."),
    ],
)
async def test_an_upload_that_is_refused(
    user: Cli, server: ScriptedServer, script: dict[str, Response], code: int, words: str
) -> None:
    (user.folder / "wind.csv").write_bytes(CONTENT)
    server.on(VERSIONS, {"presigned_url": f"{server.url}/put", "upload_id": "u-1"})
    for call, answer in script.items():
        server.on(call, answer)
    ran = await run(user, "dataset", "wind", "--upload", "wind.csv")
    assert (ran.code, ran.stdout) == (code, "")
    assert words in ran.stderr
    assert not any(b"close" in body for body in server.bodies)


async def test_a_file_that_is_not_there(user: Cli, server: ScriptedServer) -> None:
    ran = await run(user, "dataset", "wind", "--upload", "gone.csv")
    assert (ran.code, ran.stdout) == (4, "")
    assert "gone.csv cannot be used" in ran.stderr
    assert VERSIONS not in server.seen


@pytest.mark.parametrize("arguments", [("-o", "a", "--upload", "b"), ("--version", "1"), ("-o", "a", "--version", "0")])
async def test_options_that_do_not_go_together(user: Cli, server: ScriptedServer, arguments: tuple[str, ...]) -> None:
    ran = await run(user, "dataset", "wind", *arguments)
    assert (ran.code, ran.stdout) == (2, "")
    assert "juliahub dataset --help" in ran.stderr
    assert server.seen == []


async def test_projects(user: Cli, server: ScriptedServer) -> None:
    wing = {
        "id": PROJECT,
        "name": "Wing study",
        "owner": {"username": "ada"},
        "created_at": "2026-01-05T10:00:00+00:00",
        "visibility": "private",
        "description": None,
    }
    me, listed = {"data": {"users": [{"id": 42, "username": "ada"}]}}, {"data": {"projects": [wing]}}
    server.on("POST /v1/graphql", me, listed, me, listed, me, {"data": {"projects": []}})
    ran = await run(user, "projects")
    assert ran.code == 0
    assert ran.stdout.splitlines()[1].split()[:3] == ["ada/Wing", "study", "private"]
    assert ran.stdout.splitlines()[1].endswith(PROJECT)
    document = (await run(user, "projects", "--json")).document
    assert_shape(ProjectsResult, document)
    assert (await run(user, "projects")).stdout == "No projects.\n"


async def test_without_a_sign_in(cli: Cli, server: ScriptedServer) -> None:
    stranger = Cli(cli.folder, {"JULIA_PKG_SERVER": server.url})
    for command in ("datasets", "projects"):
        ran = await run(stranger, command)
        assert (ran.code, ran.stdout) == (3, "")
        assert "juliahub login" in ran.stderr


async def test_a_folder_is_written_beside_and_the_rest_kept(user: Cli, server: ScriptedServer) -> None:
    serve(server, 2, Cut(CONTENT[:4000], len(CONTENT)), Response(status_code=403))
    target = user.folder / "wind.csv"
    target.write_bytes(b"as it was")
    ran = await run(user, "dataset", "wind", "-o", target)
    assert ran.code == 5
    assert target.read_bytes() == b"as it was"
    (part,) = user.folder.glob("*.part")
    assert CONTENT.startswith(part.read_bytes())
    assert part.name == f"wind.csv.{ID[:8]}-v2.part"
