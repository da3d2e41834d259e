"""The pages on which a person approves or refuses a sign-in (protocol §1.5 step 2, §1.6 step 2).

Nothing happens on GET. A decision needs our own form, and someone who is signed in; on a hub without accounts the
owner's one-time code in the form says who that is, and being a secret, that the form is ours.
"""

import time
from collections.abc import Mapping
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from juliahub_wire import paths
from localhub.domain.refusals import Refusal, TooMany
from localhub.services.sign_in import Asking, State
from localhub.web.requests import hub_of, network_of

from .rendering import page
from .visitor import ForeignForm, Visitor, WrongCredentials

_ENDS = {
    State.APPROVED: ("This sign-in was approved", "There is nothing left to do here. You can close this page."),
    State.REFUSED: (
        "This sign-in was refused",
        "The program that asked got nothing. Start it again if that was wrong.",
    ),
    State.LAPSED: ("This sign-in has lapsed", "Nobody approved it in time. Start it again where you began."),
}
_UNKNOWN = ("This sign-in is not known here", "It has lapsed, or its address is not complete. Start it again.")


async def show(request: Request) -> Response:
    """Who asks, what it would get, and the two buttons; before that the visitor signs in."""
    visitor = Visitor(request)
    if _awaits_code(request):
        return await page(visitor, "device_code.html", problem=None, action=paths.DEX_DEVICE_PAGE)
    try:
        asking = _asking(request)
    except TooMany as refusal:
        return await _too_many(visitor, refusal)
    return await _show(request, visitor, asking)


async def decide(request: Request) -> Response:
    """Approve or refuse."""
    visitor = Visitor(request)
    try:
        asking = _asking(request)
        if asking is None or asking.state is not State.WAITING:
            return await _show(request, visitor, asking)
        return await _decide(request, visitor, asking, await visitor.form())
    except TooMany as refusal:
        return await _too_many(visitor, refusal)
    except ForeignForm as refusal:
        return await _show(request, visitor, _asking(request), str(refusal), 403)
    except Refusal as refusal:
        return await _show(request, visitor, _asking(request), str(refusal), 400)


async def _decide(request: Request, visitor: Visitor, asking: Asking, form: Mapping[str, str]) -> Response:
    hub = hub_of(request)
    if form.get("decision") == "refuse":
        visitor.check(form)
        if visitor.user is None and hub.has_accounts:
            raise WrongCredentials("Sign in to decide.")
        hub.sign_in.refuse(asking)
        return await page(visitor, "message.html", title="Refused", text="The program that asked gets nothing.")
    if visitor.user is not None:
        visitor.check(form)
        user = visitor.user
    elif hub.has_accounts:
        raise WrongCredentials("Sign in to decide.")
    else:
        user = await visitor.identify(form)
    hub.sign_in.approve(asking, user)
    return await page(
        visitor,
        "message.html",
        title="Signed in",
        text="The program that asked goes on by itself. You can close this page.",
    )


async def _show(
    request: Request, visitor: Visitor, asking: Asking | None, problem: str | None = None, status: int = 200
) -> Response:
    hub = hub_of(request)
    if asking is None and request.url.path == paths.DEX_DEVICE_PAGE:
        problem = "There is no sign-in with that code, or it is over. Look again at what the program shows."
        return await page(visitor, "device_code.html", 400, problem=problem, action=paths.DEX_DEVICE_PAGE)
    if asking is None or asking.state is not State.WAITING:
        title, text = _UNKNOWN if asking is None else _ENDS[asking.state]
        return await page(visitor, "message.html", 400, title=title, text=text)
    if visitor.user is None and hub.has_accounts:
        return await page(visitor, "sign_in.html", status, problem=problem, next=_here(request), by_code=False, name="")
    return await page(
        visitor,
        "approval.html",
        status,
        asking=asking,
        is_device=request.url.path == paths.DEX_DEVICE_PAGE,
        action=_here(request),
        problem=problem,
        by_code=visitor.user is None,
        seconds_left=max(1, round(asking.expires_at - time.time()) + 1),
    )


def _awaits_code(request: Request) -> bool:
    return request.url.path == paths.DEX_DEVICE_PAGE and not request.query_params.get("user_code", "").strip()


def _asking(request: Request) -> Asking | None:
    """The sign-in that the page is about. Codes are short, so wrong ones are counted. Raises `TooMany`."""
    hub = hub_of(request)
    if request.url.path != paths.DEX_DEVICE_PAGE:
        return hub.sign_in.of_response(request.url.query)
    hub.limits.guesses.take(network_of(request))
    asking = hub.sign_in.of_user_code(request.query_params.get("user_code", ""))
    if asking is not None:
        hub.limits.guesses.give_back(network_of(request))
    return asking


def _here(request: Request) -> str:
    """This page's own address, in our spelling."""
    if request.url.path == paths.DEX_DEVICE_PAGE:
        return f"{paths.DEX_DEVICE_PAGE}?user_code={quote(request.query_params.get('user_code', ''), safe='')}"
    return f"{paths.AUTH_RESPONSE}?{quote(request.url.query, safe='')}"


async def _too_many(visitor: Visitor, refusal: TooMany) -> Response:
    response = await page(visitor, "message.html", 429, title="Too many tries", text=str(refusal))
    response.headers["Retry-After"] = str(refusal.retry_after)
    return response


routes = [
    Route(paths.AUTH_RESPONSE, show),
    Route(paths.AUTH_RESPONSE, decide, methods=["POST"]),
    Route(paths.DEX_DEVICE_PAGE, show),
    Route(paths.DEX_DEVICE_PAGE, decide, methods=["POST"]),
]
