"""What an admin may see: accounts, groups and sign-ins of everyone (protocol §11.3–§11.5)."""

import hashlib
import uuid
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from juliahub_wire import limits, paths
from localhub.domain.job import timestamp
from localhub.domain.permissions import Role
from localhub.services.hub import Hub
from localhub.services.models import SessionRow, UserRow
from localhub.web.requests import blocking, failure, hub_of, json_answer, user_of

_ACCOUNTS = uuid.UUID("0f5f3c0e-9d0d-4a59-8d1a-7d3a6f6c2f51")
"""The namespace of accounts' UUIDs."""


async def users(request: Request) -> Response:
    """Every account (§11.3)."""
    return await _for_admins(
        request, lambda hub: {"users": [_user(row) for row in hub.accounts.people()], "features": []}
    )


async def groups(request: Request) -> Response:
    """Every group, in the buckets of real servers (§11.4)."""

    def listed(hub: Hub) -> dict[str, Any]:
        site = [{"name": group.name, "id": group.id} for group in hub.accounts.groups()]
        return {"juliahub": {"groups": []}, "site": {"groups": site}}

    return await _for_admins(request, listed)


async def active_tokens(request: Request) -> Response:
    """Every sign-in that still works (§11.5)."""

    def listed(hub: Hub) -> dict[str, Any]:
        return {"success": True, "message": "", "tokens": [_token(*each) for each in hub.tokens.sign_ins()]}

    return await _for_admins(request, listed)


async def _for_admins(request: Request, listed: Callable[[Hub], dict[str, Any]]) -> Response:
    hub = hub_of(request)
    if not await blocking(hub.accounts.is_admin, user_of(request)):
        return failure("Only an admin of this hub may see that.", 403)
    return json_answer(await blocking(listed, hub))


def _user(row: UserRow) -> dict[str, Any]:
    return {
        "uuid": str(uuid.uuid5(_ACCOUNTS, str(row.id))),
        "email": row.email,
        "name": row.full_name or None,
        "features": "{}",
        "juliahub_groups": "admins" if row.role == Role.ADMIN.value else "users",
        "site_groups": ",".join(group.name for group in row.groups),
    }


def _token(sign_in: SessionRow, owner: UserRow) -> dict[str, Any]:
    expires = (sign_in.renewed_at or sign_in.created_at) + limits.REFRESH_TOKEN_SECONDS
    return {
        "subject": owner.name,
        "created_by": owner.name,
        "created_at": timestamp(sign_in.created_at),
        "expires_at": timestamp(expires),
        "expires_at_is_estimate": False,
        "is_expired": False,
        # Names the sign-in without letting anyone act by it.
        "signature": hashlib.sha256(sign_in.id.encode()).hexdigest()[:12],
    }


routes = [
    Route(paths.FEATURES_MANAGE, users),
    Route(paths.GROUPS, groups),
    Route(paths.ACTIVE_TOKENS, active_tokens),
]
