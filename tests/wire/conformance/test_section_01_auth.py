"""Section 1: server URL, headers, tokens, and the two sign-in flows."""

import base64
import json
import re
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import pytest
import tomli
from joserfc import jwt
from joserfc.jwk import KeySet

from localhub.services import sign_in as sign_in_module
from tests.support.scripted_hub import ScriptedHub
from tests.support.submissions import parts, submit, upload

from .support import (
    DEVICE_GRANT,
    FORM,
    begin_classic,
    begin_device,
    challenge,
    claim,
    decide,
    device_tokens,
    is_integer,
    is_text,
    poll,
    rows,
)

RENEW_CLASSIC = "/auth/renew/token.toml/v2/"
RENEW_DEVICE = "/auth/renew/token.toml/device/"


# 1.1 Server URL rules


@rows(
    "path",
    [
        ("6 an encoded slash is part of a name", "/jobs/jr-x/files/a%2Fb"),
        ("6 an encoded slash in a dataset's name", "/user/datasets/foo%2Fbar%2Fbaz"),
        ("6 non-ASCII as UTF-8 escapes", "/user/datasets/%CE%94%CE%B5-%CE%B4%CE%BF-%CE%BC%CE%AD%2F%CE%BD%CE%B1"),
    ],
)
def test_1_1_path_components(client: httpx.Client, path: str) -> None:
    """They reach the endpoint that has one parameter there, instead of none."""
    answer = client.delete(path) if path.startswith("/user") else client.get(path)
    assert answer.status_code in (403, 404)
    assert "This hub does not do that" not in answer.text


def test_1_1_an_encoded_slash_separates_nothing(client: httpx.Client) -> None:
    for path in ("/api%2Fv1", "/api/rest%2Fjobs/jr-x", "/juliaruncloud%2Fget_jobs"):
        assert client.get(path).status_code == 404


# 1.2 Auth headers and request conventions

EVERYWHERE = [
    ("GET", "/api/v1"),
    ("POST", "/v1/graphql"),
    ("GET", "/app/config/nodespecs/info"),
    ("GET", "/app/packages/registries"),
    ("GET", "/app/applications/default"),
    ("GET", "/juliaruncloud/product_image_groups"),
    ("GET", "/juliaruncloud/get_jobs"),
    ("GET", "/api/rest/jobs/jr-x"),
    ("GET", "/datasets"),
]


@rows("kind", [("JuliaHub.jl and jh: id_token", "id_token"), ("Pkg and CI: access_token", "access_token")])
@pytest.mark.parametrize(("method", "path"), EVERYWHERE)
def test_1_2_which_token_is_the_bearer(hub: ScriptedHub, kind: str, method: str, path: str) -> None:
    with hub.client(str(hub.table()[kind])) as client:
        assert client.request(method, path).status_code == 200


@rows(
    "headers",
    [
        ("X-Hasura-Role", {"X-Hasura-Role": "jhuser"}),
        ("X-JuliaHub-Ensure-JS", {"X-JuliaHub-Ensure-JS": "true"}),
        ("its letter case varies", {"x-juliahub-ensure-js": "true", "X-HASURA-ROLE": "jhuser"}),
        ("Accept */*", {"Accept": "*/*"}),
        ("Accept JSON", {"Accept": "application/json"}),
    ],
)
@pytest.mark.parametrize("path", ["/api/v1", "/api/rest/jobs/jr-x", "/auth/configuration"])
def test_1_2_headers(client: httpx.Client, headers: dict[str, str], path: str) -> None:
    answer = client.get(path, headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")


def test_1_2_body_submit_job_multipart_without_part_headers(client: httpx.Client) -> None:
    lines = [
        f'--beef\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value[1].decode()}\r\n'
        for name, value in reversed(parts(usercode='println("Δ")'))
    ]
    headers = {"Content-Type": "multipart/form-data; boundary=beef"}
    body = ("".join(lines) + "--beef--\r\n").encode()
    assert client.post("/juliaruncloud/submit_job", content=body, headers=headers).json()["success"] is True


@rows(
    "path, body, status",
    [
        ("extend job", "/juliaruncloud/extend_job_time_limit", '{"jobname": "jr-x", "extendby": 1}', 403),
        ("open project-dataset version", "/datasets/x/versions", '{"project": "x"}', 404),
        ("open dataset version: empty", "/user/datasets/x/versions", "", 404),
        ("legacy GraphQL", "/v1/graphql", '{"query": "{users {info {email}}}", "variables": {}}', 200),
        ("claimtoken", "/auth/claimtoken", '{"challenge": "x", "response": "y"}', 400),
    ],
)
@pytest.mark.parametrize("content_type", [None, "application/json", "text/plain"])
def test_1_2_body_json_whatever_the_content_type(
    client: httpx.Client, path: str, body: str, status: int, content_type: str | None
) -> None:
    headers = {} if content_type is None else {"Content-Type": content_type}
    assert client.post(path, content=body, headers=headers).status_code == status


def test_1_2_body_patch_dataset_without_content_type(client: httpx.Client) -> None:
    assert client.patch("/user/datasets/x", content='{"description": "d"}').status_code == 404


def test_1_2_body_appbundle_put_without_authorization(client: httpx.Client) -> None:
    assert "appbundle" in upload(client, b"tar" * 500)


def test_1_2_body_pa_challenge_raw(stranger: httpx.Client) -> None:
    assert stranger.post("/auth/challenge", content=challenge()).status_code == 200


@rows(
    "form",
    [
        ("PA device calls: raw spaces", "client_id=device&scope=openid email profile offline_access"),
        ("PA without a scope", "client_id=device"),
        (
            "jh device calls: escaped",
            urlencode({"client_id": "device", "scope": "openid email profile", "grant_type": DEVICE_GRANT}),
        ),
        ("jh's misspelt scope", "client_id=device&scope=openiod+email+profile+offline_access"),
    ],
)
@pytest.mark.parametrize("path", ["/auth/device/code", "/dex/device/code"])
def test_1_2_body_device_forms(stranger: httpx.Client, form: str, path: str) -> None:
    assert stranger.post(path, content=form, headers=FORM).status_code == 200


@pytest.mark.parametrize("path", ["/jobs/{job}/files/code.jl", "/juliaruncloud/get_logs?jobname={job}"])
def test_1_2_nothing_is_labelled_gzip(client: httpx.Client, hub: ScriptedHub, path: str) -> None:
    jobname = submit(client)
    answer = client.get(path.format(job=jobname), headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in answer.headers
    hub.started(jobname).ends()


# 1.3 auth.toml

AUTH_FIELDS: list[tuple[str, str, Callable[[object], bool]]] = [
    ("access_token", "access_token", is_text),
    ("id_token", "id_token", is_text),
    ("refresh_token", "refresh_token", is_text),
    ("refresh_url", "refresh_url", lambda value: str(value).startswith("http")),
    ("expires_at", "expires_at", is_integer),
    ("expires", "expires", is_integer),
    ("expires_in", "expires_in", is_integer),
    ("user_name", "user_name", lambda value: value == "ada"),
    ("user_email", "user_email", lambda value: value == "ada@example.org"),
]


@pytest.fixture
def claimed(hub: ScriptedHub, stranger: httpx.Client) -> dict[str, Any]:
    text, response = begin_classic(stranger)
    decide(hub.url, f"{hub.url}/auth/response?{response}", "approve")
    return dict(claim(stranger, text, response).json()["token"])


@pytest.fixture
def renewed(hub: ScriptedHub) -> dict[str, Any]:
    table = hub.table()
    headers = {"Authorization": f"Bearer {table['refresh_token']}"}
    return tomli.loads(httpx.get(table["refresh_url"], headers=headers, trust_env=False).text)


@rows("key, is_right", AUTH_FIELDS)
def test_1_3_fields_of_a_claim(claimed: dict[str, Any], key: str, is_right: Callable[[object], bool]) -> None:
    assert is_right(claimed[key])


@rows("key, is_right", AUTH_FIELDS)
def test_1_3_fields_of_a_renewal(renewed: dict[str, Any], key: str, is_right: Callable[[object], bool]) -> None:
    assert is_right(renewed[key])


@pytest.mark.parametrize("absent", ["email", "userName", "token_type", "scope"])
def test_1_3_keys_that_no_claim_has(claimed: dict[str, Any], absent: str) -> None:
    assert absent not in claimed


# 1.4 Expiry and refresh


def test_1_4_lifetimes(hub: ScriptedHub) -> None:
    table = hub.table()
    assert table["expires_in"] == 24 * 3600
    assert table["expires"] == table["expires_at"]
    assert abs(table["expires"] - time.time() - 24 * 3600) < 60


@rows(
    "path, renew_path",
    [
        ("classic renew URL", RENEW_CLASSIC, RENEW_CLASSIC),
        ("device renew URL", RENEW_DEVICE, RENEW_DEVICE),
        ("jh's refresh_url, asked by Pkg", "/dex/token", RENEW_DEVICE),
    ],
)
def test_1_4_form_1_get_with_toml(hub: ScriptedHub, stranger: httpx.Client, path: str, renew_path: str) -> None:
    table = hub.table()
    answer = stranger.get(path, headers={"Authorization": f"Bearer {table['refresh_token']}"})
    assert answer.status_code == 200
    new = tomli.loads(answer.text)
    assert set(new) == set(table)
    assert new["refresh_url"] == hub.url + renew_path
    assert new["refresh_token"] != table["refresh_token"], "rotated at each refresh"
    again = stranger.get(path, headers={"Authorization": f"Bearer {table['refresh_token']}"})
    assert again.status_code == 200, "a client that crashed before it wrote may ask again"


@pytest.mark.parametrize("path", [RENEW_CLASSIC, RENEW_DEVICE, "/dex/token"])
@rows("kind", [("access token", "access_token"), ("id token", "id_token"), ("nonsense", None)])
def test_1_4_only_a_refresh_token_renews(hub: ScriptedHub, stranger: httpx.Client, path: str, kind: str | None) -> None:
    token = "nonsense" if kind is None else hub.table()[kind]
    assert stranger.get(path, headers={"Authorization": f"Bearer {token}"}).status_code == 401
    assert stranger.get(path).status_code == 401


def test_1_4_form_2_jh(hub: ScriptedHub, stranger: httpx.Client) -> None:
    form = {"client_id": "device", "grant_type": "refresh_token", "refresh_token": hub.table()["refresh_token"]}
    answer = stranger.post("/dex/token", data=form).json()
    assert {"access_token", "refresh_token", "id_token", "token_type", "expires_in"} <= set(answer)
    assert is_integer(answer["expires_in"])
    with hub.client(answer["id_token"]) as client:
        assert client.get("/api/v1").json()["username"] == "ada"


def test_1_4_form_2_errors_are_oauths(stranger: httpx.Client) -> None:
    form = {"client_id": "device", "grant_type": "refresh_token", "refresh_token": "nonsense"}
    answer = stranger.post("/dex/token", data=form)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
    assert answer.headers["cache-control"] == "no-store"


# 1.5 Browser challenge and response


@rows(
    "key, value",
    [
        ("auth_flows", "auth_flows", ["classic", "device"]),
        ("device_authorization_endpoint", "device_authorization_endpoint", "{url}/auth/device/code"),
        ("device_token_endpoint", "device_token_endpoint", "{url}/auth/token"),
        ("device_token_refresh_url", "device_token_refresh_url", "{url}/auth/renew/token.toml/device/"),
        ("device_token_scope", "device_token_scope", "openid email profile offline_access"),
    ],
)
def test_1_5_step_0_configuration(hub: ScriptedHub, stranger: httpx.Client, key: str, value: Any) -> None:
    expected = value.format(url=hub.url) if isinstance(value, str) else value
    assert stranger.get("/auth/configuration").json()[key] == expected


def test_1_5_step_1_challenge(stranger: httpx.Client) -> None:
    assert re.fullmatch("[A-Za-z0-9]{64}", begin_classic(stranger)[1])


def test_1_5_step_2_the_page(stranger: httpx.Client) -> None:
    page = stranger.get(f"/auth/response?{begin_classic(stranger)[1]}")
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")


def test_1_5_step_2_unknown_response(stranger: httpx.Client) -> None:
    assert stranger.get("/auth/response?unknown").status_code == 400


def test_1_5_step_3_done(claimed: dict[str, Any], hub: ScriptedHub) -> None:
    with hub.client(claimed["id_token"]) as client:
        assert client.get("/api/v1").json()["username"] == "ada"


def test_1_5_step_3_pending_until_an_absolute_expiry(stranger: httpx.Client) -> None:
    answer = claim(stranger, *begin_classic(stranger))
    assert answer.status_code == 200
    assert list(answer.json()) == ["expiry"]
    assert 0 < answer.json()["expiry"] - time.time() <= 600


@rows(
    "change",
    [
        ("another challenge", lambda text, response: (challenge(), response)),
        ("another response", lambda text, response: (text, challenge())),
    ],
)
def test_1_5_step_3_not_ours(stranger: httpx.Client, change: Callable[[str, str], tuple[str, str]]) -> None:
    assert claim(stranger, *change(*begin_classic(stranger))).status_code == 400


def test_1_5_step_3_refused(hub: ScriptedHub, stranger: httpx.Client) -> None:
    text, response = begin_classic(stranger)
    assert decide(hub.url, f"{hub.url}/auth/response?{response}", "refuse").status_code == 200
    answer = claim(stranger, text, response)
    assert (answer.status_code, "refused" in answer.text) == (400, True)


# 1.6 Device flow as PkgAuthentication does it


@rows(
    "key, is_right",
    [
        ("device_code", "device_code", lambda value: len(str(value)) == 64),
        ("user_code", "user_code", lambda value: re.fullmatch("[A-Z]{4}-[A-Z]{4}", str(value)) is not None),
        ("verification_uri", "verification_uri", lambda value: str(value).endswith("/dex/device")),
        (
            "verification_uri_complete",
            "verification_uri_complete",
            lambda value: re.search(r"/dex/device\?user_code=[A-Z]{4}-[A-Z]{4}$", str(value)) is not None,
        ),
        ("expires_in", "expires_in", lambda value: value == 300),
        ("interval", "interval", lambda value: value == 5),
    ],
)
def test_1_6_step_1_authorisation(stranger: httpx.Client, key: str, is_right: Callable[[object], bool]) -> None:
    assert is_right(begin_device(stranger)[key])


def test_1_6_step_2_the_page(hub: ScriptedHub, stranger: httpx.Client) -> None:
    codes = begin_device(stranger)
    assert stranger.get(codes["verification_uri_complete"]).status_code == 200
    assert stranger.get(codes["verification_uri"]).status_code == 200


@pytest.mark.parametrize("path", ["/auth/token", "/dex/token"])
def test_1_6_step_3_pending_is_400_and_never_slow_down(stranger: httpx.Client, path: str) -> None:
    code = begin_device(stranger)["device_code"]
    for _ in range(120):
        answer = poll(stranger, code, path)
        assert (answer.status_code, answer.json()["error"]) == (400, "authorization_pending")


@rows(
    "key, is_right",
    [
        ("access_token", "access_token", is_text),
        ("token_type", "token_type", lambda value: value == "bearer"),
        ("expires_in", "expires_in", is_integer),
        ("refresh_token", "refresh_token", is_text),
        ("id_token", "id_token", is_text),
        ("user_email, for JuliaHub.jl", "user_email", lambda value: value == "ada@example.org"),
    ],
)
def test_1_6_step_3_success(
    hub: ScriptedHub, stranger: httpx.Client, key: str, is_right: Callable[[object], bool]
) -> None:
    assert is_right(device_tokens(hub.url, stranger)[key])


def test_1_6_the_device_renews_where_the_configuration_says(hub: ScriptedHub, stranger: httpx.Client) -> None:
    table = device_tokens(hub.url, stranger)
    url = stranger.get("/auth/configuration").json()["device_token_refresh_url"]
    answer = httpx.get(url, headers={"Authorization": f"Bearer {table['refresh_token']}"}, trust_env=False)
    assert {"access_token", "id_token", "expires_in", "expires"} <= set(tomli.loads(answer.text))


@rows(
    "form, error",
    [
        ("no client_id", {"device_code": "x", "grant_type": DEVICE_GRANT}, "invalid_request"),
        ("another grant", {"client_id": "device", "grant_type": "password"}, "unsupported_grant_type"),
        ("no grant", {"client_id": "device"}, "unsupported_grant_type"),
        ("unknown code", {"client_id": "device", "device_code": "x", "grant_type": DEVICE_GRANT}, "invalid_grant"),
    ],
)
def test_1_6_errors_are_oauths(stranger: httpx.Client, form: dict[str, str], error: str) -> None:
    answer = stranger.post("/auth/token", data=form)
    assert (answer.status_code, answer.json()["error"]) == (400, error)


def test_1_6_any_client_id(stranger: httpx.Client) -> None:
    assert stranger.post("/auth/device/code", data={"client_id": "mine"}).status_code == 200
    assert stranger.post("/auth/device/code", content="scope=openid", headers=FORM).status_code == 400


# 1.8 Device flow as jh does it


def jh_poll(stranger: httpx.Client, code: str) -> dict[str, Any]:
    form = {
        "client_id": "device",
        "device_code": code,
        "scope": "openiod email profile offline_access",
        "grant_type": DEVICE_GRANT,
    }
    return dict(stranger.post("/dex/token", data=form).json())


def test_1_8_authorization_pending(stranger: httpx.Client) -> None:
    code = begin_device(stranger, "/dex/device/code")["device_code"]
    assert jh_poll(stranger, code)["error"] == "authorization_pending"


def test_1_8_access_token_present(hub: ScriptedHub, stranger: httpx.Client) -> None:
    codes = begin_device(stranger, "/dex/device/code")
    decide(hub.url, codes["verification_uri_complete"], "approve")
    answer = jh_poll(stranger, codes["device_code"])
    assert {"access_token", "refresh_token", "id_token"} <= set(answer)
    assert "error" not in answer


def test_1_8_any_other_error_access_denied(hub: ScriptedHub, stranger: httpx.Client) -> None:
    codes = begin_device(stranger, "/dex/device/code")
    decide(hub.url, codes["verification_uri_complete"], "refuse")
    assert jh_poll(stranger, codes["device_code"])["error"] == "access_denied"


def test_1_8_any_other_error_expired_token(stranger: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_in_module, "DEVICE_SECONDS", 0)
    code = begin_device(stranger, "/dex/device/code")["device_code"]
    assert jh_poll(stranger, code)["error"] == "expired_token"


@rows(
    "claim_name, kind",
    [(name, name, int) for name in ("iat", "exp")]
    + [(name, name, str) for name in ("sub", "iss", "aud", "name", "email", "preferred_username")],
)
@pytest.mark.parametrize("token", ["access_token", "id_token"])
def test_1_8_jwt_demands(hub: ScriptedHub, token: str, claim_name: str, kind: type) -> None:
    head, payload, signature = str(hub.table()[token]).split(".")
    assert all((head, signature))
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    assert type(claims[claim_name]) is kind


def test_1_8_discovery_and_keys_verify_a_token(hub: ScriptedHub, stranger: httpx.Client) -> None:
    document = stranger.get("/dex/.well-known/openid-configuration").json()
    keys = KeySet.import_key_set(stranger.get(document["jwks_uri"]).json())
    decoded = jwt.decode(str(hub.table()["id_token"]), keys, algorithms=["RS256"])
    assert decoded.header["kid"] in {key.kid for key in keys.keys}
    assert decoded.claims["iss"] == document["issuer"] == hub.url + "/dex"
    assert document["token_endpoint"] == hub.url + "/dex/token"
    assert "d" not in stranger.get("/dex/keys").json()["keys"][0]


# 1.10 General error semantics


@pytest.mark.parametrize(("method", "path"), EVERYWHERE)
@rows("token", [("no token", None), ("garbage", "garbage"), ("a refresh token", "refresh_token")])
def test_1_10_401_invalid_token_any_endpoint(
    hub: ScriptedHub, stranger: httpx.Client, method: str, path: str, token: str | None
) -> None:
    bearer = hub.table()["refresh_token"] if token == "refresh_token" else token
    headers = {} if bearer is None else {"Authorization": f"Bearer {bearer}"}
    assert stranger.request(method, path, headers=headers).status_code == 401


@rows(
    "path, status",
    [
        ("404 endpoint missing", "/no/such/endpoint", 404),
        ("403 job does not exist: kill", "/juliaruncloud/kill_job?jobname=jr-x", 403),
    ],
)
def test_1_10_statuses(client: httpx.Client, path: str, status: int) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.json()["success"]) == (status, False)


def test_1_10_names_are_quoted_once(client: httpx.Client) -> None:
    """What a client percent-encodes is decoded exactly once."""
    assert "a%2Fb" in client.delete("/user/datasets/" + quote("a%2Fb", safe="")).text
