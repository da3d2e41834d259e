"""Forms: what could be submitted, and what it comes to."""

from typing import Any

from juliahub_ls.lsp.choices import choices_from
from juliahub_ls.lsp.protocol.forms import FormParams
from juliahub_ls.lsp.session import Session
from juliahub_ls.payloads import forms as payloads
from juliahub_ls.services.forms import Origin


async def form(session: Session, params: FormParams) -> dict[str, Any]:
    """A form, filled in."""
    choices, origin = await _choices(session, params)
    made = await session.services.forms.form(choices, origin, plan=params.get("bundle", False))
    return payloads.form(made, session.services.connections)


async def _choices(session: Session, params: FormParams) -> tuple[dict[str, Any], Origin]:
    """Those of a form, and where they come from."""
    over = choices_from({key: params[key] for key in ("script", "server") if key in params})
    if "choices" in params:
        return {**choices_from(params["choices"]), **over}, "given"
    return over, "defaults"


HANDLERS = {"juliahub/form": form}
