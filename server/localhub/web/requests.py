"""What every endpoint needs of a request, and the shapes every answer shares."""

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

from anyio import to_thread
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response

from juliahub_wire.model import WireModel
from localhub.domain.permissions import User
from localhub.domain.refusals import Refusal
from localhub.services.hub import Hub
from localhub.services.tokens import Principal

MAX_JSON_BYTES = 2**16

_T = TypeVar("_T")


def hub_of(connection: HTTPConnection) -> Hub:
    """The hub that serves this request."""
    return cast(Hub, connection.app.state.hub)


def user_of(connection: HTTPConnection) -> User:
    """Who sent this request; the guard has seen to it that there is someone."""
    return cast(Principal, connection.scope["user"]).user


def base_url(connection: HTTPConnection) -> str:
    """This hub's address as the client wrote it; the guard has checked the host."""
    scheme = {"ws": "http", "wss": "https"}.get(connection.url.scheme, connection.url.scheme)
    return f"{scheme}://{connection.headers['host']}"


async def blocking(function: Callable[..., _T], *arguments: Any) -> _T:
    """Run what touches the disk off the event loop."""
    return await to_thread.run_sync(function, *arguments)


async def read_body(request: Request, limit: int = MAX_JSON_BYTES) -> bytes:
    """A small body. Raises `Refusal` for a longer one."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > limit:
            raise Refusal("The request is too long.")
    return bytes(body)


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


def json_answer(value: Any, status: int = 200) -> Response:
    """A JSON answer that no cache keeps."""
    return JSONResponse(value, status, {"Cache-Control": "no-store"})


def answer(model: WireModel) -> Response:
    """A wire model as JSON; what is None is left out (protocol §7.2: omit rather than null)."""
    return json_answer(model.model_dump(mode="json", by_alias=True, exclude_none=True))


def failure(message: str, status: int = 200) -> Response:
    """`success: false` with a sentence, inside a 200 unless said otherwise (protocol §1.10)."""
    return json_answer({"success": False, "message": message}, status)
