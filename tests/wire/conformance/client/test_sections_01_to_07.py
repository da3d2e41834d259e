"""Sections 1 to 7 and Appendix D: what servers answer, and what the client makes of each row."""

import base64
import hashlib
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import JSONResponse, PlainTextResponse, Response

from juliahub_ls import errors
from juliahub_ls.services.hub_client import HubClient
from juliahub_wire.bundles import UploadInfo
from juliahub_wire.submission import Submission
from tests.support.scripted_http import ScriptedServer
from tests.wire.conformance.support import rows

LIST, GET = "GET /juliaruncloud/get_jobs", "GET /api/rest/jobs/jr-1"
JOB = {
    "jobname": "jr-1",
    "status": "Running",
    "outputs": "",
    "inputs": None,
    "submittimestamp": None,
    "starttimestamp": None,
    "endtimestamp": None,
}
SUBMISSION = Submission(args={}, usercode="1", node_class="m6", cpu=2, nworkers=0, limit_type="unlimited")


# 1.1 Server URL rules, 1.2 headers


async def test_1_1_each_component_is_encoded_by_itself(hub: HubClient, script: ScriptedServer) -> None:
    for name in ("foo/bar", "Δ-~._", "a b?c#d"):
        with pytest.raises(errors.NoResults):
            await hub.download("jr-1", name, "result", 0)
    raw = [request.scope["raw_path"].decode() for request in script.requests]
    names = ["foo%2Fbar", "%CE%94-~._", "a%20b%3Fc%23d"]
    assert raw == [f"/jobs/jr-1/files/{name}" for name in names]


async def test_1_2_hasura_headers_on_one_job_alone(hub: HubClient, script: ScriptedServer) -> None:
    script.on(GET, {"details": [JOB]})
    script.on(LIST, [JOB])
    await hub.job("jr-1")
    await hub.jobs()
    one, many = (request.headers for request in script.requests)
    assert (one["x-hasura-role"], one["x-juliahub-ensure-js"]) == ("jhuser", "true")
    assert "x-hasura-role" not in many


# 1.10 General error semantics


@rows(
    "answer, kind, words",
    [
        ("internal error", {"success": False, "internal_error": True, "message": "Boom."}, "RefusedByServer", "Boom."),
        ("internal error, no words", {"internal_error": True, "message": None}, "RefusedByServer", "of its own"),
        ("401", Response(status_code=401), "TokenRefused", "Sign in again"),
        ("403", PlainTextResponse('"No such right."', 403), "PermissionDenied", "No such right"),
        ("404", Response(status_code=404), "UnexpectedAnswer", "404"),
        ("500", Response(status_code=500), "ServerFailed", "500"),
        ("anything else", Response(status_code=302), "UnexpectedAnswer", "get_jobs"),
        ("an object for an array", {}, "UnexpectedAnswer", "get_jobs"),
        ("a web page", PlainTextResponse("<html>", headers={"Content-Type": "text/html"}), "UnexpectedAnswer", "html"),
        ("a truncated answer", PlainTextResponse('[{"jobname": "jr-'), "UnexpectedAnswer", "get_jobs"),
        ("nothing", Response(), "UnexpectedAnswer", "get_jobs"),
    ],
)
async def test_1_10_answers(hub: HubClient, script: ScriptedServer, answer: Any, kind: str, words: str) -> None:
    script.on(LIST, answer)
    with pytest.raises(getattr(errors, kind), match=words):
        await hub.jobs()


# 2 API version and user


@rows(
    "answer, version",
    [
        ("0.0.1", {"api_version": "0.0.1", "username": "ada"}, "0.0.1"),
        ("without a username", {"api_version": "0.2.0"}, "0.2.0"),
        ("a version of the future", {"api_version": "1.0.0-rc1+7", "username": "ada"}, "1.0.0-rc1+7"),
    ],
)
async def test_2_1_versions(hub: HubClient, script: ScriptedServer, answer: Any, version: str) -> None:
    script.on("GET /api/v1", answer)
    assert (await hub.api_version()).api_version == version


async def test_2_1_a_500_is_not_legacy(hub: HubClient, script: ScriptedServer) -> None:
    script.on("GET /api/v1", Response(status_code=500))
    with pytest.raises(errors.ServerFailed):
        await hub.api_version()
    assert script.seen == ["GET /api/v1"]


# 3 Node specs

NODE = ["m6", False, 2.0, 8.0, 0.17, "3.5 GHz", "", "4", 81.5, 83.25, 7]


@rows(
    "index, value",
    [
        ("vCores with a fraction", 2, 2.5),
        ("memory with a fraction", 3, 0.5),
        ("an id with a fraction", 10, 7.5),
        ("no text at 5", 5, 3),
        ("no text at 7", 7, 4),
    ],
)
async def test_3_one_bad_node_breaks_the_list(
    hub: HubClient, script: ScriptedServer, index: int, value: object
) -> None:
    bad = [*NODE[:index], value, *NODE[index + 1 :]]
    script.on("GET /app/config/nodespecs/info", {"success": True, "node_specs": [NODE, bad]})
    with pytest.raises(errors.UnexpectedAnswer, match=rf"nodespecs/info.*node_specs\.1\.{index}"):
        await hub.node_specs()


# 5.1 Submission


@rows(
    "answer, words",
    [
        ("refused", {"success": False, "message": "You have reached the job rate limit of 2."}, "limit of 2."),
        ("without the flag", {"message": "No room."}, "No room."),
        ("internal error", {"success": False, "internal_error": True, "message": "Boom."}, "Boom."),
        ("without a name", {"success": True, "message": ""}, "without a reason"),
    ],
)
async def test_5_1_a_refusal_is_the_servers_sentence(
    hub: HubClient, script: ScriptedServer, answer: Any, words: str
) -> None:
    script.on("POST /juliaruncloud/submit_job", answer)
    with pytest.raises(errors.RefusedByServer, match=words):
        await hub.submit(SUBMISSION)
    assert len(script.requests) == 1


async def test_5_2_absent_fields_are_omitted(hub: HubClient, script: ScriptedServer) -> None:
    script.on("POST /juliaruncloud/submit_job", {"success": True, "jobname": "jr-1"})
    await hub.submit(SUBMISSION)
    body = script.bodies[0]
    for name in (b"limit_value", b"effective_time_limit", b"appType", b"image", b"projecttoml", b"appbundle"):
        assert b'name="' + name + b'"' not in body


# 6.4 Upload


async def test_6_4_the_storage_may_be_elsewhere_and_gets_no_token(
    hub: HubClient, script: ScriptedServer, tmp_path: Path
) -> None:
    """MinIO behind a name and port of its own; the signed URL says all (§6.4, §13)."""
    bundle = tmp_path / "bundle.tar"
    bundle.write_bytes(b"x" * 10)
    elsewhere = script.url.replace("127.0.0.1", "localhost")
    signed = f"{elsewhere}/bucket/key?X-Amz-Signature=abc%2Fdef"
    script.on("GET /jobs/appbundle_upload_url", {"success": True, "message": {"upload_url": signed}})
    script.on("PUT /bucket/key", Response())
    info = UploadInfo(file_size=10, hash=hashlib.sha256(bundle.read_bytes()).hexdigest())
    await hub.upload_bundle(bundle, info, lambda _sent: None)
    put = script.requests[-1]
    assert put.url.query == "X-Amz-Signature=abc%2Fdef"
    assert "authorization" not in put.headers
    assert put.headers["content-length"] == "10"


# 7 Jobs


@rows(
    "field",
    [(name, name) for name in ("jobname", "status", "outputs", "inputs", "submittimestamp", "starttimestamp")],
)
async def test_7_2_a_missing_key_is_named_with_its_endpoint(hub: HubClient, script: ScriptedServer, field: str) -> None:
    script.on(LIST, [JOB, {key: value for key, value in JOB.items() if key != field}])
    with pytest.raises(errors.UnexpectedAnswer, match=rf"get_jobs.*1\.{field}"):
        await hub.jobs()


@rows(
    "field, value",
    [
        ("outputs null", "outputs", None),
        ("outputs an object", "outputs", {"pi": 3.14}),
        ("status null", "status", None),
        ("files an object", "files", {}),
        ("a file without a hash", "files", [{"name": "a", "type": "input", "size": 1}]),
        ("a size with a fraction", "files", [{"name": "a", "type": "input", "size": 57.5, "hash": {}}]),
    ],
)
async def test_7_2_a_wrong_type_is_named(hub: HubClient, script: ScriptedServer, field: str, value: Any) -> None:
    script.on(GET, {"details": [JOB | {field: value}]})
    with pytest.raises(errors.UnexpectedAnswer, match=rf"api/rest/jobs.*details\.0\.{field}"):
        await hub.job("jr-1")


@rows(
    "field, value",
    [
        ("outputs empty", "outputs", ""),
        ("outputs an empty object", "outputs", "{}"),
        ("outputs no JSON", "outputs", "done, I think"),
        ("outputs cut", "outputs", '{"pi": 3.1'),
        ("proxy_link null", "proxy_link", None),
        ("an unknown status", "status", "Hibernating"),
        ("an unlimited job", "limit_type", "unlimited"),
    ],
)
async def test_7_2_what_is_tolerated(hub: HubClient, script: ScriptedServer, field: str, value: Any) -> None:
    script.on(GET, {"details": [JOB | {field: value}]})
    job = await hub.job("jr-1")
    assert getattr(job, field) == value
    assert not job.done


DIGEST = hashlib.sha256(b"x").digest()


@rows(
    "algorithm, value, expected",
    [
        ("base64", "sha2_256", base64.b64encode(DIGEST).decode(), DIGEST.hex()),
        ("hex", "sha2_256", DIGEST.hex(), DIGEST.hex()),
        ("upper-case hex", "sha2_256", DIGEST.hex().upper(), DIGEST.hex()),
        ("neither", "sha2_256", "what?", None),
        ("base64 of something else", "sha2_256", "YWJj", None),
        ("null", None, None, None),
        ("another algorithm", "md5", DIGEST.hex(), None),
    ],
)
async def test_7_4_hashes(hub: HubClient, script: ScriptedServer, algorithm: Any, value: Any, expected: Any) -> None:
    file = {"name": "a", "type": "weird", "size": 1, "hash": {"algorithm": algorithm, "value": value}}
    script.on(GET, {"details": [JOB | {"files": [file]}]})
    assert (await hub.job("jr-1")).files[0].hash.sha256_hex() == expected


@rows(
    "answer, kind",
    [
        ("403", JSONResponse("no", 403), "JobNotFound"),
        ("status false", {"status": False, "message": "It is protected."}, "RefusedByServer"),
        ("no status", {"message": "?"}, "UnexpectedAnswer"),
    ],
)
async def test_7_1_kill(hub: HubClient, script: ScriptedServer, answer: Any, kind: str) -> None:
    script.on("GET /juliaruncloud/kill_job", answer)
    with pytest.raises(getattr(errors, kind)):
        await hub.kill("jr-1")


async def test_7_1_more_than_one_job_of_a_name_is_an_error(hub: HubClient, script: ScriptedServer) -> None:
    script.on(GET, {"details": [JOB, JOB]})
    with pytest.raises(errors.UnexpectedAnswer, match="api/rest/jobs"):
        await hub.job("jr-1")
