"""The device flow: a code, shown to a person, and the tokens that it is exchanged for (protocol §1.6, §1.8)."""

from pydantic import Field

from .auth import TokenTable
from .model import WireModel

CLIENT_ID = "device"
"""What clients call themselves unless told otherwise."""

DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
REFRESH_GRANT = "refresh_token"
PENDING_STATUS = frozenset({400, 401})
"""While nobody has decided, PkgAuthentication expects one of these."""


class DeviceAuthorization(WireModel):
    """The answer to a request for a code. `verification_uri_complete` holds the code already; seconds throughout."""

    device_code: str = Field(repr=False)
    verification_uri_complete: str
    expires_in: float
    user_code: str | None = None
    verification_uri: str | None = None
    interval: float | None = None


class DeviceTokenAnswer(TokenTable):
    """The token endpoint's answer: tokens, or an `error` of RFC 8628 (`authorization_pending`, `access_denied`, …)."""

    error: str | None = None
    error_description: str | None = None
