"""One action in a process of its own: `python -m tests.bench.once ACTION PATH …` prints its seconds and peak memory.

A process' peak never falls, so only a new one can tell what an action needs.
"""

import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import psutil

from juliahub_ls.domain.bundles.plan import plan_bundle
from juliahub_ls.domain.bundles.walk_memory import WalkMemory
from juliahub_ls.domain.bundles.writer import write_bundle
from juliahub_ls.domain.environments.scan import scan

from .harness import seconds


class Cost(NamedTuple):
    """Seconds without the start of the process, and megabytes (10⁶ bytes) at the peak with it."""

    seconds: float
    megabytes: float


def once(action: str, *paths: Path) -> Cost:
    """Run `bundle FOLDER TAR`, `tarfile FOLDER TAR` or `scan FOLDER` in a new process."""
    command = [sys.executable, "-m", __name__, action, *map(str, paths)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    return Cost(*json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, env=environment).stdout))


def bundle(directory: Path, output: Path) -> None:
    """Plan and write, as for the first time: each file is looked into for tokens, too."""
    write_bundle(plan_bundle(directory, memory=WalkMemory()), output)


def by_tarfile(directory: Path, output: Path) -> None:
    """The same tree by Python's own means, without a hash."""
    with tarfile.open(output, "w", format=tarfile.USTAR_FORMAT) as archive:
        archive.add(directory, directory.name)


def _scan(directory: Path) -> None:
    scan([directory])


def _peak() -> float:
    """The most memory this process ever had, in megabytes."""
    status = Path("/proc/self/status")
    if status.exists():  # rusage would count the parent's memory at the fork, too
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024 / 1e6
    if sys.platform == "win32":
        return float(psutil.Process().memory_info().peak_wset) / 1e6
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


_ACTIONS: dict[str, Callable[..., None]] = {"bundle": bundle, "tarfile": by_tarfile, "scan": _scan}


if __name__ == "__main__":
    took = seconds(lambda: _ACTIONS[sys.argv[1]](*map(Path, sys.argv[2:])))
    print(json.dumps([took, _peak()]))
