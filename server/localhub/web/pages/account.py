"""Signing in to the hub's pages and out again, and a user's own sign-ins with a way to end them."""

from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from juliahub_wire import paths
from localhub import page_paths
from localhub.domain.permissions import User
from localhub.domain.refusals import Refusal, TooMany
from localhub.services.hub import Hub
from localhub.web.requests import blocking, hub_of

from .rendering import page
from .visitor import ForeignForm, Visitor

_MAY_FOLLOW = (paths.AUTH_RESPONSE, paths.DEX_DEVICE_PAGE, page_paths.ACCOUNT)


async def home(_request: Request) -> Response:
    """Who opens the hub's address in a browser comes to their account."""
    return RedirectResponse(page_paths.ACCOUNT, 303)


async def account(request: Request) -> Response:
    """The visitor's sign-ins; before that they sign in."""
    visitor = Visitor(request)
    if visitor.user is None:
        return await _sign_in_page(request, visitor, page_paths.ACCOUNT)
    return await _account_page(request, visitor, visitor.user)


async def sign_in(request: Request) -> Response:
    """Check who that is, and go on to where they wanted to be."""
    visitor = Visitor(request)
    target, name = page_paths.ACCOUNT, ""
    try:
        form = await visitor.form()
        target, name = _safe(form.get("next", "")), form.get("name", "")
        visitor.check(form)
        visitor.sign_in(await visitor.identify(form))
    except TooMany as refusal:
        response = await _sign_in_page(request, visitor, target, str(refusal), 429, name)
        response.headers["Retry-After"] = str(refusal.retry_after)
        return response
    except ForeignForm as refusal:
        return await _sign_in_page(request, visitor, target, str(refusal), 403, name)
    except Refusal as refusal:
        return await _sign_in_page(request, visitor, target, str(refusal), 400, name)
    return visitor.send(RedirectResponse(target, 303))


async def sign_out(request: Request) -> Response:
    """End this browser's session; tokens of programs go on."""
    visitor = Visitor(request)
    try:
        visitor.check(await visitor.form())
    except Refusal as refusal:
        return await page(visitor, "message.html", 403, title="Not signed out", text=str(refusal))
    visitor.sign_out()
    return await page(visitor, "message.html", title="Signed out", text="This browser is signed out of the hub.")


async def revoke(request: Request) -> Response:
    """End one of the visitor's own sign-ins."""
    visitor, hub = Visitor(request), hub_of(request)
    if visitor.user is None:
        return await _sign_in_page(request, visitor, page_paths.ACCOUNT)
    try:
        form = await visitor.form()
        visitor.check(form)
    except Refusal as refusal:
        return await page(visitor, "message.html", 403, title="Nothing was revoked", text=str(refusal))
    await blocking(_revoke, hub, visitor.user, form.get("sign_in", ""))
    return visitor.send(RedirectResponse(page_paths.ACCOUNT, 303))


def _revoke(hub: Hub, user: User, session_id: str) -> None:
    """Without effect on one that is over, or another's."""
    if any(row.id == session_id for row, _ in hub.tokens.sign_ins(user)):
        hub.tokens.revoke(session_id)


async def _account_page(request: Request, visitor: Visitor, user: User) -> Response:
    hub = hub_of(request)
    row = await blocking(hub.accounts.get, user)
    sign_ins = [each for each, _ in await blocking(hub.tokens.sign_ins, user)]
    return await page(visitor, "account.html", account=row, sign_ins=sign_ins)


async def _sign_in_page(
    request: Request, visitor: Visitor, target: str, problem: str | None = None, status: int = 200, name: str = ""
) -> Response:
    by_code = not hub_of(request).has_accounts
    return await page(visitor, "sign_in.html", status, problem=problem, next=target, by_code=by_code, name=name)


def _safe(target: str) -> str:
    """One of our own pages: nobody is sent elsewhere."""
    parts = urlsplit(target)
    ours = not parts.scheme and not parts.netloc and parts.path in _MAY_FOLLOW
    return target if ours and target.isprintable() and "\\" not in target else page_paths.ACCOUNT


routes = [
    Route(page_paths.HOME, home),
    Route(page_paths.LOGIN, sign_in, methods=["POST"]),
    Route(page_paths.LOGOUT, sign_out, methods=["POST"]),
    Route(page_paths.ACCOUNT, account),
    Route(page_paths.REVOKE, revoke, methods=["POST"]),
]
