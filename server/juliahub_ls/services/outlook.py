"""What is decided about a job before anything is written or sent: machines, Julia, bundle, and what will go wrong."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from juliahub_ls.domain.bundles.plan import BundlePlan
from juliahub_ls.domain.environments.platforms import this_platform
from juliahub_ls.domain.jobs.cluster_design import (
    MAX_HOURS,
    ClusterDesign,
    ClusterRequest,
    design_cluster,
    out_of_range,
)
from juliahub_ls.domain.jobs.image_choice import choose_image, julia_of, julia_versions, manifest_versions
from juliahub_ls.domain.jobs.preflight import JULIAHUB_PLATFORM, preflight, script_problems, worst_first
from juliahub_ls.domain.problem import Problem, Severity, error
from juliahub_ls.errors import (
    BundleRefused,
    ClusterImpossible,
    EnvironmentNotReady,
    InputError,
    JuliaNotAvailable,
    TimeLimitInvalid,
)
from juliahub_ls.services.bundling import Bundling, refuse, refuse_unreadable, sentences
from juliahub_ls.services.connections import Connections
from juliahub_ls.services.hub_client import HubClient
from juliahub_ls.services.job_source import NOT_SUBMITTED, Send, Source
from juliahub_ls.services.progress import Progress
from juliahub_wire.images import Image
from juliahub_wire.nodes import NodeSpec


@dataclass(frozen=True, slots=True)
class SubmitRequest:
    """What a user asks to run. `julia` picks an image by version; `gitignore` None: as the setting says."""

    script: Path
    server: str | None = None
    directory: Path | None = None
    send: Send = Send.FOLDER
    gitignore: bool | None = None
    allow: tuple[str, ...] = ()
    name: str | None = None
    env: dict[str, str] = field(default_factory=dict)
    cluster: ClusterRequest = field(default_factory=ClusterRequest)
    julia: str | None = None


@dataclass(frozen=True, slots=True)
class Preflight:
    """A verdict: `ready` to be submitted, and what will go wrong or is worth knowing, worst first."""

    ready: bool
    problems: tuple[Problem, ...]
    plan: BundlePlan | None


@dataclass(frozen=True, slots=True)
class Outlook:
    """All that is decided about a job before anything is written or sent. `refusals`: why it cannot be."""

    client: HubClient
    source: Source
    design: ClusterDesign | None
    image: Image | None
    plan: BundlePlan | None
    problems: list[Problem]
    refusals: list[InputError]


async def look(
    connections: Connections, bundling: Bundling, request: SubmitRequest, source: Source, progress: Progress
) -> Outlook:
    """Ask the server what it has, plan, check. What the user asked for and cannot have is among the refusals."""
    progress.report("Asking the server for its machines")
    client = await connections.client(request.server)
    specs, images = await asyncio.gather(client.node_specs(), client.default_product_images())
    refusals: list[InputError] = []
    design = _design(request.cluster, specs, refusals)
    image = _image(images, request.julia, source, refusals)
    julia = julia_of(image)
    source = await bundling.for_julia(source, julia)
    here = connections.servers.find(request.server).is_this_computer
    platform = this_platform() if here else JULIAHUB_PLATFORM
    plan = None
    if source.directory is not None:
        progress.report("Looking at the files")
        plan = await bundling.plan(
            source.directory, request.allow, gitignore=request.gitignore, julia=julia, target_platform=platform
        )

    def check() -> list[Problem]:
        found = preflight(
            source.job_environment,
            plan=plan,
            script=source.script,
            code=source.code,
            julia_versions=julia_versions(images),
            chosen_version=request.julia if image else None,
            job_version=image.display_name if image else None,
            on_this_computer=here,
            target_platform=platform,
            server_resolves=source.send is Send.PROJECT,
        )
        return worst_first(
            [*found, *source.problems, *script_problems(source.script, source.code, plan, request.allow)]
        )

    return Outlook(client, source, design, image, plan, await asyncio.to_thread(check), refusals)


def check_numbers(cluster: ClusterRequest) -> None:
    """Raise for what no server could give."""
    if not 0 <= cluster.time_limit <= MAX_HOURS:
        raise TimeLimitInvalid(hours=cluster.time_limit)
    wrong = out_of_range(cluster)
    if wrong is not None:
        raise ClusterImpossible(message=f"{wrong} {NOT_SUBMITTED}")


def _design(cluster: ClusterRequest, specs: Sequence[NodeSpec], refusals: list[InputError]) -> ClusterDesign | None:
    try:
        check_numbers(cluster)
    except InputError as refusal:
        refusals.append(refusal)
        return None
    design = design_cluster(cluster, specs)
    if isinstance(design, str):
        refusals.append(ClusterImpossible(message=f"{design} {NOT_SUBMITTED}"))
        return None
    return design


def _image(images: Sequence[Image], asked: str | None, source: Source, refusals: list[InputError]) -> Image | None:
    image = choose_image(images, asked, manifest_versions(source.environment) if source.environment else ())
    if isinstance(image, str):
        refusals.append(JuliaNotAvailable(message=f"{image} {NOT_SUBMITTED}"))
        return None
    return image


def refuse_errors(outlook: Outlook) -> None:
    """Raise what was refused, else for errors, in the sentences that tell what is wrong."""
    if outlook.refusals:
        raise outlook.refusals[0]
    wrong = _errors(outlook.problems)
    refuse_unreadable(wrong)
    if outlook.plan is not None:
        refuse(outlook.plan)
    julia = [problem for problem in wrong if problem.code == "julia-version-mismatch"]
    if julia:
        raise JuliaNotAvailable(message=f"{julia[0].message} {NOT_SUBMITTED}")
    script = [problem for problem in wrong if problem.path == outlook.source.script]
    if outlook.plan is not None and script:
        raise BundleRefused(message=sentences(script), problems=[problem.code for problem in script])
    if wrong:
        raise EnvironmentNotReady(message=sentences(wrong))


def verdict(outlook: Outlook) -> Preflight:
    """What the user is told who only asked."""
    refused = [error(refusal.code, _without_state(refusal)) for refusal in outlook.refusals]
    problems = worst_first([*refused, *outlook.problems])
    return Preflight(not _errors(problems), tuple(problems), outlook.plan)


def _errors(problems: Sequence[Problem]) -> list[Problem]:
    return [problem for problem in problems if problem.severity is Severity.ERROR]


def _without_state(refusal: InputError) -> str:
    """The sentence without what goes without saying when nothing was asked for."""
    return str(refusal).replace(NOT_SUBMITTED, "").strip()
