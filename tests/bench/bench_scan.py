"""Finding every Julia environment in a big tree beside `rg --files` over it (design §5)."""

import subprocess
from pathlib import Path

from juliahub_ls.domain.environments.scan import scan

from .harness import Row, compare, row

_FILES = 100_000
_PER_FOLDER = 40


def rows(work: Path) -> list[Row]:
    """Scan a tree of 100,000 files with 100 environments, made in the folder `work`."""
    tree = make_tree(work / "tree", _FILES)

    def peer() -> None:
        subprocess.run(["rg", "--files", str(tree)], check=True, stdout=subprocess.DEVNULL)

    found = scan([tree])
    assert len(found.environments) == _FILES // 1000
    ours, theirs = compare(lambda: scan([tree]), peer, repeats=9)
    return [row("find every environment in 100,000 files", ours, "rg --files", theirs, 2.0)]


def make_tree(directory: Path, count: int) -> Path:
    """A tree of `count` files, an environment in every thousand; made once."""
    if directory.exists():
        return directory
    for number in range(count):
        place = number // _PER_FOLDER
        if number % _PER_FOLDER == 0:
            folder = directory / f"group{place // 100:03}" / f"topic{place // 10 % 10}" / f"item{place:05}"
            folder.mkdir(parents=True)
        name = "Project.toml" if number % 1000 == 0 else f"file{number:06}.jl"
        (folder / name).touch()
    return directory
