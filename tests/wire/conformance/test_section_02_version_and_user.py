"""Section 2: API version and user information."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.support.scripted_hub import ScriptedHub

from .support import is_integer, is_text, rows

LEGACY = """query UserInfo { users { name username firstname id info: emails { email
  features { app { featureid name: appspec(path: "name") appspec } } } } }"""
MODERN = """query UserInfo { users(limit: 1) { id name firstname emails { email }
  groups: user_groups { id: group_id group { name group_id } } username
  roles { role { description id name } } accepted_tos survey_submitted_time } }"""
NEWER = """query UserInfo { users(limit: 1) { id name firstname emails { email }
  groups: user_groups(where: {group: {deleted: {_eq: false}}}) { id: group_id group { name group_id } } username
  roles { role { description id name } } accepted_tos accepted_tos_time survey_submitted_time get_started_viewed
  features: user_feature_maps { feature { name id product_id } } }
  features(where: {public: {_eq: true}}) { id name } }"""


def ask(client: httpx.Client, query: str, operation: str | None = None) -> dict[str, Any]:
    """As JuliaHub.jl sends it: JSON without a content type."""
    import json

    body = json.dumps({"query": query, "variables": {}, "operationName": operation})
    answer = client.post("/v1/graphql", content=body, headers={"X-Hasura-Role": "jhuser"})
    assert answer.status_code == 200
    return dict(answer.json())


# 2.1 GET /api/v1


@rows(
    "key, is_right",
    [
        ("api_version unlocks images and projects", "api_version", lambda value: value == "0.2.0"),
        ("username", "username", lambda value: value == "ada"),
        ("timezone", "timezone", lambda value: value == {"abbreviation": "Etc/UTC", "utc_offset": "+00:00"}),
    ],
)
def test_2_1_fields(client: httpx.Client, key: str, is_right: Callable[[object], bool]) -> None:
    assert is_right(client.get("/api/v1").json()[key])


@rows("status, token", [("200 modern server", 200, True), ("401 invalid token", 401, False)])
def test_2_1_statuses(hub: ScriptedHub, stranger: httpx.Client, status: int, token: bool) -> None:
    headers = {"Authorization": f"Bearer {hub.token() if token else 'x'}"}
    assert stranger.get("/api/v1", headers=headers).status_code == status


# 2.2 Legacy user query


@rows("operation", [("operationName null", None), ("operationName UserInfo", "UserInfo")])
@rows("query", [("named", LEGACY), ("anonymous", LEGACY.removeprefix("query UserInfo "))])
def test_2_2_legacy_user(client: httpx.Client, query: str, operation: str | None) -> None:
    (user,) = ask(client, query, operation)["data"]["users"]
    assert is_integer(user.pop("id"))
    email = {"email": "ada@example.org", "features": []}
    assert user == {"username": "ada", "name": "Ada Example", "firstname": "Ada", "info": [email]}


# 2.3 Modern user query

MODERN_FIELDS: list[tuple[str, str, Callable[[Any], bool]]] = [
    ("id", "id", is_integer),
    ("name", "name", lambda value: value == "Ada Example"),
    ("firstname", "firstname", lambda value: value == "Ada"),
    ("emails", "emails", lambda value: value == [{"email": "ada@example.org"}]),
    ("groups", "groups", lambda value: value[0]["group"] == {"name": "sim", "group_id": value[0]["id"]}),
    ("username", "username", lambda value: value == "ada"),
    ("roles", "roles", lambda value: set(value[0]["role"]) == {"description", "id", "name"}),
    ("accepted_tos", "accepted_tos", lambda value: value is True),
    ("survey_submitted_time", "survey_submitted_time", lambda value: value is None),
]
NEWER_FIELDS: list[tuple[str, str, Callable[[Any], bool]]] = [
    *MODERN_FIELDS,
    ("features", "features", lambda value: value == []),
    ("get_started_viewed", "get_started_viewed", lambda value: isinstance(value, bool)),
    ("accepted_tos_time", "accepted_tos_time", lambda value: value is None or is_text(value)),
]


@pytest.fixture(scope="module", autouse=True)
def _in_a_group(hub: ScriptedHub) -> None:
    hub.hub.accounts.add_group("sim")
    hub.hub.accounts.join("sim", "ada")


@rows("key, is_right", MODERN_FIELDS)
def test_2_3_modern_user(client: httpx.Client, key: str, is_right: Callable[[Any], bool]) -> None:
    (user,) = ask(client, MODERN, "UserInfo")["data"]["users"]
    assert is_right(user[key])


@rows("key, is_right", NEWER_FIELDS)
def test_2_3_newer_user(client: httpx.Client, key: str, is_right: Callable[[Any], bool]) -> None:
    data = ask(client, NEWER)["data"]
    (user,) = data["users"]
    assert is_right(user[key])
    assert data["features"] == []


def test_2_3_me_is_who_asks(eve: httpx.Client) -> None:
    for query in (LEGACY, MODERN, NEWER):
        assert [user["username"] for user in ask(eve, query)["data"]["users"]] == ["eve"]


@rows(
    "query, operation",
    [
        ("unknown operation", "query Secrets { secrets { value } }", "Secrets"),
        ("unknown root without a name", "{ jobs { id } }", None),
        ("mutation", "mutation UserInfo { delete_users { id } }", None),
        ("mutation under a known name", "mutation X { delete_users { id } }", "UserInfo"),
        ("no query", "", None),
    ],
)
def test_2_3_only_known_queries(client: httpx.Client, query: str, operation: str | None) -> None:
    answer = ask(client, query, operation)
    assert "data" not in answer
    assert is_text(answer["errors"][0]["message"])


@rows("role, is_allowed", [("jhuser", "jhuser", True), ("absent", None, True), ("admin", "admin", False)])
def test_2_3_hasura_role(client: httpx.Client, role: str | None, is_allowed: bool) -> None:
    headers = {} if role is None else {"X-Hasura-Role": role}
    answer = client.post("/v1/graphql", json={"query": MODERN, "operationName": "UserInfo"}, headers=headers).json()
    assert ("data" in answer, "errors" in answer) == (is_allowed, not is_allowed)


@pytest.mark.parametrize("body", ["", "[]", "x", '{"query": "query Users {users {id}}", "variables": [1]}'])
def test_2_3_what_is_no_query_is_an_error(client: httpx.Client, body: str) -> None:
    answer = client.post("/v1/graphql", content=body)
    assert (answer.status_code, "errors" in answer.json()) == (200, True)
