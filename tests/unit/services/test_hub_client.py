"""Each call as the protocol has it: what is sent, and what odd servers answer (protocol §2–§9, Appendix D)."""

import json
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import JSONResponse, PlainTextResponse, Response

from juliahub_ls import errors
from juliahub_ls.services.hub_client import HubClient
from juliahub_wire.bundles import UploadInfo
from juliahub_wire.submission import Submission
from tests.support.scripted_http import ScriptedServer

JOB = {
    "jobname": "jr-1",
    "status": "Running",
    "outputs": "",
    "inputs": None,
    "submittimestamp": None,
    "starttimestamp": None,
    "endtimestamp": None,
}
NODE = ["m6", False, 2.0, 8.0, 0.17, "3.5 GHz", "", "8", 90.0, 87.0, 2]
NODES, DEFAULTS, GROUPS = (
    "GET /app/config/nodespecs/info",
    "GET /app/applications/default",
    "GET /juliaruncloud/product_image_groups",
)
LIST, GET, KILL = "GET /juliaruncloud/get_jobs", "GET /api/rest/jobs/jr-1", "GET /juliaruncloud/kill_job"
EXTEND, LOGS = "POST /juliaruncloud/extend_job_time_limit", "GET /juliaruncloud/get_logs"
SUBMIT, UPLOAD = "POST /juliaruncloud/submit_job", "GET /jobs/appbundle_upload_url"


async def test_every_call_carries_the_token(client: HubClient, server: ScriptedServer) -> None:
    server.on("GET /api/v1", {"api_version": "0.2.0", "username": "ada", "timezone": None, "new": 1})
    assert (await client.api_version()).username == "ada"
    assert server.requests[0].headers["authorization"] == "Bearer token-1"


async def test_node_specs(client: HubClient, server: ScriptedServer) -> None:
    server.on(NODES, {"success": True, "message": "", "node_specs": [NODE]})
    assert [(spec.node_class, spec.vcores) for spec in await client.node_specs()] == [("m6", 2)]
    server.on(NODES, {"success": False, "message": "No machines today."})
    with pytest.raises(errors.RefusedByServer, match=r"No machines today\."):
        await client.node_specs()
    server.on(NODES, {"success": True, "node_specs": [NODE[:9]]})
    with pytest.raises(errors.UnexpectedAnswer, match=r"node_specs\.0"):
        await client.node_specs()


async def test_a_legacy_server_tells_the_user_by_graphql(client: HubClient, server: ScriptedServer) -> None:
    user = {"id": 42, "username": "ada", "name": "Ada Example", "firstname": "Ada", "info": [{"email": "a@b.c"}]}
    server.on("POST /v1/graphql", {"data": {"users": [user]}})
    found = await client.api_version()
    assert (found.username, found.api_version) == ("ada", "0.0.0-legacy")
    body = json.loads(server.bodies[1])
    assert (body["operationName"], body["variables"]) == (None, {})
    assert server.requests[1].headers["x-hasura-role"] == "jhuser"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"data": None, "errors": [{"message": "Not allowed."}]}, "Not allowed"),
        ({"data": {"users": []}}, "does not say whose"),
        ({"data": {"users": [{"id": 1, "username": "a"}, {"id": 2, "username": "b"}]}}, "does not say whose"),
    ],
)
async def test_a_legacy_server_that_does_not_tell(
    client: HubClient, server: ScriptedServer, answer: Any, words: str
) -> None:
    server.on("POST /v1/graphql", answer)
    with pytest.raises(errors.RefusedByServer, match=words):
        await client.api_version()


async def test_a_failing_server_is_no_legacy_one(client: HubClient, server: ScriptedServer) -> None:
    server.on("GET /api/v1", Response(status_code=500))
    with pytest.raises(errors.ServerFailed):
        await client.api_version()
    assert "POST /v1/graphql" not in server.seen


async def test_jobs(client: HubClient, server: ScriptedServer) -> None:
    server.on(LIST, [JOB, JOB | {"jobname": "jr-2", "files": [], "proxy_link": "https://x/"}])
    assert [job.jobname for job in await client.jobs()] == ["jr-1", "jr-2"]
    await client.jobs(50)
    assert [request.url.query for request in server.requests] == ["", "limit=50"]
    server.on(LIST, [JOB, {"jobname": "jr-3"}])
    with pytest.raises(errors.UnexpectedAnswer, match=r"1\.status"):
        await client.jobs()
    server.on(LIST, {"jobs": []})
    with pytest.raises(errors.UnexpectedAnswer):
        await client.jobs()


async def test_one_job(client: HubClient, server: ScriptedServer) -> None:
    server.on(GET, {"details": [JOB]}, {"details": []})
    assert (await client.job("jr-1")).status == "Running"
    assert server.requests[0].headers["x-hasura-role"] == "jhuser"
    assert server.requests[0].headers["x-juliahub-ensure-js"] == "true"
    with pytest.raises(errors.JobNotFound):
        await client.job("jr-1")


async def test_a_job_name_is_one_segment(client: HubClient, server: ScriptedServer) -> None:
    with pytest.raises(errors.UnexpectedAnswer):
        await client.job("../../api/v1?x=#y")
    assert server.requests[0].scope["raw_path"] == b"/api/rest/jobs/..%2F..%2Fapi%2Fv1%3Fx%3D%23y"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"status": True, "message": "Job jr-1 stopped successfully"}, None),
        ({"status": False, "message": "It is protected."}, errors.RefusedByServer),
        ({"status": False}, errors.RefusedByServer),
        (JSONResponse("no", 403), errors.JobNotFound),
        ({}, errors.UnexpectedAnswer),
    ],
)
async def test_kill(client: HubClient, server: ScriptedServer, answer: Any, expected: Any) -> None:
    server.on(KILL, answer)
    if expected is None:
        await client.kill("jr-1")
        return
    with pytest.raises(expected):
        await client.kill("jr-1")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"success": True, "message": ""}, None),
        ({"success": False, "message": "Invalid jobname jr-1"}, errors.JobNotFound),
        ({"success": False, "message": "Too long."}, errors.RefusedByServer),
        (Response(status_code=403), errors.JobNotFound),
    ],
)
async def test_extend(client: HubClient, server: ScriptedServer, answer: Any, expected: Any) -> None:
    server.on(EXTEND, answer)
    if expected is None:
        await client.extend("jr-1", 2.0)
        assert json.loads(server.bodies[0]) == {"jobname": "jr-1", "extendby": 2}
        return
    with pytest.raises(expected):
        await client.extend("jr-1", 0.5)


SUBMISSION = Submission(args={"N": "𝄞\n"}, usercode="println(1)", node_class="m6", cpu=2, nworkers=0, limit_type="time")


@pytest.mark.parametrize(
    ("answer", "expected", "words"),
    [
        ({"success": True, "message": "", "jobname": "jr-1"}, None, ""),
        (
            {"success": False, "message": "You have reached the job rate limit of 2."},
            errors.RefusedByServer,
            "limit of 2.",
        ),
        ({"message": "No."}, errors.RefusedByServer, "No."),
        ({"success": True, "message": ""}, errors.RefusedByServer, "without a reason"),
        (Response(status_code=500), errors.ServerFailed, "Nothing was submitted."),
        (Response(status_code=403), errors.PermissionDenied, "no permission"),
    ],
)
async def test_submit(client: HubClient, server: ScriptedServer, answer: Any, expected: Any, words: str) -> None:
    server.on(SUBMIT, answer)
    if expected is None:
        assert await client.submit(SUBMISSION) == "jr-1"
        assert server.requests[0].headers["content-type"].startswith("multipart/form-data")
        assert b'name="sysimage_build"\r\n\r\nnothing\r\n' in server.bodies[0]
        assert b"filename" not in server.bodies[0]
        return
    with pytest.raises(expected, match=words):
        await client.submit(SUBMISSION)
    assert server.seen == [SUBMIT], "a submission is never repeated here"


async def test_upload(client: HubClient, server: ScriptedServer, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle.tar"
    bundle.write_bytes(b"x" * 3_000_000)
    info, sent = UploadInfo(file_size=3_000_000, hash="ab"), list[int]()
    server.on(UPLOAD, {"success": True, "message": {"upload_url": f"{server.url}/signed?sig=1"}})
    server.on("PUT /signed", Response())
    await client.upload_bundle(bundle, info, sent.append)
    put = server.requests[1]
    assert server.requests[0].url.query == (
        "file_type=input&file_name=appbundle.tar&file_size=3000000&hash=ab&hash_alg=sha2_256"
    )
    assert (put.headers["content-length"], "authorization" in put.headers) == ("3000000", False)
    assert "transfer-encoding" not in put.headers
    assert server.bodies[1] == bundle.read_bytes()
    assert sent[-1] == 3_000_000


@pytest.mark.parametrize(
    ("asked", "put", "expected", "words"),
    [
        ({"success": False, "message": "No room."}, None, errors.RefusedByServer, "No room. Nothing was submitted."),
        ({"success": False, "message": {}}, None, errors.RefusedByServer, "takes no bundle"),
        ({"success": True, "message": {"upload_url": "not a url"}}, None, errors.ServerUnreachable, "Nothing was"),
        (None, PlainTextResponse("The disk is full.", 507), errors.RefusedByServer, "The disk is full."),
        (None, Response(status_code=507), errors.RefusedByServer, "no room for it"),
        (None, Response(status_code=500), errors.ServerFailed, "Nothing was submitted."),
        (None, Response(status_code=403), errors.PermissionDenied, "no permission"),
    ],
)
async def test_uploads_that_fail(
    client: HubClient, server: ScriptedServer, tmp_path: Path, asked: Any, put: Any, expected: Any, words: str
) -> None:
    bundle = tmp_path / "bundle.tar"
    bundle.write_bytes(b"x")
    server.on(UPLOAD, asked or {"success": True, "message": {"upload_url": f"{server.url}/signed"}})
    server.on("PUT /signed", put or Response())
    with pytest.raises(expected, match=words):
        await client.upload_bundle(bundle, UploadInfo(file_size=1, hash="ab"), lambda _: None)


async def test_a_bundle_that_is_gone(client: HubClient, server: ScriptedServer, tmp_path: Path) -> None:
    server.on(UPLOAD, {"success": True, "message": {"upload_url": f"{server.url}/signed"}})
    with pytest.raises(errors.FileUnreadable, match=r"gone\.tar"):
        await client.upload_bundle(tmp_path / "gone.tar", UploadInfo(file_size=1, hash="ab"), lambda _: None)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (JSONResponse("User does not have access to this job.", 403), errors.JobNotFound),
        (PlainTextResponse('{"success": false, "reason": "Broken."}'), errors.RefusedByServer),
        (PlainTextResponse("<html>"), errors.RefusedByServer),
    ],
)
async def test_log_pages_that_are_none(client: HubClient, server: ScriptedServer, answer: Any, expected: Any) -> None:
    server.on(LOGS, answer)
    with pytest.raises(expected):
        await client.log_page("jr-1")


async def test_the_streams_address(client: HubClient, server: ScriptedServer) -> None:
    url, headers = await client.stream_request("jr 1", 7)
    address, query = url.split("?")
    assert address == server.url.replace("http://", "ws://") + "/ws/stream_logs"
    assert query == "jobname=jr+1&refresh_interval=1&log_out_type=json&offset=7&log_batch=true"
    assert headers == {"Authorization": "Bearer token-1"}
