"""Access, id and refresh tokens (protocol §1.3, §1.4).

Access and id tokens are RS256 JWTs with a string `aud` and integer `iat` and `exp`; a server accepts either as
bearer. Refresh tokens are opaque, stored as hashes, and replaced at each renewal. The replaced one works for a short
while more: a client that crashed between the answer and its disk can ask again.
"""

import hashlib
import secrets
import threading
import time
import uuid
from typing import Any, NamedTuple

from sqlalchemy import delete, or_, select

from juliahub_wire import limits, paths
from localhub.domain.client import Client
from localhub.domain.permissions import User

from .models import RefreshTokenRow, SessionRow, UserRow
from .signing_keys import SigningKeys
from .store import Store

AUDIENCE = "localhub"
GRACE_SECONDS = 300
"""How long a refresh token that was replaced still works."""

_CACHE_SIZE = 1024


class InvalidToken(Exception):
    """The token is none of ours, has lapsed or was revoked. Never holds the token itself."""


class Principal(NamedTuple):
    """Who a request comes from, and by which sign-in."""

    user: User
    session_id: str


class Tokens:
    """Issues and checks tokens. Thread-safe; `verify` is cheap after a token's first use."""

    def __init__(self, store: Store, keys: SigningKeys) -> None:
        self.keys = keys
        self._store = store
        self._known: dict[str, tuple[Principal, float]] = {}
        self._lock = threading.Lock()
        self._revoked: set[str] = set()
        self.reload()

    def issue(self, user: User, base_url: str, client: Client) -> dict[str, Any]:
        """A new sign-in: the full token table of protocol §1.3, to be renewed at `paths.AUTH_RENEW`."""
        now = time.time()
        with self._store.session() as session:
            session_id = str(uuid.uuid4())
            row = SessionRow(id=session_id, user_id=user.id, created_at=now, revoked_at=None, renewed_at=None)
            row.client, row.agent, row.address = client
            session.add(row)
            session.flush()
            refresh_token = _new_refresh_token(session, session_id, now)
        return self._table(Principal(user, session_id), refresh_token, base_url, paths.AUTH_RENEW, now)

    def renew(self, refresh_token: str, base_url: str, renew_path: str = paths.AUTH_RENEW) -> dict[str, Any]:
        """A full replacement table for a refresh token, to be renewed at that path. Raises `InvalidToken`."""
        now = time.time()
        with self._store.session() as session:
            row = session.get(RefreshTokenRow, _digest(refresh_token))
            if row is None or row.session_id in self._revoked or not _usable(row, now):
                raise InvalidToken
            sign_in = session.get_one(SessionRow, row.session_id)
            owner = session.get_one(UserRow, sign_in.user_id)
            if sign_in.revoked_at is not None or owner.removed_at is not None:
                raise InvalidToken
            sign_in.renewed_at = now
            row.replaced_at = now if row.replaced_at is None else row.replaced_at
            successor = _new_refresh_token(session, row.session_id, now)
        return self._table(Principal(user_of(owner), row.session_id), successor, base_url, renew_path, now)

    def verify(self, token: str) -> Principal:
        """Who sent this access or id token. Raises `InvalidToken`."""
        principal, expires = self._known.get(token) or self._decode(token)
        if time.time() >= expires or principal.session_id in self._revoked:
            raise InvalidToken
        return principal

    def revoke(self, session_id: str) -> None:
        """End a sign-in: its tokens stop working at once."""
        with self._store.session() as session:
            session.get_one(SessionRow, session_id).revoked_at = time.time()
        self._revoked.add(session_id)

    def reload(self) -> None:
        """See what another process has revoked."""
        with self._store.session() as session:
            self._revoked |= set(session.scalars(select(SessionRow.id).where(SessionRow.revoked_at.is_not(None))))

    def sign_ins(self, user: User | None = None) -> list[tuple[SessionRow, UserRow]]:
        """Sign-ins that still work, newest first: a user's, or everyone's."""
        now = time.time()
        renewable = select(RefreshTokenRow.session_id).where(
            RefreshTokenRow.expires_at > now, RefreshTokenRow.replaced_at.is_(None)
        )
        alive = select(SessionRow, UserRow).join(UserRow, UserRow.id == SessionRow.user_id)
        alive = alive.where(SessionRow.revoked_at.is_(None), SessionRow.id.in_(renewable))
        if user is not None:
            alive = alive.where(SessionRow.user_id == user.id)
        with self._store.session() as session:
            return [(row[0], row[1]) for row in session.execute(alive.order_by(SessionRow.created_at.desc()))]

    def prune(self) -> None:
        """Forget what has lapsed: keys, refresh tokens, and sign-ins that have none left."""
        self.keys.rotate()
        now = time.time()
        replaced = RefreshTokenRow.replaced_at < now - GRACE_SECONDS
        with self._store.session() as session:
            session.execute(delete(RefreshTokenRow).where(or_(RefreshTokenRow.expires_at < now, replaced)))
            alive = select(RefreshTokenRow.session_id)
            lapsed = now - limits.ACCESS_TOKEN_SECONDS
            session.execute(delete(SessionRow).where(SessionRow.id.not_in(alive), SessionRow.created_at < lapsed))

    def _decode(self, token: str) -> tuple[Principal, float]:
        from joserfc import jwt
        from joserfc.errors import JoseError

        try:
            claims = jwt.decode(token, self._key_of, algorithms=["RS256"]).claims
            jwt.JWTClaimsRegistry(aud={"essential": True, "value": AUDIENCE}).validate(claims)
            user = User(int(claims["sub"]), claims["preferred_username"], claims["email"], claims["name"])
            known = Principal(user, claims["sid"]), float(claims["exp"])
        except (JoseError, ValueError, KeyError, TypeError):
            raise InvalidToken from None
        with self._lock:
            if len(self._known) >= _CACHE_SIZE:
                self._known.clear()
            self._known[token] = known
        return known

    def _key_of(self, signature: Any) -> Any:
        known = self.keys.find(signature.headers().get("kid"))
        if known is None:
            raise InvalidToken
        return known.key

    def _table(
        self, principal: Principal, refresh_token: str, base_url: str, renew_path: str, now: float
    ) -> dict[str, Any]:
        expires = int(now) + limits.ACCESS_TOKEN_SECONDS
        return {
            "access_token": self._jwt(principal, base_url, expires, "access"),
            "id_token": self._jwt(principal, base_url, expires, "id"),
            "refresh_token": refresh_token,
            "refresh_url": base_url + renew_path,
            "expires_in": limits.ACCESS_TOKEN_SECONDS,
            "expires_at": expires,
            "expires": expires,
            "user_name": principal.user.name,
            "user_email": principal.user.email,
        }

    def _jwt(self, principal: Principal, base_url: str, expires: int, use: str) -> str:
        from joserfc import jwt

        claims = {
            "iss": base_url + paths.ISSUER,
            "aud": AUDIENCE,
            "sub": str(principal.user.id),
            "iat": expires - limits.ACCESS_TOKEN_SECONDS,
            "exp": expires,
            "jti": secrets.token_hex(8),
            "sid": principal.session_id,
            "use": use,
            "preferred_username": principal.user.name,
            "name": principal.user.full_name or principal.user.name,
            "email": principal.user.email,
        }
        signing = self.keys.current
        return jwt.encode({"alg": "RS256", "typ": "JWT", "kid": signing.kid}, claims, signing.key)


def user_of(row: UserRow) -> User:
    """The account as a value."""
    return User(row.id, row.name, row.email, row.full_name)


def _new_refresh_token(session: Any, session_id: str, now: float) -> str:
    token = secrets.token_urlsafe(48)
    expires_at = now + limits.REFRESH_TOKEN_SECONDS
    session.add(RefreshTokenRow(digest=_digest(token), session_id=session_id, expires_at=expires_at, replaced_at=None))
    return token


def _usable(row: RefreshTokenRow, now: float) -> bool:
    return now < row.expires_at and (row.replaced_at is None or now < row.replaced_at + GRACE_SECONDS)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
