"""What a user asks to run, and what of it no server could give: said before one is asked."""

import uuid
from dataclasses import dataclass, field
from pathlib import Path

from juliahub_ls.domain.jobs.application import AppRequest, app_problem
from juliahub_ls.domain.jobs.cluster_design import MAX_HOURS, ClusterRequest, out_of_range
from juliahub_ls.domain.jobs.exposed_port import ExposedPort, port_problem
from juliahub_ls.domain.jobs.image_choice import ImageRequest
from juliahub_ls.domain.jobs.job_args import args_problem
from juliahub_ls.errors import ClusterImpossible, EnvironmentNotReady, InputError, SettingInvalid, TimeLimitInvalid
from juliahub_ls.services.job_source import NOT_SUBMITTED, Send


@dataclass(frozen=True, slots=True)
class SubmitRequest:
    """What a user asks to run: a script, or an application. `gitignore` None: as the setting says.

    `project`: the id of the server's project that the job belongs to; never taken from the surroundings (§5.2).
    """

    script: Path | None = None
    server: str | None = None
    directory: Path | None = None
    send: Send = Send.FOLDER
    gitignore: bool | None = None
    allow: tuple[str, ...] = ()
    name: str | None = None
    env: dict[str, str] = field(default_factory=dict)
    cluster: ClusterRequest = field(default_factory=ClusterRequest)
    image: ImageRequest = field(default_factory=ImageRequest)
    port: ExposedPort | None = None
    sysimage: bool = False
    project: str | None = None
    app: AppRequest | None = None


def impossible(request: SubmitRequest) -> list[InputError]:
    """What contradicts itself or is out of range, each as a sentence."""
    found: list[InputError] = []
    if not 0 <= request.cluster.time_limit <= MAX_HOURS:
        found.append(TimeLimitInvalid(hours=request.cluster.time_limit))
    counts = out_of_range(request.cluster)
    if counts:
        found.append(ClusterImpossible(message=f"{counts} {NOT_SUBMITTED}"))
    sentences = (
        _what_runs(request),
        args_problem(request.env, request.name),
        port_problem(request.port) if request.port else None,
        _project_problem(request.project),
    )
    found += [SettingInvalid(reason=f"{sentence} {NOT_SUBMITTED}") for sentence in sentences if sentence]
    if request.sysimage and request.app is None and request.send in (Send.PROJECT, Send.SCRIPT):
        found.append(no_manifest())
    return found


def no_manifest() -> EnvironmentNotReady:
    """A system image is built from the versions that a manifest names (§5.2)."""
    return EnvironmentNotReady(
        message="A system image is built from a manifest, and none goes along. Run `] resolve` in the environment and "
        "send it, or do without a system image."
    )


def project_id(text: str) -> str:
    """The canonical form of a project's id."""
    return str(uuid.UUID(text))


def _what_runs(request: SubmitRequest) -> str | None:
    if request.app is None:
        return None if request.script else "Name a script or an application to run."
    if request.script is not None:
        return "A job runs a script or an application. Give one of them."
    return app_problem(request.app)


def _project_problem(project: str | None) -> str | None:
    if project is None:
        return None
    try:
        project_id(project)
    except ValueError:
        return f"“{project}” is not a project's id, which looks like {uuid.UUID(int=0)}."
    return None
