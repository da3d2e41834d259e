"""API version discovery (protocol §2.1)."""

from .model import WireModel


class Timezone(WireModel):
    """The server's own time zone; clients ignore it."""

    abbreviation: str
    utc_offset: str


class ApiVersion(WireModel):
    """`GET /api/v1`: who the token belongs to and what the server speaks (§2.1)."""

    api_version: str
    username: str | None = None
    timezone: Timezone | None = None


LEGACY_VERSION = "0.0.0-legacy"
"""What JuliaHub.jl calls servers without `/api/v1`, 6.1 and older (§2.1)."""
