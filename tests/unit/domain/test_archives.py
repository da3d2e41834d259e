"""Any tree comes out of the archive as the plan said: by GNU tar, Python's strict reader and Julia's Pkg."""

import gzip
import hashlib
import io
import json
import os
import shutil
import stat
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from juliahub_ls.domain.bundles.model import PlannedFile
from juliahub_ls.domain.bundles.plan import BundlePlan, plan_bundle
from juliahub_ls.domain.bundles.writer import write_bundle

from .conftest import age

Tree = dict[str, tuple[bytes | None, bool]]
"""Path → content, None for a folder, and whether it may be run."""

POSIX = os.name == "posix"
LIMIT = 240 if POSIX else 80
WORST: Tree = {
    "d" * 90 + "/" + "e" * 90 + "/f": (b"prefix", False),
    "n" * 200: (b"pax", True),
    "ü" * 100 + "/漢字 und leer": (b"pax", False),
    "a.b": (b"", False),
    "a/b": (b"x" * 512, True),
    "a/empty/": (None, False),
    "größe\u0308": (b"y" * 513, False),
    "-rf": (b"looks like an option", False),
    "..dots": (b"", False),
    "🦊": (b"beyond the basic plane", False),
}

names = (
    st.text(
        st.characters(codec="utf-8", exclude_characters='/\\\0:*?"<>|', exclude_categories=["Cc", "Cs"]), max_size=30
    )
    | st.text("abc.-_ äß漢", max_size=200)
).map(lambda text: _shorten(text) or "n")
paths = st.lists(names, min_size=1, max_size=4).map("/".join)
entries = st.tuples(st.binary(max_size=1100), st.booleans()) | st.just((None, False))
trees = st.dictionaries(paths, entries, max_size=6)


def _shorten(text: str) -> str:
    """A name that any system takes: at most so many bytes, no dots or spaces at its ends."""
    while len(text.encode()) > LIMIT:
        text = text[:-1]
    return text.strip(". ")


def plant(top: Path, tree: Tree) -> None:
    """Makes the tree; what does not go beside what is there already (a file where a folder is) is passed over."""
    shutil.rmtree(top, ignore_errors=True)
    top.mkdir(parents=True)
    for name, (content, executable) in tree.items():
        path = top / name
        try:
            if content is None:
                path.mkdir(parents=True, exist_ok=True)
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            path.chmod(0o755 if executable else 0o644)
        except OSError:
            continue


def expected(plan: BundlePlan) -> dict[str, tuple[bytes | None, bool]]:
    """What the plan says will be in the unpacked folder."""
    found: dict[str, tuple[bytes | None, bool]] = dict.fromkeys(plan.empty_directories, (None, False))
    for file in (*plan.files, *plan.injected):
        if isinstance(file, PlannedFile):
            found[file.archive_path] = Path(file.source).read_bytes(), file.executable
        else:
            found[file.archive_path] = file.content, False
    return found


def unpacked(top: Path) -> dict[str, tuple[bytes | None, bool]]:
    """What is in an unpacked folder: its files, and the folders that are empty."""
    found: dict[str, tuple[bytes | None, bool]] = {}
    for folder, below, files in os.walk(top):
        here = Path(folder)
        if not below and not files and here != top:
            found[here.relative_to(top).as_posix()] = None, False
        for name in files:
            path = here / name
            runs = POSIX and bool(path.stat().st_mode & stat.S_IXUSR)
            found[path.relative_to(top).as_posix()] = path.read_bytes(), runs
    return found


def unpack_by_tar(archive: Path, out: Path) -> None:
    subprocess.run(["tar", "-xf", str(archive), "-C", str(out)], check=True)


def unpack_by_python(archive: Path, out: Path) -> None:
    with tarfile.open(archive) as opened:
        opened.errorlevel = 2
        opened.extractall(out, filter="data")


UNPACKERS = [
    pytest.param(
        unpack_by_tar, marks=pytest.mark.skipif(not (POSIX and shutil.which("tar")), reason="there is no GNU tar here")
    ),
    pytest.param(
        unpack_by_python,
        marks=pytest.mark.skipif(not hasattr(tarfile, "data_filter"), reason="this Python has no strict filter"),
    ),
]


@pytest.mark.parametrize("unpack", UNPACKERS)
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(tree=trees)
@example(tree=WORST)
def test_the_tree_is_what_the_plan_said(tmp_path: Path, unpack: Callable[[Path, Path], None], tree: Tree) -> None:
    plant(tmp_path / "p", tree)
    plan, out = plan_bundle(tmp_path / "p"), tmp_path / "out"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    write_bundle(plan, tmp_path / "b.tar")
    unpack(tmp_path / "b.tar", out)
    assert [path.name for path in out.iterdir()] == ["p"]
    assert unpacked(out / "p") == expected(plan)


JULIA = """
import Pkg
import SHA
Pkg.PlatformEngines.probe_platform_engines!()
quoted(text) = "\\"" * bytes2hex(Vector{UInt8}(text)) * "\\""
for number in 1:parse(Int, ARGS[2])
    out = joinpath(ARGS[1], string(number))
    Pkg.PlatformEngines.unpack(out * ".tar.gz", out)
    records = String[]
    for (folder, below, files) in walkdir(out)
        isempty(below) && isempty(files) && push!(records, quoted(relpath(folder, out)) * ":null")
        for name in files
            path = joinpath(folder, name)
            executable = filemode(path) & 0o100 != 0
            hash = bytes2hex(open(SHA.sha256, path))
            push!(records, quoted(relpath(path, out)) * ":[\\"$hash\\",$executable]")
        end
    end
    println("{", join(records, ","), "}")
end
"""


@pytest.mark.julia
@pytest.mark.skipif(shutil.which("julia") is None, reason="there is no Julia here")
@pytest.mark.skipif(not POSIX, reason="Julia's Pkg unpacks with 7z there, which makes no executable files")
def test_julias_pkg_unpacks_what_the_plan_said(tmp_path: Path) -> None:
    """As Pkg unpacks its own downloads, in one Julia. Before 1.6 it does so with the tar program it finds."""
    plans: list[dict[str, object]] = []

    @settings(max_examples=20, database=None, phases=[Phase.explicit, Phase.generate])
    @given(tree=trees)
    @example(tree=WORST)
    def make(tree: Tree) -> None:
        plant(tmp_path / "p", tree)
        plan, stream = plan_bundle(tmp_path / "p"), io.BytesIO()
        write_bundle(plan, stream)
        plans.append(_hashed(expected(plan)))
        (tmp_path / f"{len(plans)}.tar.gz").write_bytes(gzip.compress(stream.getvalue(), 1))

    make()
    script = tmp_path / "unpack.jl"
    script.write_text(JULIA)
    command = ["julia", "--startup-file=no", str(script), str(tmp_path), str(len(plans))]
    lines = subprocess.run(command, capture_output=True, check=True, timeout=100).stdout.splitlines()
    assert [json.loads(line) for line in lines] == plans


def _hashed(tree: dict[str, tuple[bytes | None, bool]]) -> dict[str, object]:
    """As the Julia script says it: names in hex, contents as SHA-256."""
    return {
        f"p/{path}".encode().hex(): None if content is None else [hashlib.sha256(content).hexdigest(), executable]
        for path, (content, executable) in tree.items()
    }


@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(tree=trees)
@example(tree=WORST)
def test_elsewhere_later_in_another_order_and_under_another_umask_the_bytes_are_the_same(
    tmp_path: Path, tree: Tree
) -> None:
    plant(tmp_path / "here" / "p", tree)
    plan = plan_bundle(tmp_path / "here" / "p")
    planted = unpacked(tmp_path / "here" / "p")
    before = os.umask(0o077)
    try:
        again = {f"{name}/" if content is None else name: (content, runs) for name, (content, runs) in planted.items()}
        plant(tmp_path / "else" / "where" / "p", dict(reversed(again.items())))
    finally:
        os.umask(before)
    age(tmp_path / "else", 1_000_000)
    other = plan_bundle(tmp_path / "else" / "where" / "p")
    assert write_bundle(plan, io.BytesIO()) == write_bundle(other, io.BytesIO())


@pytest.mark.skipif(sys.platform == "win32", reason="no umask there")
def test_no_mode_but_the_owners_right_to_run_counts(tmp_path: Path) -> None:
    plant(tmp_path / "p", {"a": (b"1", False), "b": (b"2", True)})
    first = write_bundle(plan_bundle(tmp_path / "p"), io.BytesIO())
    (tmp_path / "p" / "a").chmod(0o600)
    (tmp_path / "p" / "b").chmod(0o711)
    assert write_bundle(plan_bundle(tmp_path / "p"), io.BytesIO()) == first
