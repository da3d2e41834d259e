"""Signing in by challenge and response, and renewing tokens (protocol §1.4, §1.5)."""

import tomli_w
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from juliahub_wire import paths
from juliahub_wire.auth import AuthConfiguration, ClaimRequest
from localhub.control_paths import CODE_PATH
from localhub.domain.refusals import Refusal, TooMany
from localhub.services.tokens import InvalidToken
from localhub.web.guard import bearer
from localhub.web.requests import (
    answer,
    base_url,
    blocking,
    client_of,
    failure,
    hub_of,
    json_answer,
    network_of,
    read_body,
    read_json,
    too_many,
    user_of,
)

SCOPE = "openid email profile offline_access"
_MAX_CHALLENGE = 256


async def configuration(request: Request) -> Response:
    """Which flows there are, and where the device flow's endpoints are."""
    url = base_url(request)
    flows = AuthConfiguration(
        auth_flows=["classic", "device"],
        device_authorization_endpoint=url + paths.AUTH_DEVICE_CODE,
        device_token_endpoint=url + paths.AUTH_DEVICE_TOKEN,
        device_token_refresh_url=url + paths.AUTH_RENEW_DEVICE,
        device_token_scope=SCOPE,
    )
    return answer(flows)


async def challenge(request: Request) -> Response:
    """Open a sign-in: the body is the challenge, the answer the response, both raw text."""
    hub = hub_of(request)
    try:
        text = (await read_body(request, _MAX_CHALLENGE)).decode("ascii").strip()
        if not text:
            raise Refusal("The challenge is empty.")
        hub.limits.sign_ins.take(network_of(request))
        return PlainTextResponse(hub.sign_in.begin(text, client_of(request, "")))
    except UnicodeDecodeError:
        return failure("The challenge must be letters and digits.", 400)
    except TooMany as refusal:
        return too_many(refusal)
    except Refusal as refusal:
        return failure(str(refusal), 400)


async def claim_token(request: Request) -> Response:
    """The token once the sign-in is approved, until then when the pair lapses."""
    hub = hub_of(request)
    try:
        pair = ClaimRequest.model_validate(await read_json(request))
        return json_answer(await blocking(hub.sign_in.claim, pair.challenge, pair.response, base_url(request)))
    except ValidationError:
        return failure("The request needs challenge and response.", 400)
    except Refusal as refusal:
        hub.limits.bad_tokens.take(network_of(request))
        return failure(str(refusal), 400)


async def renew(request: Request) -> Response:
    """A full replacement `auth.toml` for a refresh token, as TOML; `/dex/token` may be asked, too."""
    hub, held = hub_of(request), bearer(request.headers) or ""
    path = paths.AUTH_RENEW if request.url.path == paths.AUTH_RENEW else paths.AUTH_RENEW_DEVICE
    try:
        table = await blocking(hub.tokens.renew, held, base_url(request), path)
    except InvalidToken:
        hub.limits.bad_tokens.take(network_of(request))
        return failure("Sign in again: the refresh token is not valid any more.", 401)
    return Response(tomli_w.dumps(table), media_type="application/toml", headers={"Cache-Control": "no-store"})


async def sign_in_code(request: Request) -> Response:
    """A new one-time code for the asking user; the one before stops working. Not on a hub with accounts."""
    if hub_of(request).has_accounts:
        return failure("This hub has accounts: people approve sign-ins with name and password.", 403)
    return json_answer({"code": hub_of(request).sign_in.new_code(user_of(request))})


routes = [
    Route(paths.AUTH_CONFIGURATION, configuration),
    Route(paths.AUTH_CHALLENGE, challenge, methods=["POST"]),
    Route(paths.AUTH_CLAIM_TOKEN, claim_token, methods=["POST"]),
    Route(paths.AUTH_RENEW, renew),
    Route(paths.AUTH_RENEW_DEVICE, renew),
    Route(paths.DEX_TOKEN, renew),
    Route(CODE_PATH, sign_in_code, methods=["POST"]),
]
