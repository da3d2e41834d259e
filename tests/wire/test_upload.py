"""Uploading bundles and downloading files (protocol §6.4, §9)."""

import contextlib
import hashlib
import os
import socket
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from localhub.services import blobs as blobs_module
from localhub.services.models import JobRow
from tests.support.hub import wait_for
from tests.support.scripted_hub import ScriptedHub
from tests.support.submissions import job, submit, upload, upload_info, upload_url
from tests.wire.test_submission import writing_to


def stored(hub: ScriptedHub) -> set[Path]:
    return {path for path in (hub.data_dir / "blobs").rglob("*") if path.is_file()}


def put(url: str, content: object) -> httpx.Response:
    return httpx.put(url, content=content, trust_env=False)  # type: ignore[arg-type]


def test_an_upload_needs_no_token_and_may_be_repeated(hub: ScriptedHub, client: httpx.Client) -> None:
    tar = os.urandom(3_000_000)
    url = upload_url(client, upload_info(tar))
    for _ in range(2):
        answer = put(url, tar)
        assert (answer.status_code, answer.content) == (200, b"")
    assert hub.hub.blobs.path(hashlib.sha256(tar).hexdigest()).read_bytes() == tar


@pytest.mark.parametrize("sent", [b"other", b"12345678901", b"short", b""])
def test_other_bytes_than_announced_are_not_kept(hub: ScriptedHub, client: httpx.Client, sent: bytes) -> None:
    url, before = upload_url(client, upload_info(b"1234567890")), stored(hub)
    answer = put(url, sent)
    assert answer.status_code == 400
    assert "was not stored" in answer.json()["message"]
    assert stored(hub) == before


def test_a_sender_that_lies_about_its_length_is_stopped(hub: ScriptedHub, client: httpx.Client) -> None:
    """Chunked, so that no length is announced: the hub stops reading when it is too much."""
    url, before = upload_url(client, upload_info(b"x" * 1000)), stored(hub)
    with contextlib.suppress(httpx.WriteError):  # where the hub had closed the connection already
        assert put(url, (b"x" * 100_000 for _ in range(1000))).status_code == 400
    assert stored(hub) == before


def test_an_upload_that_breaks_off_leaves_nothing(hub: ScriptedHub, client: httpx.Client) -> None:
    tar = os.urandom(4_000_000)
    url, before = httpx.URL(upload_url(client, upload_info(tar))), stored(hub)
    with socket.create_connection((url.host, url.port or 0), timeout=10) as connection:
        head = (
            f"PUT {url.raw_path.decode()} HTTP/1.1\r\nHost: {url.netloc.decode()}\r\nContent-Length: {len(tar)}\r\n\r\n"
        )
        connection.sendall(head.encode() + tar[:3_000_000])
        wait_for(lambda: stored(hub) != before, "the first part to be on disk")
    wait_for(lambda: stored(hub) == before, "it to be removed")
    assert put(str(url), tar).status_code == 200


@pytest.mark.parametrize("change", ["signature=0", "size=9999999999", "expires=99999999999", "path"])
def test_a_changed_address_stores_nothing(hub: ScriptedHub, client: httpx.Client, change: str) -> None:
    tar = b"signed content " + change.encode()
    url, before = upload_url(client, upload_info(tar)), stored(hub)
    if change == "path":
        changed = url.replace(hashlib.sha256(tar).hexdigest(), hashlib.sha256(b"something else").hexdigest())
    else:
        changed = str(httpx.URL(url).copy_set_param(*change.split("=")))
    assert changed != url
    assert put(changed, tar).status_code == 403
    assert stored(hub) == before


@pytest.mark.parametrize("query", [{}, {"file_size": "many", "hash": "x"}, {"file_size": 5}])
def test_an_incomplete_announcement_is_refused(client: httpx.Client, query: dict[str, str]) -> None:
    assert client.get("/jobs/appbundle_upload_url", params=query).status_code == 400


def test_a_bundle_over_the_limit_is_refused_before_it_is_sent(client: httpx.Client) -> None:
    info = upload_info(b"") | {"file_size": 5 * 10**9}
    answer = client.get("/jobs/appbundle_upload_url", params=info)
    assert (answer.status_code, answer.json()["success"]) == (200, False)
    assert "5.0 GB" in answer.json()["message"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_said_and_keeps_nothing(
    hub: ScriptedHub, client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    tar = os.urandom(2_000_000)
    url, before = upload_url(client, upload_info(tar)), stored(hub)
    with monkeypatch.context() as full:
        full.setattr(blobs_module.BlobWriter, "write", writing_to(Path("/dev/full")))
        answer = put(url, tar)
    assert answer.status_code == 507
    assert "is full" in answer.json()["message"]
    assert stored(hub) == before
    assert put(url, tar).status_code == 200


def with_result(hub: ScriptedHub, client: httpx.Client, name: str, content: bytes) -> str:
    """A finished job with that result file."""
    jobname = submit(client)
    scripted = hub.started(jobname)
    blob = hub.hub.blobs.put(content)
    with hub.hub.store.session() as session:
        row = session.query(JobRow).filter_by(jobname=jobname).one()
        from juliahub_wire.jobs import FileType
        from localhub.services.jobs import job_file

        row.files.append(job_file(FileType.RESULT, name, blob, 0.0))
    scripted.ends()
    return jobname


@pytest.mark.parametrize("name", ["out.tar", "a/b c.csv", "Δε-δο.txt", "100%.txt", "..", "?x=1"])
def test_names_are_matched_as_they_were_encoded(hub: ScriptedHub, client: httpx.Client, name: str) -> None:
    jobname = with_result(hub, client, name, b"result of " + name.encode())
    answer = client.get(f"/jobs/{jobname}/files/{quote(name, safe='-._~')}?filetype=result".replace("/..?", "/%2E%2E?"))
    assert answer.status_code == 200
    assert answer.content == b"result of " + name.encode()


def test_a_download_can_be_resumed_and_checked(hub: ScriptedHub, client: httpx.Client) -> None:
    content = os.urandom(2_500_000)
    jobname = with_result(hub, client, "out.bin", content)
    path = f"/jobs/{jobname}/files/out.bin?filetype=result"
    whole = client.get(path)
    assert whole.content == content
    assert whole.headers["etag"] == f'"{hashlib.sha256(content).hexdigest()}"'
    assert int(whole.headers["content-length"]) == len(content)
    assert "content-encoding" not in whole.headers
    rest = client.get(path, headers={"Range": "bytes=2000000-", "If-Range": whole.headers["etag"]})
    assert (rest.status_code, rest.content) == (206, content[2_000_000:])
    assert rest.headers["content-range"] == f"bytes 2000000-{len(content) - 1}/{len(content)}"
    assert client.get(path, headers={"Range": "bytes=9999999-"}).status_code == 416


def test_the_type_tells_files_of_one_name_apart(client: httpx.Client, hub: ScriptedHub) -> None:
    jobname = with_result(hub, client, "code.jl", b"a result")
    assert client.get(f"/jobs/{jobname}/files/code.jl?filetype=result").content == b"a result"
    assert client.get(f"/jobs/{jobname}/files/code.jl?filetype=source").content == b"println(1)"
    assert {file["type"] for file in job(client, jobname)["files"]} == {"input", "source", "result"}


@pytest.mark.parametrize("name", ["nothing.txt", "../../hub.sqlite", "%2e%2e%2fspec.json", "log.jsonl"])
def test_only_a_jobs_files_can_be_had(client: httpx.Client, name: str) -> None:
    jobname = submit(client)
    assert client.get(f"/jobs/{jobname}/files/{quote(name, safe='%')}").status_code in (403, 404)
    assert client.get("/jobs/jr-unknown/files/code.jl").status_code == 403


def test_uploaded_bundles_are_files_of_their_job(hub: ScriptedHub, client: httpx.Client) -> None:
    tar = os.urandom(2000)
    details = job(client, submit(client, **upload(client, tar)))
    (file,) = [file for file in details["files"] if file["name"] == "appbundle.tar"]
    assert (file["type"], file["size"]) == ("input", 2000)
