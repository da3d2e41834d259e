"""Who may talk to a hub: hosts, origins and tokens, over HTTP and WebSocket (protocol §1.10)."""

import socket
import time

import httpx
import pytest
from joserfc import jwt
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.support.scripted_hub import ScriptedHub

PROTECTED = [
    ("GET", "/api/v1"),
    ("GET", "/app/config/nodespecs/info"),
    ("GET", "/app/packages/registries"),
    ("GET", "/app/applications/default"),
    ("GET", "/app/applications/info"),
    ("GET", "/app/applications/myapps"),
    ("GET", "/juliaruncloud/product_image_groups?extended=true"),
    ("GET", "/jobs/appbundle_upload_url"),
    ("POST", "/juliaruncloud/submit_job"),
    ("GET", "/juliaruncloud/get_jobs"),
    ("GET", "/api/rest/jobs/jr-x"),
    ("GET", "/juliaruncloud/kill_job?jobname=jr-x"),
    ("POST", "/juliaruncloud/extend_job_time_limit"),
    ("GET", "/juliaruncloud/get_logs?jobname=jr-x"),
    ("GET", "/juliaruncloud/get_logs_v2?jobname=jr-x"),
    ("GET", "/jobs/jr-x/files/code.jl"),
    ("POST", "/localhub/stop"),
    ("POST", "/localhub/sign_in_code"),
    ("GET", "/localhub/status"),
    ("GET", "/auth/renew/token.toml/v2/"),
    ("POST", "/localhub/accounts_changed"),
    ("POST", "/v1/graphql"),
    ("GET", "/juliaruncloud/get_image_options"),
    ("GET", "/datasets"),
    ("GET", "/user/datasets"),
    ("POST", "/user/datasets"),
    ("DELETE", "/user/datasets/x"),
    ("POST", "/datasets/x/versions"),
    ("POST", "/api/v1/projects/add"),
    ("GET", "/app/config/features/manage"),
    ("GET", "/app/config/groups"),
    ("GET", "/app/token/activelist"),
    ("GET", "/auth/renew/token.toml/device/"),
    ("GET", "/dex/token"),
    ("GET", "/auth%2Fconfiguration"),
    ("GET", "/nowhere"),
    ("PUT", "/juliaruncloud/submit_job"),
]


def lapsed(hub: ScriptedHub) -> str:
    signing = hub.hub.tokens.keys.current
    claims = {"aud": "localhub", "sub": "1", "sid": "x", "preferred_username": "ada", "name": "Ada", "email": "a@b"}
    return jwt.encode({"alg": "RS256", "kid": signing.kid}, claims | {"exp": int(time.time()) - 1}, signing.key)


def revoked(hub: ScriptedHub) -> str:
    token = hub.token()
    hub.hub.tokens.revoke(hub.hub.tokens.verify(token).session_id)
    return token


@pytest.mark.parametrize(("method", "path"), PROTECTED)
def test_nothing_is_done_without_a_valid_token(hub: ScriptedHub, method: str, path: str) -> None:
    headers: list[dict[str, str]] = [
        {},
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer garbage"},
        {"Authorization": f"Basic {hub.token()}"},
        {"Authorization": f"Bearer {lapsed(hub)}"},
        {"Authorization": f"Bearer {revoked(hub)}"},
    ]
    for each in headers:
        response = httpx.request(method, hub.url + path, headers=each, trust_env=False)
        assert response.status_code == 401, each
        assert response.json()["success"] is False


def test_either_token_is_good_for_everything(hub: ScriptedHub) -> None:
    table = hub.table()
    for kind in ("access_token", "id_token"):
        with hub.client(table[kind]) as client:
            assert client.get("/api/v1").json()["username"] == "ada"


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1:1", "127.0.0.1", "localhost.evil.example:{port}", ""]
)
def test_a_foreign_host_name_is_refused(hub: ScriptedHub, host: str) -> None:
    """A page whose name was pointed at loopback (DNS rebinding) still sends its own name."""
    port = httpx.URL(hub.url).port
    with hub.client() as client:
        response = client.get("/api/v1", headers={"Host": host.format(port=port)})
    assert response.status_code == 403


def test_a_request_without_a_host_is_refused(hub: ScriptedHub) -> None:
    url = httpx.URL(hub.url)
    with socket.create_connection((url.host, url.port or 0), timeout=10) as connection:
        connection.sendall(f"GET /api/v1 HTTP/1.0\r\nAuthorization: Bearer {hub.token()}\r\n\r\n".encode())
        assert connection.recv(100).split(b" ")[1] in (b"400", b"403")


@pytest.mark.parametrize("name", ["localhost", "LOCALHOST", "[::1]"])
def test_every_name_of_loopback_is_our_own(hub: ScriptedHub, name: str) -> None:
    with hub.client() as client:
        host = f"{name}:{httpx.URL(hub.url).port}"
        assert client.get("/api/v1", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", "http://127.0.0.1", "https://{netloc}", "http://evil.{netloc}", "file://"],
)
@pytest.mark.parametrize("path", ["/api/v1", "/auth/configuration", "/auth/challenge", "/auth/claimtoken"])
def test_a_foreign_web_page_is_refused(hub: ScriptedHub, origin: str, path: str) -> None:
    sent = origin.format(netloc=httpx.URL(hub.url).netloc.decode())
    with hub.client() as client:
        for method in ("GET", "POST", "OPTIONS"):
            response = client.request(method, path, headers={"Origin": sent})
            assert response.status_code == 403
            assert "access-control-allow-origin" not in response.headers


def test_our_own_page_is_not_refused(hub: ScriptedHub) -> None:
    with hub.client() as client:
        assert client.get("/api/v1", headers={"Origin": hub.url}).status_code == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"Authorization": "Bearer garbage"}, 401),
        ({"Authorization": "{good}", "Origin": "https://evil.example"}, 403),
        ({"Authorization": "{good}"}, 403),  # a good token, but no such job
    ],
)
def test_websockets_are_guarded_too(hub: ScriptedHub, headers: dict[str, str], status: int) -> None:
    sent = {name: value.replace("{good}", f"Bearer {hub.token()}") for name, value in headers.items()}
    address = hub.url.replace("http", "ws", 1) + "/ws/stream_logs?jobname=jr-x"
    with pytest.raises(InvalidStatus) as refused:
        connect(address, additional_headers=sent, proxy=None)
    assert refused.value.response.status_code == status


def test_one_users_jobs_are_not_anothers(hub: ScriptedHub) -> None:
    from tests.support.submissions import submit

    with hub.client() as ada, hub.client(hub.token("eve")) as eve:
        jobname = submit(ada)
        assert eve.get(f"/api/rest/jobs/{jobname}").json() == {"details": []}
        assert jobname not in eve.get("/juliaruncloud/get_jobs").text
        for path in (f"kill_job?jobname={jobname}", f"get_logs?jobname={jobname}"):
            assert eve.get(f"/juliaruncloud/{path}").status_code == 403
        assert eve.get(f"/jobs/{jobname}/files/code.jl").status_code == 403
        assert eve.post("/localhub/stop").status_code == 403
        hub.started(jobname).ends()
