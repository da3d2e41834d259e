"""The archive: exactly the plan, the same every time, whole or not at all (protocol §6.4)."""

import hashlib
import io
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from juliahub_ls.domain.bundles import writer as bundle_writer
from juliahub_ls.domain.bundles.plan import plan_bundle
from juliahub_ls.domain.bundles.tar_format import BLOCK, END
from juliahub_ls.domain.bundles.writer import BundleCancelled, BundleProgress, FileChanged, write_bundle

from .conftest import MakeTree, age

FILES = {
    "p/Project.toml": "[deps]\n",
    "p/main.jl": "println(1)\n",
    "p/a.b": "x",
    "p/a/b": b"\x00" * 512,
    "p/a/c": b"\xff" * 513,
    "p/nothing": "",
    "p/empty/": "",
    "p/größe/数据.csv": "1",
    "p/" + "d" * 90 + "/" + "e" * 90 + "/f": "long",
    "p/" + "n" * 200: "longer name than a field",
    "p/" + "/".join(["deep" * 10] * 8) + "/f": "too long for both fields",
}


def read(data: bytes) -> dict[str, tarfile.TarInfo]:
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
        return {member.name: member for member in archive.getmembers()}


def content(data: bytes) -> dict[str, bytes]:
    found = {}
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
        for member in archive.getmembers():
            stream = archive.extractfile(member)
            if stream:
                found[member.name] = stream.read()
    return found


def bundle(top: Path) -> bytes:
    stream = io.BytesIO()
    write_bundle(plan_bundle(top), stream)
    return stream.getvalue()


def test_the_archive_is_what_the_plan_says(make_tree: MakeTree) -> None:
    top = make_tree(FILES) / "p"
    plan = plan_bundle(top)
    stream = io.BytesIO()
    written = write_bundle(plan, stream)
    data = stream.getvalue()
    assert written.sha256 == hashlib.sha256(data).hexdigest()
    assert written.size == len(data)
    assert written.files == plan.file_count == len(content(data))
    assert content(data) == {f"p/{file.archive_path}": Path(file.source).read_bytes() for file in plan.files}
    assert [name for name, member in read(data).items() if member.isdir()] == ["p/.bundle/depot/artifacts", "p/empty"]


def test_records_are_anonymous_and_in_order(make_tree: MakeTree) -> None:
    top = make_tree(FILES) / "p"
    (top / "run.sh").write_text("#!/bin/sh\n")
    (top / "run.sh").chmod(0o750)
    (top / "main.jl").chmod(0o600)
    members = read(bundle(top))
    for member in members.values():
        assert (member.uid, member.gid, member.uname, member.gname, member.mtime) == (0, 0, "", "", 0)
    executable = {name for name, member in members.items() if member.isfile() and member.mode == 0o755}
    assert executable == ({"p/run.sh"} if os.name == "posix" else set())
    assert {member.mode for member in members.values() if member.isfile()} <= {0o644, 0o755}
    assert list(members) == sorted(members, key=lambda name: name.split("/"))
    names = list(members)
    assert names.index("p/a/b") < names.index("p/a.b")


def test_it_ends_as_posix_asks(make_tree: MakeTree) -> None:
    data = bundle(make_tree(FILES) / "p")
    assert data.endswith(END)
    assert len(data) % BLOCK == 0
    assert data[257:265] == b"ustar\x0000"


def test_a_big_file_comes_in_pieces(make_tree: MakeTree) -> None:
    data = os.urandom(9 * 2**20 + 17)
    top = make_tree({"p/big": data, "p/small": "1"}) / "p"
    seen: list[BundleProgress] = []
    stream = io.BytesIO()
    plan = plan_bundle(top)
    write_bundle(plan, stream, progress=seen.append)
    assert content(stream.getvalue())["p/big"] == data
    assert len(seen) > 2
    assert [item.bytes for item in seen] == sorted(item.bytes for item in seen)
    assert seen[-1] == BundleProgress(plan.file_count, plan.file_count, plan.total_size, plan.total_size)


@pytest.mark.parametrize("name", ["file{}", "folder{}/"])
def test_what_has_no_content_comes_in_pieces_too(
    make_tree: MakeTree, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(bundle_writer, "_CHUNK", 2048)
    top = make_tree({"p/Project.toml": "", **{f"p/{name.format(number)}": "" for number in range(40)}}) / "p"
    seen: list[BundleProgress] = []
    write_bundle(plan_bundle(top), io.BytesIO(), progress=seen.append)
    assert len(seen) >= 10


@pytest.mark.parametrize("change", ["grow", "shrink", "touch", "remove", "replace"])
def test_a_file_that_changes_after_planning_is_noticed(make_tree: MakeTree, tmp_path: Path, change: str) -> None:
    top = make_tree({"p/Project.toml": "", "p/data": "0123456789"}) / "p"
    age(top)
    plan = plan_bundle(top)
    target = top / "data"
    if change == "grow":
        target.write_text("0123456789more")
    elif change == "shrink":
        target.write_text("01")
    elif change == "touch":
        target.write_text("9876543210")
    else:
        target.unlink()
        if change == "replace":
            target.mkdir()
    output = tmp_path / "out" / "b.tar"
    with pytest.raises(FileChanged) as caught:
        write_bundle(plan, output)
    assert caught.value.path == str(target)
    assert list(output.parent.iterdir()) == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_file_replaced_by_a_pipe_does_not_block(make_tree: MakeTree) -> None:
    top = make_tree({"p/Project.toml": "", "p/data": "0123456789"}) / "p"
    plan = plan_bundle(top)
    (top / "data").unlink()
    os.mkfifo(top / "data")
    with pytest.raises(FileChanged):
        write_bundle(plan, io.BytesIO())


def test_cancelling_leaves_nothing(make_tree: MakeTree, tmp_path: Path) -> None:
    top = make_tree({"p/big": bytes(20 * 2**20)}) / "p"
    seen: list[BundleProgress] = []
    output = tmp_path / "out" / "b.tar"
    with pytest.raises(BundleCancelled):
        write_bundle(plan_bundle(top), output, progress=seen.append, cancelled=lambda: len(seen) == 2)
    assert len(seen) == 2
    assert list(output.parent.iterdir()) == []


def test_the_old_bundle_stays_when_the_new_one_fails(make_tree: MakeTree, tmp_path: Path) -> None:
    top = make_tree({"p/Project.toml": "", "p/data": "1"}) / "p"
    output = tmp_path / "b.tar"
    write_bundle(plan_bundle(top), output)
    before = output.read_bytes()
    plan = plan_bundle(top)
    (top / "data").unlink()
    with pytest.raises(FileChanged):
        write_bundle(plan, output)
    assert output.read_bytes() == before


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
def test_a_full_disk_is_an_oserror(make_tree: MakeTree) -> None:
    plan = plan_bundle(make_tree({"p/data": "1"}) / "p")
    with Path("/dev/full").open("wb", buffering=0) as stream, pytest.raises(OSError, match="No space"):
        write_bundle(plan, stream)


LIMITED = """
import resource, signal, sys
from pathlib import Path
from juliahub_ls.domain.bundles.plan import plan_bundle
from juliahub_ls.domain.bundles.writer import write_bundle
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (2**20, 2**20))
try:
    write_bundle(plan_bundle(Path(sys.argv[1])), Path(sys.argv[2]))
except OSError as reason:
    print(reason.strerror)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="file sizes cannot be limited here")
def test_a_disk_that_fills_up_leaves_no_partial_file(make_tree: MakeTree, tmp_path: Path) -> None:
    top = make_tree({"p/big": bytes(6 * 2**20)}) / "p"
    output = tmp_path / "out" / "b.tar"
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(top), str(output)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert done.stdout == "File too large\n"
    assert list(output.parent.iterdir()) == []


MEASURED = """
import os, sys, time
from pathlib import Path
from juliahub_ls.domain.bundles.cache import BundleCache
from juliahub_ls.domain.bundles.model import PlannedFile
from juliahub_ls.domain.bundles.plan import BundlePlan, plan_bundle
from juliahub_ls.domain.bundles.writer import write_bundle
top, cache = Path(sys.argv[1]), Path(sys.argv[2])
with open(os.devnull, "wb", buffering=0) as nowhere:
    written = write_bundle(plan_bundle(top), nowhere)
file = plan_bundle(top / "few").files[0]
files = [
    PlannedFile(f"few/folder{n // 100:05}/file{n:06}.csv", f"{top}/few/{n % 7 * './'}file", *file[2:])
    for n in range(100_000)
]
plan = BundlePlan(top, "p", files=tuple(files), total_size=file.size * len(files))
del files
now = time.time_ns
time.time_ns = lambda: now() + 60 * 10**9  # the file was settled long ago
first = BundleCache(cache).bundle(plan)
(top / "few" / "file").unlink()  # the second bundle comes out of the first
plan = BundlePlan(top, "p", files=plan.files[:500] + plan.files[501:], total_size=plan.total_size - file.size)
second = BundleCache(cache).bundle(plan)
status = dict(line.split(":") for line in Path("/proc/self/status").read_text().splitlines())
print(written.size, first.written.files, second.written.files, int(status["VmHWM"].split()[0]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the peak of a process' memory is read as Linux tells it")
def test_memory_stays_below_150_mb_whatever_the_size(make_tree: MakeTree, tmp_path: Path) -> None:
    top = make_tree({"p/Project.toml": "", "p/few/file": "1,2,3\n"}) / "p"
    with (top / "big").open("wb") as stream:
        stream.truncate(1536 * 2**20)
    age(top)
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, str(top), str(tmp_path / "cache")],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    size, first, second, kilobytes = map(int, done.stdout.split())
    assert size > 1536 * 2**20
    assert (first, second) == (100_000, 99_999)
    assert kilobytes < 150_000
