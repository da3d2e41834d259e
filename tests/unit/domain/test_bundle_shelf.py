"""What the bundle cache keeps is bounded, whatever is written to it, and nothing goes that is still in use."""

import os
import shutil
import time
from collections import namedtuple
from pathlib import Path

import pytest

from juliahub_ls.domain.bundles.cache import BundleCache
from juliahub_ls.domain.bundles.plan import plan_bundle
from juliahub_ls.domain.bundles.shelf import FREE_BYTES, BundleShelf

from .conftest import MakeTree

Usage = namedtuple("Usage", "total used free")


def put(directory: Path, name: str, size: int, age: float) -> Path:
    """A kept tar of `size` bytes with an index, last used `age` seconds ago by somebody who released it."""
    path = directory / f"{name}.tar"
    path.write_bytes(bytes(size))
    path.with_suffix(".index").write_bytes(b"")
    used = time.time() - age
    for file in (path, path.with_suffix(".index")):
        os.utime(file, (used, used))
    return path


def left(directory: Path) -> list[str]:
    return sorted(path.stem for path in directory.glob("*.tar"))


def others(directory: Path) -> list[Path]:
    """All files but the one that is locked while something is removed."""
    return [path for path in directory.iterdir() if path.name != "shelf.lock"]


def test_only_so_many_are_kept(tmp_path: Path) -> None:
    for number in range(6):
        put(tmp_path, f"folder{number}-x", 10, age=1000 + number)
    BundleShelf(tmp_path, keep=3).tidy()
    assert left(tmp_path) == ["folder0-x", "folder1-x", "folder2-x"]
    assert len(others(tmp_path)) == 6


def test_only_so_many_bytes_are_kept(tmp_path: Path) -> None:
    for number in range(4):
        put(tmp_path, f"folder{number}-x", 1000, age=1000 + number)
    BundleShelf(tmp_path, keep=4, max_bytes=2500).tidy()
    assert left(tmp_path) == ["folder0-x", "folder1-x"]


def test_of_each_folder_the_newest_is_kept(tmp_path: Path) -> None:
    for number in range(3):
        put(tmp_path, f"folder-{number}", 10, age=1000 + number)
        put(tmp_path, f"other-{number}", 10, age=1000 - number)
    BundleShelf(tmp_path, keep=9).tidy()
    assert left(tmp_path) == ["folder-0", "other-2"]


def test_after_a_clock_was_set_back_the_bundles_made_since_are_kept(tmp_path: Path) -> None:
    put(tmp_path, "folder-ahead", 10, age=-5000)
    put(tmp_path, "folder-now", 10, age=1000)
    BundleShelf(tmp_path, keep=9).tidy()
    assert left(tmp_path) == ["folder-now"]


def test_what_is_in_use_stays_whatever_the_bounds(tmp_path: Path) -> None:
    paths = {name: put(tmp_path, f"a-{name}", 1000, age=2000) for name in ("ours", "other's", "ahead", "expired")}
    ours, others = BundleShelf(tmp_path, keep=1, max_bytes=1), BundleShelf(tmp_path, keep=1, max_bytes=1)
    ours.lease(paths["ours"])
    for name, age in (("other's", 300), ("ahead", -300), ("expired", 10_000)):
        others.lease(paths[name])
        lease = next(tmp_path.glob(f"a-{name}.*.lease"))
        os.utime(lease, (time.time() - age,) * 2)
    os.utime(next(tmp_path.glob("a-ours.*.lease")), (1, 1))
    ours.tidy()
    assert left(tmp_path) == ["a-ahead", "a-other's", "a-ours"]


def test_what_is_released_goes_when_its_turn_comes(tmp_path: Path) -> None:
    path, window, other = put(tmp_path, "a-1", 10, age=2000), *(BundleShelf(tmp_path, keep=0) for _ in range(2))
    for shelf in (window, window, other):
        shelf.lease(path)
    window.release(path)
    window.tidy()
    window.release(path)
    window.tidy()
    assert left(tmp_path) == ["a-1"]
    other.release(path)
    window.tidy()
    assert others(tmp_path) == []


def test_what_dead_processes_left_goes(tmp_path: Path) -> None:
    put(tmp_path, "a-1", 10, age=1000)
    for name, age in ((".a-2.tar.half", 1000), ("a-3.index", 1000), (".indexold", 1000), (".a-4.tar.now", 0)):
        (tmp_path / name).write_bytes(b"x")
        os.utime(tmp_path / name, (time.time() - age,) * 2)
    BundleShelf(tmp_path, keep=4).tidy()
    assert sorted(path.name for path in tmp_path.iterdir()) == [".a-4.tar.now", "a-1.index", "a-1.tar"]


def full_disk(monkeypatch: pytest.MonkeyPatch, directory: Path, free: int) -> None:
    """A disk with `free` bytes left, and what goes from `directory`."""
    before = sum(path.stat().st_size for path in directory.glob("*.tar"))

    def usage(_path: Path) -> Usage:
        now = sum(path.stat().st_size for path in directory.glob("*.tar"))
        return Usage(0, 0, free + before - now)

    monkeypatch.setattr(shutil, "disk_usage", usage)


def test_old_bundles_make_room_on_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(4):
        put(tmp_path, f"folder{number}-x", 1000, age=1000 + number)
    spare = tmp_path / "folder3-x.tar"
    full_disk(monkeypatch, tmp_path, FREE_BYTES + 100)
    shelf = BundleShelf(tmp_path, keep=4)
    shelf.make_room(50, spare)
    assert len(left(tmp_path)) == 4
    shelf.make_room(1900, spare)
    assert left(tmp_path) == ["folder0-x", "folder3-x"]
    shelf.make_room(10_000, spare)
    assert left(tmp_path) == []


@pytest.mark.usefixtures("settled")
def test_nothing_is_kept_on_a_full_disk(make_tree: MakeTree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    top, directory = make_tree({"p/Project.toml": "", "p/main.jl": "1"}) / "p", tmp_path / "cache"
    full_disk(monkeypatch, directory, FREE_BYTES - 1)
    cache = BundleCache(directory)
    first = cache.bundle(plan_bundle(top))
    assert first.path.stat().st_size == first.written.size
    assert list(directory.glob("*.index")) == []
    cache.release(first.path)
    second = cache.bundle(plan_bundle(top))
    assert not second.reused
    assert list(directory.glob("*.tar")) == [second.path]


def test_a_disk_that_does_not_say_how_full_it_is(tmp_path: Path) -> None:
    assert BundleShelf(tmp_path / "nowhere", keep=1).has_room()


@pytest.mark.usefixtures("settled")
def test_the_newest_bundle_of_a_folder_replaces_the_ones_before(make_tree: MakeTree, tmp_path: Path) -> None:
    top, directory = make_tree({"p/Project.toml": "", "p/main.jl": ""}) / "p", tmp_path / "cache"
    paths = []
    for number in range(3):
        (top / "main.jl").write_text("x" * number)
        paths.append(BundleCache(directory).bundle(plan_bundle(top)).path)
    assert all(path.exists() for path in paths)
    for lease in directory.glob("*.lease"):
        os.utime(lease, (1, 1))
    (top / "main.jl").write_text("last")
    last = BundleCache(directory).bundle(plan_bundle(top)).path
    assert list(directory.glob("*.tar")) == [last]
