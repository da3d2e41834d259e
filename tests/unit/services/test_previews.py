"""Looking into result files: bounded, from the copy here or from the server, and never trusted."""

import base64
import gzip
import hashlib
import io
import os
import tarfile
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import Response

from juliahub_ls import errors
from juliahub_ls.domain.jobs.job_view import JobFileView, JobView
from juliahub_ls.services import archives, previews
from juliahub_ls.services.hub_client import HubClient
from juliahub_ls.services.previews import ARCHIVE_BYTES, IMAGE_BYTES, TABLE_BYTES, TEXT_BYTES, Preview, preview, show
from juliahub_ls.services.progress import Silent
from juliahub_ls.services.results import download_results
from tests.support.scripted_http import ScriptedServer
from tests.unit.domain.test_image_size import png

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JULIAHUB_CACHE_DIR", str(tmp_path / "cache"))


def job(name: str, content: bytes, size: int | None = None) -> JobView:
    digest = hashlib.sha256(content).hexdigest()
    file = JobFileView(name, "result", len(content) if size is None else size, digest)
    return JobView("hub", "jr-1", "pi", "Completed", "Completed", True, True, files=(file,))


def packed(**files: bytes) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for name, content in files.items():
            info = tarfile.TarInfo("./out/" + name.replace("_", "."))
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


async def look(
    client: HubClient, server: ScriptedServer, folder: Path, name: str, content: bytes, member: str | None = None
) -> Preview:
    server.on(f"GET /jobs/jr-1/files/{name}", Response(content))
    return await preview(client, job(name, content), name, member, folder)


async def test_an_image_comes_as_bytes_alone(client: HubClient, server: ScriptedServer, tmp_path: Path) -> None:
    shown = await look(client, server, tmp_path, "plot.SVG", SVG)
    assert (shown.kind, shown.media_type, shown.text) == ("image", "image/svg+xml", None)
    assert base64.b64decode(shown.base64 or "") == SVG


async def test_a_large_image_is_not_fetched(client: HubClient, server: ScriptedServer, tmp_path: Path) -> None:
    shown = await preview(client, job("a.png", b"", IMAGE_BYTES + 1), "a.png", None, tmp_path)
    assert (shown.kind, server.seen) == ("none", [])
    assert "10.0 MB" in (shown.note or "")


async def test_an_image_of_too_many_pixels_is_not_drawn(
    client: HubClient, server: ScriptedServer, tmp_path: Path
) -> None:
    shown = await look(client, server, tmp_path, "a.png", png(100_000, 100_000))
    assert (shown.kind, shown.base64) == ("none", None)
    assert shown.note == "An image of 100,000 × 100,000 pixels, too many to be drawn here. Download it to open it."
    assert (await look(client, server, tmp_path, "b.png", png(5_000, 5_000))).kind == "image"


async def test_a_table_of_a_million_columns_is_bounded(
    client: HubClient, server: ScriptedServer, tmp_path: Path
) -> None:
    line = b",".join([b"1"] * 1_000_000) + b"\n"
    shown = await look(client, server, tmp_path, "wide.csv", line * 3)
    assert (shown.kind, shown.whole, len(shown.numeric or [])) == ("table", False, 100)
    assert [len(cells) for cells in shown.lines or []] == [100]
    assert shown.note == "The beginning of 6.0 MB, 100 columns of each."


async def test_a_table_of_one_endless_cell_is_a_text(client: HubClient, server: ScriptedServer, tmp_path: Path) -> None:
    shown = await look(client, server, tmp_path, "cell.csv", b'"' + b"x" * 2_000_000)
    assert (shown.kind, len(shown.text or "")) == ("text", TABLE_BYTES)


async def test_a_table(client: HubClient, server: ScriptedServer, tmp_path: Path) -> None:
    shown = await look(client, server, tmp_path, "a.tsv", b"n\tpi\n1\t3.1\n")
    assert (shown.kind, shown.header, shown.lines, shown.numeric) == (
        "table",
        ["n", "pi"],
        [["1", "3.1"]],
        [True, True],
    )
    assert shown.whole


async def test_only_the_beginning_of_a_large_text_is_read(
    client: HubClient, server: ScriptedServer, tmp_path: Path
) -> None:
    content = "é".encode() * TEXT_BYTES
    shown = await look(client, server, tmp_path, "a.txt", b"x" + content)
    assert (shown.kind, shown.whole) == ("text", False)
    assert set(shown.text or "") == {"x", "é"}
    assert shown.note == "The first 256.0 kB of 512.0 kB."


@pytest.mark.parametrize(
    ("name", "content", "kind", "text"),
    [
        ("a.json", b'{"b":[1,2]}', "json", '{\n  "b": [\n    1,\n    2\n  ]\n}'),
        ("a.json", b"{no json", "text", "{no json"),
        ("a.bin", b"\x00\x01", "none", None),
        ("noname", b"plain text", "text", "plain text"),
        ("a.txt", "\ufeffhé".encode(), "text", "hé"),
        ("a.txt", "hé".encode("utf-16"), "text", "hé"),
        ("a.txt", b"caf\xe9", "text", "café"),
        ("a.html", b"<script>x</script>", "text", "<script>x</script>"),
        ("empty.csv", b"", "table", None),
    ],
)
def test_what_is_seen(name: str, content: bytes, kind: str, text: "str | None") -> None:
    from juliahub_ls.domain.results.kinds import kind_of

    shown = show(name, kind_of(name), content, len(content))
    assert (shown.kind, shown.text) == (kind, text)


@pytest.mark.parametrize("name", ["out.tar", "out.tar.gz"])
async def test_the_files_of_an_archive(client: HubClient, server: ScriptedServer, tmp_path: Path, name: str) -> None:
    content = packed(a_csv=b"n\n1\n", plot_svg=SVG)
    content = gzip.compress(content) if name.endswith("gz") else content
    listed = await look(client, server, tmp_path, name, content)
    assert [(member.name, member.size, member.kind) for member in listed.members or []] == [
        ("out/a.csv", 4, "table"),
        ("out/plot.svg", len(SVG), "image"),
    ]
    inside = await preview(client, job(name, content), name, "out/a.csv", tmp_path)
    assert (inside.header, inside.lines) == (["n"], [["1"]])
    assert len(server.seen) == 1
    with pytest.raises(errors.NoResults, match=r"holds no file \.\./etc"):
        await preview(client, job(name, content), name, "../etc/passwd", tmp_path)


async def test_an_unpacked_archive_is_looked_into_here(
    client: HubClient, server: ScriptedServer, tmp_path: Path
) -> None:
    content = packed(a_csv=b"n\n1\n")
    server.on("GET /jobs/jr-1/files/out.tar", Response(content))
    await download_results(client, job("out.tar", content), tmp_path / "saved", Silent())
    listed = await preview(client, job("out.tar", content), "out.tar", None, tmp_path / "saved")
    assert [member.name for member in listed.members or []] == ["out/a.csv"]
    inside = await preview(client, job("out.tar", content), "out.tar", "out/a.csv", tmp_path / "saved")
    assert (inside.kind, len(server.seen)) == ("table", 1)


async def test_a_large_archive_is_not_fetched(client: HubClient, server: ScriptedServer, tmp_path: Path) -> None:
    shown = await preview(client, job("a.tar", b"", ARCHIVE_BYTES + 1), "a.tar", None, tmp_path)
    assert (shown.kind, server.seen) == ("none", [])


async def test_an_archive_that_unpacks_without_end_is_looked_into_so_far(
    client: HubClient, server: ScriptedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "LOOKED_THROUGH", 100_000)
    content = gzip.compress(packed(a_csv=b"n\n1\n", zeros_bin=bytes(1_000_000), late_csv=b"n\n2\n"))
    listed = await look(client, server, tmp_path, "out.tar.gz", content)
    assert [member.name for member in listed.members or []] == ["out/a.csv", "out/zeros.bin"]
    assert (listed.whole, listed.note) == (False, "Only its first 2.0 GB, unpacked, were looked through.")
    with pytest.raises(errors.NoResults, match=r"late\.csv"):
        await preview(client, job("out.tar.gz", content), "out.tar.gz", "out/late.csv", tmp_path)


async def test_the_first_files_of_many(
    client: HubClient, server: ScriptedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (archives, previews):
        monkeypatch.setattr(module, "MEMBERS", 2)
    both = packed(a_csv=b"1", b_csv=b"2")
    shown = await look(client, server, tmp_path, "two.tar", both)
    assert (len(shown.members or []), shown.whole, shown.note) == (2, True, None)
    shown = await look(client, server, tmp_path, "three.tar", packed(a_csv=b"1", b_csv=b"2", c_csv=b"3"))
    assert (len(shown.members or []), shown.whole, shown.note) == (2, False, "The first 2 files.")


async def test_no_archive_in_spite_of_its_name(client: HubClient, server: ScriptedServer, tmp_path: Path) -> None:
    assert (await look(client, server, tmp_path, "a.tar", b"no tar")).note == "a.tar cannot be read as an archive."


async def test_the_copy_here_goes_first(client: HubClient, server: ScriptedServer, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"hello")
    assert (await preview(client, job("a.txt", b"hello"), "a.txt", None, tmp_path)).text == "hello"
    assert server.seen == []
    (tmp_path / "a.txt").write_bytes(b"HELLO")
    server.on("GET /jobs/jr-1/files/a.txt", Response(b"hello"))
    assert (await preview(client, job("a.txt", b"hello"), "a.txt", None, tmp_path)).text == "hello"


async def test_the_connection_ends_with_the_beginning(
    client: HubClient, server: ScriptedServer, tmp_path: Path
) -> None:
    content = os.urandom(3_000_000).hex().encode()

    async def whole(_request: Request) -> Response:
        return Response(content)

    server.on("GET /jobs/jr-1/files/a.txt", whole)
    server.on("GET /juliaruncloud/get_jobs", [])
    shown = await preview(client, job("a.txt", content), "a.txt", None, tmp_path)
    assert len(shown.text or "") == TEXT_BYTES
    assert await client.jobs() == []
