"""From a script to an accepted job.

Environment, checks, bundle, upload, one submission that is never sent twice (protocol §5, §6).
"""

import asyncio
import time
import uuid
from dataclasses import dataclass, replace

import httpx

from juliahub_ls.domain.jobs.cluster_design import ClusterDesign
from juliahub_ls.domain.jobs.cluster_words import cluster
from juliahub_ls.domain.jobs.image_choice import version_of
from juliahub_ls.domain.jobs.job_args import ALIAS, SUBMISSION_KEY, job_args
from juliahub_ls.domain.jobs.job_form import ScriptCode, Terms, app_form, script_form
from juliahub_ls.domain.jobs.submission_record import SubmissionRecord, kept_choices
from juliahub_ls.domain.problem import Problem
from juliahub_ls.errors import Cancelled, JuliaHubError, ServerError, ServerTooSlow, SubmissionUnknown
from juliahub_ls.services.bundling import Bundling, PreparedBundle, refuse_unreadable
from juliahub_ls.services.choices import choices_of
from juliahub_ls.services.connections import Connections
from juliahub_ls.services.hub_client import HubClient
from juliahub_ls.services.job_source import NOT_SUBMITTED
from juliahub_ls.services.outlook import (
    Outlook,
    Preflight,
    look,
    look_at_application,
    manifest_sha,
    refuse_errors,
    verdict,
)
from juliahub_ls.services.progress import Progress
from juliahub_ls.services.submissions import Submissions
from juliahub_ls.services.submit_request import SubmitRequest, impossible, project_id
from juliahub_ls.services.transfer import Transfer
from juliahub_wire.bundles import UploadInfo
from juliahub_wire.submission import Submission

SENDING = "Submitting"
"""The last step: before it nothing has happened on the server."""
LOOK_BACK = 50
LOOK_TRIES = 5
LOOK_PAUSE_SECONDS = 0.5
NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
"""After these there is no need to look: no connection was made."""


@dataclass(frozen=True, slots=True)
class Submitted:
    """An accepted job and what went with it."""

    server: str
    jobname: str
    design: ClusterDesign
    bundle: PreparedBundle | None
    problems: tuple[Problem, ...]


class Submitter:
    """Submits scripts to any server, and keeps what was submitted in `submissions`."""

    def __init__(self, connections: Connections, bundling: Bundling, submissions: Submissions | None = None) -> None:
        self._connections = connections
        self._bundling = bundling
        self._submissions = submissions

    async def preflight(self, request: SubmitRequest, progress: Progress) -> Preflight:
        """What `submit` would find out, without writing or sending anything.

        What the user can mend is in the verdict. Raises what has no verdict: no such script, no server, no sign-in.
        """
        try:
            outlook = await self._look(request, progress)
        except asyncio.CancelledError:
            raise Cancelled(what="The check", state=NOT_SUBMITTED) from None
        return verdict(outlook)

    async def submit(self, request: SubmitRequest, progress: Progress) -> Submitted:
        """Bundle, upload and submit. Until the last step nothing has happened on the server, and an error says so."""
        try:
            client, submission, outlook, prepared = await self._prepare(request, progress)
        except asyncio.CancelledError:
            raise Cancelled(what="The submission", state=NOT_SUBMITTED) from None
        progress.report(SENDING)
        jobname = await _to_its_end(asyncio.create_task(self._send(client, submission)))
        done = replace(prepared, jobname=jobname)
        if self._submissions is not None:
            await asyncio.to_thread(self._submissions.add, record_of(request, outlook, done))
        return done

    async def _prepare(
        self, request: SubmitRequest, progress: Progress
    ) -> "tuple[HubClient, Submission, Outlook, Submitted]":
        """Everything before the job exists; what is returned still wants the job's name."""
        refused = impossible(request)
        if refused:
            raise refused[0]
        outlook = await self._look(request, progress, refuse_source=True)
        refuse_errors(outlook)
        assert outlook.design is not None
        bundle = await self._bundling.prepare(outlook.plan, progress) if outlook.plan else None
        if bundle is not None:
            try:
                await self._upload(outlook.client, bundle, progress)
            finally:
                self._bundling.release(bundle)
        submission = await asyncio.to_thread(_form, request, outlook, outlook.design, bundle)
        done = Submitted(outlook.client.server, "", outlook.design, bundle, tuple(outlook.problems))
        return outlook.client, submission, outlook, done

    async def _look(self, request: SubmitRequest, progress: Progress, *, refuse_source: bool = False) -> Outlook:
        """All that is known about the job. `refuse_source`: what cannot be read is said before a server is asked."""
        if request.app is not None:
            return await look_at_application(self._connections, request, request.app, progress)
        if request.script is None:
            raise impossible(request)[0]
        source = await self._bundling.source(
            request.script, request.directory, request.send, request.code, request.chosen
        )
        if refuse_source:
            refuse_unreadable(source.environment.problems if source.environment else ())
        return await look(self._connections, self._bundling, request, source, progress)

    async def _upload(self, client: HubClient, bundle: PreparedBundle, progress: Progress) -> None:
        info = UploadInfo(file_size=bundle.size, hash=bundle.sha256)

        upload = Transfer("Uploading", bundle.size)
        await client.upload_bundle(bundle.path, info, lambda count: progress.report(*upload.at(count)))

    async def _send(self, client: HubClient, submission: Submission) -> str:
        """Send. After a lost answer look for the job by its key; only when it surely is not there, send once more."""
        for may_repeat in (True, False):
            try:
                return await client.submit(submission)
            except ServerError as lost:
                if isinstance(lost.__cause__, NEVER_SENT):
                    raise
                jobname = await self._find(client, submission.args[SUBMISSION_KEY], lost)
                if jobname is not None:
                    return jobname
                if isinstance(lost, ServerTooSlow):  # it may be at it still
                    raise SubmissionUnknown(server=client.server) from lost
                if not may_repeat:
                    raise
        raise AssertionError("unreachable")

    async def _find(self, client: HubClient, key: str, lost: ServerError) -> str | None:
        """The job of a submission, None when the server has none.

        Raises `SubmissionUnknown` when it cannot be asked.
        """
        for attempt in range(LOOK_TRIES):
            try:
                jobs = await client.jobs(LOOK_BACK)
            except JuliaHubError:
                await asyncio.sleep(LOOK_PAUSE_SECONDS * 2**attempt)
                continue
            return next((job.jobname for job in jobs if job.input_values().get(SUBMISSION_KEY) == key), None)
        raise SubmissionUnknown(server=client.server) from lost


def record_of(request: SubmitRequest, outlook: Outlook, done: Submitted) -> SubmissionRecord:
    """What is kept of a submission."""
    choices, kept_back = kept_choices(choices_of(request) | {"server": done.server})
    design, bundle, node = done.design, done.bundle, done.design.node
    loaded = outlook.source.environment if outlook.source else None
    julia = version_of(outlook.image.name) if outlook.image else None
    return SubmissionRecord(
        server=done.server,
        job=done.jobname,
        submitted=round(time.time() * 1000),
        choices=choices,
        cluster=cluster(design),
        node_class=node.node_class,
        nodes=design.nodes,
        processes=design.processes,
        vcpus=node.vcores,
        memory=node.memory_gb,
        gpu=node.has_gpu,
        price_per_hour=design.price_per_hour,
        julia_version=".".join(map(str, julia)) if julia else None,
        image=outlook.image.name if outlook.image else None,
        environment=loaded.name if loaded else None,
        bundle_files=bundle.plan.file_count if bundle else None,
        bundle_size=bundle.size if bundle else None,
        bundle_sha256=bundle.sha256 if bundle else None,
        kept_back=kept_back,
    )


async def _to_its_end(sending: "asyncio.Task[str]") -> str:
    """A submission under way is not broken off: whoever cancels it learns whether the job exists."""
    try:
        return await asyncio.shield(sending)
    except asyncio.CancelledError:
        jobname = await sending
        raise Cancelled(what="Nothing", state=f"The job {jobname} had been submitted already and goes on.") from None


def _form(request: SubmitRequest, outlook: Outlook, design: ClusterDesign, bundle: PreparedBundle | None) -> Submission:
    """What is sent. An application has arguments of its own, a script's job its name (§5.4)."""
    app, source = outlook.app, outlook.source
    defaults = app.default_args if app else {ALIAS: source.script.name} if source else {}
    args = job_args(defaults, request.env, request.name, design.threads, str(uuid.uuid4()))
    project = project_id(request.project) if request.project else None
    terms = Terms(args, design, outlook.product, outlook.image, request.port, project)
    if app is not None and request.app is not None:
        asked = request.app
        return app_form(terms, app, branch=asked.branch, revision=asked.revision, sysimage=request.sysimage)
    assert source is not None
    code = ScriptCode(
        text=source.user_code,
        project_toml=source.project_text,
        manifest_toml=source.manifest_text,
        bundle=UploadInfo(file_size=bundle.size, hash=bundle.sha256) if bundle else None,
        sysimage_sha=manifest_sha(source, outlook.plan) if request.sysimage else None,
    )
    return script_form(terms, code)
