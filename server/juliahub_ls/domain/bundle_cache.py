"""Keeps written bundles, so that an unchanged folder is not read again: one look at each file's status decides.

A bundle is known by all that the plan says of it: paths, sizes, times of change, inodes, modes and injected bytes. One
made of files that changed less than two seconds before is not remembered: a second change within the grain of the
clock could look the same. Two processes may share a cache: files appear in it whole.
"""

import contextlib
import hashlib
import json
import marshal
import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .bundle_model import InjectedFile, PlannedFile
from .bundle_plan import BundlePlan
from .bundle_writer import BundleProgress, WrittenBundle, write_bundle
from .walk_memory import GRAIN_NS

_FORMAT = 1
_BATCH = 4096
_IN_USE_SECONDS = 600


@dataclass(frozen=True, slots=True)
class CachedBundle:
    """The tar at `path`, which stays for at least ten minutes; `reused`: nothing had to be read."""

    path: Path
    written: WrittenBundle
    reused: bool


class BundleCache:
    """Bundles in a folder of their own; the newest `keep` are kept."""

    def __init__(self, directory: Path, keep: int = 4) -> None:
        self._directory = directory
        self._keep = keep
        self._last: tuple[BundlePlan, str] | None = None

    def bundle(
        self,
        plan: BundlePlan,
        *,
        progress: Callable[[BundleProgress], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> CachedBundle:
        """The plan's bundle, from the cache or newly written. Raises what `write_bundle` raises."""
        key = self._fingerprint(plan)
        path, record = self._directory / f"{key}.tar", self._directory / f"{key}.json"
        known = _recall(path, record)
        if known:
            return CachedBundle(path, known, reused=True)
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        started = time.time_ns()
        record.unlink(missing_ok=True)
        written = write_bundle(plan, path, progress=progress, cancelled=cancelled)
        if _settled(plan, started):
            _remember(record, written)
        self._evict()
        return CachedBundle(path, written, reused=False)

    def _fingerprint(self, plan: BundlePlan) -> str:
        """`fingerprint`, with the last one remembered: comparing plans is much quicker than hashing one."""
        last = self._last
        if last and _content(last[0]) == _content(plan):
            return last[1]
        key = fingerprint(plan)
        self._last = (plan, key)
        return key

    def _evict(self) -> None:
        """Removes the oldest bundles beyond `keep`, but none that may still be on its way to a server."""
        with contextlib.suppress(OSError):
            tars = sorted(self._directory.glob("*.tar"), key=lambda path: path.stat().st_mtime, reverse=True)
            for path in tars[self._keep :]:
                if time.time() - path.stat().st_mtime > _IN_USE_SECONDS:
                    path.with_suffix(".json").unlink(missing_ok=True)
                    path.unlink(missing_ok=True)


def fingerprint(plan: BundlePlan) -> str:
    """A name for the bundle this plan makes; equal plans of unchanged files have equal names."""
    name, files, injected, empty = _content(plan)
    made = [(file.archive_path, file.content) for file in injected]
    digest = hashlib.blake2b(marshal.dumps((_FORMAT, name, made, empty), 2), digest_size=16)
    for start in range(0, len(files), _BATCH):  # in pieces, as marshal lets no other thread run
        digest.update(marshal.dumps([file[:7] for file in files[start : start + _BATCH]], 2))
    return digest.hexdigest()


def _content(
    plan: BundlePlan,
) -> tuple[str, tuple[PlannedFile, ...], tuple[InjectedFile, ...], tuple[str, ...]]:
    return plan.name, plan.files, plan.injected, plan.empty_directories


def _settled(plan: BundlePlan, now: int) -> bool:
    return all(max(file.mtime_ns, file.ctime_ns) < now - GRAIN_NS for file in plan.files)


def _recall(path: Path, record: Path) -> WrittenBundle | None:
    try:
        stored = json.loads(record.read_bytes())
        written = WrittenBundle(str(stored["sha256"]), int(stored["size"]), int(stored["files"]))
        if path.stat().st_size != written.size:
            return None
        os.utime(path)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return written


def _remember(record: Path, written: WrittenBundle) -> None:
    content = json.dumps({"sha256": written.sha256, "size": written.size, "files": written.files})
    with tempfile.NamedTemporaryFile("w", dir=record.parent, prefix=".record", delete=False) as stream:
        stream.write(content)
    Path(stream.name).replace(record)
