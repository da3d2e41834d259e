"""A job's result files: downloaded with resume, verified by hash, unpacked without trust (protocol §7.4, §9)."""

import os
import tarfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import anyio

from juliahub_ls.domain.jobs.job_view import JobFileView, JobView
from juliahub_ls.domain.problem import human_bytes
from juliahub_ls.errors import DownloadDamaged, NoResults, ServerError
from juliahub_ls.services.hub_client import HubClient
from juliahub_ls.services.os_errors import translated_os_errors
from juliahub_ls.services.part_file import READ_CHUNK, PartFile, sha256_of
from juliahub_ls.services.progress import Progress
from juliahub_wire.jobs import FileType

RESUMES = 5
TAR_SUFFIXES = (".tar", ".tar.gz", ".tgz")


@dataclass(frozen=True, slots=True)
class SavedFile:
    """A result on disk. `verified`: the SHA-256 of what arrived is the server's."""

    path: Path
    name: str
    size: int
    verified: bool


def result_files(job: JobView) -> list[JobFileView]:
    """The files of type `result`. Raises `NoResults` with a hint that fits the job's state."""
    found = [file for file in job.files if file.type == FileType.RESULT.value]
    if found:
        return found
    hint = 'It sets none: see ENV["RESULTS_FILE"].' if job.done else "It has not ended yet."
    raise NoResults(job=job.id, hint=hint)


async def download_results(client: HubClient, job: JobView, directory: Path, progress: Progress) -> list[SavedFile]:
    """Save every result file of `job` in `directory`, archives unpacked.

    A file that is already there and whole is not fetched again.
    """
    directory = await anyio.to_thread.run_sync(directory.resolve)
    saved: list[SavedFile] = []
    for file in result_files(job):
        target = directory / safe_name(file.name)
        with translated_os_errors(target, "What has arrived is kept; the download goes on from there."):
            await anyio.to_thread.run_sync(lambda: directory.mkdir(parents=True, exist_ok=True))
            verified = await _fetch(client, job.id, file, target, progress)
            paths = [target]
            if file.name.endswith(TAR_SUFFIXES):
                progress.report(f"Unpacking {file.name}")
                paths = await anyio.to_thread.run_sync(unpack, target, directory)
            saved += [SavedFile(p, p.relative_to(directory).as_posix(), p.stat().st_size, verified) for p in paths]
    return saved


def safe_name(name: str) -> str:
    """The last component of a name that a server gave, so that nothing is written outside the folder."""
    last = PurePosixPath(name.replace("\\", "/")).name
    return last if last not in ("", ".", "..") else "result"


def unpack(archive: Path, directory: Path) -> list[Path]:
    """Unpack regular files into `directory` and remove the archive; the files.

    Links, devices and paths that lead outside are left out. What cannot be read as an archive stays as it is.
    """
    packed = archive.with_name(archive.name + ".packed")  # out of the way of a member of the same name
    archive.replace(packed)
    try:
        with tarfile.open(packed) as tar:
            written = [_extract(tar, member, target) for member, target in _inside(tar, directory.resolve())]
    except (tarfile.TarError, zlib.error, EOFError):
        packed.replace(archive)
        return [archive]
    except BaseException:
        packed.replace(archive)
        raise
    packed.unlink()
    return written


def _extract(tar: tarfile.TarFile, member: tarfile.TarInfo, target: Path) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    source = tar.extractfile(member)
    assert source is not None, "a regular file has content"
    with source, target.open("wb") as file:
        while chunk := source.read(READ_CHUNK):
            file.write(chunk)
    return target


def _inside(tar: tarfile.TarFile, root: Path) -> Iterator[tuple[tarfile.TarInfo, Path]]:
    for member in tar:
        target = Path(os.path.normpath(root / member.name))
        if member.isreg() and target != root and target.is_relative_to(root) and _no_link(target, root):
            yield member, target


def _no_link(target: Path, root: Path) -> bool:
    """Whether neither the target nor a folder on the way is a link: it could lead outside."""
    return target == root or (not target.is_symlink() and _no_link(target.parent, root))


async def _fetch(client: HubClient, job: str, file: JobFileView, target: Path, progress: Progress) -> bool:
    """Download to `{target}.part`, resuming after breaks, then verify and rename. Whether the hash was checked."""
    if file.sha256 is not None and await anyio.to_thread.run_sync(_sha256_if_there, target) == file.sha256:
        return True
    part = target.with_name(target.name + ".part")
    digest = await _whole(client, job, file, part, progress)
    if file.sha256 is not None and digest != file.sha256:
        part.unlink()
        raise DownloadDamaged(name=file.name)
    part.replace(target)
    return file.sha256 is not None


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
    done = start if download.resumed else 0
    of = f" of {human_bytes(file.size)}" if file.size else ""
    try:
        async with PartFile(part, resumed=download.resumed) as output:
            async for pieces in download.chunks():
                await output.write(pieces)
                done += sum(map(len, pieces))
                fraction = done / file.size if file.size else None
                progress.report(f"Downloading {file.name}: {human_bytes(done)}{of}", fraction)
            return await output.sha256()
    finally:
        await download.aclose()


def _size_so_far(part: Path, whole: int) -> int:
    """Where to resume; a part that is as long as the whole or longer is none."""
    size = part.stat().st_size if part.exists() else 0
    return size if not whole or size < whole else 0


def _sha256_if_there(path: Path) -> str | None:
    return sha256_of(path) if path.is_file() else None
