"""The browser's challenge and response (protocol §1.5).

A client posts a challenge and gets a response; a person opens the response's page and approves it there; the client
claims its token with the pair. Pairs live in memory: after a restart of the hub a client starts again.

Approval needs a one-time code, and only who holds a token of this hub can ask for one (`localhub code` does, with the
token in the state folder). So neither another page in the person's browser nor another account of this computer can
approve a pair, though both can reach the port.
"""

import hmac
import secrets
import string
import threading
import time
from dataclasses import dataclass
from typing import Any

from localhub.domain.permissions import User
from localhub.domain.refusals import Refusal

from .tokens import Tokens

PAIR_SECONDS = 600
CODE_SECONDS = 300
MAX_PAIRS = 1000
"""Anyone can post a challenge; this bounds what that costs."""

_CODE_ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
_RESPONSE_ALPHABET = string.ascii_letters + string.digits


@dataclass
class _Pair:
    challenge: str
    expires_at: float
    user: User | None = None


class SignIn:
    """Pairs and codes that are open right now."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._pairs: dict[str, _Pair] = {}
        self._codes: dict[str, tuple[User, float]] = {}
        self._lock = threading.Lock()

    def begin(self, challenge: str) -> str:
        """The response that belongs to this challenge. Raises `Refusal` when too many are open."""
        with self._lock:
            self._forget_lapsed()
            if len(self._pairs) >= MAX_PAIRS:
                raise Refusal("Too many sign-ins are waiting for approval. Try again in a few minutes.")
            response = "".join(secrets.choice(_RESPONSE_ALPHABET) for _ in range(64))
            self._pairs[response] = _Pair(challenge, time.time() + PAIR_SECONDS)
        return response

    def is_open(self, response: str) -> bool:
        """Whether this response waits for approval."""
        with self._lock:
            self._forget_lapsed()
            pair = self._pairs.get(response)
            return pair is not None and pair.user is None

    def new_code(self, user: User) -> str:
        """A one-time code that lets `user`'s sign-ins be approved, like `K7QF-2MXA-9T`."""
        code = "".join(secrets.choice(_CODE_ALPHABET) for _ in range(10))
        with self._lock:
            self._codes = {code: (user, time.time() + CODE_SECONDS)}
        return f"{code[:4]}-{code[4:8]}-{code[8:]}"

    def approve(self, response: str, code: str) -> None:
        """Let the client of `response` have a token of the code's owner. Raises `Refusal`; a used code is gone."""
        typed = code.upper().replace("-", "").replace(" ", "")
        with self._lock:
            self._forget_lapsed()
            pair = self._pairs.get(response)
            if pair is None or pair.user is not None:
                raise Refusal("This sign-in is no longer open. Start it again where you began.")
            known = next((each for each in self._codes if hmac.compare_digest(each.encode(), typed.encode())), None)
            if known is None:
                raise Refusal("That code is not right, or it has lapsed. Run “localhub code” for a new one.")
            pair.user = self._codes.pop(known)[0]

    def claim(self, challenge: str, response: str, base_url: str) -> dict[str, Any]:
        """`{"token": …}` once approved, `{"expiry": …}` while waiting. Raises `Refusal` for a pair that is none."""
        with self._lock:
            self._forget_lapsed()
            pair = self._pairs.get(response)
            if pair is None or not hmac.compare_digest(pair.challenge.encode(), challenge.encode()):
                raise Refusal("This sign-in is not known, or it has lapsed. Start it again.")
            if pair.user is None:
                return {"expiry": int(pair.expires_at)}
            del self._pairs[response]
        return {"token": self._tokens.issue(pair.user, base_url)}

    def _forget_lapsed(self) -> None:
        now = time.time()
        self._pairs = {response: pair for response, pair in self._pairs.items() if pair.expires_at > now}
        self._codes = {code: known for code, known in self._codes.items() if known[1] > now}
