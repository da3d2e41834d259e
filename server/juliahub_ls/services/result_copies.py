"""What of a job's results lies on this computer: whole and verified, begun, or unpacked."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from juliahub_ls.config import cache_dir
from juliahub_ls.domain.jobs.job_view import JobFileView
from juliahub_ls.services.part_file import sha256_of


@dataclass(frozen=True, slots=True)
class Copy:
    """`path`: the downloaded file, `verified` by SHA-256; `unpacked`: an archive's files; `arrived`: bytes so far."""

    path: Path | None = None
    verified: bool = False
    unpacked: tuple[Path, ...] = ()
    arrived: int = 0


def copy_of(file: JobFileView, target: Path) -> Copy:
    """What is there of `file`, which is saved as `target`. A file of another size or hash is none of ours."""
    if file.sha256 is not None and (members := unpacked_members(target, file.sha256)):
        return Copy(unpacked=tuple(members), verified=True)
    part = part_of(target)
    arrived = part.stat().st_size if part.is_file() else 0
    if not target.is_file() or target.stat().st_size != file.size:
        return Copy(arrived=arrived)
    if file.sha256 is None:
        return Copy(target, arrived=arrived)
    status = target.stat()
    same = _sha256(target, status.st_size, status.st_mtime_ns) == file.sha256
    return Copy(target, verified=True, arrived=arrived) if same else Copy(arrived=arrived)


def part_of(target: Path) -> Path:
    """Where a download of `target` grows."""
    return target.with_name(target.name + ".part")


def remember_unpacked(target: Path, sha256: str, members: Sequence[Path]) -> None:
    """Note what an archive that was to be `target` became: it is not kept itself."""
    note = _note(target)
    note.parent.mkdir(parents=True, exist_ok=True)
    files = [[path.relative_to(target.parent.resolve()).as_posix(), path.stat().st_size] for path in members]
    note.write_text(json.dumps({"sha256": sha256, "files": files}), encoding="utf-8")


def unpacked_members(target: Path, sha256: str) -> list[Path]:
    """The files of the archive with this hash, if all are there still, each as long as it was; else none."""
    try:
        noted = json.loads(_note(target).read_text("utf-8"))
        if noted["sha256"] != sha256:
            return []
        files = [(target.parent.resolve() / name, size) for name, size in noted["files"]]
        return [path for path, _ in files] if all(path.stat().st_size == size for path, size in files) else []
    except (OSError, ValueError, KeyError, TypeError):
        return []


def _note(target: Path) -> Path:
    name = hashlib.sha256(str(target.parent.resolve() / target.name).encode()).hexdigest()
    return cache_dir() / "unpacked" / f"{name}.json"


@lru_cache(maxsize=256)
def _sha256(path: Path, _size: int, _changed_ns: int) -> str:
    """Hashed again only when the file has changed."""
    return sha256_of(path)
