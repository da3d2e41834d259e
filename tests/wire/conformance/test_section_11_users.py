"""Section 11 and Appendix F: users, groups and sign-ins of everyone."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.support.scripted_hub import ScriptedHub

from .support import is_integer, is_text, rows

USERS = 'query Users($limit: Int = 100, $name: String = "%") { users: public_users { username id name } }'
GROUPS = (
    'query Groups($limit: Int = 100, $name: String = "%") { groups { name group_id } '
    "products { name display_name id compute_type_name } }"
)


@pytest.fixture(scope="module", autouse=True)
def _groups(hub: ScriptedHub) -> None:
    for name in ("simulation", "analysis"):
        hub.hub.accounts.add_group(name)
    hub.hub.accounts.join("simulation", "ada")


def ask(client: httpx.Client, operation: str, query: str, variables: dict[str, Any]) -> dict[str, Any]:
    body = {"operationName": operation, "query": query, "variables": variables}
    headers = {"X-Hasura-Role": "jhuser", "X-Juliahub-Ensure-Js": "true"}
    return dict(client.post("/v1/graphql", json=body, headers=headers).json())


# 11.1, 11.2


@rows(
    "variables, names",
    [
        ("limit 500", {"limit": 500}, ["ada", "eve"]),
        ("no variables", {}, ["ada", "eve"]),
        ("limit 1", {"limit": 1}, ["ada"]),
        ("name, whatever its case", {"name": "AD%"}, ["ada"]),
        ("name matches the full name", {"name": "%Example"}, ["ada", "eve"]),
        ("name that nobody has", {"name": "x"}, []),
    ],
)
def test_11_1_users(eve: httpx.Client, variables: dict[str, Any], names: list[str]) -> None:
    users = ask(eve, "Users", USERS, variables)["data"]["users"]
    assert [user["username"] for user in users] == names
    for user in users:
        assert set(user) == {"username", "id", "name"}
        assert is_integer(user["id"])


@rows(
    "variables, names",
    [
        ("limit 500", {"limit": 500}, ["analysis", "simulation"]),
        ("limit 1", {"limit": 1}, ["analysis"]),
        ("name", {"name": "SIM%"}, ["simulation"]),
    ],
)
def test_11_2_groups(eve: httpx.Client, variables: dict[str, Any], names: list[str]) -> None:
    data = ask(eve, "Groups", GROUPS, variables)["data"]
    assert [group["name"] for group in data["groups"]] == names
    assert all(is_integer(group["group_id"]) for group in data["groups"])
    assert {product["name"] for product in data["products"]} == {"standard-batch", "standard-interactive"}
    assert all(set(product) == {"name", "display_name", "id", "compute_type_name"} for product in data["products"])


@rows("variables", [("limit", {"limit": "many"}), ("negative", {"limit": -1}), ("name", {"name": 1})])
def test_11_1_wrong_variables_are_errors(eve: httpx.Client, variables: dict[str, Any]) -> None:
    assert "errors" in ask(eve, "Users", USERS, variables)


# 11.3 to 11.5: for admins


ADMIN_PATHS = ["/app/config/features/manage", "/app/config/groups", "/app/token/activelist"]


@pytest.mark.parametrize("path", ADMIN_PATHS)
def test_11_admins_only(client: httpx.Client, eve: httpx.Client, path: str) -> None:
    assert client.get(path).status_code == 200
    assert eve.get(path).status_code == 403


@rows(
    "key, is_right",
    [
        ("uuid", "uuid", is_text),
        ("email", "email", lambda value: value == "ada@example.org"),
        ("name", "name", lambda value: value == "Ada Example"),
        ("features", "features", lambda value: value == "{}"),
        ("juliahub_groups", "juliahub_groups", lambda value: value == "admins"),
        ("site_groups", "site_groups", lambda value: value == "simulation"),
    ],
)
def test_11_3_users(client: httpx.Client, key: str, is_right: Callable[[object], bool]) -> None:
    answer = client.get("/app/config/features/manage").json()
    ada = next(user for user in answer["users"] if user["email"] == "ada@example.org")
    assert is_right(ada[key])
    assert answer["features"] == []


def test_11_4_groups_in_buckets(client: httpx.Client) -> None:
    answer = client.get("/app/config/groups").json()
    assert answer["juliahub"] == {"groups": []}
    assert [group["name"] for group in answer["site"]["groups"]] == ["analysis", "simulation"]


@rows(
    "key, is_right",
    [
        ("subject", "subject", lambda value: value in ("ada", "eve")),
        ("created_by", "created_by", is_text),
        ("created_at", "created_at", is_text),
        ("expires_at", "expires_at", is_text),
        ("expires_at_is_estimate", "expires_at_is_estimate", lambda value: value is False),
        ("is_expired", "is_expired", lambda value: value is False),
        ("signature", "signature", is_text),
    ],
)
def test_11_5_tokens(client: httpx.Client, key: str, is_right: Callable[[object], bool]) -> None:
    answer = client.get("/app/token/activelist").json()
    assert (answer["success"], answer["message"]) == (True, "")
    assert answer["tokens"]
    assert all(is_right(token[key]) for token in answer["tokens"])


# Appendix F: what this hub does not know


@pytest.mark.parametrize("operation", ["FilteredPackages", "FilteredPackagesCounts", "Deployments"])
def test_f_other_operations_are_errors(client: httpx.Client, operation: str) -> None:
    answer = ask(client, operation, f"query {operation} {{ x }}", {})
    assert operation in answer["errors"][0]["message"]
