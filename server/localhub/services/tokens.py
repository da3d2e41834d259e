"""Access, id and refresh tokens (protocol §1.3, §1.4).

Access and id tokens are RS256 JWTs with a string `aud` and an integer `exp`; a server accepts either as bearer.
Refresh tokens are opaque, stored as hashes, and replaced at each renewal. The replaced one works for a short while
more: a client that crashed between the answer and its disk can ask again.
"""

import hashlib
import secrets
import threading
import time
import uuid
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import delete, select

from juliahub_wire import limits, paths
from localhub.domain.permissions import User

from .files import write_atomic
from .models import RefreshTokenRow, SessionRow, UserRow
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

    def __init__(self, store: Store, key_file: Path) -> None:
        self._store = store
        self._key = _load_key(key_file)
        self._known: dict[str, tuple[Principal, float]] = {}
        self._lock = threading.Lock()
        with store.session() as session:
            self._revoked = set(session.scalars(select(SessionRow.id).where(SessionRow.revoked_at.is_not(None))))

    def issue(self, user: User, base_url: str) -> dict[str, Any]:
        """A new sign-in: the full token table of protocol §1.3."""
        now = time.time()
        with self._store.session() as session:
            session_id = str(uuid.uuid4())
            session.add(SessionRow(id=session_id, user_id=user.id, created_at=now, revoked_at=None))
            session.flush()
            refresh_token = _new_refresh_token(session, session_id, now)
        return self._table(Principal(user, session_id), refresh_token, base_url, now)

    def renew(self, refresh_token: str, base_url: str) -> dict[str, Any]:
        """A full replacement table for a refresh token. Raises `InvalidToken`."""
        now = time.time()
        with self._store.session() as session:
            row = session.get(RefreshTokenRow, _digest(refresh_token))
            if row is None or row.session_id in self._revoked or not _usable(row, now):
                raise InvalidToken
            owner = session.get_one(SessionRow, row.session_id)
            user = user_of(session.get_one(UserRow, owner.user_id))
            row.replaced_at = now if row.replaced_at is None else row.replaced_at
            successor = _new_refresh_token(session, row.session_id, now)
        return self._table(Principal(user, row.session_id), successor, base_url, now)

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

    def prune(self) -> None:
        """Forget what has lapsed: refresh tokens, and sign-ins that have none left."""
        with self._store.session() as session:
            session.execute(delete(RefreshTokenRow).where(RefreshTokenRow.expires_at < time.time()))
            alive = select(RefreshTokenRow.session_id)
            lapsed = time.time() - limits.ACCESS_TOKEN_SECONDS
            session.execute(delete(SessionRow).where(SessionRow.id.not_in(alive), SessionRow.created_at < lapsed))

    def _decode(self, token: str) -> tuple[Principal, float]:
        from joserfc import jwt
        from joserfc.errors import JoseError

        try:
            claims = jwt.decode(token, self._key, algorithms=["RS256"]).claims
            jwt.JWTClaimsRegistry(aud={"essential": True, "value": AUDIENCE}).validate(claims)
            user = User(int(claims["sub"]), claims["preferred_username"], claims["email"])
            known = Principal(user, claims["sid"]), float(claims["exp"])
        except (JoseError, ValueError, KeyError, TypeError):
            raise InvalidToken from None
        with self._lock:
            if len(self._known) >= _CACHE_SIZE:
                self._known.clear()
            self._known[token] = known
        return known

    def _table(self, principal: Principal, refresh_token: str, base_url: str, now: float) -> dict[str, Any]:
        expires = int(now) + limits.ACCESS_TOKEN_SECONDS
        return {
            "access_token": self._jwt(principal, base_url, expires, "access"),
            "id_token": self._jwt(principal, base_url, expires, "id"),
            "refresh_token": refresh_token,
            "refresh_url": base_url + paths.AUTH_RENEW,
            "expires_in": limits.ACCESS_TOKEN_SECONDS,
            "expires_at": expires,
            "expires": expires,
            "user_name": principal.user.name,
            "user_email": principal.user.email,
        }

    def _jwt(self, principal: Principal, base_url: str, expires: int, use: str) -> str:
        from joserfc import jwt

        claims = {
            "iss": base_url,
            "aud": AUDIENCE,
            "sub": str(principal.user.id),
            "iat": expires - limits.ACCESS_TOKEN_SECONDS,
            "exp": expires,
            "jti": secrets.token_hex(8),
            "sid": principal.session_id,
            "use": use,
            "preferred_username": principal.user.name,
            "name": principal.user.name,
            "email": principal.user.email,
        }
        return jwt.encode({"alg": "RS256", "typ": "JWT"}, claims, self._key)


def user_of(row: UserRow) -> User:
    """The account as a value."""
    return User(row.id, row.name, row.email)


def ensure_user(store: Store, name: str, email: str) -> User:
    """The account of that name, made if there is none."""
    with store.session() as session:
        row = session.scalar(select(UserRow).where(UserRow.name == name))
        if row is None:
            row = UserRow(name=name, email=email)
            session.add(row)
            session.flush()
        return user_of(row)


def _load_key(key_file: Path) -> Any:
    from joserfc.jwk import RSAKey

    if not key_file.exists():
        key = RSAKey.generate_key(2048)
        write_atomic(key_file, key.as_pem(private=True))
    return RSAKey.import_key(key_file.read_bytes())


def _new_refresh_token(session: Any, session_id: str, now: float) -> str:
    token = secrets.token_urlsafe(48)
    expires_at = now + limits.REFRESH_TOKEN_SECONDS
    session.add(RefreshTokenRow(digest=_digest(token), session_id=session_id, expires_at=expires_at, replaced_at=None))
    return token


def _usable(row: RefreshTokenRow, now: float) -> bool:
    return now < row.expires_at and (row.replaced_at is None or now < row.replaced_at + GRACE_SECONDS)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
