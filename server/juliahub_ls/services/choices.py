"""Between choices, as they are kept and sent, and the request that they mean."""

from dataclasses import fields
from pathlib import Path
from typing import Any

from juliahub_ls.domain.environments.files import ChosenFiles
from juliahub_ls.domain.jobs.application import AppRequest
from juliahub_ls.domain.jobs.choices import Choices
from juliahub_ls.domain.jobs.cluster_design import ClusterRequest
from juliahub_ls.domain.jobs.exposed_port import ExposedPort
from juliahub_ls.domain.jobs.image_choice import ImageRequest
from juliahub_ls.encoding import camel
from juliahub_ls.errors import SettingInvalid
from juliahub_ls.secret import Secret
from juliahub_ls.services.job_source import Send
from juliahub_ls.services.submit_request import SubmitRequest

_CLUSTER = {camel(field.name): field.name for field in fields(ClusterRequest)}
_IMAGE = {"julia": "julia", "image": "name", "product": "product"}
_APP = {"app": "name", "appRepo": "repository", "branch": "branch", "revision": "revision"}
_FILES = ("manifest", "artifacts")
_ITSELF = ("server", "gitignore", "name", "sysimage", "project", "code")


def request_of(choices: Choices) -> SubmitRequest:
    """The request; a cost limit takes the place of the time limit, also of the usual one."""
    directory, script = choices.get("directory"), choices.get("script")
    application = AppRequest(**_chosen(choices, _APP))
    return SubmitRequest(
        script=Path(script) if script else None,
        directory=Path(directory) if directory else None,
        chosen=ChosenFiles(**{key: Path(choices[key]) for key in _FILES if choices.get(key)}),
        send=_send(choices.get("send", "folder")),
        allow=tuple(choices.get("allow", ())),
        env=dict(choices.get("env", {})),
        cluster=ClusterRequest(**_chosen(choices, _CLUSTER)),
        image=ImageRequest(**_chosen(choices, _IMAGE)),
        port=_port(choices),
        app=None if application == AppRequest() else application,
        **{name: choices[name] for name in _ITSELF if name in choices},
    )


def choices_of(request: SubmitRequest) -> dict[str, Any]:
    """What of a request is not as it is by default. The port's password is not among it."""
    plain = SubmitRequest()
    found: dict[str, Any] = {name: getattr(request, name) for name in _ITSELF}
    found |= {
        "script": str(request.script) if request.script else None,
        "directory": str(request.directory) if request.directory else None,
        "manifest": str(request.chosen.manifest) if request.chosen.manifest else None,
        "artifacts": str(request.chosen.artifacts) if request.chosen.artifacts else None,
        "send": request.send.value if request.send is not plain.send else None,
        "allow": list(request.allow) or None,
        "env": dict(request.env) or None,
        "sysimage": request.sysimage or None,
    }
    found |= {key: _unusual(request.cluster, plain.cluster, name) for key, name in _CLUSTER.items()}
    found |= {key: getattr(request.image, name) for key, name in _IMAGE.items()}
    found |= {key: getattr(request.app, name) if request.app else None for key, name in _APP.items()}
    if request.port is not None:
        access = None if request.port.access == "me" else request.port.access
        found |= {"port": request.port.port, "portAccess": access, "portName": request.port.name}
    return {key: value for key, value in found.items() if value is not None}


def _chosen(choices: Choices, names: dict[str, str]) -> dict[str, Any]:
    return {name: choices[key] for key, name in names.items() if key in choices}


def _unusual(of: ClusterRequest, plain: ClusterRequest, name: str) -> Any:
    value = getattr(of, name)
    return None if value == getattr(plain, name) else value


def _port(choices: Choices) -> ExposedPort | None:
    if "port" not in choices:
        return None
    password = choices.get("portPassword")
    secret = None if password is None else Secret(password)
    return ExposedPort(choices["port"], choices.get("portAccess", "me"), secret, choices.get("portName"))


def _send(text: str) -> Send:
    try:
        return Send(text)
    except ValueError:
        known = ", ".join(send.value for send in Send)
        raise SettingInvalid(reason=f"“{text}” is nothing that can be sent. Name one of {known}.") from None
