"""Uploads to signed addresses: broken anywhere, begun again at a new address, stored once (protocol §6.4, §10.6)."""

import asyncio
import hashlib
import os
import random
from collections.abc import AsyncIterator
from email import message_from_bytes
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.responses import JSONResponse, Response

from juliahub_ls import errors
from juliahub_ls.services.datasets import Datasets
from juliahub_ls.services.hub_client import HubClient
from juliahub_ls.services.progress import Silent
from juliahub_ls.services.upload import TRIES
from juliahub_wire.bundles import UploadInfo
from juliahub_wire.datasets import Dataset
from tests.support.scripted_http import ScriptedServer, hang

CONTENT = os.urandom(2_500_000)
INFO = UploadInfo(file_size=len(CONTENT), hash=hashlib.sha256(CONTENT).hexdigest())
BUNDLE_URL = "GET /jobs/appbundle_upload_url"
ID = "3c4441bd-04bd-59f2-5426-70de923e67c2"
VERSIONS = f"POST /datasets/{ID}/versions"
DATASET: dict[str, Any] = {"id": ID, "name": "m", "owner": {"username": "ada"}, "type": "Blob", "size": 0}
V1 = {"version": 1, "size": 1, "date": "2026-01-01T00:00:00.000+00:00", "blobstore_path": "u1"}


class Storage:
    """Takes signed PUTs; the first ones break after so many bytes of their body as `cuts` says."""

    def __init__(self, *cuts: int) -> None:
        self.cuts = list(cuts)
        self.addresses: list[str] = []
        self.stored: list[bytes] = []
        self.heads: list[bytes] = []
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        self.heads.append(head)
        self.addresses.append(head.split()[1].decode())
        length = next(int(line.split(b":")[1]) for line in head.lower().splitlines() if line.startswith(b"content-len"))
        if self.cuts:
            await reader.readexactly(min(self.cuts.pop(0), length))
            writer.transport.abort()
            return
        self.stored.append(await reader.readexactly(length))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()


@pytest.fixture
async def storage() -> AsyncIterator[Storage]:
    """A storage service on a port of its own."""
    service = Storage()
    listener = await asyncio.start_server(service.serve, "127.0.0.1", 0, limit=1 << 16)
    service.url = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
    async with listener:
        yield service


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "data.bin"
    path.write_bytes(CONTENT)
    return path


def addresses(server: ScriptedServer, storage: Storage) -> None:
    """A new address for each time that one is asked for."""
    answers = [{"success": True, "message": {"upload_url": f"{storage.url}/put-{n}"}} for n in range(10)]
    server.on(BUNDLE_URL, *answers)


@pytest.mark.parametrize("seed", range(6))
async def test_a_bundle_is_stored_whole_whatever_breaks(
    client: HubClient, server: ScriptedServer, storage: Storage, file: Path, seed: int
) -> None:
    chance = random.Random(seed)
    storage.cuts = [chance.choice([0, len(CONTENT), chance.randrange(len(CONTENT))]) for _ in range(TRIES - 1)]
    addresses(server, storage)
    told: list[int] = []
    await client.upload_bundle(file, INFO, told.append)
    assert storage.stored == [CONTENT]
    assert storage.addresses == [f"/put-{number}" for number in range(TRIES)], "an address of its own for each try"
    assert all(b"authorization" not in head.lower() for head in storage.heads)
    assert (told.count(0), told[-1]) == (TRIES, len(CONTENT)), "progress begins again with each try"


async def test_a_bundle_that_breaks_always_is_given_up(
    client: HubClient, server: ScriptedServer, storage: Storage, file: Path
) -> None:
    storage.cuts = [1000] * 20
    addresses(server, storage)
    with pytest.raises(errors.ServerUnreachable, match="Nothing was submitted"):
        await client.upload_bundle(file, INFO, lambda _: None)
    assert len(storage.addresses) == TRIES


LAPSED = Response('<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>', 403)


@pytest.mark.parametrize("trouble", [LAPSED, Response(status_code=500), Response(status_code=503)])
async def test_a_passing_trouble_is_followed_by_another_address(
    client: HubClient, server: ScriptedServer, file: Path, trouble: Response
) -> None:
    server.on(BUNDLE_URL, {"success": True, "message": {"upload_url": f"{server.url}/put"}})
    server.on("PUT /put", trouble, Response())
    await client.upload_bundle(file, INFO, lambda _: None)
    assert server.seen == [BUNDLE_URL, "PUT /put"] * 2
    assert server.bodies[-1] == CONTENT


@pytest.mark.parametrize(
    ("answer", "expected", "words", "tries"),
    [
        (LAPSED, errors.PermissionDenied, "you have no permission to upload there. Nothing was submitted", TRIES),
        (
            JSONResponse({"success": False, "message": "This upload address has lapsed."}, 403),
            errors.PermissionDenied,
            "This upload address has lapsed. Nothing was submitted",
            TRIES,
        ),
        (JSONResponse({"message": "The disk is full."}, 507), errors.RefusedByServer, "disk is full. Nothing was", 1),
        (JSONResponse({"message": "Its hash differs."}, 400), errors.RefusedByServer, "hash differs. Nothing was", 1),
        (JSONResponse(["odd"], 413), errors.RefusedByServer, r"answered 413\). Nothing was", 1),
        (Response(status_code=429), errors.TooManyRequests, "takes no more requests", 1),
        (Response(status_code=302), errors.UnexpectedAnswer, "status 302", 1),
        (Response(status_code=502), errors.ServerFailed, "answered 502", TRIES),
    ],
)
async def test_what_a_storage_answers_is_told(
    client: HubClient, server: ScriptedServer, file: Path, answer: Response, expected: Any, words: str, tries: int
) -> None:
    server.on(BUNDLE_URL, {"success": True, "message": {"upload_url": f"{server.url}/put"}})
    server.on("PUT /put", answer)
    with pytest.raises(expected, match=words):
        await client.upload_bundle(file, INFO, lambda _: None)
    assert server.seen.count("PUT /put") == tries


async def test_a_silent_storage_is_not_tried_again(
    client: HubClient, server: ScriptedServer, http: httpx.AsyncClient, file: Path
) -> None:
    http.timeout = httpx.Timeout(0.2)
    server.on(BUNDLE_URL, {"success": True, "message": {"upload_url": f"{server.url}/put"}})
    server.on("PUT /put", hang)
    with pytest.raises(errors.ServerTooSlow):
        await client.upload_bundle(file, INFO, lambda _: None)
    assert server.seen.count("PUT /put") == 1


@pytest.mark.parametrize("difference", [-1, 1])
async def test_a_file_that_changes_meanwhile_is_not_taken_for_the_network(
    client: HubClient, server: ScriptedServer, storage: Storage, file: Path, difference: int
) -> None:
    addresses(server, storage)
    info = UploadInfo(file_size=len(CONTENT) + difference, hash=INFO.hash)
    with pytest.raises(errors.FileUnreadable, match="it changed while it was being uploaded"):
        await client.upload_bundle(file, info, lambda _: None)
    assert storage.stored == []


@pytest.fixture
def datasets(client: HubClient, http: httpx.AsyncClient) -> Datasets:
    return Datasets(client, http)


def known() -> Dataset:
    return Dataset.model_validate(DATASET | {"versions": [V1]})


@pytest.mark.parametrize("seed", range(4))
async def test_a_version_is_closed_once_whatever_breaks(
    datasets: Datasets, server: ScriptedServer, storage: Storage, file: Path, seed: int
) -> None:
    chance = random.Random(seed)
    storage.cuts = [chance.randrange(len(CONTENT)) for _ in range(2)]
    opened = [{"presigned_url": f"{storage.url}/put-{n}", "upload_id": f"u-{n}"} for n in range(3)]
    server.on(VERSIONS, *opened, {"version": "v2"})
    assert await datasets.upload(known(), file, Silent()) == 2
    head, body = storage.heads[-1].partition(b"\r\n")[2], storage.stored[0]
    part = next(part for part in message_from_bytes(head + body).walk() if not part.is_multipart())
    assert part.get_payload(decode=True) == CONTENT
    assert server.bodies[-1] == b'{"action": "close", "upload_id": "u-2"}'
    assert sum(b"close" in body for body in server.bodies) == 1


async def test_a_lost_close_is_followed_by_a_look(
    datasets: Datasets, server: ScriptedServer, storage: Storage, file: Path
) -> None:
    opened = {"presigned_url": f"{storage.url}/put", "upload_id": "u"}
    server.on(VERSIONS, opened, Response(status_code=502))
    server.on("GET /datasets", [DATASET | {"versions": [V1, V1 | {"version": 2}]}])
    assert await datasets.upload(known(), file, Silent()) == 2
    assert server.seen.count(VERSIONS) == 2, "opened and closed once"


async def test_a_lost_close_that_added_nothing_is_told_as_it_is(
    datasets: Datasets, server: ScriptedServer, storage: Storage, file: Path
) -> None:
    server.on(VERSIONS, {"presigned_url": f"{storage.url}/put", "upload_id": "u"}, Response(status_code=502))
    server.on("GET /datasets", [DATASET | {"versions": [V1]}])
    with pytest.raises(errors.ServerFailed, match="may or may not have been added"):
        await datasets.upload(known(), file, Silent())
    assert server.seen.count(VERSIONS) == 2


@pytest.mark.parametrize("answer", [Response(), Response("ok"), {"version": "x"}, {"version": 2}])
async def test_whatever_a_close_answers_with_success_is_one(
    datasets: Datasets, server: ScriptedServer, storage: Storage, file: Path, answer: Any
) -> None:
    server.on(VERSIONS, {"presigned_url": f"{storage.url}/put", "upload_id": "u"}, answer)
    assert await datasets.upload(known(), file, Silent()) == (2 if answer == {"version": 2} else None)
