"""The form for a job, filled in: gathered from what is known, so that it is there at once while a user types."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from juliahub_ls.domain.bundles.plan import BundlePlan
from juliahub_ls.domain.environments.checks import environment_problems
from juliahub_ls.domain.environments.files import JuliaVersion
from juliahub_ls.domain.jobs.application import app_refusal, choose_application
from juliahub_ls.domain.jobs.choices import DEFAULTS, merged
from juliahub_ls.domain.jobs.cluster_design import ClusterDesign, design_cluster
from juliahub_ls.domain.jobs.exposed_port import exposing_image
from juliahub_ls.domain.jobs.form import FieldProblem, ImageOffer, image_offers, judged, sorted_nodes
from juliahub_ls.domain.jobs.image_choice import choose_image, julia_of, manifest_versions, offered
from juliahub_ls.domain.jobs.product_images import ProductImage
from juliahub_ls.domain.jobs.this_computer import not_here
from juliahub_ls.domain.jobs.unfit import Unfit
from juliahub_ls.domain.problem import Problem, Severity
from juliahub_ls.errors import JuliaHubError, ScriptOutsideBundle
from juliahub_ls.services.beginnings import Beginning, Origin
from juliahub_ls.services.bundling import Bundling
from juliahub_ls.services.catalogue import all_applications, product_images
from juliahub_ls.services.choices import request_of
from juliahub_ls.services.connections import Connections
from juliahub_ls.services.hub_client import HubClient
from juliahub_ls.services.job_source import NOT_SUBMITTED, Source
from juliahub_ls.services.last_known import LastKnown
from juliahub_ls.services.outlook import found_problems, manifest_sha, target_platform
from juliahub_ls.services.servers import ServerProfile
from juliahub_ls.services.submit_request import SubmitRequest, no_manifest, refusals
from juliahub_wire.nodes import NodeSpec

SHOWN = {key: value for key, value in DEFAULTS.items() if key != "portAccess"}
"""Said in full, so that a form need not know them."""
_KEPT_BACK = {
    "env": FieldProblem("env", Severity.WARNING, "Variables that look secret were not kept. Give them again."),
    "code": FieldProblem("script", Severity.WARNING, "The selection was not kept: the whole script would run."),
}


@dataclass(frozen=True, slots=True)
class Form:
    """What `juliahub/form` answers, in the services' words. `choices` are complete enough to submit as they are."""

    choices: Mapping[str, Any]
    origin: Origin
    profile: ServerProfile
    source: Source | None = None
    nodes: Sequence[NodeSpec] = ()
    images: Sequence[ImageOffer] = ()
    design: ClusterDesign | None = None
    image: ProductImage | None = None
    plan: BundlePlan | None = None
    fields: Sequence[FieldProblem] = ()
    obstacle: str | None = None
    offline_since: int | None = None


@dataclass(slots=True)
class _Draft:
    """A form while it is made."""

    request: SubmitRequest
    profile: ServerProfile
    fields: list[FieldProblem] = field(default_factory=list)
    obstacle: str | None = None

    def wrong(self, name: str, sentence: str) -> None:
        """Something is said beside a field."""
        self.fields.append(FieldProblem(name, Severity.ERROR, sentence.replace(NOT_SUBMITTED, "").strip()))


@dataclass(frozen=True, slots=True)
class _Catalogue:
    nodes: Sequence[NodeSpec] | None
    images: Sequence[ProductImage]
    offline_since: int | None = None


class Forms:
    """Makes forms. A server is asked for what it has only when that is not known."""

    def __init__(self, connections: Connections, last_known: LastKnown, bundling: Bundling) -> None:
        self._connections = connections
        self._last_known = last_known
        self._bundling = bundling

    async def form(self, beginning: Beginning, *, plan: bool = False) -> Form:
        """The form for these choices. `plan`: also what would go along, which may take a while.

        What a user can mend is in the form. Raises `ServerUnknown` for what is no server.
        """
        given = beginning.choices
        profile = self._connections.servers.find(given.get("server"))
        choices = merged(SHOWN, {**given, "server": profile.id})
        request = request_of(choices)
        draft = _Draft(request, profile, [_KEPT_BACK[key] for key in beginning.kept_back if key in _KEPT_BACK])
        source, catalogue = await asyncio.gather(self._source(draft), self._catalogue(draft))
        for refusal in refusals(request):
            draft.wrong(refusal.field, str(refusal.error))
        if profile.is_this_computer:
            cluster, port = request.cluster, request.port is not None
            for unfit in not_here(elastic=cluster.elastic, port=port, sysimage=request.sysimage):
                draft.wrong(unfit.field, unfit.sentence)
        design = _design(draft, catalogue)
        loaded = source.environment if source else None
        manifests = await asyncio.to_thread(manifest_versions, loaded) if loaded else []
        gpu = design.node.has_gpu if design else request.cluster.gpu
        image = _image(draft, catalogue.images, manifests, gpu=gpu)
        await self._application(draft)
        plan_, problems = await self._problems(draft, source, catalogue.images, image, plan=plan)
        obstacle = draft.obstacle or beginning.problem
        verdict = judged(draft.fields, problems, source.script if source else None, obstacle)
        return Form(
            choices=choices,
            origin=beginning.origin,
            profile=profile,
            source=source,
            nodes=sorted_nodes(catalogue.nodes or ()),
            images=image_offers(offered(catalogue.images, request.image), manifests, gpu=gpu),
            design=design,
            image=image,
            plan=plan_,
            fields=verdict.fields,
            obstacle=verdict.obstacle,
            offline_since=catalogue.offline_since,
        )

    async def _source(self, draft: _Draft) -> Source | None:
        """The script with its environment; None, with the reason beside the field, where there is none."""
        request = draft.request
        if request.script is None or request.app is not None:
            return None
        try:
            return await self._bundling.source(
                request.script, request.directory, request.send, request.code, request.chosen
            )
        except ScriptOutsideBundle as error:
            draft.wrong("directory", str(error))
        except JuliaHubError as error:
            draft.wrong("script", str(error))
        return None

    async def _catalogue(self, draft: _Draft) -> _Catalogue:
        """What the server has, as far as it is known or tells; else the obstacle is why not."""
        ask = self._last_known.recent if self._signed_in(draft.profile) else self._last_known.get
        name = draft.profile.id
        try:
            nodes, images = await asyncio.gather(
                ask(name, "nodes", HubClient.node_specs), ask(name, "images", product_images)
            )
        except JuliaHubError as error:
            draft.obstacle = str(error).replace(NOT_SUBMITTED, "").strip()
            known, of_images = self._last_known.peek(name, "nodes"), self._last_known.peek(name, "images")
            since = self._connections.reachability.offline_since(name)
            return _Catalogue(known.value if known else None, of_images.value if of_images else (), since)
        since = nodes.offline_since or images.offline_since
        if since is not None:
            draft.obstacle = f"{draft.profile.name} is offline. Its machines are shown as last known."
        return _Catalogue(nodes.value, images.value, since)

    async def _application(self, draft: _Draft) -> None:
        """Whether the server has the application that is asked for, as far as it tells."""
        request = draft.request
        if request.app is None or draft.obstacle or any(item.field == "app" for item in draft.fields):
            return
        try:
            known = await self._last_known.recent(draft.profile.id, "applications", all_applications)
        except JuliaHubError as error:
            draft.obstacle = str(error)
            return
        app = choose_application(request.app, known.value)
        if isinstance(app, str):
            draft.wrong("appRepo" if request.app.repository else "app", app)
        elif wrong := app_refusal(app, request.app, port=bool(request.port), sysimage=request.sysimage):
            draft.wrong("app", wrong)

    def _signed_in(self, profile: ServerProfile) -> bool:
        """As far as is known without asking; a lapsed sign-in may be renewed by asking."""
        stored = self._connections.tokens(profile).read()
        return profile.is_this_computer or (stored is not None and not stored.lapses_before(time.time()))

    async def _problems(
        self,
        draft: _Draft,
        source: Source | None,
        images: Sequence[ProductImage],
        image: ProductImage | None,
        *,
        plan: bool,
    ) -> tuple[BundlePlan | None, Sequence[Problem]]:
        """The bundle's plan, the last one while none is asked for, and what will go wrong."""
        if source is None:
            return None, ()
        request, here, julia = draft.request, draft.profile.is_this_computer, julia_of(image)
        directory = source.directory
        if directory is not None and not plan:
            return self._bundling.known_plan(directory), await asyncio.to_thread(_of_environment, source)
        found = None
        if directory is not None:
            found = await self._bundling.plan(
                directory,
                request.allow,
                gitignore=request.gitignore,
                julia=julia,
                target_platform=target_platform(here=here),
                chosen=source.chosen,
            )
        source = await self._bundling.for_julia(source, julia)
        if request.sysimage and await asyncio.to_thread(manifest_sha, source, found) is None:
            draft.wrong("sysimage", str(no_manifest()))
        return found, await asyncio.to_thread(found_problems, request, source, found, images, image, here=here)


def _of_environment(source: Source) -> list[Problem]:
    loaded = source.job_environment
    return [*source.problems, *loaded.problems, *environment_problems(loaded)] if loaded else list(source.problems)


def _design(draft: _Draft, catalogue: _Catalogue) -> ClusterDesign | None:
    """What will start; nothing beside a field that was refused already, or for machines that nobody knows."""
    refused = {problem.field for problem in draft.fields}
    if catalogue.nodes is None or "timeLimit" in refused:
        return None
    design = design_cluster(draft.request.cluster, catalogue.nodes, whole=not draft.profile.is_this_computer)
    if not isinstance(design, Unfit):
        return design
    if design.field not in refused:
        draft.wrong(design.field, design.sentence)
    return None


def _image(
    draft: _Draft, images: Sequence[ProductImage], manifests: Sequence[JuliaVersion], *, gpu: bool
) -> ProductImage | None:
    asked, port = draft.request.image, draft.request.port
    if not images or (draft.request.app is not None and not asked):
        return None
    image = choose_image(images, asked, manifests, gpu=gpu)
    if isinstance(image, str):
        draft.wrong("image" if asked.name else "julia" if asked.julia else "product", image)
        return None
    exposing = exposing_image(image, chosen=bool(asked)) if port and draft.request.app is None else None
    if isinstance(exposing, str):
        draft.wrong("port", exposing)
    return exposing[1] if isinstance(exposing, tuple) else image
