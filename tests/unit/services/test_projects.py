"""Projects, as GraphQL lists them (protocol §10.7)."""

import json

import pytest

from juliahub_ls import errors
from juliahub_ls.services.hub_client import HubClient
from juliahub_ls.services.projects import list_projects
from tests.support.scripted_http import ScriptedServer

GRAPHQL = "POST /v1/graphql"
ME = {"data": {"users": [{"id": 42, "username": "ada", "name": "Ada"}]}}
WING = {"id": "cd6c9ee3", "name": "Wing study", "owner": {"username": "ada", "name": "Ada"}, "tags": ["x"], "new": 1}


async def test_projects_by_owner_and_name(client: HubClient, server: ScriptedServer) -> None:
    other = WING | {"id": "b", "name": "Alloy"}
    theirs = WING | {"id": "c", "owner": {"username": "aaron"}}
    server.on(GRAPHQL, ME, {"data": {"projects": [WING, other, theirs]}})
    assert [project.id for project in await list_projects(client)] == ["c", "b", "cd6c9ee3"]
    first, second = map(json.loads, server.bodies)
    assert (first["operationName"], first["variables"]) == ("UserInfo", {})
    assert (second["operationName"], second["variables"]) == ("Projects", {"ownerId": 42})
    assert {request.headers["x-hasura-role"] for request in server.requests} == {"jhuser"}


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ([{"errors": [{"message": "query is disallowed"}]}], "query is disallowed"),
        ([{"data": {"users": []}}], "does not say whose"),
        ([ME, {"data": None}], "is empty"),
    ],
)
async def test_a_refusal_is_in_the_servers_words(
    client: HubClient, server: ScriptedServer, answers: list[dict[str, object]], words: str
) -> None:
    server.on(GRAPHQL, *answers)
    with pytest.raises(errors.RefusedByServer, match=words):
        await list_projects(client)


async def test_a_wrong_field_is_named(client: HubClient, server: ScriptedServer) -> None:
    server.on(GRAPHQL, ME, {"data": {"projects": [{"id": 7}]}})
    with pytest.raises(errors.UnexpectedAnswer, match=r"/v1/graphql .*projects\.0\.id"):
        await list_projects(client)
