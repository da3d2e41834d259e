"""What is decided about a job before anything is written or sent: machines, Julia, bundle, and what will go wrong."""

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from juliahub_ls.domain.bundles.plan import BundlePlan
from juliahub_ls.domain.environments.files import JuliaVersion
from juliahub_ls.domain.environments.platforms import this_platform
from juliahub_ls.domain.jobs.application import Application, AppRequest, app_refusal, choose_application
from juliahub_ls.domain.jobs.cluster_design import ClusterDesign, ClusterRequest, design_cluster
from juliahub_ls.domain.jobs.exposed_port import exposing_image
from juliahub_ls.domain.jobs.image_choice import (
    choose_image,
    julia_of,
    julia_versions,
    manifest_versions,
    offered,
    version_of,
)
from juliahub_ls.domain.jobs.preflight import JULIAHUB_PLATFORM, preflight, script_problems, worst_first
from juliahub_ls.domain.jobs.product_images import ProductImage
from juliahub_ls.domain.jobs.unfit import Unfit
from juliahub_ls.domain.problem import Problem, Severity, error
from juliahub_ls.errors import (
    BundleRefused,
    ClusterImpossible,
    EnvironmentNotReady,
    InputError,
    JuliaNotAvailable,
    SettingInvalid,
    TimeLimitInvalid,
)
from juliahub_ls.services.bundling import Bundling, refuse, refuse_unreadable, sentences
from juliahub_ls.services.catalogue import all_applications, product_images
from juliahub_ls.services.connections import Connections
from juliahub_ls.services.hub_client import HubClient
from juliahub_ls.services.job_source import NOT_SUBMITTED, Send, Source
from juliahub_ls.services.progress import Progress
from juliahub_ls.services.submit_request import SubmitRequest, impossible, no_manifest
from juliahub_wire.images import PACKAGE_INTERACTIVE_PRODUCT
from juliahub_wire.nodes import NodeSpec


@dataclass(frozen=True, slots=True)
class Preflight:
    """A verdict: `ready` to be submitted, and what will go wrong or is worth knowing, worst first."""

    ready: bool
    problems: tuple[Problem, ...]
    plan: BundlePlan | None


@dataclass(frozen=True, slots=True)
class Outlook:
    """All that is decided about a job before anything is written or sent. `refusals`: why it cannot be.

    `source` of a script; `app` when an application is run. `product` and `image` as they are sent.
    """

    client: HubClient
    design: ClusterDesign | None
    product: str | None
    image: ProductImage | None
    refusals: list[InputError]
    source: Source | None = None
    plan: BundlePlan | None = None
    problems: list[Problem] = field(default_factory=list)
    app: Application | None = None


async def look(
    connections: Connections, bundling: Bundling, request: SubmitRequest, source: Source, progress: Progress
) -> Outlook:
    """Ask the server what it has, plan, check. What the user asked for and cannot have is among the refusals."""
    progress.report("Asking the server for its machines")
    client = await connections.client(request.server)
    specs, images = await asyncio.gather(client.node_specs(), product_images(client))
    here = connections.servers.find(request.server).is_this_computer
    refusals = impossible(request)
    design = _design(request.cluster, specs, refusals, whole=not here)
    wanted = manifest_versions(source.environment) if source.environment else ()
    image = _image(images, request, design, refusals, wanted)
    product, image = _exposing(image, request, refusals)
    julia = julia_of(image)
    source = await bundling.for_julia(source, julia)
    plan = None
    if source.directory is not None:
        progress.report("Looking at the files")
        plan = await bundling.plan(
            source.directory,
            request.allow,
            gitignore=request.gitignore,
            julia=julia,
            target_platform=target_platform(here=here),
            chosen=source.chosen,
        )
    if request.sysimage and await asyncio.to_thread(manifest_sha, source, plan) is None:
        refusals.append(no_manifest())

    found = await asyncio.to_thread(found_problems, request, source, plan, images, image, here=here)
    return Outlook(client, design, product, image, refusals, source, plan, found)


def found_problems(
    request: SubmitRequest,
    source: Source,
    plan: BundlePlan | None,
    images: Sequence[ProductImage],
    image: ProductImage | None,
    *,
    here: bool,
) -> list[Problem]:
    """What will go wrong with a script's job that runs in `image`, worst first. `here`: on this computer."""
    found = preflight(
        source.job_environment,
        plan=plan,
        script=source.script,
        code=source.code,
        julia_versions=julia_versions(offered(images, request.image)),
        chosen_version=_chosen_version(request, image),
        job_version=image.name if image else None,
        on_this_computer=here,
        target_platform=target_platform(here=here),
        server_resolves=source.send is Send.PROJECT,
    )
    of_script = script_problems(source.script, source.code, plan, request.allow, selection=source.selection)
    return worst_first([*found, *source.problems, *of_script])


def target_platform(*, here: bool) -> Mapping[str, str]:
    """The machine that runs the job."""
    return this_platform() if here else JULIAHUB_PLATFORM


async def look_at_application(
    connections: Connections, request: SubmitRequest, asked: AppRequest, progress: Progress
) -> Outlook:
    """The same for an application: which one it is, and what it would run on. Images only when one was asked for."""
    progress.report("Asking the server for its applications")
    client = await connections.client(request.server)
    specs, known = await asyncio.gather(client.node_specs(), all_applications(client))
    images = await product_images(client) if request.image else ()
    here = connections.servers.find(request.server).is_this_computer
    refusals = impossible(request)
    design = _design(request.cluster, specs, refusals, whole=not here)
    image = _image(images, request, design, refusals) if request.image else None
    product = image.product if image else None
    app = choose_application(asked, known)
    wrong = app if isinstance(app, str) else app_refusal(app, asked, port=bool(request.port), sysimage=request.sysimage)
    if isinstance(app, str) or wrong:
        refusals.append(SettingInvalid(reason=f"{wrong} {NOT_SUBMITTED}"))
        return Outlook(client, design, product, image, refusals)
    return Outlook(client, design, PACKAGE_INTERACTIVE_PRODUCT if request.port else product, image, refusals, app=app)


def manifest_sha(source: Source, plan: BundlePlan | None) -> str | None:
    """SHA-256 of the manifest that goes along, in the bundle or as text; None without one (§5.2, §6.2)."""
    if plan is not None:
        return plan.manifest_sha256
    text = source.manifest_text
    return hashlib.sha256(text.encode()).hexdigest() if text else None


def _design(
    cluster: ClusterRequest, specs: Sequence[NodeSpec], refusals: list[InputError], *, whole: bool
) -> ClusterDesign | None:
    """The design, with the limit that the server will hold to: JuliaHub's are `whole` hours."""
    if any(isinstance(refusal, ClusterImpossible | TimeLimitInvalid) for refusal in refusals):
        return None
    design = design_cluster(cluster, specs, whole=whole)
    if isinstance(design, Unfit):
        refusals.append(ClusterImpossible(message=f"{design.sentence} {NOT_SUBMITTED}"))
        return None
    return design


def _image(
    images: Sequence[ProductImage],
    request: SubmitRequest,
    design: ClusterDesign | None,
    refusals: list[InputError],
    wanted: Sequence[JuliaVersion] = (),
) -> ProductImage | None:
    gpu = design.node.has_gpu if design else request.cluster.gpu
    image = choose_image(images, request.image, wanted, gpu=gpu)
    if isinstance(image, str):
        refusals.append(JuliaNotAvailable(message=f"{image} {NOT_SUBMITTED}"))
        return None
    return image


def _exposing(
    image: ProductImage | None, request: SubmitRequest, refusals: list[InputError]
) -> tuple[str | None, ProductImage | None]:
    """Product and image of a script's job; a port asks for another product (§5.5)."""
    found: tuple[str | None, ProductImage | None] | str = (image.product if image else None), image
    if request.port is not None:
        found = exposing_image(image, chosen=bool(request.image))
    if isinstance(found, str):
        refusals.append(SettingInvalid(reason=f"{found} {NOT_SUBMITTED}"))
        return None, image
    return found


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
    script = [problem for problem in wrong if outlook.source and problem.path == outlook.source.script]
    if outlook.plan is not None and script:
        raise BundleRefused(message=sentences(script), problems=[problem.code for problem in script])
    if wrong:
        raise EnvironmentNotReady(message=sentences(wrong))


def verdict(outlook: Outlook) -> Preflight:
    """What the user is told who only asked."""
    refused = [error(refusal.code, _without_state(refusal)) for refusal in outlook.refusals]
    problems = worst_first([*refused, *outlook.problems])
    return Preflight(not _errors(problems), tuple(problems), outlook.plan)


def _chosen_version(request: SubmitRequest, image: ProductImage | None) -> str | None:
    """The Julia that the user chose, by version or by image."""
    version = version_of(image.name) if image and request.image.name else None
    return ".".join(map(str, version)) if version else request.image.julia if image else None


def _errors(problems: Sequence[Problem]) -> list[Problem]:
    return [problem for problem in problems if problem.severity is Severity.ERROR]


def _without_state(refusal: InputError) -> str:
    """The sentence without what goes without saying when nothing was asked for."""
    return str(refusal).replace(NOT_SUBMITTED, "").strip()
