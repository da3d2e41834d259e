"""Signing in: which flow a server offers, and what both have in common (protocol §1.5–§1.8).

A person approves elsewhere, in a browser that may be on another machine. Waiting is bounded by the server's own
expiry, counts down, survives a broken connection, and ends early when another program of the user's has signed in.
"""

import asyncio
import math
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

import httpx
from pydantic import ValidationError

from juliahub_ls.errors import SignInFailed, SignInTimedOut
from juliahub_ls.services.progress import Progress
from juliahub_ls.services.transport import retrying, translated
from juliahub_wire import paths
from juliahub_wire.auth import AuthConfiguration, TokenTable


class Flow(Enum):
    """The two ways, in the words of `auth_flows` (§1.5)."""

    CLASSIC = "classic"
    DEVICE = "device"


@dataclass(frozen=True, slots=True)
class Approval:
    """What a person needs: a page, and with the device flow the code that it asks for or shows."""

    url: str
    code: str | None = None


Ask = Callable[[Approval], Awaitable[None]]
"""Shows an approval to a person, without waiting for the answer."""

SignedInElsewhere = Callable[[], TokenTable | None]
"""The token of another program that has signed in to the same server meanwhile."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to sign in to one server.

    `poll_seconds` replaces the flow's own pace; `elsewhere` is asked once a second.
    """

    server: str
    url: str
    http: httpx.AsyncClient
    ask: Ask
    progress: Progress
    elsewhere: SignedInElsewhere = lambda: None
    poll_seconds: float | None = None

    async def sign_in(self, flow: Flow | None = None) -> TokenTable:
        """The token, once approved. `flow` None: device where the server offers it, as every client does (§1.6).

        Raises `SignInFailed`, `SignInTimedOut`, and the transport's errors before anything was shown.
        """
        configuration = await self._configuration()
        offers_device = Flow.DEVICE.value in configuration.auth_flows
        if flow is Flow.DEVICE and not offers_device:
            raise SignInFailed(server=self.server, reason="it offers no sign-in by code. Sign in through its page.")
        if offers_device and flow is not Flow.CLASSIC:
            from juliahub_ls.services.device_flow import sign_in_by_code

            return await sign_in_by_code(self, configuration)
        from juliahub_ls.services.classic_flow import sign_in_by_page

        return await sign_in_by_page(self)

    async def show(self, approval: Approval) -> None:
        """Show it to the person. The page is a server's word, and other programs than browsers open other addresses.

        Raises `SignInFailed`.
        """
        words = approval.url + (approval.code or "")
        if not self.is_safe(approval.url) or not words.isprintable() or " " in approval.url:
            raise SignInFailed(server=self.server, reason="the page that it names is none for a browser.")
        await self.ask(approval)

    def is_safe(self, url: str) -> bool:
        """Whether secrets may go there: over `https://`, or to the server itself as it is."""
        return url.startswith(("https://", f"{self.url}/"))

    async def wait(self, seconds: float, expires_at: float | None) -> TokenTable | None:
        """Let time pass until the next question, counting down. A token when someone else has got one.

        Raises `SignInTimedOut` at `expires_at`, Unix seconds.
        """
        end = time.monotonic() + (seconds if self.poll_seconds is None else self.poll_seconds)
        while True:
            found = self.elsewhere()
            if found is not None:
                return found
            remaining = None if expires_at is None else expires_at - time.time()
            if remaining is not None and remaining <= 0:
                raise SignInTimedOut(server=self.server)
            self.progress.report(f"Waiting for your approval in the browser{_left(remaining)}")
            pause = end - time.monotonic()
            if pause <= 0:
                return None
            await asyncio.sleep(min(pause, 1.0))

    async def begin(self, method: str, path: str, **request: Any) -> httpx.Response:
        """A request of the steps before a person is asked, at a path or a URL: repeated when the connection breaks."""
        url = path if "://" in path else self.url + path

        async def attempt() -> httpx.Response:
            async with translated(self.server):
                return await self.http.request(method, url, **request)

        return await retrying(attempt)

    async def _configuration(self) -> AuthConfiguration:
        """Anything but an object in JSON means that there is the classic flow alone (§1.5)."""
        answer = await self.begin("GET", paths.AUTH_CONFIGURATION, headers={"Accept": "application/json"})
        if answer.status_code != 200:
            return AuthConfiguration()
        try:
            return AuthConfiguration.model_validate_json(answer.content)
        except ValidationError:
            return AuthConfiguration()


def _left(seconds: float | None) -> str:
    if seconds is None:
        return ""
    minutes, rest = divmod(math.ceil(seconds), 60)
    return f", {minutes}:{rest:02d} left"
