"""Appbundle upload (protocol §6.4)."""

from pydantic import ValidationError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from juliahub_wire import paths
from juliahub_wire.bundles import UploadInfo
from localhub.domain.refusals import Refusal, StorageFull
from localhub.services import uploads
from localhub.services.blobs import CHUNK, Blob, BlobWriter
from localhub.web.requests import base_url, blocking, failure, hub_of, json_answer, user_of


async def upload_url(request: Request) -> Response:
    """A signed URL to PUT the announced file to."""
    try:
        info = UploadInfo.model_validate(dict(request.query_params))
        url = await blocking(hub_of(request).uploads.url, user_of(request), info, base_url(request))
    except ValidationError:
        return failure("The request needs file_size and hash of the bundle.", 400)
    except Refusal as refusal:
        return failure(str(refusal))
    return json_answer({"success": True, "message": {"upload_url": url}})


async def upload(request: Request) -> Response:
    """Store exactly the announced bytes, or nothing."""
    hub = hub_of(request)
    try:
        expected, user_id = hub.uploads.check(request.path_params["sha256"], dict(request.query_params))
    except Refusal as refusal:
        return failure(str(refusal), 403)
    writer = hub.blobs.writer()
    try:
        await _receive(request, writer, expected)
        await blocking(writer.finish, expected)
        await blocking(hub.uploads.note, user_id, expected.sha256)
    except StorageFull as full:
        return failure(str(full), 507)
    except Refusal as refusal:
        return failure(str(refusal), 400)
    except ClientDisconnect:
        return Response(status_code=400)
    finally:
        await blocking(writer.close)
    return Response()


async def _receive(request: Request, writer: BlobWriter, expected: Blob) -> None:
    """Write in large pieces: a hop to a thread for each small one would cost more than the disk."""
    piece = bytearray()
    async for received in request.stream():
        piece += received
        if writer.size + len(piece) > expected.size:
            raise Refusal("The upload was not stored: it is longer than announced.")
        if len(piece) >= CHUNK:
            await blocking(writer.write, piece)
            piece = bytearray()
    await blocking(writer.write, piece)


routes = [
    Route(paths.APPBUNDLE_UPLOAD_URL, upload_url),
    Route(uploads.PATH + "{sha256}", upload, methods=["PUT"]),
]
