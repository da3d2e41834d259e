"""Who may talk to this hub: checked before anything else looks at a request.

A web page the user visits can reach a loopback port. It cannot choose `Host` freely nor hide its `Origin`, and it has
no token; each of the three is checked, for WebSockets too.
"""

import time
from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from juliahub_wire import paths
from localhub import page_paths
from localhub.services import uploads
from localhub.services.tokens import InvalidToken, Tokens

from .requests import ENCODED_SLASH

_PUBLIC = {
    ("GET", paths.AUTH_CONFIGURATION),
    ("POST", paths.AUTH_CHALLENGE),
    ("POST", paths.AUTH_CLAIM_TOKEN),
    ("GET", paths.AUTH_RENEW),
    ("GET", paths.AUTH_RENEW_DEVICE),
    ("POST", paths.AUTH_DEVICE_CODE),
    ("POST", paths.AUTH_DEVICE_TOKEN),
    ("POST", paths.DEX_DEVICE_CODE),
    ("POST", paths.DEX_TOKEN),
    ("GET", paths.DEX_TOKEN),
    ("GET", paths.DEX_KEYS),
    ("GET", paths.DEX_CONFIGURATION),
    ("GET", paths.AUTH_RESPONSE),
    ("POST", paths.AUTH_RESPONSE),
    ("GET", paths.DEX_DEVICE_PAGE),
    ("POST", paths.DEX_DEVICE_PAGE),
    ("GET", page_paths.HOME),
    ("POST", page_paths.LOGIN),
    ("POST", page_paths.LOGOUT),
    ("GET", page_paths.ACCOUNT),
    ("POST", page_paths.REVOKE),
}
"""What works without a bearer token of ours; each has its own proof, or gives nothing away."""

_OWN_PAGE = (None, "same-origin", "none")
"""`Sec-Fetch-Site` of what our own pages, the address bar, and programs send."""

_DEFAULT_PORTS = {"http": 80, "https": 443}


class Guard:
    """Refuses foreign hosts and origins with 403 and requests without a valid token with 401 (protocol §1.10)."""

    def __init__(self, app: ASGIApp, tokens: Tokens, origins: Iterable[str]) -> None:
        self._app = app
        self._tokens = tokens
        self._origins = frozenset(_spellings(origins))
        self._addresses = {urlsplit(origin).netloc: origin for origin in self._origins}
        self._open_requests = 0
        self._quiet_since = time.monotonic()

    @property
    def idle_seconds(self) -> float:
        """How long ago the last request ended; 0 while one is open, a stream too."""
        return 0.0 if self._open_requests else time.monotonic() - self._quiet_since

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it.

        `scope["base_url"]` is then this hub's address as the client knows it, `scope["user"]` the `Principal`.
        """
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        scope["path"] = _path(scope)
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
        address = self._addresses.get(headers.get("host", "").lower())
        if address is None:
            return 403, "This hub is not known by that host name."
        scope["base_url"] = address
        origin = headers.get("origin")
        if origin is not None and origin.lower() not in self._origins:
            return 403, "This hub answers no other web page."
        if scope.get("method") not in ("GET", "HEAD") and headers.get("sec-fetch-site") not in _OWN_PAGE:
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


def _path(scope: Scope) -> str:
    """The path, decoded segment by segment, with `ENCODED_SLASH` for the slashes that do not separate any."""
    segments = scope["raw_path"].decode("ascii", "replace").split("/")
    return "/".join(unquote(segment).replace("\0", "\ufffd").replace("/", ENCODED_SLASH) for segment in segments)


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
