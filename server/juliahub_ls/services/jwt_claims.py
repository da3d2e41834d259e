"""What a JWT says of its owner, to be shown, never trusted: its signature is the server's business (protocol §1.8)."""

import base64
import json
from typing import Any


def claims_of(token: str) -> dict[str, Any]:
    """The payload's claims; empty for what is no JWT."""
    try:
        payload = token.split(".")[1]
        value = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (IndexError, ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def text_claim(claims: dict[str, Any], name: str) -> str | None:
    """A claim that is text, else None."""
    value = claims.get(name)
    return value if isinstance(value, str) else None
