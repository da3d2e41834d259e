"""The device flow and the token endpoint, as PkgAuthentication (§1.6) and jh (§1.8) use them; keys and discovery.

While nobody has decided, the answer is 400 `authorization_pending`: the status is for PkgAuthentication, the word for
jh. `slow_down` would end jh's sign-in, so nobody is told to.
"""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from juliahub_wire import paths
from juliahub_wire.device import DEVICE_GRANT, REFRESH_GRANT
from localhub.domain.refusals import Refusal, TooMany
from localhub.services import sign_in
from localhub.services.sign_in import GrantRefused
from localhub.services.tokens import InvalidToken
from localhub.web.requests import base_url, blocking, client_of, hub_of, json_answer, network_of, read_form

from .sign_in import SCOPE

POLL_SECONDS = 5
KEYS_CACHE = {"Cache-Control": "public, max-age=3600"}
_JWT_ANSWER = ("access_token", "id_token", "refresh_token", "expires_in", "user_name", "user_email")


async def device_code(request: Request) -> Response:
    """Begin: a code for the client, and one for the person."""
    hub = hub_of(request)
    try:
        client_id = (await read_form(request)).get("client_id", "")
        if not client_id:
            return _oauth_error("invalid_request", "The request needs a client_id.")
        hub.limits.sign_ins.take(network_of(request))
        asking = hub.sign_in.begin_device(client_of(request, client_id))
    except TooMany as refusal:
        return _slow(refusal)
    except Refusal as refusal:
        return _oauth_error("invalid_request", str(refusal))
    page = base_url(request) + paths.DEX_DEVICE_PAGE
    return json_answer(
        {
            "device_code": asking.secret,
            "user_code": asking.key,
            "verification_uri": page,
            "verification_uri_complete": f"{page}?user_code={asking.key}",
            "expires_in": sign_in.DEVICE_SECONDS,
            "interval": POLL_SECONDS,
        }
    )


async def token(request: Request) -> Response:
    """Tokens for an approved device code, or for a refresh token."""
    try:
        return json_answer(await _grant(request, await read_form(request)))
    except GrantRefused as refusal:
        return _oauth_error(refusal.error, refusal.description)
    except TooMany as refusal:
        return _slow(refusal)
    except Refusal as refusal:
        return _oauth_error("invalid_request", str(refusal))


async def keys(request: Request) -> Response:
    """The public keys that verify our tokens (RFC 7517)."""
    return json_answer({"keys": hub_of(request).tokens.keys.public()}, headers=KEYS_CACHE)


async def discovery(request: Request) -> Response:
    """What this identity provider does (OpenID Connect Discovery)."""
    url = base_url(request)
    document = {
        "issuer": url + paths.ISSUER,
        "token_endpoint": url + paths.DEX_TOKEN,
        "device_authorization_endpoint": url + paths.DEX_DEVICE_CODE,
        "jwks_uri": url + paths.DEX_KEYS,
        "grant_types_supported": [REFRESH_GRANT, DEVICE_GRANT],
        "response_types_supported": [],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": SCOPE.split(),
        "token_endpoint_auth_methods_supported": ["none"],
        "claims_supported": ["iss", "sub", "aud", "iat", "exp", "name", "email", "preferred_username"],
    }
    return json_answer(document, headers=KEYS_CACHE)


async def _grant(request: Request, form: dict[str, str]) -> dict[str, Any]:
    hub, kind = hub_of(request), form.get("grant_type")
    if not form.get("client_id"):
        raise GrantRefused("invalid_request", "The request needs a client_id.")
    try:
        if kind == DEVICE_GRANT:
            table = await blocking(hub.sign_in.exchange, form.get("device_code", ""), base_url(request))
        elif kind == REFRESH_GRANT:
            table = await blocking(hub.tokens.renew, form.get("refresh_token", ""), base_url(request))
        else:
            raise GrantRefused("unsupported_grant_type", "This hub grants tokens for device codes and refresh tokens.")
    except InvalidToken:
        hub.limits.bad_tokens.take(network_of(request))
        raise GrantRefused("invalid_grant", "The refresh token is not valid any more. Sign in again.") from None
    except GrantRefused as refusal:
        if refusal.error == "invalid_grant":
            hub.limits.bad_tokens.take(network_of(request))
        raise
    return {"token_type": "bearer", **{name: table[name] for name in _JWT_ANSWER}}


def _oauth_error(error: str, description: str, status: int = 400, headers: dict[str, str] | None = None) -> Response:
    return json_answer(
        {"error": error, "error_description": description}, status, {"Pragma": "no-cache"} | (headers or {})
    )


def _slow(refusal: TooMany) -> Response:
    return _oauth_error("temporarily_unavailable", str(refusal), 429, {"Retry-After": str(refusal.retry_after)})


routes = [
    *(Route(path, device_code, methods=["POST"]) for path in (paths.AUTH_DEVICE_CODE, paths.DEX_DEVICE_CODE)),
    *(Route(path, token, methods=["POST"]) for path in (paths.AUTH_DEVICE_TOKEN, paths.DEX_TOKEN)),
    Route(paths.DEX_KEYS, keys),
    Route(paths.DEX_CONFIGURATION, discovery),
]
