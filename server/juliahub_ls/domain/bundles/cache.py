"""Keeps written bundles: an unchanged folder is not read again, and a changed file costs itself.

A bundle is known by all that the plan says of it: paths, sizes, times of change, inodes, modes and injected bytes. One
made of files that changed less than two seconds before is not taken for an equal plan: a second change within the grain
of the clock could look the same. What is not equal is spliced from the newest bundle of the same folder (see
`bundle_splice`). A kept tar whose own status differs from what was noted is not used for either.

Two processes may share a cache: each bundle is a file of its own that is never written again, and files appear in it
whole. What is kept is bounded in number and in bytes, and gives way when the disk fills up.
"""

import contextlib
import hashlib
import marshal
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .file_status import status_at
from .model import InjectedFile, PlannedFile
from .plan import BundlePlan
from .shelf import BundleShelf
from .splice import Layout, Record, Splice, SpliceDamaged, is_settled, read_record, write_index
from .writer import BundleProgress, WrittenBundle, write_bundle

_FORMAT = 2
_BATCH = 4096
_PER_FILE = 1024


@dataclass(frozen=True, slots=True)
class CachedBundle:
    """The tar at `path`, which stays until it is released, or for ten minutes; `reused`: nothing had to be read."""

    path: Path
    written: WrittenBundle
    reused: bool


class BundleCache:
    """Bundles in a folder of their own, bounded as `BundleShelf` says."""

    def __init__(self, directory: Path, keep: int = 4) -> None:
        self._directory = directory
        self._shelf = BundleShelf(directory, keep)
        self._last: tuple[BundlePlan, str] | None = None

    def bundle(
        self,
        plan: BundlePlan,
        *,
        progress: Callable[[BundleProgress], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> CachedBundle:
        """The plan's bundle, from the cache, spliced or newly written. Raises what `write_bundle` raises."""
        key, folder = self._fingerprint(plan), _folder(plan)
        kept = self._kept(folder)
        for path, record in kept:
            if record.settled and record.key == key and self._leased(path, record):
                return CachedBundle(path, WrittenBundle(record.sha256, record.size, record.files), reused=True)
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        base = kept[0][0] if kept else None
        self._shelf.make_room(plan.total_size + _PER_FILE * plan.file_count, spare=base)
        path = self._directory / f"{folder}-{uuid.uuid4().hex}.tar"
        made, layout = time.time_ns(), Layout()
        self._shelf.lease(path)
        try:
            written = _write(plan, path, base, layout, progress, cancelled)
        except BaseException:
            self._shelf.release(path)
            raise
        if self._shelf.has_room():
            _remember(path, plan, layout, (key, is_settled(plan, made), made), written)
        self._shelf.tidy()
        return CachedBundle(path, written, reused=False)

    def release(self, path: Path) -> None:
        """The bundle has been sent, or will not be: others may take its place."""
        self._shelf.release(path)

    def _leased(self, path: Path, record: Record) -> bool:
        """Take it into use; false when another process has removed it meanwhile."""
        self._shelf.lease(path)
        if status_at(str(path)) == record.status:
            return True
        self._shelf.release(path)
        return False

    def _fingerprint(self, plan: BundlePlan) -> str:
        """`fingerprint`, with the last one remembered: comparing plans is much quicker than hashing one."""
        last = self._last
        if last and _content(last[0]) == _content(plan):
            return last[1]
        key = fingerprint(plan)
        self._last = (plan, key)
        return key

    def _kept(self, folder: str) -> list[tuple[Path, Record]]:
        """The folder's bundles that are as they were written, newest first; none that a later clock made."""
        kept = []
        now = time.time_ns()
        for index in self._directory.glob(f"{folder}-*.index"):
            record, path = read_record(index), index.with_suffix(".tar")
            if record and record.made <= now and status_at(str(path)) == record.status:
                kept.append((path, record))
        return sorted(kept, key=lambda item: item[1].made, reverse=True)


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


def _folder(plan: BundlePlan) -> str:
    """What all bundles of a folder are named after."""
    return hashlib.blake2b(
        f"{plan.directory}\0{plan.name}".encode("utf-8", "surrogateescape"), digest_size=8
    ).hexdigest()


def _write(
    plan: BundlePlan,
    path: Path,
    base: Path | None,
    layout: Layout,
    progress: Callable[[BundleProgress], None] | None,
    cancelled: Callable[[], bool] | None,
) -> WrittenBundle:
    """Spliced from `base` where there is one and it is sound, else all from the folder."""
    splice = _open(base)
    if splice:
        with splice, contextlib.suppress(SpliceDamaged):
            return write_bundle(plan, path, splice=splice, layout=layout, progress=progress, cancelled=cancelled)
        layout.clear()
    return write_bundle(plan, path, layout=layout, progress=progress, cancelled=cancelled)


def _open(base: Path | None) -> Splice | None:
    try:
        return Splice(base, base.with_suffix(".index")) if base else None
    except (OSError, SpliceDamaged):
        return None


def _remember(
    path: Path, plan: BundlePlan, layout: Layout, about: tuple[str, bool, int], written: WrittenBundle
) -> None:
    """Writes the index beside the tar. Without one, for want of space, the tar is sent all the same."""
    status = status_at(str(path))
    if status:
        record = Record(*about, written.sha256, written.size, written.files, status)
        with contextlib.suppress(OSError):
            write_index(path.with_suffix(".index"), plan, layout, record)
