"""Sign-in by a code that a person enters on any device (RFC 8628; protocol §1.6).

It is also the way over SSH, in containers and in WSL, where no browser opens.
"""

import os
import time
from typing import Any

import httpx
from pydantic import ValidationError

from juliahub_ls.errors import SignInFailed, SignInTimedOut
from juliahub_ls.services.jwt_claims import claims_of, text_claim
from juliahub_ls.services.sign_in import Approval, Attempt
from juliahub_ls.services.transport import first_words
from juliahub_wire.auth import AuthConfiguration, TokenTable
from juliahub_wire.device import CLIENT_ID, DEVICE_GRANT, PENDING_STATUS, DeviceAuthorization, DeviceTokenAnswer
from juliahub_wire.limits import CLAIM_POLL_SECONDS

CLIENT_ID_VARIABLE = "JULIA_PKG_AUTHENTICATION_DEVICE_CLIENT_ID"
SLOWER_SECONDS = 5.0
"""What `slow_down` adds to the pace (RFC 8628, 3.5)."""


async def sign_in_by_code(attempt: Attempt, configuration: AuthConfiguration) -> TokenTable:
    """Ask for a code, show it with its page, exchange it for tokens when it was approved."""
    client_id = os.environ.get(CLIENT_ID_VARIABLE) or CLIENT_ID
    code = await _code(attempt, configuration, client_id)
    expires_at = time.time() + code.expires_in
    await attempt.show(Approval(code.verification_uri_complete, code.user_code))
    pace = code.interval or CLAIM_POLL_SECONDS
    form = {"client_id": client_id, "device_code": code.device_code, "grant_type": DEVICE_GRANT}
    while True:
        elsewhere = await attempt.wait(pace, expires_at)
        if elsewhere is not None:
            return elsewhere
        answer = await _exchange(attempt, configuration, form)
        if answer is None:
            continue
        if answer.error is None and answer.bearer():
            return _complete(answer, configuration)
        pace = _pace_after(attempt, answer, pace)


async def _code(attempt: Attempt, configuration: AuthConfiguration, client_id: str) -> DeviceAuthorization:
    form = {"client_id": client_id}
    if configuration.device_token_scope:
        form["scope"] = configuration.device_token_scope
    endpoint = _endpoint(attempt, configuration.device_authorization_endpoint)
    answer = await attempt.begin("POST", endpoint, data=form, headers={"Accept": "application/json"})
    if answer.status_code != 200:
        words = first_words(answer, f"it answered {answer.status_code}")
        raise SignInFailed(server=attempt.server, reason=f"there is no code: {words}")
    try:
        return DeviceAuthorization.model_validate_json(answer.content)
    except ValidationError as error:
        field = ".".join(map(str, error.errors(include_input=False)[0]["loc"])) or "the answer"
        raise SignInFailed(server=attempt.server, reason=f"its answer lacks {field}.") from None


async def _exchange(
    attempt: Attempt, configuration: AuthConfiguration, form: dict[str, str]
) -> DeviceTokenAnswer | None:
    """The token endpoint's answer; None: not decided yet, or the connection broke and may come back."""
    endpoint = _endpoint(attempt, configuration.device_token_endpoint)
    try:
        answer = await attempt.http.post(endpoint, data=form, headers={"Accept": "application/json"})
    except httpx.RequestError:
        return None
    try:
        found = DeviceTokenAnswer.model_validate_json(answer.content)
    except ValidationError:
        found = DeviceTokenAnswer()
    if answer.status_code in PENDING_STATUS and found.error is None:
        return None
    if answer.status_code not in (200, *PENDING_STATUS) and found.error is None:
        if answer.status_code >= 500 or answer.status_code == 429:
            return None
        raise SignInFailed(server=attempt.server, reason=f"the server answered {answer.status_code}.")
    return found


def _pace_after(attempt: Attempt, answer: DeviceTokenAnswer, pace: float) -> float:
    """How long to wait until the next question; raises when there is no point in one (RFC 8628, 3.5)."""
    if answer.error == "authorization_pending":
        return pace
    if answer.error == "slow_down":
        return pace + SLOWER_SECONDS
    if answer.error == "expired_token":
        raise SignInTimedOut(server=attempt.server)
    if answer.error == "access_denied":
        raise SignInFailed(server=attempt.server, reason="it was refused in the browser. Nothing has changed.")
    reason = answer.error_description or answer.error or "its answer holds no token"
    raise SignInFailed(server=attempt.server, reason=f"{reason}.")


def _complete(answer: DeviceTokenAnswer, configuration: AuthConfiguration) -> TokenTable:
    """With what `auth.toml` needs besides: an absolute expiry, the renewal's URL, the account's name (§1.6)."""
    table: dict[str, Any] = answer.model_dump(exclude_none=True, exclude={"error", "error_description"})
    if answer.expires_in is not None:
        lapses = int(time.time() + answer.expires_in)
        table |= {"expires_in": int(answer.expires_in), "expires": lapses, "expires_at": lapses}
    if configuration.device_token_refresh_url:
        table["refresh_url"] = configuration.device_token_refresh_url
    claims = claims_of(answer.bearer() or "")
    for key, claim in (("user_name", "preferred_username"), ("user_email", "email")):
        text = text_claim(claims, claim)
        if text is not None:
            table.setdefault(key, text)
    return TokenTable.model_validate(table)


def _endpoint(attempt: Attempt, url: str | None) -> str:
    """An advertised endpoint."""
    if url and attempt.is_safe(url):
        return url
    raise SignInFailed(server=attempt.server, reason="it offers sign-in by code, but not where.")
