"""Files are looked into once, whatever happens to what is remembered."""

import multiprocessing
import os
import random
from pathlib import Path

import pytest

from juliahub_ls.domain.bundles.content_scan import MAX_SCANNED, ContentScan
from juliahub_ls.domain.bundles.file_status import status_of
from juliahub_ls.domain.bundles.model import BundleOptions, LeftOutReason
from juliahub_ls.domain.bundles.plan import plan_bundle
from juliahub_ls.domain.bundles.token_lines import TokenLine
from juliahub_ls.domain.bundles.walk_memory import WalkMemory
from juliahub_ls.domain.problem import Mending

from .conftest import MakeTree

CHANCE = random.Random(5)
TOKEN = "ghp_" + "".join(CHANCE.choice("abcdefghijkmnpqrstuvwxyzABCDEFGH23456789") for _ in range(36))
FOUND = TokenLine(2, "GitHub token")
LINES = f"# settings\ntoken = {TOKEN}\n"


def look(scan: ContentScan, path: Path) -> TokenLine | None:
    return scan.token(str(path), status_of(path.stat()))


def hide(path: Path) -> None:
    """Changes the content and nothing else that a verdict hangs on: what is remembered shows."""
    status = path.stat()
    path.write_bytes(b"-" * status.st_size)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (LINES.encode(), FOUND),
        (b"\0" + LINES.encode(), None),
        (b"-" * 9000 + b"\0\n" + LINES.encode(), TokenLine(3, "GitHub token")),
        (b"\n" * 100_000 + LINES.encode(), TokenLine(100_002, "GitHub token")),
        (b"\n" * MAX_SCANNED + LINES.encode(), None),
        (b"", None),
    ],
)
def test_what_is_looked_at(tmp_path: Path, content: bytes, expected: TokenLine | None) -> None:
    (tmp_path / "file").write_bytes(content)
    assert look(ContentScan(), tmp_path / "file") == expected


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize("store", [False, True])
@pytest.mark.parametrize("content", [LINES, "x = 1\n"])
def test_an_unchanged_file_is_read_once(tmp_path: Path, store: bool, content: str) -> None:
    path = tmp_path / "file"
    path.write_text(content)
    status = status_of(path.stat())
    scan = ContentScan(tmp_path / "cache/tokens" if store else None)
    verdict = scan.token(str(path), status)
    scan.save()
    path.unlink()
    assert scan.token(str(path), status) == verdict == (FOUND if content == LINES else None)
    later = ContentScan(tmp_path / "cache/tokens" if store else None)
    assert later.token(str(path), status) == (verdict if store else None)


@pytest.mark.usefixtures("settled")
def test_any_change_is_seen(tmp_path: Path) -> None:
    path, scan = tmp_path / "file", ContentScan()
    path.write_text("x" * len(LINES))
    old = status_of(path.stat())
    assert look(scan, path) is None
    path.write_text(LINES)
    os.utime(path, ns=(old[1], old[1]))
    if os.name == "posix":  # elsewhere no time tells of it
        assert look(scan, path) == FOUND


def test_what_just_changed_is_read_again(tmp_path: Path) -> None:
    path, scan = tmp_path / "file", ContentScan(tmp_path / "tokens")
    path.write_text(LINES)
    status = status_of(path.stat())
    assert scan.token(str(path), status) == FOUND
    scan.save()
    hide(path)
    assert scan.token(str(path), status) is None
    assert ContentScan(tmp_path / "tokens").token(str(path), status) is None


def test_a_clock_set_back_is_not_believed(tmp_path: Path) -> None:
    path, scan = tmp_path / "file", ContentScan()
    path.write_text(LINES)
    os.utime(path, (4e9, 4e9))
    status = status_of(path.stat())
    assert scan.token(str(path), status) == FOUND
    hide(path)
    assert scan.token(str(path), status) is None


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize("damage", ["cut", "turned", "other rules", "empty", "a folder"])
def test_a_damaged_store_is_worth_nothing_and_does_no_harm(tmp_path: Path, damage: str) -> None:
    path, store = tmp_path / "file", tmp_path / "tokens"
    path.write_text("x = 1\n")
    scan = ContentScan(store)
    assert look(scan, path) is None
    scan.save()
    content = bytearray(store.read_bytes())
    if damage == "cut":
        store.write_bytes(content[:-3])
    elif damage == "turned":
        content[-5] ^= 1
        store.write_bytes(content)
    elif damage == "other rules":
        content[0] ^= 1
        store.write_bytes(content)
    elif damage == "empty":
        store.write_bytes(b"")
    else:
        store.unlink()
        store.mkdir()
    status = status_of(path.stat())
    path.write_text(LINES)
    later = ContentScan(store)
    assert later.token(str(path), status) == FOUND  # read again, not remembered
    later.save()
    assert list(tmp_path.glob(".tokens*")) == []


@pytest.mark.usefixtures("settled")
def test_the_store_is_bounded(tmp_path: Path) -> None:
    scan = ContentScan(tmp_path / "tokens", max_files=50)
    for number in range(120):
        (tmp_path / f"{number}").write_text("x")
        look(scan, tmp_path / f"{number}")
    scan.save()
    small = (tmp_path / "tokens").stat().st_size
    assert small < 50 * 40 + 64
    (tmp_path / "119").unlink()
    assert ContentScan(tmp_path / "tokens").token("gone", (0, 0, 0, 0)) is None


def fill(store: str, file: str, first: int) -> None:
    """A process of its own that looks into a file under ever new statuses, and keeps its verdicts each time."""
    for start in range(first, first + 1000, 100):
        scan = ContentScan(Path(store))
        for inode in range(start, start + 100):
            assert scan.token(file, (6, 1, 1, inode)) is None
        scan.save()


def test_two_processes_may_share_a_store(tmp_path: Path) -> None:
    store = tmp_path / "cache/tokens"
    (tmp_path / "file").write_text("x = 1\n")
    context = multiprocessing.get_context("spawn")
    arguments = [(str(store), str(tmp_path / "file"), first) for first in (0, 5000)]
    workers = [context.Process(target=fill, args=each) for each in arguments]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0, 0]
    assert [path.name for path in store.parent.iterdir()] == ["tokens"]
    (tmp_path / "file").write_text(LINES)
    scan = ContentScan(store)
    last = [scan.token(str(tmp_path / "file"), (6, 1, 1, inode)) for inode in (999, 5999)]
    assert None in last  # whoever wrote last: all that it knew is there


FILES = {"p/Project.toml": "[deps]\n", "p/src/a.jl": LINES, "p/only/b.jl": LINES, "p/main.jl": "1\n"}


def test_files_with_tokens_stay_home_and_are_reported(make_tree: MakeTree) -> None:
    top = make_tree(FILES) / "p"
    plan = plan_bundle(top)
    assert {file.archive_path for file in plan.files} == {"Project.toml", "main.jl"}
    assert {"only", "src"} <= set(plan.empty_directories)
    assert {(item.path, item.reason, item.detail) for item in plan.left_out} == {
        (path, LeftOutReason.TOKEN, "line 2 looks like a GitHub token") for path in ("only/b.jl", "src/a.jl")
    }
    (problem,) = plan.problems
    assert (problem.code, problem.data["paths"]) == ("tokens-left-out", ["only/b.jl", "src/a.jl"])
    assert [(mend.title, mend.how, mend.directory, mend.path) for mend in problem.mends] == [
        ("Let only/b.jl in", Mending.LET_IN, top, "only/b.jl"),
        ("Let src/a.jl in", Mending.LET_IN, top, "src/a.jl"),
    ]
    assert TOKEN not in repr(plan)


@pytest.mark.parametrize("way", ["allow", "literal rule", "any other rule"])
def test_a_named_file_is_let_in(make_tree: MakeTree, way: str) -> None:
    rule = {"literal rule": "!src/a.jl\n", "any other rule": "!src/*\n"}.get(way, "")
    top = make_tree({**FILES, "p/.juliabundleignore": rule}) / "p"
    allow = frozenset({"src/a.jl"}) if way == "allow" else frozenset()
    plan = plan_bundle(top, options=BundleOptions(allow_secrets=allow))
    assert ("src/a.jl" in {file.archive_path for file in plan.files}) is (way != "any other rule")


@pytest.mark.usefixtures("settled")
def test_a_file_that_gets_a_token_goes_and_one_that_loses_it_comes_back(make_tree: MakeTree) -> None:
    top, memory = make_tree(FILES) / "p", WalkMemory()

    def kept() -> set[str]:
        return {file.archive_path for file in plan_bundle(top, memory=memory).files}

    assert kept() == {"Project.toml", "main.jl"}
    (top / "main.jl").write_text(LINES)
    assert kept() == {"Project.toml"}
    (top / "src/a.jl").write_text("1\n")
    assert kept() == {"Project.toml", "src/a.jl"}


def test_what_was_installed_from_elsewhere_is_not_looked_into(make_tree: MakeTree) -> None:
    top = make_tree(FILES) / "p"
    assert len(WalkMemory().walk(top, ".bundle/depot/packages/P/x/", None, guard_secrets=False).files) == 4
    assert len(WalkMemory().walk(top, ".bundle/dev/P/", None).files) == 2


def test_a_linked_file_is_looked_into(make_tree: MakeTree) -> None:
    top = make_tree(FILES) / "p"
    try:
        (top / "link.jl").symlink_to("src/a.jl")
    except OSError:
        pytest.skip("this system does not let us make links")
    assert "link.jl" not in {file.archive_path for file in plan_bundle(top).files}
