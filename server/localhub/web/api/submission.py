"""Submitting a job (protocol §5)."""

from pydantic import ValidationError
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from juliahub_wire import paths
from juliahub_wire.submission import Submission, SubmitAnswer
from localhub.domain import job, submission_rules
from localhub.domain.permissions import User
from localhub.domain.refusals import Refusal, StorageFull
from localhub.services.hub import Hub
from localhub.web.requests import answer, blocking, hub_of, user_of

MAX_PART_BYTES = 64 * 2**20
MAX_PARTS = 100
"""Clients send some thirty (protocol §5.2); each may fill memory."""


async def submit_job(request: Request) -> Response:
    """Accept the job or say why not; either is a 200. An accepted one is visible before this answers."""
    hub = hub_of(request)
    try:
        submission = _parse(await _parts(request))
        jobname = await blocking(_accept, hub, user_of(request), submission)
    except StorageFull:
        return answer(SubmitAnswer(success=False, message=str(StorageFull("The job"))))
    except Refusal as refusal:
        return answer(SubmitAnswer(success=False, message=str(refusal)))
    hub.runs.follow(jobname)
    return answer(SubmitAnswer(success=True, jobname=jobname))


def _accept(hub: Hub, user: User, submission: Submission) -> str:
    twin = hub.jobs.submitted_before(user, submission.args.get(job.SUBMISSION_KEY) or None)
    return twin or hub.jobs.accept(user, submission_rules.design(submission, hub.offer()))[0]


async def _parts(request: Request) -> dict[str, str]:
    """The text parts, in any order; one sent as a file counts as its text."""
    try:
        async with request.form(max_files=MAX_PARTS, max_fields=MAX_PARTS, max_part_size=MAX_PART_BYTES) as form:
            return {name: await _text(value) for name, value in form.items()}
    except HTTPException as error:
        raise Refusal(f"The job was not submitted: the form cannot be read. {error.detail}") from error


async def _text(value: UploadFile | str) -> str:
    return value if isinstance(value, str) else (await value.read()).decode("utf-8", "replace")


def _parse(parts: dict[str, str]) -> Submission:
    try:
        return Submission.from_form(parts)
    except ValidationError as error:
        problem = error.errors(include_url=False, include_input=False, include_context=False)[0]
        field = ".".join(str(part) for part in problem["loc"])
        raise Refusal(f"The job was not submitted: the field {field} is wrong ({problem['msg']}).") from None


routes = [Route(paths.SUBMIT_JOB, submit_job, methods=["POST"])]
