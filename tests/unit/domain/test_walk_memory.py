"""Planning again costs a look at each file's status; a changed file costs itself, and no change is missed."""

import itertools
import os
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from juliahub_ls.domain.bundles.content_scan import ContentScan
from juliahub_ls.domain.bundles.file_status import GRAIN_NS
from juliahub_ls.domain.bundles.walk import Tree, walk_tree
from juliahub_ls.domain.bundles.walk_memory import WalkMemory

from .conftest import MakeTree

FILES = {"p/a/x.csv": "12345", "p/a/y.csv": "1", "p/b/z.csv": "", "p/main.jl": "1", "out/far": "", "out/d/f": "1"}


def link(path: Path, target: Path | str, *, directory: bool = False) -> None:
    try:
        path.symlink_to(target, target_is_directory=directory)
    except OSError:
        pytest.skip("this system does not let us make links")


def same(tree: Tree, other: Tree) -> bool:
    return asdict(tree) == asdict(other)


def fresh(top: Path) -> Tree:
    return walk_tree(top, "", None, scan=ContentScan())


def paths(tree: Tree) -> list[str]:
    return [file.archive_path for file in tree.files]


class Count(ContentScan):
    """Notes which files were looked into; remembers nothing of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def token(self, path: str, status: tuple[int, int, int, int]) -> None:
        self.asked.append(Path(path).name)


@pytest.mark.usefixtures("settled")
def test_a_changed_file_costs_itself(make_tree: MakeTree) -> None:
    top, scan = make_tree(FILES) / "p", Count()
    memory = WalkMemory(scan)
    before = memory.walk(top, "", None)
    scan.asked.clear()
    (top / "a/x.csv").write_text("changed")
    after = memory.walk(top, "", None)
    assert scan.asked == ["x.csv"]
    assert after.left_out is before.left_out
    assert same(after, fresh(top))
    assert paths(before) == paths(after)
    assert [file.size for file in before.files] == [5, 1, 0, 1]
    assert [file.size for file in after.files] == [7, 1, 0, 1]
    assert memory.walk(top, "", None) is after
    assert scan.asked == ["x.csv"]


def test_a_file_within_the_grain_of_the_clock_is_looked_at_each_time(
    make_tree: MakeTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    top, scan, real, ahead = make_tree(FILES) / "p", Count(), time.time_ns, [2 * GRAIN_NS]
    monkeypatch.setattr(time, "time_ns", lambda: real() + ahead[0])
    memory = WalkMemory(scan)
    memory.walk(top, "", None)
    just_now = time.time_ns()
    os.utime(top / "main.jl", ns=(just_now, just_now))
    scan.asked.clear()
    first, second = memory.walk(top, "", None), memory.walk(top, "", None)
    assert scan.asked == ["main.jl", "main.jl"]
    assert second is first
    ahead[0] *= 4
    memory.walk(top, "", None)
    memory.walk(top, "", None)
    assert scan.asked == ["main.jl"] * 3


def test_a_folder_within_the_grain_of_the_clock_is_walked_each_time(make_tree: MakeTree) -> None:
    top, memory = make_tree(FILES) / "p", WalkMemory()
    assert memory.walk(top, "", None) is not memory.walk(top, "", None)


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize("which", ["a/x.csv", "a"])
def test_times_in_the_future_are_never_believed(make_tree: MakeTree, which: str) -> None:
    """As after a clock was set back."""
    top, scan = make_tree(FILES) / "p", Count()
    os.utime(top / which, (4e9, 4e9))
    memory = WalkMemory(scan)
    memory.walk(top, "", None)
    scan.asked.clear()
    memory.walk(top, "", None)
    assert "x.csv" in scan.asked
    assert ("main.jl" in scan.asked) is (which == "a")


@pytest.mark.usefixtures("settled")
@pytest.mark.skipif(os.name == "nt", reason="nothing tells of it there")
def test_an_edit_of_the_same_size_and_time_is_seen(make_tree: MakeTree) -> None:
    top, memory = make_tree(FILES) / "p", WalkMemory()
    before = memory.walk(top, "", None)
    status = (top / "main.jl").stat()
    (top / "main.jl").write_text("2")
    os.utime(top / "main.jl", ns=(status.st_atime_ns, status.st_mtime_ns))
    after = memory.walk(top, "", None)
    assert before.files[-1][2:4] == after.files[-1][2:4]
    assert before.files[-1] != after.files[-1]


@pytest.mark.usefixtures("settled")
def test_two_windows_see_each_others_changes(make_tree: MakeTree) -> None:
    top = make_tree(FILES) / "p"
    windows = WalkMemory(), WalkMemory()
    for number in range(4):
        (top / "main.jl").write_text("#" * number)
        (top / f"new{number}").write_text("")
        first, second = (window.walk(top, "", None) for window in windows)
        assert same(first, second)
        assert f"new{number}" in paths(second)


def with_links(top: Path) -> None:
    link(top / "file", "a/x.csv")
    link(top / "folder", "a", directory=True)
    link(top / "b/up", "../a", directory=True)
    link(top / "away", top.parent / "out", directory=True)
    link(top / "nothing", "absent")


LINK_CHANGES: dict[str, Callable[[Path], object]] = {
    "nothing": lambda top: None,
    "target's content": lambda top: (top / "a/x.csv").write_text("other"),
    "new file in target": lambda top: (top / "a/new").write_text(""),
    "target gone": lambda top: (top / "a/x.csv").unlink(),
    "target of a target": lambda top: (top / "a").rename(top / "c"),
    "what dangled": lambda top: (top / "absent").write_text(""),
    "turned": lambda top: ((top / "file").unlink(), (top / "file").symlink_to("a/y.csv")),
    "turned outside": lambda top: ((top / "folder").unlink(), (top / "folder").symlink_to(top.parent / "out")),
    "outside turned in": lambda top: ((top / "away").unlink(), (top / "away").symlink_to("b")),
}


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize("what", LINK_CHANGES)
def test_trees_with_links_are_remembered(make_tree: MakeTree, what: str) -> None:
    top, memory = make_tree(FILES) / "p", WalkMemory()
    with_links(top)
    before = memory.walk(top, "", None)
    assert memory.walk(top, "", None) is before
    LINK_CHANGES[what](top)
    after = memory.walk(top, "", None)
    assert same(after, fresh(top))
    assert (after is before) is (what == "nothing")


@pytest.mark.usefixtures("settled")
def test_a_link_outside_that_decides_what_a_link_inside_means(make_tree: MakeTree) -> None:
    """Nothing below the folder changes, and yet it is another tree."""
    base = make_tree(FILES)
    link(base / "way", "p/a", directory=True)
    link(base / "p/by_way", "../way", directory=True)
    memory = WalkMemory()
    assert "by_way/x.csv" in paths(memory.walk(base / "p", "", None))
    (base / "way").unlink()
    (base / "way").symlink_to("p/b", target_is_directory=True)
    assert "by_way/z.csv" in paths(memory.walk(base / "p", "", None))
    assert "by_way/x.csv" not in paths(memory.walk(base / "p", "", None))


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize("where", ["p/.gitignore", "p/a/.gitignore", ".gitignore", ".git/info/exclude"])
def test_gitignore_files_are_watched(make_tree: MakeTree, where: str) -> None:
    base = make_tree({**FILES, ".git/info/attributes": ""})
    memory = WalkMemory()
    first = memory.walk(base / "p", "", None, gitignore=True)
    assert memory.walk(base / "p", "", None, gitignore=True) is first
    (base / where).write_text("*.csv\n")
    expected = {"p/a/.gitignore": {"b/z.csv", "main.jl", "a/.gitignore"}}.get(where, {"main.jl"})
    assert set(paths(memory.walk(base / "p", "", None, gitignore=True))) - {".gitignore"} == expected
    assert len(memory.walk(base / "p", "", None).files) >= 4


NAMES = st.sampled_from(["p/a/x.csv", "p/b/z.csv", "p/main.jl", "p/new", "p/a/new", "p/.juliabundleignore"])
CONTENTS = st.sampled_from(["", "1", "2", "*.csv\n", "!a/*\n"])
ACTIONS = st.tuples(st.sampled_from(["write", "remove", "plan"]), NAMES, CONTENTS)


TIMES = itertools.count(10**18)


def stamp(path: Path) -> None:
    time_ns = next(TIMES)
    os.utime(path, ns=(time_ns, time_ns))


@pytest.mark.usefixtures("settled")
@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture], max_examples=40)
@given(st.lists(ACTIONS, max_size=8))
def test_memory_is_never_wrong(make_tree: MakeTree, actions: list[tuple[str, str, str]]) -> None:
    """Each change gets a time of its own, as if the clock had no grain."""
    top, memory = make_tree(FILES) / "p", WalkMemory()
    for action, name, content in actions:
        path = top.parent / name
        if action == "write":
            path.write_text(content)
            stamp(path)
        elif action == "remove":
            path.unlink(missing_ok=True)
        stamp(path.parent)
        assert same(memory.walk(top, "", None), fresh(top))
