"""A job's result files: downloaded with pause and resume, verified by hash, unpacked (protocol §7.4, §9)."""

import asyncio
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import anyio

from juliahub_ls.domain.jobs.job_view import JobFileView, JobView, duration
from juliahub_ls.domain.problem import human_bytes
from juliahub_ls.domain.results.file_names import saved_names
from juliahub_ls.domain.results.kinds import ARCHIVES
from juliahub_ls.errors import Cancelled, DownloadDamaged, NoResults, ServerError
from juliahub_ls.services.archives import unpack
from juliahub_ls.services.hub_client import HubClient
from juliahub_ls.services.os_errors import translated_os_errors
from juliahub_ls.services.part_file import PartFile, alone, sha256_of
from juliahub_ls.services.progress import Progress
from juliahub_ls.services.result_copies import part_of, remember_unpacked, unpacked_members
from juliahub_wire.jobs import FileType

RESUMES = 5
SPEED_SECONDS = 0.5
"""A speed is told once so much time has been measured."""


@dataclass(frozen=True, slots=True)
class SavedFile:
    """A result on disk. `verified`: the SHA-256 of what arrived is the server's."""

    path: Path
    name: str
    size: int
    verified: bool


def results_of(job: JobView) -> list[JobFileView]:
    """The files that the job left. Its project and its input are files, too, and may be called the same (§7.4)."""
    return [file for file in job.files if file.type == FileType.RESULT.value]


def result_files(job: JobView, names: Sequence[str] | None = None) -> list[JobFileView]:
    """What the job left, or those of it that are named. Raises `NoResults` with a hint that fits the job's state."""
    found = results_of(job)
    if not found:
        hint = 'It sets none: see ENV["RESULTS_FILE"].' if job.done else "It has not ended yet."
        raise NoResults(job=job.id, hint=hint)
    if names is None:
        return found
    missing = next((name for name in names if name not in [file.name for file in found]), None)
    if missing is not None:
        raise NoResults(job=job.id, hint=f"It has none that is called {missing}.")
    return [file for file in found if file.name in names]


async def download_results(
    client: HubClient, job: JobView, directory: Path, progress: Progress, names: Sequence[str] | None = None
) -> list[SavedFile]:
    """Save the result files of `job` in `directory`, archives unpacked.

    A file that is already there and whole is not fetched again. Cancelling keeps what has arrived and says how much.
    """
    directory = await anyio.to_thread.run_sync(directory.resolve)
    saved: list[SavedFile] = []
    targets = targets_of(job, directory)
    for file in result_files(job, names):
        target = targets[file.name]
        with translated_os_errors(target, "What has arrived is kept; the download goes on from there."):
            await anyio.to_thread.run_sync(lambda: directory.mkdir(parents=True, exist_ok=True))
            async with alone(target, progress):
                taken = await anyio.to_thread.run_sync(_others, job, file, targets) | {one.name for one in saved}
                paths, verified = await _save(client, job.id, file, target, taken, progress)
            saved += [SavedFile(p, p.relative_to(directory).as_posix(), p.stat().st_size, verified) for p in paths]
    return saved


def targets_of(job: JobView, directory: Path) -> dict[str, Path]:
    """By name, where in `directory` each result file of the job is saved."""
    saved = saved_names((file.name for file in results_of(job)), windows=sys.platform == "win32")
    return {name: directory / saved_as for name, saved_as in saved.items()}


def _others(job: JobView, file: JobFileView, targets: Mapping[str, Path]) -> set[str]:
    """Where in the folder the job's other results are, or will be: no file of an archive takes their place."""
    taken = {target.name for target in targets.values()}
    for other in results_of(job):
        if other.name != file.name and other.sha256 is not None:
            target = targets[other.name]
            members = unpacked_members(target, other.sha256)
            taken |= {member.relative_to(target.parent).as_posix() for member in members}
    return taken


async def _save(
    client: HubClient, job: str, file: JobFileView, target: Path, taken: set[str], progress: Progress
) -> tuple[list[Path], bool]:
    """What of `file` is on disk then, and whether its hash was checked. `taken`: names of the job's other results."""
    is_archive = file.name.lower().endswith(ARCHIVES)
    if is_archive and file.sha256 is not None:
        members = await anyio.to_thread.run_sync(unpacked_members, target, file.sha256)
        if members:
            return members, True
    verified = await fetch(client, job, file, target, progress)
    if not is_archive:
        return [target], verified
    progress.report(f"Unpacking {file.name}")
    paths = await anyio.to_thread.run_sync(unpack, target, target.parent, taken)
    if file.sha256 is not None and paths != [target]:
        await anyio.to_thread.run_sync(remember_unpacked, target, file.sha256, paths)
    return paths, verified


async def fetch(client: HubClient, job: str, file: JobFileView, target: Path, progress: Progress) -> bool:
    """Download to `{target}.part`, resuming after breaks, then verify and rename. Whether the hash was checked.

    What an earlier run left may be of another version of the file: then it starts anew, once.
    """
    if file.sha256 is not None and await anyio.to_thread.run_sync(_sha256_if_there, target) == file.sha256:
        return True
    part = part_of(target)
    resumed = await anyio.to_thread.run_sync(_size_so_far, part, file.size) > 0
    try:
        digest = await _whole(client, job, file, part, progress)
        if resumed and file.sha256 is not None and digest != file.sha256:
            part.unlink()
            digest = await _whole(client, job, file, part, progress)
    except asyncio.CancelledError:
        raise Cancelled(what=f"The download of {file.name}", state=_kept(part, file.size)) from None
    if file.sha256 is not None and digest != file.sha256:
        part.unlink()
        raise DownloadDamaged(name=file.name)
    part.replace(target)
    return file.sha256 is not None


def _kept(part: Path, whole: int) -> str:
    size = part.stat().st_size if part.exists() else 0
    if size == 0:
        return "Nothing had arrived yet."
    return f"{human_bytes(size)} of {human_bytes(whole)} are kept; downloading it again goes on from there."


async def _whole(client: HubClient, job: str, file: JobFileView, part: Path, progress: Progress) -> str:
    """Download until all is there, going on after breaks; the SHA-256 of what arrived."""
    for attempt in range(RESUMES):
        try:
            return await _append(client, job, file, part, progress)
        except ServerError:
            await anyio.sleep(0.5 * 2**attempt)
    return await _append(client, job, file, part, progress)


async def _append(client: HubClient, job: str, file: JobFileView, part: Path, progress: Progress) -> str:
    start = await anyio.to_thread.run_sync(_size_so_far, part, file.size)
    download = await client.download(job, file.name, file.type, start)
    done = before = start if download.resumed else 0
    began = time.monotonic()
    try:
        async with PartFile(part, resumed=download.resumed) as output:
            async for pieces in download.chunks():
                await output.write(pieces)
                done += sum(map(len, pieces))
                words = _so_far(done, file.size, done - before, time.monotonic() - began)
                progress.report(f"Downloading {file.name}: {words}", done / file.size if file.size else None)
            return await output.sha256()
    finally:
        await download.aclose()


def _so_far(done: int, whole: int, arrived: int, seconds: float) -> str:
    """`12.0 MB of 40.0 MB (8.1 MB/s, 0:03 left)`."""
    size = f"{human_bytes(done)} of {human_bytes(whole)}" if whole else human_bytes(done)
    if seconds < SPEED_SECONDS or not arrived:
        return size
    speed = arrived / seconds
    left = f", {duration(round((whole - done) / speed * 1000))} left" if whole > done else ""
    return f"{size} ({human_bytes(round(speed))}/s{left})"


def _size_so_far(part: Path, whole: int) -> int:
    """Where to resume; a part that is as long as the whole or longer is none."""
    size = part.stat().st_size if part.exists() else 0
    return size if not whole or size < whole else 0


def _sha256_if_there(path: Path) -> str | None:
    return sha256_of(path) if path.is_file() else None
