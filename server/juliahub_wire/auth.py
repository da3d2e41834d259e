"""Sign-in and tokens (protocol §1.3–§1.5)."""

from typing import Annotated, Any

from pydantic import Field, FiniteFloat, StringConstraints

from .model import WireModel

CHALLENGE_CHARACTERS = 32
"""A challenge is this many random characters of `[A-Za-z0-9]` (§1.5)."""


Token = Annotated[str, StringConstraints(pattern=r"^[\x20-\x7e]*$")]
"""What can stand in a header. Anything else is no token, and would show in the words of whoever refuses to send it."""


class AuthConfiguration(WireModel):
    """`GET /auth/configuration` (§1.5). Device endpoints are there exactly when `device` is among the flows."""

    auth_flows: list[str] = Field(default_factory=lambda: ["classic"])
    device_authorization_endpoint: str | None = None
    device_token_endpoint: str | None = None
    device_token_refresh_url: str | None = None
    device_token_scope: str | None = None


class ClaimRequest(WireModel):
    """`POST /auth/claimtoken` (§1.5)."""

    challenge: str
    response: str


class ClaimAnswer(WireModel):
    """Either `token` (done) or `expiry` (pending; absolute Unix seconds at which the pair lapses) (§1.5)."""

    token: "TokenTable | None" = None
    expiry: float | None = None


class TokenTable(WireModel):
    """The content of `auth.toml`, of a claim's `token` and of a renewal's TOML body (§1.3).

    Unknown keys are kept: they are the server's.
    """

    model_config = WireModel.model_config | {"extra": "allow"}

    access_token: Token | None = Field(default=None, repr=False)
    id_token: Token | None = Field(default=None, repr=False)
    refresh_token: Token | None = Field(default=None, repr=False)
    refresh_url: str | None = None
    expires_at: FiniteFloat | None = None
    expires: FiniteFloat | None = None
    expires_in: FiniteFloat | None = None
    user_name: str | None = None
    user_email: str | None = None

    def __repr_args__(self) -> Any:
        """Only what may be seen: extra keys could be secrets, so they do not show either."""
        shown = ("refresh_url", "expires_at", "expires", "expires_in", "user_name", "user_email")
        return [(name, getattr(self, name)) for name in shown if getattr(self, name) is not None]

    def bearer(self) -> str | None:
        """The token that goes into `Authorization`.

        JuliaHub.jl sends `id_token`, every server accepts either (§1.2).
        """
        return self.id_token or self.access_token

    def expiry(self, mtime: float) -> float | None:
        """When the token lapses, Unix seconds: the earliest that any client reads from the table (§1.4).

        PkgAuthentication takes `expires_at` before `expires`, JuliaHub.jl the other way round, Pkg counts from the
        file's `mtime`. None: never.
        """
        relative = mtime + self.expires_in if self.expires_in is not None else None
        known = [instant for instant in (self.expires_at, self.expires, relative) if instant is not None]
        return min(known) if known else None
