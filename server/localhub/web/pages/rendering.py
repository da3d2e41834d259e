"""Pages from templates, with the headers that keep them to themselves."""

import secrets
import time
from datetime import datetime, timezone
from functools import lru_cache
from typing import Any

from starlette.responses import HTMLResponse, Response

from localhub import page_paths
from localhub.domain.refusals import duration_text
from localhub.web.requests import blocking

from .visitor import PROOF_FIELD, Visitor


async def page(visitor: Visitor, template: str, status: int = 200, **values: Any) -> Response:
    """That template as an answer to this visitor."""
    nonce = secrets.token_urlsafe(16)
    shared = {"nonce": nonce, "user": visitor.user, "proof": visitor.proof, "proof_field": PROOF_FIELD}
    content = await blocking(_render, template, {**shared, **values})
    return visitor.send(HTMLResponse(content, status, _headers(nonce)))


def _headers(nonce: str) -> dict[str, str]:
    policy = (
        f"default-src 'none'; style-src 'nonce-{nonce}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )
    return {
        "Content-Security-Policy": policy,
        "X-Frame-Options": "DENY",
        # With no-referrer a browser calls our own forms' origin “null”.
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }


def _render(template: str, values: dict[str, Any]) -> str:
    return str(_environment().get_template(template).render(values))


@lru_cache(maxsize=1)
def _environment() -> Any:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    loader = PackageLoader("localhub.web.pages", "templates")
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals["paths"] = page_paths
    environment.filters["ago"] = _ago
    environment.filters["iso"] = _iso
    return environment


def _ago(unix_seconds: float) -> str:
    seconds = max(0, int(time.time() - unix_seconds))
    for size, unit in ((86_400, "day"), (3600, "hour")):
        if seconds >= size:
            count = seconds // size
            return f"{count} {unit}{'' if count == 1 else 's'} ago"
    return "just now" if seconds < 1 else f"{duration_text(seconds)} ago"


def _iso(unix_seconds: float) -> str:
    return datetime.fromtimestamp(unix_seconds, timezone.utc).isoformat(timespec="seconds")
