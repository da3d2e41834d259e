"""Who may talk to this hub: checked before anything else looks at a request.

A web page the user visits can reach a loopback port. It cannot choose `Host` freely nor hide its `Origin`, and it has
no token; each of the three is checked, for WebSockets too.
"""

import time
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from juliahub_wire import paths
from localhub.services import uploads
from localhub.services.tokens import InvalidToken, Tokens

_PUBLIC = {
    ("GET", paths.AUTH_CONFIGURATION),
    ("POST", paths.AUTH_CHALLENGE),
    ("GET", paths.AUTH_RESPONSE),
    ("POST", paths.AUTH_RESPONSE),
    ("POST", paths.AUTH_CLAIM_TOKEN),
    ("GET", paths.AUTH_RENEW),
}
"""What works without a bearer token of ours; each has its own proof, or gives nothing away."""

_DEFAULT_PORTS = {"http": 80, "https": 443}


class Guard:
    """Refuses foreign hosts and origins with 403 and requests without a valid token with 401 (protocol §1.10)."""

    def __init__(self, app: ASGIApp, tokens: Tokens, origins: Iterable[str]) -> None:
        self._app = app
        self._tokens = tokens
        self._origins = frozenset(_spellings(origins))
        self._hosts = frozenset(urlsplit(origin).netloc for origin in self._origins)
        self._open_requests = 0
        self._quiet_since = time.monotonic()

    @property
    def idle_seconds(self) -> float:
        """How long ago the last request ended; 0 while one is open, a stream too."""
        return 0.0 if self._open_requests else time.monotonic() - self._quiet_since

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, with `scope["user"]` set to its `Principal`, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal is not None:
            await _refuse(scope, receive, send, *refusal)
            return
        self._open_requests += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._open_requests -= 1
            self._quiet_since = time.monotonic()

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        headers = Headers(scope=scope)
        if headers.get("host", "").lower() not in self._hosts:
            return 403, "This hub is not known by that host name."
        origin = headers.get("origin")
        if origin is not None and origin.lower() not in self._origins:
            return 403, "This hub answers no other web page."
        if _is_public(scope):
            return None
        token = bearer(headers)
        try:
            scope["user"] = self._tokens.verify(token or "")
        except InvalidToken:
            return 401, "Sign in: the request has no valid token."
        return None


def bearer(headers: Headers) -> str | None:
    """The bearer token of a request, or None."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def _is_public(scope: Scope) -> bool:
    if scope["type"] != "http":
        return False
    method, path = scope["method"], scope["path"]
    return (method, path) in _PUBLIC or (method == "PUT" and path.startswith(uploads.PATH))


def _spellings(origins: Iterable[str]) -> Iterable[str]:
    """Browsers leave a default port out; other clients may not."""
    for origin in origins:
        parts = urlsplit(origin.lower())
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
        default = _DEFAULT_PORTS[parts.scheme]
        port = parts.port or default
        yield f"{parts.scheme}://{host}:{port}"
        if port == default:
            yield f"{parts.scheme}://{host}"


async def _refuse(scope: Scope, receive: Receive, send: Send, status: int, message: str) -> None:
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    response = JSONResponse({"success": False, "message": message}, status, headers)
    if scope["type"] == "websocket":
        await receive()
    await response(scope, receive, send)
