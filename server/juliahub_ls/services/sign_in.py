"""Browser sign-in, the classic challenge and response (protocol §1.5)."""

import asyncio
import secrets
import string
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import httpx
from pydantic import ValidationError

from juliahub_ls.errors import SignInFailed, SignInTimedOut
from juliahub_ls.services.progress import Progress
from juliahub_ls.services.transport import translated
from juliahub_wire import paths
from juliahub_wire.auth import CHALLENGE_CHARACTERS, ClaimAnswer, TokenTable
from juliahub_wire.limits import CLAIM_POLL_SECONDS

FAILURES_TOLERATED = 20
OpenBrowser = Callable[[str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class SignIn:
    """One attempt to sign in to one server.

    `poll_seconds` is the protocol's 5 s; the user's window may be shorter in tests.
    """

    server: str
    url: str
    http: httpx.AsyncClient
    poll_seconds: float = CLAIM_POLL_SECONDS

    async def run(self, open_browser: OpenBrowser, progress: Progress) -> TokenTable:
        """Ask for a challenge, show the page, wait for the approval. Bounded by the server's own expiry."""
        challenge = "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(CHALLENGE_CHARACTERS))
        response = await self._challenge(challenge)
        await open_browser(f"{self.url}{paths.AUTH_RESPONSE}?{response}")
        return await self._claim(challenge, response, progress)

    async def _challenge(self, challenge: str) -> str:
        async with translated(self.server):
            answer = await self.http.post(self.url + paths.AUTH_CHALLENGE, content=challenge)
        text = answer.text.strip()
        if answer.status_code != 200 or not text or not text.isascii() or any(c in text for c in "<> \n"):
            raise SignInFailed(server=self.server, reason=f"the server answered {answer.status_code} to the challenge.")
        return text

    async def _claim(self, challenge: str, response: str, progress: Progress) -> TokenTable:
        body = {"challenge": challenge, "response": response}
        failures = 0
        while failures <= FAILURES_TOLERATED:
            answer = await self._ask(body)
            if answer is not None and answer.token is not None and answer.token.bearer():
                return answer.token
            if answer is None or answer.expiry is None:
                failures += 1
            else:
                remaining = answer.expiry - time.time()
                if remaining < 0:
                    raise SignInTimedOut(server=self.server)
                progress.report(f"Waiting for your approval in the browser, {remaining:.0f} s left")
            await asyncio.sleep(self.poll_seconds)
        raise SignInFailed(server=self.server, reason="the server kept answering with something else.")

    async def _ask(self, body: dict[str, str]) -> ClaimAnswer | None:
        """The claim's answer; None counts as one failure: the connection may come back."""
        try:
            answer = await self.http.post(self.url + paths.AUTH_CLAIM_TOKEN, json=body)
        except httpx.RequestError:
            return None
        if answer.status_code != 200:
            raise SignInFailed(server=self.server, reason=f"the server answered {answer.status_code}.")
        try:
            return ClaimAnswer.model_validate_json(answer.content)
        except ValidationError:
            return None
