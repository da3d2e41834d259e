"""A token for automation, from `JULIAHUB_TOKEN` (platform reference, "Programmatic Authentication"; protocol §1.9).

It goes to one server alone: the one that `JULIA_PKG_SERVER` names, else juliahub.com. There it stands before
`auth.toml`, is never written anywhere and is not renewed.
"""

import logging
import time
from collections.abc import Mapping
from pathlib import Path

from juliahub_ls.errors import ServerUnknown, SignInFailed
from juliahub_ls.services.jwt_claims import claims_of, text_claim
from juliahub_ls.services.servers import profile_of
from juliahub_ls.services.token_store import StoredToken, TokenStore
from juliahub_wire.auth import TokenTable

VARIABLE = "JULIAHUB_TOKEN"
DEFAULT_SERVER = "juliahub.com"
log = logging.getLogger(__name__)


class EnvironmentToken(TokenStore):
    """Stands where a server's `auth.toml` would. What would write or remove it says where the token comes from."""

    def __init__(self, token: str, path: Path, server: str) -> None:
        super().__init__(path)
        self._server = server
        self._stored = StoredToken(_table(token), time.time())

    def read(self) -> StoredToken | None:
        """The token; its name and expiry are its own claims."""
        return self._stored

    def write(self, table: TokenTable) -> None:
        """A sign-in would have no effect."""
        raise SignInFailed(server=self._server, reason=f"the token of {VARIABLE} is used. Unset it to sign in.")

    def delete(self) -> bool:
        """A sign-out would have no effect."""
        raise SignInFailed(server=self._server, reason=f"the token is that of {VARIABLE}. Unset it to sign out.")

    def set_aside(self) -> None:
        """There is no file to set aside: the variable stays as it is."""


def environment_token(url: str, environ: Mapping[str, str], path: Path) -> EnvironmentToken | None:
    """The token of `JULIAHUB_TOKEN` if it is meant for the server at `url`."""
    token = environ.get(VARIABLE, "").strip()
    if not token:
        return None
    if not all(" " <= character <= "~" for character in token):
        log.warning("%s holds what cannot be in a token. It is not used.", VARIABLE)
        return None
    try:
        meant = profile_of(environ.get("JULIA_PKG_SERVER") or DEFAULT_SERVER)
    except ServerUnknown:
        return None
    return EnvironmentToken(token, path, meant.id) if meant.url == url else None


def _table(token: str) -> TokenTable:
    claims = claims_of(token)
    expires = claims.get("exp")
    return TokenTable(
        id_token=token,
        expires_at=float(expires) if isinstance(expires, int) else None,
        user_name=text_claim(claims, "preferred_username"),
        user_email=text_claim(claims, "email"),
    )
