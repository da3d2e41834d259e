"""A spliced tar is byte for byte the one written anew, whatever changed; nothing damaged gets into it."""

import hashlib
import io
import itertools
import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from juliahub_ls.domain.bundles import writer as bundle_writer
from juliahub_ls.domain.bundles.cache import BundleCache
from juliahub_ls.domain.bundles.plan import BundlePlan, plan_bundle
from juliahub_ls.domain.bundles.splice import Layout, Record, Splice, SpliceDamaged, read_record, write_index
from juliahub_ls.domain.bundles.writer import BundleCancelled, write_bundle

from .conftest import MakeTree

FILES = {f"p/data/{number:02}": bytes([number]) * 700 * number for number in range(30)}
FAR_AHEAD = 10**19

PATHS = ["Project.toml", "a", "b", "a.b", "d/x", "d/y.sh", "d/e/größe", "d.e", "z/" + "long" * 60, ".juliabundleignore"]
contents = st.binary(max_size=1500) | st.sampled_from([b"", b"x" * 512, b"y" * 512, b"[deps]\n", b"*.b\n", b"d/e\n"])
edits = (
    st.tuples(st.just("write"), st.sampled_from(PATHS), contents)
    | st.tuples(st.sampled_from(["delete", "chmod", "rewrite"]), st.sampled_from(PATHS), st.just(b""))
    | st.tuples(st.just("rename"), st.sampled_from(PATHS), st.sampled_from(PATHS).map(str.encode))
)


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chunks so small that a few files meet every boundary."""
    monkeypatch.setattr(bundle_writer, "_CHUNK", 2048)
    monkeypatch.setattr(bundle_writer, "_ALONE", 1024)
    monkeypatch.setattr(bundle_writer, "_LONGEST_RUN", 5000)


def old_bundle(plan: BundlePlan, directory: Path, made: int = FAR_AHEAD) -> Path:
    """A written bundle with its index; by default made when all its files had long been settled."""
    layout, tar = Layout(), directory / "old.tar"
    written = write_bundle(plan, tar, layout=layout)
    record = Record("key", True, made, written.sha256, written.size, written.files, (0, 0, 0, 0))
    write_index(tar.with_suffix(".index"), plan, layout, record)
    return tar


def fresh(plan: BundlePlan) -> bytes:
    stream = io.BytesIO()
    write_bundle(plan, stream)
    return stream.getvalue()


def spliced(plan: BundlePlan, tar: Path) -> bytes:
    stream = io.BytesIO()
    with Splice(tar, tar.with_suffix(".index")) as splice:
        written = write_bundle(plan, stream, splice=splice)
    assert written.sha256 == hashlib.sha256(stream.getvalue()).hexdigest()
    return stream.getvalue()


def edit(top: Path, what: str, name: str, content: bytes, clock: Iterator[int]) -> None:
    """One edit; every file it writes gets a time of its own, as the clock's grain is not what is tested."""
    path = top / name
    if what == "write":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    elif not path.exists():
        return
    elif what == "delete":
        path.unlink()
    elif what == "chmod":
        path.chmod(path.stat().st_mode ^ 0o100)
    elif what == "rewrite":
        path.write_bytes(bytes(byte ^ 1 for byte in path.read_bytes()))
    else:
        target = top / content.decode()
        target.parent.mkdir(parents=True, exist_ok=True)
        path.replace(target)
        path = target
    if path.exists():
        now = next(clock) * 10**9
        os.utime(path, ns=(now, now))


@pytest.mark.usefixtures("small_chunks")
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(start=st.lists(edits, min_size=3, max_size=12), later=st.lists(edits, min_size=1, max_size=6))
def test_after_any_edits_the_bytes_are_those_of_a_new_bundle(
    tmp_path: Path, start: list[tuple[str, str, bytes]], later: list[tuple[str, str, bytes]]
) -> None:
    top, clock = tmp_path / "p", itertools.count(1_000_000)
    shutil.rmtree(top, ignore_errors=True)
    top.mkdir()
    for step in start:
        edit(top, *step, clock)
    tar = old_bundle(plan_bundle(top), tmp_path)
    for step in later:
        edit(top, *step, clock)
        plan = plan_bundle(top)
        layout = Layout()
        with Splice(tar, tar.with_suffix(".index")) as splice:
            again = tmp_path / "new.tar"
            written = write_bundle(plan, again, splice=splice, layout=layout)
        assert again.read_bytes() == fresh(plan)
        again.replace(tar)
        record = Record("key", True, FAR_AHEAD, written.sha256, written.size, written.files, (0, 0, 0, 0))
        write_index(tar.with_suffix(".index"), plan, layout, record)


@pytest.mark.usefixtures("small_chunks")
def test_what_did_not_change_is_not_read_again(make_tree: MakeTree, tmp_path: Path) -> None:
    top = make_tree(FILES) / "p"
    tar = old_bundle(plan_bundle(top), tmp_path)
    (top / "data/12").write_bytes(b"changed")
    (top / "data/12a").write_bytes(b"new")
    (top / "data/20").unlink()
    plan = plan_bundle(top)
    expected = fresh(plan)
    for number in set(range(30)) - {12, 20}:
        (top / f"data/{number:02}").unlink()
    assert spliced(plan, tar) == expected


def test_a_file_that_changed_just_before_is_read_again(make_tree: MakeTree, tmp_path: Path) -> None:
    top = make_tree({"p/Project.toml": "", "p/old": "1", "p/young": "2"}) / "p"
    plan = plan_bundle(top)
    times = {file.archive_path: max(file.mtime_ns, file.ctime_ns) for file in plan.files}
    ahead = time.time_ns() + 10**12
    os.utime(top / "young", ns=(ahead, ahead))
    plan = plan_bundle(top)
    tar = old_bundle(plan, tmp_path, made=max(times.values()) + 10**10)
    with Splice(tar, tar.with_suffix(".index")) as splice:
        found = {file.archive_path for file in plan.files if splice.find(file)}
    assert found == {"Project.toml", "old"}


@pytest.mark.parametrize("field", ["source", "size", "mtime_ns", "ctime_ns", "inode", "executable"])
def test_any_other_status_is_another_file(make_tree: MakeTree, tmp_path: Path, field: str) -> None:
    plan = plan_bundle(make_tree({"p/Project.toml": "", "p/data": "1"}) / "p")
    tar = old_bundle(plan, tmp_path)
    file = plan.files[-1]
    other = file._replace(**{field: "elsewhere" if field == "source" else getattr(file, field) + 1})
    with Splice(tar, tar.with_suffix(".index")) as splice:
        assert splice.find(other) is None
        assert splice.find(file)


@pytest.mark.usefixtures("small_chunks")
@pytest.mark.parametrize("damage", ["one bit", "zeros", "shorter", "empty"])
def test_a_damaged_tar_is_found_out(make_tree: MakeTree, tmp_path: Path, damage: str) -> None:
    plan = plan_bundle(make_tree(FILES) / "p")
    tar = old_bundle(plan, tmp_path)
    data = bytearray(tar.read_bytes())
    if damage == "one bit":
        data[len(data) // 2] ^= 1
    elif damage == "zeros":
        data[4096:8192] = bytes(4096)
    else:
        del data[0 if damage == "empty" else len(data) // 2 :]
    tar.write_bytes(data)
    output = tmp_path / "out" / "new.tar"
    with Splice(tar, tar.with_suffix(".index")) as splice, pytest.raises(SpliceDamaged):
        write_bundle(plan, output, splice=splice)
    assert list(output.parent.iterdir()) == []


def _cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def _flip_first(data: bytes) -> bytes:
    return data[:20] + bytes([data[20] ^ 1]) + data[21:]


def _flip_last(data: bytes) -> bytes:
    return data[:-1] + bytes([data[-1] ^ 1])


def _foreign(_data: bytes) -> bytes:
    return b"\xff" * 400


@pytest.mark.parametrize("damage", [_cut, _flip_first, _flip_last, _foreign, lambda _data: b""])
def test_a_damaged_index_means_less_to_reuse_never_other_bytes(
    make_tree: MakeTree, tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    plan = plan_bundle(make_tree(FILES) / "p")
    tar = old_bundle(plan, tmp_path)
    index = tar.with_suffix(".index")
    index.write_bytes(damage(index.read_bytes()))
    try:
        assert spliced(plan, tar) == fresh(plan)
    except SpliceDamaged:
        assert read_record(index) is None or damage is _cut


def test_no_index_is_no_record(tmp_path: Path) -> None:
    assert read_record(tmp_path / "x.index") is None


@pytest.mark.usefixtures("small_chunks", "settled")
def test_cancelled_at_any_moment_nothing_is_left(make_tree: MakeTree, tmp_path: Path) -> None:
    top, cache = make_tree(FILES) / "p", tmp_path / "cache"
    first = BundleCache(cache).bundle(plan_bundle(top))
    (top / "data/15").write_bytes(b"changed")
    before, plan = set(cache.iterdir()), plan_bundle(top)
    for moment in itertools.count(1):
        calls = itertools.count(1)
        try:
            made = BundleCache(cache).bundle(plan, cancelled=lambda calls=calls, moment=moment: next(calls) == moment)
        except BundleCancelled:
            assert set(cache.iterdir()) == before
        else:
            break
    assert moment > 20
    assert made.path != first.path
    assert made.path.read_bytes() == fresh(plan)


@pytest.mark.usefixtures("small_chunks")
def test_cancelled_at_any_moment_no_file_is_left(make_tree: MakeTree, tmp_path: Path) -> None:
    plan, output = plan_bundle(make_tree(FILES) / "p"), tmp_path / "out" / "b.tar"
    for moment in itertools.count(1):
        calls = itertools.count(1)
        try:
            write_bundle(plan, output, cancelled=lambda calls=calls, moment=moment: next(calls) == moment)
        except BundleCancelled:
            assert list(output.parent.iterdir()) == []
        else:
            break
    assert moment > 20
    assert output.read_bytes() == fresh(plan)
