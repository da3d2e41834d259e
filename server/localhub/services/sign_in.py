"""Sign-ins that wait for a person: challenge and response, and the device flow (protocol §1.5, §1.6, §1.8).

A client asks; a person opens a page, sees who asks, and approves or refuses; the client fetches its token with what
only it knows. All of this lives in memory: after a restart of the hub a client starts again.
"""

import hmac
import secrets
import string
import threading
import time
from dataclasses import dataclass
from enum import Enum
from typing import Any

from localhub.domain.client import Client
from localhub.domain.permissions import User
from localhub.domain.refusals import Refusal, TooMany

from .rate_limits import network
from .tokens import Tokens

PAIR_SECONDS = 600
"""A challenge's response may be approved for this long."""

DEVICE_SECONDS = 300
"""A device code lapses after this. PkgAuthentication gives up by itself sooner, after some 105 s."""

REMEMBERED_SECONDS = 600
"""For so long after its end a client that asks is told what became of its sign-in."""

CODE_SECONDS = 300
MAX_WAITING = 1000
MAX_WAITING_PER_NETWORK = 100
"""Anyone can ask to sign in; these bound what that costs."""

CODE_ALPHABET = "BCDFGHJKLMNPQRSTVWXZ"
"""Of user codes: consonants, so that no word comes out (RFC 8628 §6.1)."""

_ONE_TIME_ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
_RESPONSE_ALPHABET = string.ascii_letters + string.digits
_NOT_OPEN = "This sign-in is no longer open. Start it again where you began."


class State(Enum):
    """Where a sign-in stands."""

    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"
    LAPSED = "lapsed"


@dataclass
class Asking:
    """One sign-in. `key` is what its page goes by, `secret` what only its client knows; instants are Unix seconds."""

    key: str
    secret: str
    client: Client
    asked_at: float
    expires_at: float
    user: User | None = None
    refused: bool = False

    @property
    def state(self) -> State:
        """Where it stands now."""
        if self.refused:
            return State.REFUSED
        if time.time() >= self.expires_at:
            return State.LAPSED
        return State.WAITING if self.user is None else State.APPROVED


class GrantRefused(Exception):
    """Why a token endpoint gives none, as OAuth's error code (RFC 6749 §5.2, RFC 8628 §3.5) and a sentence."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.error = error
        self.description = description


class SignIn:
    """The sign-ins and one-time codes that are open right now. Thread-safe."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._pairs: dict[str, Asking] = {}
        self._devices: dict[str, Asking] = {}
        self._codes: dict[str, tuple[User, float]] = {}
        self._lock = threading.Lock()

    def begin(self, challenge: str, client: Client) -> str:
        """The response that belongs to this challenge. Raises `TooMany` when too many are open."""
        response = "".join(secrets.choice(_RESPONSE_ALPHABET) for _ in range(64))
        self._add(self._pairs, response, challenge, client, PAIR_SECONDS)
        return response

    def begin_device(self, client: Client) -> Asking:
        """A device's sign-in: `key` is the user code, like `FJMC-LPVR`, `secret` the device code. Raises `TooMany`."""
        letters = "".join(secrets.choice(CODE_ALPHABET) for _ in range(8))
        return self._add(
            self._devices, f"{letters[:4]}-{letters[4:]}", secrets.token_urlsafe(48), client, DEVICE_SECONDS
        )

    def of_response(self, response: str) -> Asking | None:
        """The sign-in of that response, None when there never was one or it is long over."""
        return self._find(self._pairs, response)

    def of_user_code(self, typed: str) -> Asking | None:
        """The device's sign-in of that code, however carelessly it was typed."""
        letters = "".join(letter for letter in typed.upper() if letter in CODE_ALPHABET)
        return self._find(self._devices, f"{letters[:4]}-{letters[4:]}")

    def approve(self, asking: Asking, user: User) -> None:
        """Let the client have a token of that user. Raises `Refusal`."""
        with self._lock:
            if asking.state is not State.WAITING:
                raise Refusal(_NOT_OPEN)
            asking.user = user

    def refuse(self, asking: Asking) -> None:
        """Let the client have none. Raises `Refusal`."""
        with self._lock:
            if asking.state is not State.WAITING:
                raise Refusal(_NOT_OPEN)
            asking.refused = True

    def withdraw_approvals(self) -> None:
        """Refuse what was approved and not fetched yet: whoever approved it may be gone."""
        with self._lock:
            for asking in (*self._pairs.values(), *self._devices.values()):
                asking.refused = asking.refused or asking.user is not None

    def claim(self, challenge: str, response: str, base_url: str) -> dict[str, Any]:
        """`{"token": …}` once approved, `{"expiry": …}` while waiting (§1.5). Raises `Refusal`."""
        with self._lock:
            self._forget_old()
            pair = self._pairs.get(response)
            if pair is None or not _same(pair.secret, challenge) or pair.state is State.LAPSED:
                raise Refusal("This sign-in is not known, or it has lapsed. Start it again.")
            if pair.state is State.REFUSED:
                raise Refusal("The sign-in was refused in the browser.")
            if pair.user is None:
                return {"expiry": int(pair.expires_at)}
            del self._pairs[response]
        return {"token": self._tokens.issue(pair.user, base_url, pair.client)}

    def exchange(self, device_code: str, base_url: str) -> dict[str, Any]:
        """The token table of a device that was approved. Raises `GrantRefused` before that and instead."""
        with self._lock:
            self._forget_old()
            device = next((each for each in self._devices.values() if _same(each.secret, device_code)), None)
            if device is None:
                raise GrantRefused("invalid_grant", "This sign-in is not known here. Start it again.")
            refusal = _REFUSALS.get(device.state)
            if refusal is not None:
                raise GrantRefused(*refusal)
            del self._devices[device.key]
        assert device.user is not None
        return self._tokens.issue(device.user, base_url, device.client)

    def new_code(self, user: User) -> str:
        """A one-time code that proves to a page that its visitor is `user`, like `K7QF-2MXA-9T`."""
        code = "".join(secrets.choice(_ONE_TIME_ALPHABET) for _ in range(10))
        with self._lock:
            self._codes = {code: (user, time.time() + CODE_SECONDS)}
        return f"{code[:4]}-{code[4:8]}-{code[8:]}"

    def use_code(self, typed: str) -> User | None:
        """Whose one-time code that is, None for a wrong one; a used code is gone."""
        code = typed.upper().replace("-", "").replace(" ", "")
        with self._lock:
            self._codes = {each: known for each, known in self._codes.items() if known[1] > time.time()}
            found = next((each for each in self._codes if _same(each, code)), None)
            return None if found is None else self._codes.pop(found)[0]

    def _add(self, open_ones: dict[str, Asking], key: str, secret: str, client: Client, seconds: float) -> Asking:
        with self._lock:
            self._forget_old()
            waiting = [*self._pairs.values(), *self._devices.values()]
            neighbours = sum(network(each.client.address) == network(client.address) for each in waiting)
            if len(waiting) >= MAX_WAITING or neighbours >= MAX_WAITING_PER_NETWORK:
                raise TooMany(60, "Too many sign-ins are waiting for approval")
            now = time.time()
            asking = open_ones[key] = Asking(key, secret, client, now, now + seconds)
            return asking

    def _find(self, open_ones: dict[str, Asking], key: str) -> Asking | None:
        with self._lock:
            self._forget_old()
            return open_ones.get(key)

    def _forget_old(self) -> None:
        long_ago = time.time() - REMEMBERED_SECONDS
        for open_ones in (self._pairs, self._devices):
            for key in [key for key, asking in open_ones.items() if asking.expires_at < long_ago]:
                del open_ones[key]


_REFUSALS = {
    State.WAITING: ("authorization_pending", "Nobody has approved this sign-in yet."),
    State.REFUSED: ("access_denied", "The sign-in was refused in the browser."),
    State.LAPSED: ("expired_token", "Nobody approved this sign-in in time. Start it again."),
}


def _same(secret: str, given: str) -> bool:
    return hmac.compare_digest(secret.encode(), given.encode())
