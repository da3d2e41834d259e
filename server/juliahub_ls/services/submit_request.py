"""What a user asks to run, and what of it no server could give: said before one is asked."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from juliahub_ls.domain.environments.files import AS_FOUND, ChosenFiles
from juliahub_ls.domain.jobs.application import AppRequest, app_problem
from juliahub_ls.domain.jobs.cluster_design import MAX_HOURS, ClusterRequest, range_problems
from juliahub_ls.domain.jobs.exposed_port import ExposedPort, port_problems
from juliahub_ls.domain.jobs.image_choice import ImageRequest
from juliahub_ls.domain.jobs.job_args import args_problems
from juliahub_ls.domain.jobs.unfit import Unfit
from juliahub_ls.errors import ClusterImpossible, EnvironmentNotReady, InputError, SettingInvalid, TimeLimitInvalid
from juliahub_ls.services.job_source import NOT_SUBMITTED, Send


@dataclass(frozen=True, slots=True)
class SubmitRequest:
    """What a user asks to run: a script, or an application. `gitignore` None: as the setting says.

    `project`: the id of the server's project that the job belongs to; never taken from the surroundings (§5.2).
    `code`: run this text in the script's place. `chosen`: files in the place of those that Julia would read.
    """

    script: Path | None = None
    server: str | None = None
    directory: Path | None = None
    chosen: ChosenFiles = AS_FOUND
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
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """What cannot be, and which of the choices it is about, by its key (`domain/jobs/choices.py`)."""

    field: str
    error: InputError


def impossible(request: SubmitRequest) -> list[InputError]:
    """What contradicts itself or is out of range, each as a sentence."""
    return [refusal.error for refusal in refusals(request)]


def refusals(request: SubmitRequest) -> list[Refusal]:
    """The same, each beside the choice that it is about."""
    found: list[Refusal] = []
    if not 0 <= request.cluster.time_limit <= MAX_HOURS:
        found.append(Refusal("timeLimit", TimeLimitInvalid(hours=request.cluster.time_limit)))
    found += [
        Refusal(unfit.field, ClusterImpossible(message=f"{unfit.sentence} {NOT_SUBMITTED}"))
        for unfit in range_problems(request.cluster)
    ]
    others = [
        *_what_runs(request),
        *_what_goes_along(request),
        *args_problems(request.env, request.name),
        *(port_problems(request.port) if request.port else ()),
        *_project_problems(request.project),
    ]
    found += [Refusal(unfit.field, SettingInvalid(reason=f"{unfit.sentence} {NOT_SUBMITTED}")) for unfit in others]
    if request.sysimage and request.app is None and request.send in (Send.PROJECT, Send.SCRIPT):
        found.append(Refusal("sysimage", no_manifest()))
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


def _what_runs(request: SubmitRequest) -> list[Unfit]:
    if request.app is None:
        return [] if request.script else [Unfit("script", "Name a script or an application to run.")]
    if request.script is not None:
        return [Unfit("app", "A job runs a script or an application. Give one of them.")]
    sentence = app_problem(request.app)
    return [Unfit("app", sentence)] if sentence else []


def _what_goes_along(request: SubmitRequest) -> Iterator[Unfit]:
    """A file that was chosen and that the job would never have."""
    chosen, runs_app = request.chosen, request.app is not None
    if chosen.manifest and (runs_app or request.send in (Send.PROJECT, Send.SCRIPT)):
        yield Unfit("manifest", f"{chosen.manifest.name} was chosen, but no manifest goes along.")
    if chosen.artifacts and (runs_app or request.send is not Send.FOLDER):
        yield Unfit("artifacts", f"{chosen.artifacts.name} was chosen, but artifacts go along with a folder only.")


def _project_problems(project: str | None) -> list[Unfit]:
    if project is None:
        return []
    try:
        project_id(project)
    except ValueError:
        return [Unfit("project", f"“{project}” is not a project's id, which looks like {uuid.UUID(int=0)}.")]
    return []
