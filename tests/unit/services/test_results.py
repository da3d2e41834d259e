"""Result files: whole, verified, resumed after breaks, unpacked without trust (protocol §7.4, §9)."""

import asyncio
import errno
import gzip
import hashlib
import io
import os
import sys
import tarfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import trustme
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from juliahub_ls import errors, payloads
from juliahub_ls.domain.jobs.job_view import JobFileView, JobView
from juliahub_ls.services import results, transport, trust
from juliahub_ls.services.account import Account
from juliahub_ls.services.archives import unpack
from juliahub_ls.services.hub_client import HubClient
from juliahub_ls.services.progress import Silent
from juliahub_ls.services.result_copies import Copy, copy_of
from juliahub_ls.services.results import download_results
from juliahub_ls.services.token_store import TokenStore
from juliahub_ls.services.trust import context_for
from tests.support.progress import Told
from tests.support.scripted_http import Cut, ScriptedServer, scripted_server

CONTENT = os.urandom(300_000)
DIGEST = hashlib.sha256(CONTENT).hexdigest()


def job(*files: JobFileView, done: bool = True) -> JobView:
    return JobView("hub", "jr-1", "pi", "Completed", "Completed", done, done, files=files)


def result(name: str = "out.bin", content: bytes = CONTENT, *, hashed: bool = True) -> JobFileView:
    return JobFileView(name, "result", len(content), hashlib.sha256(content).hexdigest() if hashed else None)


def files_below(folder: Path) -> "list[str]":
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())


async def ranged(request: Request) -> Response:
    """The whole, or the rest that was asked for."""
    asked = request.headers.get("range")
    start = int(asked.removeprefix("bytes=").removesuffix("-")) if asked else 0
    return Response(CONTENT[start:], 206 if asked else 200)


async def ignores_range(_request: Request) -> Response:
    return Response(CONTENT)


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    monkeypatch.setenv("JULIAHUB_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))

    async def at_once(_seconds: float) -> None:
        return

    monkeypatch.setattr("juliahub_ls.services.results.anyio.sleep", at_once)


async def save(client: HubClient, directory: Path, *files: JobFileView) -> "list[results.SavedFile]":
    return await download_results(client, job(*files), directory, Silent())


async def test_a_file_is_saved_and_verified(client: HubClient, server: ScriptedServer, tmp_path: Path) -> None:
    server.on("GET /jobs/jr-1/files/out.bin", ranged)
    (saved,) = await save(client, tmp_path / "new" / "folder", result(), JobFileView("code.jl", "input", 3))
    assert saved.path == (tmp_path / "new" / "folder" / "out.bin").resolve()
    assert (saved.name, saved.size, saved.verified) == ("out.bin", len(CONTENT), True)
    assert saved.path.read_bytes() == CONTENT
    assert server.requests[0].url.query == "filetype=result"
    assert server.requests[0].headers["accept-encoding"] == "identity"
    assert [path.name for path in saved.path.parent.iterdir()] == ["out.bin"]


async def test_what_is_there_and_whole_is_not_fetched_again(
    client: HubClient, server: ScriptedServer, tmp_path: Path
) -> None:
    server.on("GET /jobs/jr-1/files/out.bin", ranged)
    await save(client, tmp_path, result())
    await save(client, tmp_path, result())
    assert len(server.seen) == 1
    (tmp_path / "out.bin").write_bytes(b"changed")
    await save(client, tmp_path, result())
    assert (tmp_path / "out.bin").read_bytes() == CONTENT


async def test_a_download_goes_on_after_cuts(client: HubClient, server: ScriptedServer, tmp_path: Path) -> None:
    async def rest(request: Request) -> Response:
        start = int(request.headers["range"].removeprefix("bytes=").removesuffix("-"))
        return Cut(CONTENT[start : start + 100_000], len(CONTENT) - start, 206)

    server.on("GET /jobs/jr-1/files/out.bin", Cut(CONTENT[:50_000], len(CONTENT)), rest, rest, ranged)
    (saved,) = await save(client, tmp_path, result())
    assert saved.path.read_bytes() == CONTENT
    ranges = [request.headers.get("range") for request in server.requests]
    assert ranges[0] is None
    starts = [int(text.removeprefix("bytes=").removesuffix("-")) for text in ranges[1:] if text]
    assert len(starts) == 3
    assert starts == sorted(starts)
    assert starts[0] > 0


async def test_a_server_without_ranges_starts_over(client: HubClient, server: ScriptedServer, tmp_path: Path) -> None:
    server.on("GET /jobs/jr-1/files/out.bin", Cut(CONTENT[:50_000], len(CONTENT)), ignores_range)
    (saved,) = await save(client, tmp_path, result())
    assert saved.path.read_bytes() == CONTENT


async def test_two_downloads_of_one_file_are_one(client: HubClient, server: ScriptedServer, tmp_path: Path) -> None:
    """The second waits, and finds it there; they never write into one file."""
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        yield CONTENT[:70_000]
        begun.set()
        await go_on.wait()
        yield CONTENT[70_000:]

    length = {"Content-Length": str(len(CONTENT))}
    server.on("GET /jobs/jr-1/files/out.bin", StreamingResponse(slowly(), headers=length))
    told = Told()
    first = asyncio.create_task(save(client, tmp_path, result()))
    await begun.wait()
    second = asyncio.create_task(download_results(client, job(result()), tmp_path, told))
    await told.begun.wait()
    go_on.set()
    assert await first == await second
    assert told.words[0] == "Waiting for another download of out.bin"
    assert (tmp_path / "out.bin").read_bytes() == CONTENT
    assert len(server.seen) == 1


async def test_a_later_session_resumes(client: HubClient, server: ScriptedServer, tmp_path: Path) -> None:
    (tmp_path / "out.bin.part").write_bytes(CONTENT[:70_000])
    server.on("GET /jobs/jr-1/files/out.bin", ranged)
    (saved,) = await save(client, tmp_path, result())
    assert saved.path.read_bytes() == CONTENT
    assert server.requests[0].headers["range"] == "bytes=70000-"


async def test_a_lasting_break_keeps_what_has_arrived(
    client: HubClient, server: ScriptedServer, tmp_path: Path
) -> None:
    server.on("GET /jobs/jr-1/files/out.bin", Cut(CONTENT[:50_000], len(CONTENT)), Response(status_code=503))
    with pytest.raises(errors.ServerFailed):
        await save(client, tmp_path, result())
    part = (tmp_path / "out.bin.part").read_bytes()
    assert CONTENT.startswith(part)
    assert part


async def test_a_damaged_file_is_removed(client: HubClient, server: ScriptedServer, tmp_path: Path) -> None:
    server.on("GET /jobs/jr-1/files/out.bin", Response(b"x" * len(CONTENT)))
    with pytest.raises(errors.DownloadDamaged, match=r"out\.bin arrived damaged"):
        await save(client, tmp_path, result())
    assert files_below(tmp_path) == []


async def test_without_a_hash_nothing_is_verified(client: HubClient, server: ScriptedServer, tmp_path: Path) -> None:
    server.on("GET /jobs/jr-1/files/out.bin", ranged)
    (saved,) = await save(client, tmp_path, result(hashed=False))
    assert (saved.verified, saved.path.read_bytes()) == (False, CONTENT)


async def in_pieces(start: int = 0, end: int = len(CONTENT)) -> AsyncIterator[bytes]:
    for at in range(start, end, 70_000):
        yield CONTENT[at : min(at + 70_000, end)]


async def then_silence() -> AsyncIterator[bytes]:
    async for piece in in_pieces(end=140_000):
        yield piece
    await asyncio.Event().wait()


async def test_a_body_of_unknown_length(client: HubClient, server: ScriptedServer, tmp_path: Path) -> None:
    server.on("GET /jobs/jr-1/files/out.bin", StreamingResponse(in_pieces()))
    (saved,) = await save(client, tmp_path, result())
    assert saved.path.read_bytes() == CONTENT


async def test_a_silence_amid_the_body_is_a_break(
    client: HubClient, server: ScriptedServer, http: httpx.AsyncClient, tmp_path: Path
) -> None:
    http.timeout = httpx.Timeout(0.5)
    length = {"Content-Length": str(len(CONTENT))}
    server.on("GET /jobs/jr-1/files/out.bin", StreamingResponse(then_silence(), headers=length), ranged)
    (saved,) = await save(client, tmp_path, result())
    assert saved.path.read_bytes() == CONTENT
    assert server.requests[-1].headers["range"] == "bytes=140000-"


async def test_calls_go_on_after_downloads(client: HubClient, server: ScriptedServer, tmp_path: Path) -> None:
    server.on("GET /jobs/jr-1/files/out.bin", ranged)
    server.on("GET /juliaruncloud/get_jobs", [])
    for _ in range(3):
        (saved,) = await save(client, tmp_path, result())
        saved.path.unlink()
        assert await client.jobs() == []


async def test_a_download_over_tls(store: TokenStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority = trustme.CA()
    certificate, bundle = tmp_path / "server.pem", tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(bundle))
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(certificate))
    context = context_for({"SSL_CERT_FILE": str(bundle)})
    monkeypatch.setattr(trust, "trusted_by_sockets", lambda: context)
    async with scripted_server(certificate) as server, transport.make_client() as http:
        server.on("GET /jobs/jr-1/files/out.bin", Cut(CONTENT[:50_000], len(CONTENT)), ranged)
        secure = HubClient("hub", server.url, Account("hub", store, http), http)
        (saved,) = await save(secure, tmp_path / "out", result())
    assert saved.path.read_bytes() == CONTENT


async def test_a_wait_for_the_first_byte_is_cancelled_at_once(
    client: HubClient, server: ScriptedServer, tmp_path: Path
) -> None:
    asked = asyncio.Event()

    async def never(_request: Request) -> Response:
        asked.set()
        await asyncio.Event().wait()
        raise AssertionError

    server.on("GET /jobs/jr-1/files/out.bin", never)
    waiting = asyncio.create_task(save(client, tmp_path, result()))
    await asked.wait()
    waiting.cancel()
    with pytest.raises(errors.Cancelled, match="Nothing had arrived yet"):
        await waiting
    assert files_below(tmp_path) == []


async def test_a_part_that_is_no_beginning_of_the_file_starts_anew(
    client: HubClient, server: ScriptedServer, tmp_path: Path
) -> None:
    """A server that tells no size answers 416 to a part that is whole already."""
    (tmp_path / "out.bin.part").write_bytes(CONTENT)
    server.on("GET /jobs/jr-1/files/out.bin", Response(status_code=416), ranged)
    (saved,) = await save(client, tmp_path, JobFileView("out.bin", "result", 0, DIGEST))
    assert saved.path.read_bytes() == CONTENT
    assert [request.headers.get("range") for request in server.requests] == ["bytes=300000-", None]


async def test_of_an_answer_that_is_no_file_only_a_little_is_read(
    client: HubClient, server: ScriptedServer, tmp_path: Path
) -> None:
    async def without_end() -> AsyncIterator[bytes]:
        while True:
            yield b"no " * 10_000
            await asyncio.sleep(0)

    server.on("GET /jobs/jr-1/files/out.bin", StreamingResponse(without_end(), 403))
    with pytest.raises(errors.PermissionDenied):
        await save(client, tmp_path, result())


def test_what_else_has_a_results_name_is_none(tmp_path: Path) -> None:
    """Files are told apart by type and name (§7.4)."""
    (tmp_path / "Project.toml").write_bytes(CONTENT)
    found = payloads.results(job(JobFileView("Project.toml", "project", 5), result("Project.toml")), tmp_path)
    assert [(file["name"], file["size"], file["verified"]) for file in found["files"]] == [
        ("Project.toml", len(CONTENT), True)
    ]


async def test_a_pause_keeps_what_has_arrived_and_says_so(
    client: HubClient, server: ScriptedServer, tmp_path: Path
) -> None:
    content = CONTENT * 10

    async def slowly() -> AsyncIterator[bytes]:
        yield content[:2_500_000]
        await asyncio.Event().wait()

    async def rest(request: Request) -> Response:
        return Response(content[int(request.headers["range"].removeprefix("bytes=").removesuffix("-")) :], 206)

    length = {"Content-Length": str(len(content))}
    server.on("GET /jobs/jr-1/files/out.bin", StreamingResponse(slowly(), headers=length), rest)
    file, target, told = result("out.bin", content), tmp_path / "out.bin", Told()
    asked = asyncio.create_task(download_results(client, job(file), tmp_path, told))
    await told.begun.wait()
    asked.cancel()
    with pytest.raises(errors.Cancelled, match=r"MB of 3\.0 MB are kept; downloading it again goes on from there"):
        await asked
    assert copy_of(file, target).arrived == (tmp_path / "out.bin.part").stat().st_size > 0
    assert told.words[0].startswith("Downloading out.bin: ")
    await save(client, tmp_path, file)
    assert copy_of(file, target) == Copy(target, verified=True)


async def test_a_file_that_changed_on_the_server_starts_anew(
    client: HubClient, server: ScriptedServer, tmp_path: Path
) -> None:
    (tmp_path / "out.bin.part").write_bytes(b"of another version" * 1000)
    server.on("GET /jobs/jr-1/files/out.bin", ranged)
    (saved,) = await save(client, tmp_path, result())
    assert saved.path.read_bytes() == CONTENT
    assert [request.headers.get("range") for request in server.requests] == ["bytes=18000-", None]


async def test_chosen_files_alone(client: HubClient, server: ScriptedServer, tmp_path: Path) -> None:
    server.on("GET /jobs/jr-1/files/out.bin", ranged)
    both = job(result(), result("other.bin"))
    saved = await download_results(client, both, tmp_path, Silent(), ["out.bin"])
    assert [file.name for file in saved] == ["out.bin"]
    with pytest.raises(errors.NoResults, match=r"none that is called no\.bin"):
        await download_results(client, both, tmp_path, Silent(), ["no.bin"])


async def test_an_unpacked_archive_is_not_fetched_again(
    client: HubClient, server: ScriptedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JULIAHUB_CACHE_DIR", str(tmp_path / "cache"))
    content = archive(member("a.csv", b"1,2"), member("sub/b.txt", b"hello"))
    server.on("GET /jobs/jr-1/files/out.tar", Response(content))
    first = await save(client, tmp_path / "out", result("out.tar", content))
    assert await save(client, tmp_path / "out", result("out.tar", content)) == first
    assert len(server.seen) == 1
    assert [path.name for path in copy_of(result("out.tar", content), tmp_path / "out" / "out.tar").unpacked] == [
        "a.csv",
        "b.txt",
    ]
    (tmp_path / "out" / "a.csv").unlink()
    assert await save(client, tmp_path / "out", result("out.tar", content)) == first
    assert len(server.seen) == 2


@pytest.mark.parametrize("done", [True, False])
async def test_no_results(client: HubClient, tmp_path: Path, done: bool) -> None:
    with pytest.raises(errors.NoResults, match="RESULTS_FILE" if done else "not ended yet"):
        await download_results(client, job(done=done), tmp_path, Silent())


async def test_a_file_that_is_gone(client: HubClient, server: ScriptedServer, tmp_path: Path) -> None:
    server.on("GET /jobs/jr-1/files/out.bin", Response(status_code=404))
    with pytest.raises(errors.NoResults, match=r"no file out\.bin"):
        await save(client, tmp_path, result())


@pytest.mark.skipif(sys.platform == "win32", reason="a folder that is a file has another error there")
async def test_a_folder_that_cannot_be_made(client: HubClient, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(errors.FileUnreadable):
        await save(client, tmp_path / "file" / "below", result())


async def test_files_of_one_name_are_both_kept(client: HubClient, server: ScriptedServer, tmp_path: Path) -> None:
    """And none is written outside the folder."""
    files = [result("a/out.bin", b"a"), result("../b/out.bin", b"b")]
    server.on("GET /jobs/jr-1/files/a/out.bin", Response(b"a"))
    server.on("GET /jobs/jr-1/files/../b/out.bin", Response(b"b"))
    saved = await save(client, tmp_path / "in", *files)
    assert [(file.name, file.path.read_bytes()) for file in saved] == [("out (2).bin", b"a"), ("out.bin", b"b")]
    assert files_below(tmp_path) == ["in/out (2).bin", "in/out.bin"]


FULL = Path("/dev/full")


@pytest.mark.skipif(not FULL.exists(), reason="this system has no disk that is always full")
async def test_a_full_disk_says_so_and_keeps_what_is_there(
    client: HubClient, server: ScriptedServer, tmp_path: Path
) -> None:
    (tmp_path / "out.bin.part").symlink_to(FULL)
    server.on("GET /jobs/jr-1/files/out.bin", ranged)
    with pytest.raises(errors.DiskFull, match="What has arrived is kept"):
        await save(client, tmp_path, result())
    (tmp_path / "out.bin.part").unlink()
    (saved,) = await save(client, tmp_path, result())
    assert saved.path.read_bytes() == CONTENT


def test_of_an_archive_that_the_disk_has_no_room_for_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed = archive(member("a.csv", b"1"), member("sub/b.csv", b"2"), member("c.csv", b"3"))
    (tmp_path / "out.tar").write_bytes(packed)
    first, written = Path.open, []

    def runs_full(path: Path, mode: str = "r", *rest: Any) -> Any:
        if mode == "wb" and len(written) == 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        written.append(path)
        return first(path, mode, *rest)

    monkeypatch.setattr(Path, "open", runs_full)
    with pytest.raises(OSError, match="No space"):
        unpack(tmp_path / "out.tar", tmp_path)
    assert files_below(tmp_path) == ["out.tar"]
    assert (tmp_path / "out.tar").read_bytes() == packed


def member(
    name: str, content: bytes = b"x", kind: bytes = tarfile.REGTYPE, link: str = ""
) -> "tuple[tarfile.TarInfo, bytes]":
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.size = kind, link, len(content) if kind == tarfile.REGTYPE else 0
    return info, content


def archive(*members: "tuple[tarfile.TarInfo, bytes]") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for info, content in members:
            tar.addfile(info, io.BytesIO(content) if info.isreg() else None)
    return buffer.getvalue()


HOSTILE = archive(
    member("ok/a.csv", b"1,2"),
    member("../escaped"),
    member("/escaped"),
    member("ok/../../escaped"),
    member("link", kind=tarfile.SYMTYPE, link="/"),
    member("link/escaped"),
    member("hard", kind=tarfile.LNKTYPE, link="/etc/passwd"),
    member("pipe", kind=tarfile.FIFOTYPE),
    member("device", kind=tarfile.CHRTYPE),
    member(".", kind=tarfile.DIRTYPE),
    member("./b.csv", b"3"),
)


@pytest.mark.parametrize("name", ["out.tar", "out.tar.gz", "out.tgz"])
async def test_an_archive_is_unpacked_without_trust(
    client: HubClient, server: ScriptedServer, tmp_path: Path, name: str
) -> None:
    content = HOSTILE if name.endswith(".tar") else gzip.compress(HOSTILE)
    directory = tmp_path / "results"
    server.on(f"GET /jobs/jr-1/files/{name}", Response(content))
    saved = await save(client, directory, result(name, content))
    assert sorted(file.name for file in saved) == ["b.csv", "link/escaped", "ok/a.csv"]
    assert all(file.verified for file in saved)
    assert files_below(tmp_path) == ["results/b.csv", "results/link/escaped", "results/ok/a.csv"]
    assert not (directory / "link").is_symlink()


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
def test_links_that_were_there_before_are_not_followed(tmp_path: Path) -> None:
    directory, outside = tmp_path / "in", tmp_path / "outside"
    directory.mkdir()
    outside.mkdir()
    (directory / "folder").symlink_to(outside)
    (directory / "file").symlink_to(outside / "target")
    (directory / "a.tar").write_bytes(archive(member("folder/x"), member("file"), member("good")))
    assert unpack(directory / "a.tar", directory) == [directory.resolve() / "good"]
    assert list(outside.iterdir()) == []


async def test_a_relative_folder(
    client: HubClient, server: ScriptedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    content = archive(member("a.csv", b"1"))
    server.on("GET /jobs/jr-1/files/out.tar", Response(content))
    (saved,) = await save(client, Path("out"), result("out.tar", content))
    assert (saved.name, saved.path.read_bytes()) == ("a.csv", b"1")


@pytest.mark.parametrize(
    "content", [b"not a tar", b"", gzip.compress(HOSTILE)[:200]], ids=["text", "empty", "cut gzip"]
)
def test_what_is_no_archive_stays_as_it_is(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "out.tar.gz"
    path.write_bytes(content)
    assert unpack(path, tmp_path) == [path]
    assert path.read_bytes() == content


@pytest.mark.parametrize(
    ("inner", "saved_as"),
    [
        ("out.tar", "out (2).tar"),
        ("out.tar/x", "out (2).tar/x"),
        (".out.tar.unpacking/0", ".out.tar.unpacking_/0"),
        ("out.tar.part", "out.tar.part_"),
    ],
)
def test_no_file_of_an_archive_is_in_the_way_of_unpacking_it(tmp_path: Path, inner: str, saved_as: str) -> None:
    path = tmp_path / "out.tar"
    path.write_bytes(archive(member(inner, b"inner"), member("b", b"other")))
    assert unpack(path, tmp_path) == [tmp_path.resolve() / saved_as, tmp_path.resolve() / "b"]
    assert (tmp_path / saved_as).read_bytes() == b"inner"
    assert files_below(tmp_path) == sorted([saved_as, "b"])


@pytest.mark.parametrize(
    ("mine", "inner"), [("blocked", "blocked/x"), ("blocked/x", "blocked")], ids=["a file is there", "a folder is"]
)
def test_an_archive_that_finds_no_place_touches_no_file_of_the_users(tmp_path: Path, mine: str, inner: str) -> None:
    (tmp_path / mine).parent.mkdir(exist_ok=True)
    (tmp_path / mine).write_bytes(b"mine")
    (tmp_path / "a.csv").write_bytes(b"mine, too")
    packed = archive(member("a.csv", b"new"), member("folder/new", b"new"), member(inner, b"new"))
    (tmp_path / "out.tar").write_bytes(packed)
    with pytest.raises(OSError, match="in the place of a"):
        unpack(tmp_path / "out.tar", tmp_path)
    assert files_below(tmp_path) == sorted(["a.csv", mine, "out.tar"])
    assert (tmp_path / mine).read_bytes() == b"mine"
    assert (tmp_path / "a.csv").read_bytes() == b"mine, too"
    assert (tmp_path / "out.tar").read_bytes() == packed


def test_an_archive_that_is_cut_leaves_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_bytes(b"the former download")
    content = gzip.compress(archive(member("r.csv", b"new"), member("z", CONTENT)))[:100_000]
    (tmp_path / "out.tar.gz").write_bytes(content)
    assert unpack(tmp_path / "out.tar.gz", tmp_path) == [tmp_path / "out.tar.gz"]
    assert files_below(tmp_path) == ["out.tar.gz", "r.csv"]
    assert (tmp_path / "r.csv").read_bytes() == b"the former download"


def test_what_a_crash_amid_unpacking_left_goes(tmp_path: Path) -> None:
    left = tmp_path / ".out.tar.unpacking"
    left.mkdir()
    (left / "0").write_bytes(b"half")
    (tmp_path / "out.tar").write_bytes(archive(member("a", b"1")))
    unpack(tmp_path / "out.tar", tmp_path)
    assert files_below(tmp_path) == ["a"]
    assert not left.exists()


async def test_a_file_of_an_archive_does_not_take_another_results_place(
    client: HubClient, server: ScriptedServer, tmp_path: Path
) -> None:
    """Neither a file's, nor that of another archive, whichever is downloaded first."""
    one, other = archive(member("model.csv", b"one")), archive(member("model.csv", b"other"))
    files = [result("model.csv", b"itself"), result("one.tar", one), result("other.tar", other)]
    for file, content in zip(files, [b"itself", one, other], strict=True):
        server.on(f"GET /jobs/jr-1/files/{file.name}", Response(content))
    for name in ("other.tar", "one.tar", "model.csv"):
        await download_results(client, job(*files), tmp_path, Silent(), [name])
    asked = len(server.requests)
    saved = {file.name: file.path.read_bytes() for file in await save(client, tmp_path, *files)}
    assert saved == {"model.csv": b"itself", "model (2).csv": b"other", "model (3).csv": b"one"}
    assert len(server.requests) == asked, "all of it is there still"
