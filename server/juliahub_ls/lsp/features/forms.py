"""Forms: what could be submitted, and what it comes to; and the choices that are kept under a name."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from juliahub_ls.domain.jobs.choices import configured
from juliahub_ls.domain.jobs.configurations import FILE, write_configuration
from juliahub_ls.domain.toml.text import ReadText
from juliahub_ls.errors import ConfigurationInvalid, SettingInvalid
from juliahub_ls.lsp.choices import choices_from
from juliahub_ls.lsp.edits import apply_text, text_of
from juliahub_ls.lsp.protocol.forms import ConfigurationsParams, FormParams, SaveConfigurationParams
from juliahub_ls.lsp.session import Session
from juliahub_ls.lsp.uris import path_of
from juliahub_ls.payloads.forms import form as form_payload
from juliahub_ls.services.beginnings import Beginning
from juliahub_ls.services.configurations import find_configuration

_NAMED = ("script", "server")
_NOT_EDITABLE = "has mistakes, or is written in a way that cannot be edited here. Mend it there, and save again."


async def form(session: Session, params: FormParams) -> dict[str, Any]:
    """A form, filled in."""
    begun = await asyncio.to_thread(_beginning, session, params, session.configurations.read())
    made = await session.services.forms.form(begun, plan=params.get("bundle", False))
    return form_payload(made, session.services.connections)


def _beginning(session: Session, params: FormParams, read: ReadText) -> Beginning:
    """The choices that are given, or kept; a script or server that is named goes before theirs."""
    given: Mapping[str, Any] = params
    kept, over = session.services.beginnings, choices_from({key: given[key] for key in _NAMED if key in given})
    script = Path(over["script"]) if "script" in over else None
    chosen = choices_from(params["choices"]) if "choices" in params else None
    if "configuration" in params:
        folders = [path_of(params["folder"])] if "folder" in params else session.folders()
        saved = find_configuration(params["configuration"], folders, read)
        begun = Beginning(configured(saved.choices, chosen or {}), "configuration", problem=saved.problem)
    elif chosen is not None:
        begun = Beginning(chosen, "given")
    elif "job" in params:
        begun = kept.of_job(params.get("server"), params["job"])
    else:
        begun = kept.of_script(script, params.get("server"))
    choices = kept.moved(begun.choices, over["server"]) if "server" in over else begun.choices
    return replace(begun, choices={**choices, **over})


async def configurations(session: Session, _params: ConfigurationsParams) -> dict[str, Any]:
    """What the workspace's folders keep."""
    return {"configurations": await session.configurations.all()}


async def save_configuration(session: Session, params: SaveConfigurationParams) -> dict[str, Any]:
    """Keep choices under a name, by an edit of the editor's."""
    name, choices = params["name"].strip(), choices_from(params["choices"])
    if not name:
        raise SettingInvalid(reason="The configuration has no name. Give it one.")
    folder = path_of(params["folder"]) if "folder" in params else _folder_of(session, choices.get("script"))
    file = folder / FILE
    before = await asyncio.to_thread(text_of, session.server.documents.snapshot(), file)
    written = write_configuration(before or "", name, choices, folder)
    if written is None:
        raise ConfigurationInvalid(name=name, reason=f"{FILE.as_posix()} {_NOT_EDITABLE}")
    after, line = written
    uri = await apply_text(session, file, before, after, "The configuration was not saved.")
    return {"uri": uri, "line": line}


def _folder_of(session: Session, script: str | None) -> Path:
    """The workspace folder of a script, else the first one."""
    folders = session.folders()
    if not folders:
        raise SettingInvalid(
            reason="No folder is open that could keep the configuration. Open a folder and save it again."
        )
    holding = [folder for folder in folders if script and Path(script).is_relative_to(folder)]
    return max(holding, key=lambda folder: len(folder.parts)) if holding else folders[0]


HANDLERS = {
    "juliahub/form": form,
    "juliahub/configurations": configurations,
    "juliahub/saveConfiguration": save_configuration,
}
