"""What every endpoint needs of a request, and the shapes every answer shares."""

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast
from urllib.parse import parse_qsl

from anyio import fail_after, to_thread
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response

from juliahub_wire.model import WireModel
from localhub.domain.client import Client, told
from localhub.domain.permissions import User
from localhub.domain.refusals import Refusal, TooMany
from localhub.services.hub import Hub
from localhub.services.rate_limits import network
from localhub.services.tokens import Principal

MAX_JSON_BYTES = 2**16
MAX_FORM_FIELDS = 20
BODY_SECONDS = 30.0
"""A small body is here after so long, however slowly its sender writes."""

ENCODED_SLASH = "\0"
"""Stands in a request's path for `%2F`, so that routes see where segments really end."""

_T = TypeVar("_T")


def hub_of(connection: HTTPConnection) -> Hub:
    """The hub that serves this request."""
    return cast(Hub, connection.app.state.hub)


def user_of(connection: HTTPConnection) -> User:
    """Who sent this request; the guard has seen to it that there is someone."""
    return cast(Principal, connection.scope["user"]).user


def base_url(connection: HTTPConnection) -> str:
    """This hub's address as the client reached it; the guard has seen to it that it is ours."""
    return cast(str, connection.scope["base_url"])


def path_segment(connection: HTTPConnection, name: str) -> str:
    """A parameter of the path, decoded: an encoded slash is part of it (protocol §1.1, point 6)."""
    return cast(str, connection.path_params[name]).replace(ENCODED_SLASH, "/")


def client_of(request: Request, name: str) -> Client:
    """Who asks for a token: what it calls itself, its user agent, and where it is."""
    address = request.client.host if request.client is not None else ""
    return Client(told(name), told(request.headers.get("user-agent", "")), address)


def network_of(request: Request) -> str:
    """The key of what is limited by address."""
    return network(request.client.host if request.client is not None else "")


async def blocking(function: Callable[..., _T], *arguments: Any) -> _T:
    """Run what touches the disk off the event loop."""
    return await to_thread.run_sync(function, *arguments)


async def read_body(request: Request, limit: int = MAX_JSON_BYTES) -> bytes:
    """A small body. Raises `Refusal` for a longer one, and for one that does not come."""
    body = bytearray()
    try:
        with fail_after(BODY_SECONDS):
            async for piece in request.stream():
                body += piece
                if len(body) > limit:
                    raise Refusal("The request is too long.")
    except TimeoutError:
        raise Refusal("The request took too long.") from None
    return bytes(body)


async def read_form(request: Request) -> dict[str, str]:
    """An url-encoded form, escaped or with raw spaces and colons (protocol §1.2); of several values the first.

    Raises `Refusal`.
    """
    try:
        pairs = parse_qsl((await read_body(request)).decode(), keep_blank_values=True, max_num_fields=MAX_FORM_FIELDS)
    except ValueError:
        raise Refusal("The request's body is not a form.") from None
    return dict(reversed(pairs))


async def read_json(request: Request) -> dict[str, Any]:
    """A JSON object, whatever the content type says (protocol §1.2). Raises `Refusal`."""
    try:
        value = json.loads(await read_body(request))
    except ValueError:
        raise Refusal("The request's body is not JSON.") from None
    if not isinstance(value, dict):
        raise Refusal("The request's body is not a JSON object.")
    return value


def integer(query: Mapping[str, str], name: str) -> int | None:
    """A query parameter that must be an integer where it is there. Raises `Refusal`."""
    text = query.get(name)
    try:
        return None if text is None else int(text)
    except ValueError:
        raise Refusal(f"The parameter {name} must be an integer.") from None


def json_answer(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON answer that no cache keeps."""
    return JSONResponse(value, status, {"Cache-Control": "no-store", **(headers or {})})


def answer(model: WireModel) -> Response:
    """A wire model as JSON; what is None is left out (protocol §7.2: omit rather than null)."""
    return json_answer(model.model_dump(mode="json", by_alias=True, exclude_none=True))


def too_many(refusal: TooMany) -> Response:
    """429, with when to try again."""
    headers = {"Retry-After": str(refusal.retry_after)}
    return json_answer({"success": False, "message": str(refusal)}, 429, headers)


def failure(message: str, status: int = 200) -> Response:
    """`success: false` with a sentence, inside a 200 unless said otherwise (protocol §1.10)."""
    return json_answer({"success": False, "message": message}, status)
