"""How bundles and scans grow from 1,000 to 1,000,000 files, beside Python's `tarfile` and `rg --files`.

The largest tree takes several minutes: it is measured with `--full` or `BENCH_FULL=1`.
"""

import os
import shutil
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from .harness import Row, row, seconds
from .once import once

_REPEATS = {1_000: 9, 10_000: 5, 100_000: 1, 1_000_000: 1}
_PER_FOLDER = 50
_CONTENT = bytes(range(256)) * 4
_PER_FILE_BYTES = 2000


def rows(work: Path) -> list[Row]:
    """Two rows for each size of tree: bundling it, and finding its environments."""
    made: list[Row] = []
    for count, repeats in _REPEATS.items():
        reason = _why_not(work, count)
        if reason:
            print(f"{count:,} files are not measured: {reason}", file=sys.stderr)
            continue
        tree = _make_tree(work / "tree", count)
        made += _rows(tree, work, count, repeats)
        shutil.rmtree(tree)
    return made


def _rows(tree: Path, work: Path, count: int, repeats: int) -> Iterator[Row]:
    output = work / "growth.tar"
    bundles, archives, scans, lists = [], [], [], []
    for _ in range(repeats):
        bundles.append(once("bundle", tree, output))
        archives.append(once("tarfile", tree, output))
        output.unlink()
        scans.append(once("scan", tree))
        lists.append(seconds(lambda: subprocess.run(["rg", "--files", tree], check=True, stdout=subprocess.DEVNULL)))
    for name, costs, peer, others in (
        ("bundle", bundles, "Python's tarfile, no hash", [cost.seconds for cost in archives]),
        ("scan", scans, "rg --files", lists),
    ):
        value = statistics.median(cost.seconds for cost in costs)
        peak = max(cost.megabytes for cost in costs)
        yield row(f"{name} {count:,} files, most empty", value, peer, statistics.median(others), None, memory=peak)


def _make_tree(directory: Path, count: int) -> Path:
    """A tree of `count` files: an environment in each thousand, 1 kB in each tenth file, nothing in the others."""
    for number in range(count):
        place = number // _PER_FOLDER
        if number % _PER_FOLDER == 0:
            folder = directory / f"group{place // 1000:02}" / f"topic{place // 40 % 25:02}" / f"item{place:05}"
            folder.mkdir(parents=True)
        name = "Project.toml" if number % 1000 == 0 else f"file{number:06}.csv"
        handle = os.open(folder / name, os.O_CREAT | os.O_WRONLY)
        if number % 10 == 1:
            os.write(handle, _CONTENT)
        os.close(handle)
    return directory


def _why_not(work: Path, count: int) -> str | None:
    """Why a tree of this size is not made here; None when it can be."""
    if count > 100_000 and not os.environ.get("BENCH_FULL"):
        return "it takes minutes; ask for it with --full"
    free = shutil.disk_usage(work).free
    if free < 4 * count * _PER_FILE_BYTES:
        return f"the disk has {free / 1e9:.1f} GB left"
    if hasattr(os, "statvfs"):
        inodes = os.statvfs(work).f_favail
        if inodes and inodes < 2 * count:
            return f"the disk has room for {inodes:,} more files"
    return None
