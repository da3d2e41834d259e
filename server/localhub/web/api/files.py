"""Downloading a job's files (protocol §9), in parts where a client resumes."""

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from localhub.domain.refusals import UnknownJob
from localhub.web.requests import blocking, failure, hub_of, path_segment, user_of


class _Download(FileResponse):
    """Large pieces: a hop to a thread for each small one would cost more than the disk."""

    chunk_size = 2**20


async def job_file(request: Request) -> Response:
    """The raw bytes, with `Range`, `ETag` (the SHA-256) and `Content-Length`. The name may hold an encoded `/`."""
    hub, jobname, name = hub_of(request), path_segment(request, "jobname"), path_segment(request, "name")
    file_type = request.query_params.get("filetype")
    try:
        file = await blocking(hub.jobs.file, user_of(request), jobname, name, file_type)
    except UnknownJob as unknown:
        return failure(str(unknown), 403)
    if file is None:
        return failure(f"Job {jobname} has no file {name}.", 404)
    headers = {
        "ETag": f'"{file.sha256}"',
        "Cache-Control": "private, no-store",
        "Content-Disposition": f"attachment; filename*=utf-8''{quote(file.name, safe='')}",
        "X-Content-Type-Options": "nosniff",
    }
    return _Download(hub.blobs.path(file.sha256), headers=headers, media_type="application/octet-stream")


routes = [Route("/jobs/{jobname}/files/{name:path}", job_file)]
