"""Bundles beside `tar | tee | sha256sum` over the same files (design §5)."""

import itertools
import random
import shlex
import shutil
import subprocess
from pathlib import Path

from juliahub_ls.domain.bundles.cache import BundleCache
from juliahub_ls.domain.bundles.plan import plan_bundle
from juliahub_ls.domain.bundles.walk_memory import WalkMemory
from juliahub_ls.domain.bundles.writer import write_bundle

from .harness import Row, compare, row
from .once import bundle as _bundle
from .once import by_tarfile, once

_MANY, _MANY_BYTES = 50_000, 180_000_000
_BIG_BYTES = 2**30
_PEER = "tar | tee | sha256sum"


def rows(work: Path) -> list[Row]:
    """Bundle many small files and one big one; again, unchanged and with one change; and beside Python's `tarfile`."""
    small = small_files(work / "many", _MANY, _MANY_BYTES)
    big = big_file(work / "big", _BIG_BYTES)
    return [
        _against_pipeline("bundle 50,000 files, 180 MB", small, work, 2.5, repeats=5),
        _against_pipeline("bundle one file of 1 GiB", big, work, 1.2, repeats=3),
        _again(small, work),
        _one_changed(small, work),
        _against_tarfile(small, work),
    ]


def small_files(directory: Path, count: int, total: int) -> Path:
    """A project of `count` files, `total` bytes in all, the same every time; made once."""
    if directory.exists():
        return directory
    chance = random.Random(7)
    noise = chance.randbytes(2**20)
    for number in range(count):
        if number % 100 == 0:
            folder = directory / f"part{number // 5000:03}" / f"set{number // 100:04}"
            folder.mkdir(parents=True)
        size = int(chance.uniform(0.2, 1.8) * total / count)
        start = chance.randrange(len(noise) - size)
        (folder / f"sample_{number:06}.csv").write_bytes(noise[start : start + size])
    (directory / "Project.toml").write_text("[deps]\n")
    return directory


def big_file(directory: Path, size: int) -> Path:
    """A project with one file of `size` bytes; made once."""
    if not directory.exists():
        directory.mkdir(parents=True)
        noise = random.Random(7).randbytes(2**20)
        with (directory / "data.bin").open("wb") as stream:
            for _ in range(size // len(noise)):
                stream.write(noise)
    return directory


def _against_pipeline(name: str, directory: Path, work: Path, bar: float, repeats: int) -> Row:
    output, other = work / "ours.tar", work / "peer.tar"
    command = f"tar -cf - --sort=name {shlex.quote(directory.name)} | tee {shlex.quote(str(other))} | sha256sum"

    def pipeline() -> None:
        subprocess.run(command, shell=True, check=True, cwd=directory.parent, stdout=subprocess.DEVNULL)

    ours, peer = compare(lambda: _bundle(directory, output), pipeline, repeats)
    memory = once("bundle", directory, output).megabytes
    output.unlink()
    other.unlink()
    return row(name, ours, _PEER, peer, bar, memory=memory)


def _again(directory: Path, work: Path) -> Row:
    memory, cache = WalkMemory(), BundleCache(work / "cache")

    def again() -> None:
        assert cache.bundle(plan_bundle(directory, memory=memory)).reused

    cache.bundle(plan_bundle(directory, memory=memory))
    ours, first = compare(again, lambda: _bundle(directory, work / "ours.tar"), repeats=7)
    (work / "ours.tar").unlink()
    return row("bundle again, nothing changed", ours, "the first time", first, 0.15)


def _one_changed(directory: Path, work: Path) -> Row:
    memory, cache, output = WalkMemory(), BundleCache(work / "changing"), work / "ours.tar"
    changing = sorted(directory.rglob("*.csv"))[_MANY // 2]
    versions = itertools.count(1)

    def changed() -> None:
        changing.write_text(f"version {next(versions)}\n")
        made = cache.bundle(plan_bundle(directory, memory=memory))
        assert not made.reused
        cache.release(made.path)

    def first() -> None:
        _bundle(directory, output)

    cache.release(cache.bundle(plan_bundle(directory, memory=memory)).path)
    ours, anew = compare(changed, first, repeats=5)
    assert write_bundle(plan_bundle(directory), output) == cache.bundle(plan_bundle(directory, memory=memory)).written
    output.unlink()
    shutil.rmtree(work / "changing")
    return row("bundle again, one file of 50,000 changed", ours, "the first time", anew, None)


def _against_tarfile(directory: Path, work: Path) -> Row:
    output, other = work / "ours.tar", work / "peer.tar"

    ours, peer = compare(lambda: _bundle(directory, output), lambda: by_tarfile(directory, other), repeats=1)
    output.unlink()
    other.unlink()
    return row("bundle 50,000 files, 180 MB", ours, "Python's tarfile, no hash", peer, None)
