"""Looking into a job's result files without downloading them: a bounded beginning, or a bounded copy (protocol §9)."""

import base64
import hashlib
import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import anyio

from juliahub_ls.config import cache_dir
from juliahub_ls.domain.jobs.job_view import JobFileView, JobView
from juliahub_ls.domain.problem import human_bytes
from juliahub_ls.domain.results.delimited import COLUMNS, Table, table_of
from juliahub_ls.domain.results.image_size import image_size
from juliahub_ls.domain.results.kinds import FileKind, kind_of, media_type
from juliahub_ls.errors import NoResults
from juliahub_ls.services.archives import LOOKED_THROUGH, MEMBERS, UNREADABLE, ArchiveMember, members_of, read_member
from juliahub_ls.services.hub_client import HubClient
from juliahub_ls.services.os_errors import translated_os_errors
from juliahub_ls.services.part_file import alone
from juliahub_ls.services.progress import Silent
from juliahub_ls.services.result_copies import Copy, copy_of
from juliahub_ls.services.results import fetch, result_files, targets_of

IMAGE_BYTES = 10_000_000
IMAGE_PIXELS = 50_000_000
"""Each takes four bytes where it is drawn."""
TEXT_BYTES = 256_000
TABLE_BYTES = 1_000_000
ARCHIVE_BYTES = 50_000_000
"""A larger archive is not fetched to look into it."""
KEPT_COPIES = 8
LIMITS = {"image": IMAGE_BYTES, "table": TABLE_BYTES, "json": TABLE_BYTES, "text": TEXT_BYTES, "other": TEXT_BYTES}
NOTHING_TO_SEE = "This kind of file cannot be shown here. Download it to open it."


@dataclass(frozen=True, slots=True)
class Preview:
    """`PreviewFileResult` of `docs/protocol.md`."""

    kind: str
    size: int
    whole: bool
    note: str | None = None
    media_type: str | None = None
    base64: str | None = None
    header: list[str] | None = None
    lines: list[list[str]] | None = None
    columns: int | None = None
    numeric: list[bool] | None = None
    ragged: int | None = None
    text: str | None = None
    members: list[ArchiveMember] | None = None


async def preview(client: HubClient, job: JobView, name: str, member: str | None, directory: Path) -> Preview:
    """What can be seen of a result file, from its copy in `directory` when there is one."""
    (file,) = result_files(job, [name])[:1]
    copy = await anyio.to_thread.run_sync(copy_of, file, targets_of(job, directory)[name])
    kind = kind_of(name)
    with translated_os_errors(directory, ""):
        if copy.unpacked:
            return await anyio.to_thread.run_sync(_unpacked, job, file, member, copy, directory)
        if kind == "archive":
            return await _in_archive(client, job, file, member, copy)
        limit = LIMITS[kind]
        if kind == "image" and file.size > limit:
            return _too_large(file.size, limit)
        if copy.path is not None:
            head = await anyio.to_thread.run_sync(_head, copy.path, limit)
        else:
            head = await _remote_head(client, job.id, file, limit)
        return await anyio.to_thread.run_sync(show, name, kind, head, max(file.size, len(head)))


def show(name: str, kind: FileKind, head: bytes, size: int) -> Preview:
    """The preview of a file whose beginning is `head`."""
    whole = len(head) >= size
    if kind == "archive":
        return Preview("none", size, False, NOTHING_TO_SEE)
    if kind == "image":
        if not whole:
            return _too_large(size, IMAGE_BYTES)
        width, height = image_size(head) or (0, 0)
        if width * height > IMAGE_PIXELS:
            pixels = f"An image of {width:,} × {height:,} pixels, too many to be drawn here. Download it to open it."
            return Preview("none", size, False, pixels)
        return Preview("image", size, True, media_type=media_type(name), base64=base64.b64encode(head).decode("ascii"))
    text = _decoded(head, whole=whole)
    if text is None:
        return Preview("none", size, False, NOTHING_TO_SEE)
    if kind == "table" and (shown := _table(text, size, whole=whole, tabs=name.lower().endswith(".tsv"))):
        return shown
    if kind == "json" and whole and (pretty := _pretty(text)) is not None:
        return Preview("json", size, True, text=pretty)
    note = None if whole else f"The first {human_bytes(len(head))} of {human_bytes(size)}."
    return Preview("text", size, whole, note, text=text)


def _table(text: str, size: int, *, whole: bool, tabs: bool) -> Preview | None:
    table = table_of(text, whole=whole, tabs=tabs)
    if table is None:
        return None
    note = None if table.whole else _table_note(table, size)
    return Preview(
        "table",
        size,
        table.whole,
        note,
        header=table.header,
        lines=table.lines,
        columns=table.columns,
        numeric=table.numeric,
        ragged=table.ragged,
    )


def _table_note(table: Table, size: int) -> str:
    lines = len(table.lines)
    shown = f"The first {lines} lines of {human_bytes(size)}" if lines > 1 else f"The beginning of {human_bytes(size)}"
    return f"{shown}, {COLUMNS} columns of each." if table.columns > COLUMNS else f"{shown}."


def _unpacked(job: JobView, file: JobFileView, member: str | None, copy: Copy, directory: Path) -> Preview:
    """The files that an archive became, or one of them."""
    root = directory.resolve()
    paths = {path.relative_to(root).as_posix(): path for path in copy.unpacked}
    if member is None:
        listed = [ArchiveMember(name, path.stat().st_size, kind_of(name)) for name, path in paths.items()]
        return _listing(listed, file.size)
    if member not in paths:
        raise _no_member(job, file, member)
    kind, path = kind_of(member), paths[member]
    return show(member, kind, _head(path, LIMITS.get(kind, 0)), path.stat().st_size)


async def _in_archive(client: HubClient, job: JobView, file: JobFileView, member: str | None, copy: Copy) -> Preview:
    """Its files, or one of them; of the archive that was unpacked, is there, or can be fetched."""
    if copy.path is None and file.size > ARCHIVE_BYTES:
        return Preview(
            "none", file.size, False, f"An archive of {human_bytes(file.size)}: download it to see its files."
        )
    archive = copy.path or await _fetched(client, job, file)
    try:
        if member is None:
            return await anyio.to_thread.run_sync(_listed, archive, file.size)
        kind = kind_of(member)
        found = await anyio.to_thread.run_sync(read_member, archive, member, LIMITS.get(kind, 0))
    except UNREADABLE:
        return Preview("none", file.size, False, f"{file.name} cannot be read as an archive.")
    if found is None:
        raise _no_member(job, file, member)
    head, size = found
    return await anyio.to_thread.run_sync(show, member, kind, head, size)


def _no_member(job: JobView, file: JobFileView, member: str) -> NoResults:
    return NoResults(job=job.id, hint=f"{file.name} holds no file {member}.")


def _listed(archive: Path, size: int) -> Preview:
    members, far = members_of(archive)
    note = f"Only its first {human_bytes(LOOKED_THROUGH)}, unpacked, were looked through." if far else None
    return _listing(members, size, note)


def _listing(members: list[ArchiveMember], size: int, note: str | None = None) -> Preview:
    """`note`: why they may not be all."""
    if len(members) > MEMBERS:
        note = f"The first {MEMBERS:,} files."
    return Preview("archive", size, note is None, note, members=members[:MEMBERS])


async def _fetched(client: HubClient, job: JobView, file: JobFileView) -> Path:
    """A copy of a small archive in the cache, fetched once."""
    key = hashlib.sha256("\0".join([job.server, job.id, file.name, file.sha256 or ""]).encode()).hexdigest()
    target = cache_dir() / "previews" / f"{key}.tar"
    async with alone(target, Silent()):
        if not (target.is_file() and target.stat().st_size == file.size):
            target.parent.mkdir(parents=True, exist_ok=True)
            await fetch(client, job.id, file, target, Silent())
            await anyio.to_thread.run_sync(_forget_old, target.parent)
    return target


def _forget_old(folder: Path) -> None:
    """Keep the copies that were made last. One that is being read stays where the system does not let it go."""
    copies = sorted(folder.glob("*.tar"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in copies[KEPT_COPIES:]:
        with suppress(OSError):
            path.unlink()


async def _remote_head(client: HubClient, job: str, file: JobFileView, limit: int) -> bytes:
    """The first bytes from the server; the connection ends there."""
    download = await client.download(job, file.name, file.type, 0)
    head = bytearray()
    try:
        async for pieces in download.chunks():
            for piece in pieces:
                head += piece
            if len(head) >= limit:
                break
    finally:
        await download.aclose()
    return bytes(head[:limit])


def _head(path: Path, limit: int) -> bytes:
    with path.open("rb") as file:
        return file.read(limit)


def _decoded(head: bytes, *, whole: bool) -> str | None:
    """Text of a beginning that may end amid a character; None when it is no text."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head[: len(head) // 2 * 2].decode("utf-16", errors="replace")
    if b"\0" in head:
        return None
    for cut in range(1 if whole else 4):
        try:
            return head[: len(head) - cut].decode("utf-8-sig")
        except UnicodeDecodeError:
            continue
    return head.decode("latin-1")


def _pretty(text: str) -> str | None:
    try:
        return json.dumps(json.loads(text), ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):
        return None


def _too_large(size: int, limit: int) -> Preview:
    note = f"An image of {human_bytes(size)}, more than the {human_bytes(limit)} shown here. Download it to see it."
    return Preview("none", size, False, note)
