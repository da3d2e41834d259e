"""The page on which a person approves a sign-in (protocol §1.5, step 2)."""

import secrets
from functools import lru_cache
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from juliahub_wire import paths
from localhub.domain.refusals import Refusal
from localhub.web.requests import blocking, hub_of

_MAX_FIELDS = 4
_NOTHING = {"action": paths.AUTH_RESPONSE, "response": None, "problem": None, "done": False}


async def show(request: Request) -> Response:
    """The form; the whole query string is the response it is about."""
    response = request.url.query
    if not hub_of(request).sign_in.is_open(response):
        return await _page(400, problem="This sign-in is no longer open. Start it again where you began.")
    return await _page(200, response=response)


async def approve(request: Request) -> Response:
    """Approve with the one-time code the person typed."""
    response = request.url.query
    async with request.form(max_files=0, max_fields=_MAX_FIELDS) as form:
        code = str(form.get("code", ""))
    sign_in = hub_of(request).sign_in
    try:
        await blocking(sign_in.approve, response, code)
    except Refusal as refusal:
        still_open = response if sign_in.is_open(response) else None
        return await _page(400, response=still_open, problem=str(refusal))
    return await _page(200, done=True)


async def _page(status: int, **values: Any) -> Response:
    nonce = secrets.token_urlsafe(16)
    content = await blocking(_render, {**_NOTHING, "nonce": nonce, **values})
    policy = (
        f"default-src 'none'; style-src 'nonce-{nonce}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )
    headers = {"Content-Security-Policy": policy, "Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}
    return HTMLResponse(content, status, headers)


def _render(values: dict[str, Any]) -> str:
    return str(_template().render(values))


@lru_cache(maxsize=1)
def _template() -> Any:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    loader = PackageLoader("localhub.web.pages", "templates")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined).get_template("sign_in.html")


routes = [
    Route(paths.AUTH_RESPONSE, show),
    Route(paths.AUTH_RESPONSE, approve, methods=["POST"]),
]
