"""An unchanged folder is neither walked nor read again; any change is seen."""

import os
import time
from pathlib import Path

import pytest

from juliahub_ls.domain import walk_memory
from juliahub_ls.domain.bundle_cache import BundleCache, fingerprint
from juliahub_ls.domain.bundle_plan import BundlePlan, plan_bundle
from juliahub_ls.domain.bundle_walk import Cancelled, walk_tree
from juliahub_ls.domain.walk_memory import WalkMemory

from .conftest import MakeTree

FILES = {"p/Project.toml": "", "p/data/x.csv": "12345", "p/data/y.csv": "1", "p/main.jl": "", "p/empty/": ""}


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets files just written count as settled: the system sets the time of a status' change, and no test can."""
    real = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: real() + 2 * walk_memory.GRAIN_NS)


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
@pytest.mark.parametrize("damage", ["shorter", "gone", "record"])
def test_a_damaged_cache_is_written_anew(make_tree: MakeTree, tmp_path: Path, damage: str) -> None:
    top, cache = make_tree(FILES) / "p", BundleCache(tmp_path / "cache")
    first = cache.bundle(plan_bundle(top))
    if damage == "shorter":
        first.path.write_bytes(first.path.read_bytes()[:-512])
    elif damage == "gone":
        first.path.unlink()
    else:
        first.path.with_suffix(".json").write_text("{")
    again = cache.bundle(plan_bundle(top))
    assert (again.reused, again.written) == (False, first.written)


@pytest.mark.usefixtures("settled")
def test_old_bundles_go_but_not_those_still_in_use(make_tree: MakeTree, tmp_path: Path) -> None:
    top, cache = make_tree(FILES) / "p", BundleCache(tmp_path / "cache", keep=2)
    paths = []
    for number in range(4):
        (top / "main.jl").write_text("x" * number)
        paths.append(cache.bundle(plan_bundle(top)).path)
    assert all(path.exists() for path in paths)
    for path in paths[:3]:
        os.utime(path, (1, 1))
    (top / "main.jl").write_text("last")
    cache.bundle(plan_bundle(top))
    assert [path.exists() for path in paths] == [False, False, False, True]


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
def test_folders_with_links_are_walked_each_time(make_tree: MakeTree) -> None:
    top, memory = make_tree(FILES) / "p", WalkMemory()
    try:
        (top / "link").symlink_to("main.jl")
    except OSError:
        pytest.skip("this system does not let us make links")
    assert memory.walk(top, "", None) is not memory.walk(top, "", None)


@pytest.mark.usefixtures("settled")
def test_memory_is_bounded(make_tree: MakeTree) -> None:
    top, memory = make_tree(FILES), WalkMemory(max_files=12)
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
