"""The GraphQL operations about users and groups (protocol §2.2, §2.3, §11.1, §11.2, Appendix F).

Like the platform, this takes the known operations and no other queries. Which one is meant, `operationName` says, or
the query's text where that is null; every field of its selection is in the answer.
"""

import re
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from juliahub_wire import paths
from juliahub_wire.images import DEFAULT_PRODUCT, INTERACTIVE_PRODUCT
from localhub.domain.permissions import Role, User
from localhub.domain.refusals import Refusal
from localhub.services.hub import Hub
from localhub.services.models import UserRow
from localhub.web.requests import blocking, hub_of, json_answer, read_json, user_of

ROLE = "jhuser"
LIMIT_DEFAULT = 100
_LIMIT_MAX = 10_000
_OPERATION = re.compile(r"^\s*(query|mutation|subscription)\b\s*([A-Za-z_]\w*)?", re.MULTILINE)
_COMMENT = re.compile(r"#[^\n]*")
_ROLES = {Role.USER: (2, "default", "Standard user"), Role.ADMIN: (1, "admin", "Administrator")}

_Operation = Callable[[Hub, User, str, dict[str, Any]], dict[str, Any]]


async def graphql(request: Request) -> Response:
    """`{"data": …}`, or `{"errors": […]}` inside a 200."""
    try:
        if request.headers.get("x-hasura-role", ROLE) != ROLE:
            raise Refusal("Your requested role is not in allowed roles.")
        body = await read_json(request)
        query, variables = str(body.get("query") or ""), body.get("variables") or {}
        if not isinstance(variables, dict):
            raise Refusal("The variables are not an object.")
        operation = _operation(body.get("operationName"), query)
        data = await blocking(operation, hub_of(request), user_of(request), query, variables)
    except Refusal as refusal:
        return json_answer({"errors": [{"message": str(refusal), "extensions": {"code": "validation-failed"}}]})
    return json_answer({"data": data})


def _operation(name: object, query: str) -> _Operation:
    text = _COMMENT.sub("", query)
    found = _OPERATION.search(text)
    kind, written = (found[1], found[2]) if found is not None else ("query", None)
    wanted = name if isinstance(name, str) and name else written
    if wanted is None and re.search(r"\busers\b", text):
        wanted = "UserInfo"  # an anonymous query for the one who asks
    operation = _OPERATIONS.get(str(wanted)) if kind == "query" else None
    if operation is None:
        raise Refusal(f"This hub does not know the operation {wanted or 'without a name'}.")
    return operation


def _user_info(hub: Hub, user: User, query: str, _variables: dict[str, Any]) -> dict[str, Any]:
    """Who asks, in one of three forms: legacy (`info`), newer (`get_started_viewed`), or jh's."""
    row = hub.accounts.get(user)
    given = {"id": row.id, "username": row.name, "name": row.full_name or row.name, "firstname": _first_name(row)}
    if re.search(r"\binfo\b", query):
        return {"users": [{**given, "info": [{"email": row.email, "features": []}]}]}
    known = {
        **given,
        "emails": [{"email": row.email}],
        "groups": [{"id": each.id, "group": {"name": each.name, "group_id": each.id}} for each in row.groups],
        "roles": [{"role": _role(row)}],
        "accepted_tos": True,
        "survey_submitted_time": None,
    }
    if not re.search(r"\bget_started_viewed\b", query):
        return {"users": [known]}
    newer = {"features": [], "get_started_viewed": True, "accepted_tos_time": None}
    return {"users": [{**known, **newer}], "features": []}


def _users(hub: Hub, _user: User, _query: str, variables: dict[str, Any]) -> dict[str, Any]:
    people = hub.accounts.people(*_name_and_limit(variables))
    return {"users": [{"username": row.name, "id": row.id, "name": row.full_name or None} for row in people]}


def _groups(hub: Hub, _user: User, _query: str, variables: dict[str, Any]) -> dict[str, Any]:
    groups = hub.accounts.groups(*_name_and_limit(variables))
    return {"groups": [{"name": each.name, "group_id": each.id} for each in groups], "products": _PRODUCTS}


def _projects(_hub: Hub, _user: User, _query: str, _variables: dict[str, Any]) -> dict[str, Any]:
    """This hub has none."""
    return {"aggregate": {"aggregate": {"count": 0}}, "projects": []}


def _name_and_limit(variables: dict[str, Any]) -> tuple[str, int]:
    name, limit = variables.get("name", "%"), variables.get("limit", LIMIT_DEFAULT)
    if not isinstance(name, str) or not isinstance(limit, int) or isinstance(limit, bool) or limit < 0:
        raise Refusal("The variable name must be text and limit a number that is not negative.")
    return name, min(limit, _LIMIT_MAX)


def _first_name(row: UserRow) -> str:
    return (row.full_name or row.name).split(" ")[0]


def _role(row: UserRow) -> dict[str, Any]:
    number, name, description = _ROLES[Role(row.role)]
    return {"id": number, "name": name, "description": description}


_PRODUCTS = [
    {"id": 1, "name": DEFAULT_PRODUCT, "display_name": "Standard Batch", "compute_type_name": "batch"},
    {
        "id": 2,
        "name": INTERACTIVE_PRODUCT,
        "display_name": "Standard Interactive",
        "compute_type_name": "distributed-interactive",
    },
]
_OPERATIONS: dict[str, _Operation] = {
    "UserInfo": _user_info,
    "Users": _users,
    "Groups": _groups,
    "Projects": _projects,
}

routes = [Route(paths.GRAPHQL, graphql, methods=["POST"])]
