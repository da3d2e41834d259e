"""Datasets: listed, shown, downloaded, and a new version uploaded, over plain HTTPS as `jh` does it (protocol §10)."""

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import anyio
import httpx
from pydantic import ValidationError

from juliahub_ls import errors
from juliahub_ls.domain.problem import human_bytes
from juliahub_ls.services.download import KEPT, Download
from juliahub_ls.services.hub_requests import HubRequests
from juliahub_ls.services.multipart import one_file
from juliahub_ls.services.os_errors import translated_os_errors
from juliahub_ls.services.part_file import PartFile, alone
from juliahub_ls.services.progress import Progress
from juliahub_ls.services.transport import check, decode
from juliahub_ls.services.upload import put_file
from juliahub_wire import paths
from juliahub_wire.datasets import Dataset, DownloadUrl, PresignedUpload, url_path, versions_path

RESUMES = 5
NOT_UPLOADED = "No version was added."
MAYBE_UPLOADED = "The version may or may not have been added; look at the dataset before you upload again."
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Downloaded:
    """A version on disk."""

    path: Path
    size: int
    version: int


class Datasets:
    """The datasets that an account can see. Methods raise `errors.JuliaHubError` alone."""

    def __init__(self, requests: HubRequests, http: httpx.AsyncClient) -> None:
        self._requests = requests
        self._http = http

    async def list(self, project: str | None = None) -> list[Dataset]:
        """All that are visible, own and shared, by owner and name. An element that is none is passed over (§10.2)."""
        value = await self._requests.get(paths.DATASETS, {"project": project} if project else None)
        if not isinstance(value, list):
            raise self._unexpected(paths.DATASETS, "not a list")
        found = [dataset for dataset in map(_dataset, value) if dataset]
        return sorted(found, key=lambda dataset: (dataset.owner.username, dataset.name))

    async def find(self, name: str) -> Dataset:
        """The dataset called `name`, `owner/name` or by its UUID. Raises `DatasetNotFound`."""
        known = await self.list()
        named = [each for each in known if name in (each.id, each.name, f"{each.owner.username}/{each.name}")]
        if len(named) != 1:
            hint = _ambiguous(named) if named else "`juliahub datasets` lists those it has."
            raise errors.DatasetNotFound(server=self._requests.server, name=name, hint=hint)
        return named[0]

    async def download(self, dataset: Dataset, version: int | None, target: Path, progress: Progress) -> Downloaded:
        """Save a version (None: the latest) as the file `target`, beside it first; goes on after breaks."""
        number = self._version(dataset, version)
        part = target.with_name(f"{target.name}.{dataset.id[:8]}-v{number}.part")  # goes on with its own bytes alone
        with translated_os_errors(target, KEPT):
            await anyio.to_thread.run_sync(lambda: target.parent.mkdir(parents=True, exist_ok=True))
            async with alone(await anyio.to_thread.run_sync(target.resolve), progress):
                await self._whole(dataset, number, part, progress)
                await anyio.to_thread.run_sync(part.replace, target)
                size = await anyio.to_thread.run_sync(lambda: target.stat().st_size)
            return Downloaded(target, size, number)

    async def upload(self, dataset: Dataset, file: Path, progress: Progress) -> int | None:
        """Add `file` as a new version: open, put, close (§10.6); the version's number, where the server tells it.

        What breaks before the close adds none, and is tried again with a new version opened.
        """
        path = versions_path(dataset.id)
        upload_id = ""

        async def address() -> str:
            nonlocal upload_id
            response = await self._post(path, {"_presigned": True}, NOT_UPLOADED)
            answer = decode(response, self._requests.server, NOT_UPLOADED)
            opened = self._requests.model(PresignedUpload, answer, path)
            upload_id = opened.upload_id
            return opened.presigned_url

        with translated_os_errors(file, NOT_UPLOADED):
            size = await anyio.to_thread.run_sync(lambda: file.stat().st_size)
        body = one_file(file, size, _told(progress, file.name, size))
        await put_file(self._http, self._requests.server, address, body, NOT_UPLOADED)
        progress.report(f"Adding {file.name} as a version")
        return await self._close(dataset, upload_id)

    async def _close(self, dataset: Dataset, upload_id: str) -> int | None:
        """Make the version exist, once. A lost answer is followed by a look whether it does, not by a second close."""
        try:
            body: dict[str, object] = {"action": "close", "upload_id": upload_id}
            response = await self._post(versions_path(dataset.id), body, MAYBE_UPLOADED)
            check(response, self._requests.server, MAYBE_UPLOADED)
        except errors.ServerError as lost:
            added = await self._added(dataset)
            if added is None:
                raise
            log.info("The answer to a close was lost, and the version is there: %s", lost)
            return added
        return _number(response)

    async def _added(self, dataset: Dataset) -> int | None:
        """The number of a version that was not there when `dataset` was listed."""
        try:
            now = await self.find(dataset.id)
        except errors.JuliaHubError:
            return None
        before = {version.version for version in dataset.versions}
        return max((version.version for version in now.versions if version.version not in before), default=None)

    async def _post(self, path: str, body: dict[str, object], state: str) -> httpx.Response:
        headers = {"Content-Type": "application/json"}
        return await self._requests.send("POST", path, state, content=json.dumps(body), headers=headers)

    async def _whole(self, dataset: Dataset, version: int, part: Path, progress: Progress) -> None:
        """Fetch until all is there, going on after breaks."""
        for attempt in range(RESUMES):
            try:
                await self._append(dataset, version, part, progress)
                return
            except errors.ServerError:
                if attempt == RESUMES - 1:
                    raise
                await anyio.sleep(0.5 * 2**attempt)

    async def _append(self, dataset: Dataset, version: int, part: Path, progress: Progress) -> None:
        """Fetch what is missing. The URL is asked for anew each time: a signed one lapses."""
        path = url_path(dataset.id, version)
        url = self._requests.model(DownloadUrl, await self._requests.get(path), path).url
        start = await anyio.to_thread.run_sync(lambda: part.stat().st_size if part.exists() else 0)
        download = Download(self._requests.server, self._http.timeout)
        try:
            await download.open(url, {"Range": f"bytes={start}-"} if start else {}, KEPT)
            answer = download.answer
            if answer.status_code == 416 and _whole_size(answer) in (start, None):
                return  # all of it had arrived
            if not download.is_file:
                if answer.status_code == 416:  # what is there is no beginning of this
                    await anyio.to_thread.run_sync(part.unlink)
                check(answer, self._requests.server, KEPT)
            await self._write(download, part, start if download.resumed else 0, dataset.name, progress)
        finally:
            await download.aclose()

    async def _write(self, download: Download, part: Path, done: int, name: str, progress: Progress) -> None:
        whole = done + download.remaining if download.remaining is not None else None
        async with PartFile(part, resumed=download.resumed) as output:
            async for pieces in download.chunks():
                await output.write(pieces)
                done += sum(map(len, pieces))
                fraction = done / whole if whole else None
                progress.report(f"Downloading {name}: {human_bytes(done)}", fraction)

    def _version(self, dataset: Dataset, asked: int | None) -> int:
        numbers = [version.version for version in dataset.versions]
        if asked is None and dataset.latest is not None:
            return dataset.latest.version
        if asked is None or asked not in numbers:
            have = ", ".join(map(str, sorted(numbers))) or "none"
            raise errors.DatasetNotFound(
                server=self._requests.server, name=f"{dataset.name}, version {asked or 1}", hint=f"It has {have}."
            )
        return asked

    def _unexpected(self, endpoint: str, reason: str) -> errors.UnexpectedAnswer:
        return errors.UnexpectedAnswer(
            server=self._requests.server, endpoint=endpoint, reason=reason, state="Nothing has changed."
        )


def _dataset(value: object) -> Dataset | None:
    try:
        return Dataset.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        log.warning("A dataset is passed over: %s: %s", ".".join(map(str, first["loc"])), first["msg"])
        return None


def _number(closed: httpx.Response) -> int | None:
    """The version in the answer to a close, `v2` or 2; no client reads it, so it may be anything (§10.4)."""
    try:
        told = str(json.loads(closed.content)["version"]).removeprefix("v")
    except (ValueError, RecursionError, LookupError, TypeError):
        return None
    return int(told) if told.isdecimal() else None


def _ambiguous(found: list[Dataset]) -> str:
    names = ", ".join(f"{dataset.owner.username}/{dataset.name}" for dataset in found)
    return f"There are several: {names}."


def _whole_size(response: httpx.Response) -> int | None:
    """The size that a 416 tells: `bytes */1234`."""
    told = response.headers.get("content-range", "").removeprefix("bytes */")
    return int(told) if told.isdecimal() else None


def _told(progress: Progress, name: str, size: int) -> Callable[[int], None]:
    def sent(count: int) -> None:
        fraction = count / size if size else 1.0
        progress.report(f"Uploading {name}: {fraction:.0%} of {human_bytes(size)}", fraction)

    return sent
