"""Forms: what could be submitted, and what it comes to."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from juliahub_ls.lsp.choices import choices_from
from juliahub_ls.lsp.protocol.forms import FormParams
from juliahub_ls.lsp.session import Session
from juliahub_ls.payloads import forms as payloads
from juliahub_ls.services.forms import Beginning

_NAMED = ("script", "server")


async def form(session: Session, params: FormParams) -> dict[str, Any]:
    """A form, filled in."""
    made = await session.services.forms.form(_beginning(session, params), plan=params.get("bundle", False))
    return payloads.form(made, session.services.connections)


def _beginning(session: Session, params: FormParams) -> Beginning:
    """The choices that are given, or kept; a script or server that is named goes before theirs."""
    given: Mapping[str, Any] = params
    forms, over = session.services.forms, choices_from({key: given[key] for key in _NAMED if key in given})
    script = Path(over["script"]) if "script" in over else None
    if "choices" in params:
        begun = Beginning(choices_from(params["choices"]), "given")
    elif "job" in params:
        begun = forms.of_job(params.get("server"), params["job"])
    else:
        begun = forms.of_script(script, params.get("server"))
    return replace(begun, choices={**begun.choices, **over})


HANDLERS = {"juliahub/form": form}
