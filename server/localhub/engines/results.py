"""What a job leaves for its user: a summary, and one result file (protocol §7.5)."""

from __future__ import annotations

import shutil
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from .protocol import JobSpec


def shorten_summary(path: Path, limit: int, warn: Callable[[str], None]) -> None:
    """Cut the summary file to its first ``limit`` characters, and say so. Raises OSError."""
    if not path.is_file():
        return
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        kept = file.read(limit)
        length = len(kept)
        while more := file.read(1024 * 1024):
            length += len(more)
    if length > limit:
        warn(f"The results summary has {length} characters; the first {limit} of them were kept.")
        path.write_text(kept, encoding="utf-8", newline="")


def collect(spec: JobSpec, results_file: str | None, output: Path, warn: Callable[[str], None]) -> Path | None:
    """The job's one result file: what is in the upload directory and at ``RESULTS_FILE``, as a tar if several files.

    A file inside the job directory is left where it is; anything else is put into ``output``. None when there is no
    result, or none that can be kept: then ``warn`` was told why. Raises OSError when it cannot be written.
    """
    sources = _sources(Path(spec.results_dir), results_file, warn)
    if not sources:
        return None
    size = sum(_size(path) for path in sources.values())
    if size > spec.results_max_bytes:
        limit, actual = spec.results_max_bytes / 1e9, size / 1e9
        warn(f"The results were not stored: they are {actual:.2f} GB, and at most {limit:.2f} GB can be kept.")
        return None
    if len(sources) == 1:
        name, path = next(iter(sources.items()))
        if path.is_file():
            return _keep(path, output)
        return _tar({child.name: child for child in sorted(path.iterdir())}, output / f"{name}.tar")
    return _tar(sources, output / "results.tar")


def _sources(upload_dir: Path, results_file: str | None, warn: Callable[[str], None]) -> dict[str, Path]:
    """The entries to store, by the name each gets. A file that a job offers both ways is there once."""
    offered = sorted(upload_dir.iterdir()) if upload_dir.is_dir() else []
    if results_file is not None and not _inside(Path(results_file), upload_dir):
        offered.append(Path(results_file))
    found: dict[str, Path] = {}
    for path in offered:
        if path.exists():
            found.setdefault(path.name, path.resolve())
        else:
            warn(f"The result {path} does not exist, and was left out.")
    return found


def _inside(path: Path, folder: Path) -> bool:
    resolved, parent = path.resolve(), folder.resolve()
    return resolved == parent or parent in resolved.parents


def _size(path: Path) -> int:
    """Bytes of all regular files; links are not followed, as in the tar."""
    if path.is_dir() and not path.is_symlink():
        return sum(_size(child) for child in path.iterdir())
    return path.lstat().st_size


def _keep(path: Path, output: Path) -> Path:
    if _inside(path, output.parent):
        return path
    output.mkdir(exist_ok=True)
    return Path(shutil.copyfile(path, output / path.name))


def _tar(entries: dict[str, Path], target: Path) -> Path:
    target.parent.mkdir(exist_ok=True)
    with tarfile.open(target, "w") as archive:
        for name, path in entries.items():
            archive.add(path, name, filter=_anonymous)
    return target


def _anonymous(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """Without the account that ran the job: a result is passed on."""
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    return entry
