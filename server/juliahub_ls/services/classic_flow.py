"""Browser sign-in by challenge and response (protocol §1.5)."""

import secrets
import string

import httpx
from pydantic import ValidationError

from juliahub_ls.errors import SignInFailed
from juliahub_ls.services.sign_in import Approval, Attempt
from juliahub_wire import paths
from juliahub_wire.auth import CHALLENGE_CHARACTERS, ClaimAnswer, TokenTable
from juliahub_wire.limits import CLAIM_POLL_SECONDS

FAILURES_TOLERATED = 20


async def sign_in_by_page(attempt: Attempt) -> TokenTable:
    """Post a challenge, show the page, claim the token when it was approved."""
    challenge = "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(CHALLENGE_CHARACTERS))
    response = await _challenge(attempt, challenge)
    await attempt.show(Approval(f"{attempt.url}{paths.AUTH_RESPONSE}?{response}"))
    body = {"challenge": challenge, "response": response}
    failures, expires_at = 0, None
    while failures <= FAILURES_TOLERATED:
        answer = await _claim(attempt, body)
        if answer is not None and answer.token is not None and answer.token.bearer():
            return answer.token
        if answer is None or answer.expiry is None:
            failures += 1
        else:
            expires_at = answer.expiry
        elsewhere = await attempt.wait(CLAIM_POLL_SECONDS, expires_at)
        if elsewhere is not None:
            return elsewhere
    raise SignInFailed(server=attempt.server, reason="the server kept answering with something else.")


async def _challenge(attempt: Attempt, challenge: str) -> str:
    """The response that belongs to the challenge; opaque, but safe in a query string."""
    answer = await attempt.begin("POST", paths.AUTH_CHALLENGE, content=challenge)
    text = answer.text.strip()
    if answer.status_code != 200 or not text or not text.isascii() or any(c in text for c in "<> \n"):
        reason = f"the server answered {answer.status_code} to the challenge."
        raise SignInFailed(server=attempt.server, reason=reason)
    return text


async def _claim(attempt: Attempt, body: dict[str, str]) -> ClaimAnswer | None:
    """The claim's answer; None counts as one failure: the connection may come back."""
    try:
        answer = await attempt.http.post(attempt.url + paths.AUTH_CLAIM_TOKEN, json=body)
    except httpx.RequestError:
        return None
    if answer.status_code != 200:
        raise SignInFailed(server=attempt.server, reason=f"the server answered {answer.status_code}.")
    try:
        return ClaimAnswer.model_validate_json(answer.content)
    except ValidationError:
        return None
