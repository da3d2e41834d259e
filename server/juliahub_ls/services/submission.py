"""From a script to an accepted job.

Environment, checks, bundle, upload, one submission that is never sent twice (protocol §5, §6).
"""

import asyncio
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from juliahub_wire import images as wire_images
from juliahub_wire.bundles import EXTERNAL_UPLOAD, UploadInfo
from juliahub_wire.submission import Submission

from juliahub_ls.domain.cluster_design import ClusterDesign, ClusterRequest, design_cluster, whole_hours
from juliahub_ls.domain.driver import driver_script
from juliahub_ls.domain.image_choice import choose_image, julia_versions
from juliahub_ls.domain.preflight import preflight
from juliahub_ls.domain.problem import Problem, Severity, human_bytes
from juliahub_ls.errors import (
    ClusterImpossible,
    EnvironmentNotReady,
    JuliaNotAvailable,
    RefusedByServer,
    ServerError,
    SubmissionUnknown,
    TimeLimitInvalid,
)
from juliahub_ls.services.bundling import Bundling, PreparedBundle, Source
from juliahub_ls.services.connections import Connections
from juliahub_ls.services.hub_client import HubClient
from juliahub_ls.services.progress import Progress

SUBMISSION_KEY = "jr_submission"
"""The reserved argument that names a submission, so that a lost answer is followed by a look for the job."""
LOOK_BACK = 50
LOOK_TRIES = 5


@dataclass(frozen=True, slots=True)
class SubmitRequest:
    """What a user asks to run. `julia` picks an image by version; `bundle` false sends text only."""

    script: Path
    server: str | None = None
    directory: Path | None = None
    bundle: bool = True
    allow: tuple[str, ...] = ()
    name: str | None = None
    env: dict[str, str] = field(default_factory=dict)
    cluster: ClusterRequest = field(default_factory=ClusterRequest)
    julia: str | None = None


@dataclass(frozen=True, slots=True)
class Submitted:
    """An accepted job and what went with it."""

    server: str
    jobname: str
    design: ClusterDesign
    bundle: PreparedBundle | None
    problems: tuple[Problem, ...]


class Submitter:
    """Submits scripts to any server."""

    def __init__(self, connections: Connections, bundling: Bundling) -> None:
        self._connections = connections
        self._bundling = bundling

    async def submit(self, request: SubmitRequest, progress: Progress) -> Submitted:
        """Bundle, upload and submit. Until the last step nothing has happened on the server, and an error says so."""
        source = await self._bundling.source(request.script, request.directory, bundle=request.bundle)
        if not request.cluster.time_limit >= 0:
            raise TimeLimitInvalid(hours=request.cluster.time_limit)
        progress.report("Asking the server for its machines")
        client = await self._connections.client(request.server)
        specs, images = await asyncio.gather(client.node_specs(), client.default_product_images())
        design = design_cluster(request.cluster, specs)
        if isinstance(design, str):
            raise ClusterImpossible(message=f"{design} Nothing was submitted.")
        image = choose_image(images, request.julia, source.julia_version)
        if isinstance(image, str):
            raise JuliaNotAvailable(message=f"{image} Nothing was submitted.")
        checks = self._preflight(request, source, images)
        bundle = await self._bundling.prepare(source, request.allow, progress) if source.directory else None
        if bundle is not None:
            await self._upload(client, bundle, progress)
        progress.report("Submitting")
        submission = self._form(request, source, design, image, bundle)
        jobname = await self._send(client, submission)
        problems = bundle.plan.problems if bundle else source.problems
        return Submitted(client.server, jobname, design, bundle, (*problems, *checks))

    def _preflight(self, request: SubmitRequest, source: Source, images: Sequence[wire_images.Image]) -> list[Problem]:
        """What will go wrong on this server.

        Errors end the submission, unless the user chose that Julia; warnings go along.
        """
        if source.environment is None:
            return []
        here = self._connections.servers.find(request.server).is_this_computer
        found = preflight(
            source.environment,
            julia_versions=julia_versions(images),
            chosen_version=request.julia,
            on_this_computer=here,
        )
        for problem in found:
            if problem.severity is not Severity.ERROR:
                continue
            if problem.code != "julia-version-mismatch":
                raise EnvironmentNotReady(message=problem.message)
            if request.julia is None:
                raise JuliaNotAvailable(message=f"{problem.message} Nothing was submitted.")
        return found

    async def _upload(self, client: HubClient, bundle: PreparedBundle, progress: Progress) -> None:
        info = UploadInfo(file_size=bundle.size, hash=bundle.sha256)

        def sent(count: int) -> None:
            fraction = count / bundle.size if bundle.size else 1.0
            progress.report(f"Uploading {fraction:.0%} of {human_bytes(bundle.size)}", fraction)

        await client.upload_bundle(bundle.path, info, sent)

    def _form(
        self,
        request: SubmitRequest,
        source: Source,
        design: ClusterDesign,
        image: wire_images.Image | None,
        bundle: PreparedBundle | None,
    ) -> Submission:
        here = self._connections.servers.find(request.server).is_this_computer
        hours = design.time_limit if here else whole_hours(design.time_limit)
        args = dict(request.env)
        if design.threads is not None:
            args["JULIA_NUM_THREADS"] = str(design.threads)
        args["jobname"] = request.name or request.script.name
        args[SUBMISSION_KEY] = str(uuid.uuid4())
        return Submission(
            args=args,
            usercode=driver_script(source.script_in_bundle) if source.script_in_bundle else source.code,
            projecttoml=None if bundle else source.project_text,
            manifesttoml=None if bundle else source.manifest_text,
            appbundle=EXTERNAL_UPLOAD if bundle else None,
            appbundle_upload_info=UploadInfo(file_size=bundle.size, hash=bundle.sha256) if bundle else None,
            product_name=wire_images.DEFAULT_PRODUCT if image else None,
            image=image.image_key_name if image else None,
            image_tag=image.image_tag if image else None,
            node_class=design.node.node_class,
            cpu=design.node.vcores,
            nworkers=design.nodes - 1,
            isthreaded=design.one_process_per_node,
            limit_type="time" if hours else "unlimited",
            limit_value=hours or None,
        )

    async def _send(self, client: HubClient, submission: Submission) -> str:
        """Send once. After a lost answer look for the job by its key; only when it surely is not there, send again."""
        try:
            return await client.submit(submission)
        except ServerError as lost:
            jobname = await self._find(client, submission.args[SUBMISSION_KEY], lost)
        if jobname is not None:
            return jobname
        try:
            return await client.submit(submission)
        except ServerError as error:
            raise SubmissionUnknown(server=client.server) from error

    async def _find(self, client: HubClient, key: str, lost: ServerError) -> str | None:
        """The job of a submission, None when the server has none.

        Raises `SubmissionUnknown` when it cannot be asked.
        """
        for attempt in range(LOOK_TRIES):
            try:
                jobs = await client.jobs(LOOK_BACK)
            except (ServerError, RefusedByServer):
                await asyncio.sleep(0.5 * 2**attempt)
                continue
            return next((job.jobname for job in jobs if job.input_values().get(SUBMISSION_KEY) == key), None)
        raise SubmissionUnknown(server=client.server) from lost
