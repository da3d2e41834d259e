"""Who is signed in to the hub's pages, by browser. In memory: after a restart of the hub people sign in again."""

import hashlib
import hmac
import secrets
import threading
import time
from typing import NamedTuple

from localhub.domain.permissions import User

MAX_SECONDS = 12 * 3600
IDLE_SECONDS = 3600
MAX_SESSIONS = 10_000


class PageSession(NamedTuple):
    """A browser in which someone has signed in; instants are `time.monotonic()`."""

    user: User
    began: float
    used: float


class PageSessions:
    """Sessions by cookie, which is stored as a hash. Thread-safe."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._sessions: dict[str, PageSession] = {}
        self._lock = threading.Lock()

    @staticmethod
    def new_cookie() -> str:
        """A cookie that nobody is signed in by yet."""
        return secrets.token_urlsafe(32)

    def begin(self, user: User) -> str:
        """Sign a browser in; returns its cookie, always a new one, so that none can be planted beforehand."""
        cookie, now = self.new_cookie(), time.monotonic()
        with self._lock:
            self._forget_old(now)
            if len(self._sessions) >= MAX_SESSIONS:
                del self._sessions[min(self._sessions, key=lambda each: self._sessions[each].used)]
            self._sessions[_digest(cookie)] = PageSession(user, now, now)
        return cookie

    def user(self, cookie: str) -> User | None:
        """Who is signed in by that cookie."""
        now = time.monotonic()
        with self._lock:
            self._forget_old(now)
            session = self._sessions.get(_digest(cookie))
            if session is None:
                return None
            self._sessions[_digest(cookie)] = session._replace(used=now)
            return session.user

    def end(self, cookie: str) -> None:
        """Sign out."""
        with self._lock:
            self._sessions.pop(_digest(cookie), None)

    def end_all(self) -> None:
        """Sign everyone out."""
        with self._lock:
            self._sessions.clear()

    def form_proof(self, cookie: str) -> str:
        """What our own forms carry beside the cookie; another site can make a browser send the cookie, not this."""
        return hmac.new(self._key, cookie.encode(), hashlib.sha256).hexdigest()

    def is_our_form(self, cookie: str, proof: str) -> bool:
        """Whether a form came from a page that we gave to this browser."""
        return hmac.compare_digest(self.form_proof(cookie).encode(), proof.encode())

    def _forget_old(self, now: float) -> None:
        self._sessions = {
            digest: session
            for digest, session in self._sessions.items()
            if now - session.began < MAX_SECONDS and now - session.used < IDLE_SECONDS
        }


def _digest(cookie: str) -> str:
    return hashlib.sha256(cookie.encode()).hexdigest()
