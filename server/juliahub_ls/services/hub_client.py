"""Every call to a server, and nowhere else a URL: JuliaHub's protocol from the client's side (protocol §2–§9)."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import anyio
import httpx
from pydantic import TypeAdapter, ValidationError

from juliahub_ls import errors
from juliahub_ls.services.download import Download
from juliahub_ls.services.hub_requests import HubRequests
from juliahub_ls.services.transport import NOTHING_CHANGED, check, decode, retrying
from juliahub_ls.services.upload import FileBody, put_file
from juliahub_wire import logs, paths
from juliahub_wire.api import LEGACY_VERSION, ApiVersion
from juliahub_wire.bundles import UploadInfo, UploadUrlAnswer
from juliahub_wire.jobs import Job, JobDetails, KillAnswer, SuccessAnswer
from juliahub_wire.nodes import NodeSpec, NodeSpecsAnswer
from juliahub_wire.stream import StreamQuery
from juliahub_wire.submission import Submission, SubmitAnswer
from juliahub_wire.users import LEGACY_USER_QUERY, LegacyUsers

JOB_LIST: TypeAdapter[list[Job]] = TypeAdapter(list[Job])
NOT_SUBMITTED = "Nothing was submitted."


class HubClient(HubRequests):
    """The calls of §2 to §9, each typed. Methods raise `errors.JuliaHubError` alone."""

    known_version: str | None = None
    """What the server speaks, once `api_version` has asked."""

    async def api_version(self) -> ApiVersion:
        """Who the token belongs to and what the server speaks; of a legacy server GraphQL tells (§2.1, §2.2)."""
        answer = await self.get_if_there(paths.API_VERSION)
        found = await self._legacy_version() if answer is None else self.model(ApiVersion, answer, paths.API_VERSION)
        self.known_version = found.api_version
        return found

    async def node_specs(self) -> list[NodeSpec]:
        """The machine types (§3)."""
        answer = self.model(NodeSpecsAnswer, await self.get(paths.NODE_SPECS), paths.NODE_SPECS)
        if not answer.success:
            raise errors.RefusedByServer(message=answer.message or "The server did not list its machines.")
        return answer.node_specs

    async def upload_bundle(self, bundle: Path, info: UploadInfo, sent: Callable[[int], None]) -> None:
        """Ask for a signed URL and put the archive there (§6.4); after a break again, from the start, at a new URL.

        `sent` is told the bytes that have gone. The server checks the hash.
        """
        body = FileBody(bundle, info.file_size, {"Content-Length": str(info.file_size)}, sent)
        await put_file(self._http, self.server, lambda: self._upload_url(info), body, NOT_SUBMITTED)

    async def submit(self, submission: Submission) -> str:
        """Submit once; the new job's name (§5). A refusal is the server's own sentence."""
        parts = {name: (None, value) for name, value in submission.form().items()}
        response = await self.send("POST", paths.SUBMIT_JOB, NOT_SUBMITTED, files=parts)
        value = decode(response, self.server, NOT_SUBMITTED)
        answer = self.model(SubmitAnswer, value, paths.SUBMIT_JOB)
        if not answer.success or not answer.jobname:
            raise errors.RefusedByServer(message=answer.message or "The server refused the job without a reason.")
        return answer.jobname

    async def jobs(self, limit: int | None = None) -> list[Job]:
        """Jobs, newest first; 20 unless `limit` says otherwise (§7.1)."""
        value = await self.get(paths.GET_JOBS, {"limit": str(limit)} if limit else None)
        try:
            return JOB_LIST.validate_python(value)
        except ValidationError as error:
            raise self.unexpected(paths.GET_JOBS, error) from error

    async def job(self, jobname: str) -> Job:
        """One job. An unknown one is `JobNotFound` (§7.1)."""
        path = paths.job(jobname)
        headers = {"X-Hasura-Role": "jhuser", "X-JuliaHub-Ensure-JS": "true"}
        details = self.model(JobDetails, await self.get(path, headers=headers), path).details
        if not details:
            raise errors.JobNotFound(server=self.server, job=jobname)
        if len(details) > 1:
            reason = f"details: {len(details)} jobs of one name"
            raise errors.UnexpectedAnswer(server=self.server, endpoint=path, reason=reason, state=NOTHING_CHANGED)
        return details[0]

    async def kill(self, jobname: str) -> None:
        """Ask for the job's end (§7.1); it may take a while."""
        value = await self._job_call(jobname, "GET", paths.KILL_JOB, params={"jobname": jobname})
        answer = self.model(KillAnswer, value, paths.KILL_JOB)
        if not answer.status:
            raise errors.RefusedByServer(message=answer.message or "The server did not stop the job.")

    async def extend(self, jobname: str, hours: float) -> None:
        """Give a job more hours (§7.1)."""
        body = json.dumps({"jobname": jobname, "extendby": int(hours) if float(hours).is_integer() else hours})
        value = await self._job_call(jobname, "POST", paths.EXTEND_JOB, content=body)
        answer = self.model(SuccessAnswer, value, paths.EXTEND_JOB)
        if not answer.success and answer.message.startswith("Invalid jobname"):
            raise errors.JobNotFound(server=self.server, job=jobname)
        if not answer.success:
            raise errors.RefusedByServer(message=answer.message or "The server did not extend the job.")

    async def log_page(self, jobname: str, query: dict[str, str] | None = None) -> list[logs.LogRecord]:
        """A page of a log: the last one, or that of `start_time`/`end_time` with `event_id` (§8.1)."""
        fixed = {"jobname": jobname, "log_output_type": "content", "log_out_type": "json"}

        async def attempt() -> bytes:
            response = await self.send("GET", paths.GET_LOGS, params=fixed | (query or {}))
            if response.status_code == 403:
                raise errors.JobNotFound(server=self.server, job=jobname)
            check(response, self.server)
            return response.content

        body = await retrying(attempt)
        try:
            return await anyio.to_thread.run_sync(logs.decode_page, body)
        except logs.LogPageError as error:
            raise errors.RefusedByServer(message=str(error)) from error

    async def stream_request(self, jobname: str, after: int | None) -> tuple[str, dict[str, str]]:
        """URL and headers of the log's WebSocket, from the record after `after`; None: from the present end (§8.2)."""
        query = StreamQuery(jobname=jobname, offset=after, log_batch=True)
        values = {name: _query_text(value) for name, value in query.model_dump(exclude_none=True).items()}
        url = self.url.replace("http", "ws", 1) + paths.STREAM_LOGS + "?" + urlencode(values)
        return url, await self.authorization()

    async def download(self, jobname: str, filename: str, filetype: str, start: int) -> Download:
        """Open a job's file from byte `start` (§9), or from its first if it is no longer. Close what it returns."""
        path = paths.job_file(jobname, filename)
        headers = ({"Range": f"bytes={start}-"} if start else {}) | await self.authorization()
        download = Download(self.server, self._http.timeout)
        try:
            await download.open(httpx.URL(self.url + path, params={"filetype": filetype}), headers)
            if download.is_file:
                return download
        except BaseException:
            await download.aclose()
            raise
        await download.aclose()
        if download.answer.status_code == 416 and start:
            return await self.download(jobname, filename, filetype, 0)
        if download.answer.status_code == 404:
            raise errors.NoResults(job=jobname, hint=f"The server has no file {filename} of it.")
        check(download.answer, self.server)
        raise errors.UnexpectedAnswer(
            server=self.server, endpoint=path, reason="an empty answer", state=NOTHING_CHANGED
        )

    async def _upload_url(self, info: UploadInfo) -> str:
        answer = await self.get(paths.APPBUNDLE_UPLOAD_URL, {k: str(v) for k, v in info.model_dump().items()})
        upload_url = self.model(UploadUrlAnswer, answer, paths.APPBUNDLE_UPLOAD_URL).upload_url
        if upload_url is None:
            message = answer.get("message") if isinstance(answer, dict) else None
            words = message if isinstance(message, str) and message else "The server takes no bundle at present."
            raise errors.RefusedByServer(message=f"{words} {NOT_SUBMITTED}")
        return upload_url

    async def _legacy_version(self) -> ApiVersion:
        users = self.model(LegacyUsers, await self.graphql(LEGACY_USER_QUERY, {}, None), paths.GRAPHQL).users
        if len(users) != 1:
            raise errors.RefusedByServer(message="The server does not say whose token this is.")
        return ApiVersion(api_version=LEGACY_VERSION, username=users[0].username)

    async def _job_call(self, jobname: str, method: str, path: str, **request: Any) -> Any:
        """A call about one job, where 403 means that there is none (§7.1)."""
        response = await self.send(method, path, **request)
        if response.status_code == 403:
            raise errors.JobNotFound(server=self.server, job=jobname)
        return decode(response, self.server)


def _query_text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
