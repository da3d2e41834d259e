"""An unchanged folder is neither walked nor read again; any change is seen."""

import hashlib
import io
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from juliahub_ls.domain.bundles import cache as bundle_cache
from juliahub_ls.domain.bundles.cache import BundleCache, fingerprint
from juliahub_ls.domain.bundles.file_status import status_of
from juliahub_ls.domain.bundles.plan import BundlePlan, plan_bundle
from juliahub_ls.domain.bundles.walk import Cancelled, walk_tree
from juliahub_ls.domain.bundles.walk_memory import WalkMemory
from juliahub_ls.domain.bundles.writer import FileChanged, write_bundle

from .conftest import MakeTree

FILES = {"p/Project.toml": "", "p/data/x.csv": "12345", "p/data/y.csv": "1", "p/main.jl": "", "p/empty/": ""}


class Clock:
    """The wall clock as the code sees it: so many seconds ahead of the real one."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        real, real_ns, self._ahead = time.time, time.time_ns, 0
        monkeypatch.setattr(time, "time", lambda: real() + self._ahead)
        monkeypatch.setattr(time, "time_ns", lambda: real_ns() + self._ahead * 10**9)

    def ahead(self, seconds: int) -> None:
        """Sets the clock to `seconds` ahead of the real one."""
        self._ahead = seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def fresh(top: Path) -> bytes:
    stream = io.BytesIO()
    write_bundle(plan_bundle(top), stream)
    return stream.getvalue()


@pytest.mark.usefixtures("settled")
def test_an_unchanged_folder_is_bundled_once(make_tree: MakeTree, tmp_path: Path) -> None:
    top, cache = make_tree(FILES) / "p", BundleCache(tmp_path / "cache")
    first = cache.bundle(plan_bundle(top))
    again = cache.bundle(plan_bundle(top))
    other = BundleCache(tmp_path / "cache").bundle(plan_bundle(top))
    assert (first.reused, again.reused, other.reused) == (False, True, True)
    assert first.written == again.written == other.written
    assert first.path == again.path
    assert first.path.stat().st_size == first.written.size


def test_files_that_just_changed_are_not_trusted(make_tree: MakeTree, tmp_path: Path) -> None:
    top, cache = make_tree(FILES) / "p", BundleCache(tmp_path / "cache")
    cache.bundle(plan_bundle(top))
    assert not cache.bundle(plan_bundle(top)).reused
    memory = WalkMemory()
    assert memory.walk(top, "", None) is not memory.walk(top, "", None)


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize("damage", ["shorter", "gone", "one bit", "no index", "index"])
def test_a_damaged_cache_is_written_anew(make_tree: MakeTree, tmp_path: Path, damage: str) -> None:
    top, cache = make_tree(FILES) / "p", BundleCache(tmp_path / "cache")
    first = cache.bundle(plan_bundle(top))
    data, index = bytearray(first.path.read_bytes()), first.path.with_suffix(".index")
    if damage == "shorter":
        first.path.write_bytes(data[:-512])
    elif damage == "gone":
        first.path.unlink()
    elif damage == "one bit":
        times = first.path.stat()
        data[700] ^= 1
        first.path.write_bytes(data)
        os.utime(first.path, ns=(times.st_atime_ns, times.st_mtime_ns))
    elif damage == "no index":
        index.unlink()
    else:
        index.write_bytes(b"{" * 300)
    again = cache.bundle(plan_bundle(top))
    assert (again.reused, again.written) == (False, first.written)
    assert hashlib.sha256(again.path.read_bytes()).hexdigest() == again.written.sha256


@pytest.mark.usefixtures("settled")
def test_a_tar_that_went_bad_without_a_trace_is_not_spliced(
    make_tree: MakeTree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    top, cache = make_tree(FILES) / "p", BundleCache(tmp_path / "cache")
    first = cache.bundle(plan_bundle(top))
    noted = first.path.stat()
    data = bytearray(first.path.read_bytes())
    data[data.index(b"12345")] ^= 1
    first.path.write_bytes(data)
    (top / "main.jl").write_text("changed")
    monkeypatch.setattr(bundle_cache, "status_at", lambda _path: status_of(noted))
    plan = plan_bundle(top)
    again = cache.bundle(plan)
    expected = io.BytesIO()
    write_bundle(plan, expected)
    assert again.path.read_bytes() == expected.getvalue()


@pytest.mark.usefixtures("settled")
def test_a_changed_file_costs_itself(make_tree: MakeTree, tmp_path: Path) -> None:
    top, cache = make_tree(FILES) / "p", BundleCache(tmp_path / "cache")
    cache.bundle(plan_bundle(top))
    (top / "main.jl").write_text("changed")
    plan = plan_bundle(top)
    expected = io.BytesIO()
    write_bundle(plan, expected)
    for name in ("x.csv", "y.csv"):
        (top / "data" / name).unlink()
    spliced = cache.bundle(plan)
    assert spliced.path.read_bytes() == expected.getvalue()
    assert not spliced.reused
    assert cache.bundle(plan).reused


def test_a_file_that_just_changed_does_not_spoil_the_others(make_tree: MakeTree, tmp_path: Path, clock: Clock) -> None:
    top, cache = make_tree(FILES) / "p", BundleCache(tmp_path / "cache")
    clock.ahead(10)
    ahead = time.time_ns()
    os.utime(top / "main.jl", ns=(ahead, ahead))
    plan = plan_bundle(top)
    first = cache.bundle(plan)
    for name in ("x.csv", "y.csv"):
        (top / "data" / name).unlink()
    again = cache.bundle(plan)
    assert (again.reused, again.written) == (False, first.written)
    (top / "main.jl").unlink()
    with pytest.raises(FileChanged, match=r"main\.jl"):
        cache.bundle(plan)


def test_a_clock_that_was_set_back_is_not_trusted(make_tree: MakeTree, tmp_path: Path, clock: Clock) -> None:
    top, cache = make_tree(FILES) / "p", BundleCache(tmp_path / "cache")
    clock.ahead(3600)
    first = cache.bundle(plan_bundle(top))
    assert cache.bundle(plan_bundle(top)).reused
    clock.ahead(1800)
    again = cache.bundle(plan_bundle(top))
    assert (again.reused, again.written) == (False, first.written)
    assert cache.bundle(plan_bundle(top)).reused
    clock.ahead(7200)
    assert cache.bundle(plan_bundle(top)).reused


@pytest.mark.usefixtures("settled")
def test_two_windows_at_once(make_tree: MakeTree, tmp_path: Path) -> None:
    tops = [make_tree({f"{name}/{file}": content for file, content in FILES.items()}) / f"{name}/p" for name in "ab"]
    expected = {top: fresh(top) for top in tops}

    def window(number: int) -> list[bool]:
        cache, same = BundleCache(tmp_path / "cache", keep=1), []
        for turn in range(8):
            top = tops[(number + turn) % 2]
            made = cache.bundle(plan_bundle(top))
            same.append(made.path.read_bytes() == expected[top])
        return same

    with ThreadPoolExecutor(4) as pool:
        assert all(all(same) for same in pool.map(window, range(4)))
    assert not [path for path in (tmp_path / "cache").iterdir() if path.name.startswith(".")]


@pytest.mark.usefixtures("settled")
def test_a_bundle_handed_out_is_never_written_over(make_tree: MakeTree, tmp_path: Path) -> None:
    top = make_tree(FILES) / "p"
    status = (top / "data/x.csv").stat()
    first = BundleCache(tmp_path / "cache").bundle(plan_bundle(top))
    (top / "data/x.csv").write_text("54321")
    os.utime(top / "data/x.csv", ns=(status.st_atime_ns, status.st_mtime_ns))
    BundleCache(tmp_path / "cache").bundle(plan_bundle(top))
    assert hashlib.sha256(first.path.read_bytes()).hexdigest() == first.written.sha256


def change(top: Path, what: str) -> None:
    if what == "same size, same time":
        status = (top / "main.jl").stat()
        (top / "main.jl").write_text("")
        os.utime(top / "main.jl", ns=(status.st_atime_ns, status.st_mtime_ns))
    elif what == "content":
        (top / "data/x.csv").write_text("54321")
    elif what == "new file":
        (top / "data/z.csv").write_text("")
    elif what == "new folder":
        (top / "more").mkdir()
    elif what == "removed":
        (top / "data/y.csv").unlink()
    elif what == "renamed":
        (top / "data/y.csv").rename(top / "data/w.csv")
    elif what == "mode":
        (top / "main.jl").chmod(0o755)
    elif what == "rule":
        (top / ".juliabundleignore").write_text("*.csv\n")


CHANGES = ["content", "new file", "new folder", "removed", "renamed", "rule"]
POSIX_CHANGES = ["same size, same time", "mode"] if os.name == "posix" else []


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize("what", [*CHANGES, *POSIX_CHANGES])
def test_every_change_is_seen(make_tree: MakeTree, what: str) -> None:
    top, memory = make_tree(FILES) / "p", WalkMemory()
    before = plan_bundle(top, memory=memory)
    change(top, what)
    after = plan_bundle(top, memory=memory)
    assert fingerprint(after) != fingerprint(before)
    assert after == plan_bundle(top)


@pytest.mark.usefixtures("settled")
def test_what_is_remembered_is_what_a_walk_gives(make_tree: MakeTree) -> None:
    top, memory = make_tree({**FILES, "p/.env": "", "p/.juliabundleignore": "*y.csv\n"}) / "p", WalkMemory()
    first = memory.walk(top, "", None)
    assert memory.walk(top, "", None) is first
    assert first == walk_tree(top, "", None)
    assert memory.walk(top, "", None, allow_secrets=frozenset({".env"})) is not first
    assert memory.walk(top, "x/", first.rules) is not first


@pytest.mark.usefixtures("settled")
def test_other_rules_from_above_are_another_walk(make_tree: MakeTree) -> None:
    base = make_tree(
        {"p/.juliabundleignore": "*.log\n", "q/.juliabundleignore": "*.txt\n", "A/a.log": "", "A/b.txt": ""}
    )
    memory = WalkMemory()
    first = walk_tree(base / "p", "", None).rules
    second = walk_tree(base / "q", "", None).rules
    assert [file.archive_path for file in memory.walk(base / "A", "a/", first).files] == ["a/b.txt"]
    assert [file.archive_path for file in memory.walk(base / "A", "a/", second).files] == ["a/a.log"]


@pytest.mark.usefixtures("settled")
def test_memory_is_bounded(make_tree: MakeTree) -> None:
    top, memory = make_tree(FILES), WalkMemory(max_files=7)
    first = memory.walk(top / "p", "", None)
    assert memory.walk(top / "p", "", None) is first
    memory.walk(top / "p", "b/", None)
    assert memory.walk(top / "p", "", None) is not first


@pytest.mark.usefixtures("settled")
def test_looking_again_can_be_cancelled(make_tree: MakeTree) -> None:
    top, memory = make_tree(FILES) / "p", WalkMemory()
    plan: BundlePlan = plan_bundle(top, memory=memory)
    assert plan.file_count == 4
    with pytest.raises(Cancelled):
        plan_bundle(top, memory=memory, cancelled=lambda: True)
