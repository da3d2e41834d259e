"""The Julias installed on this computer: on PATH, in the variable ``JULIA``, and those of juliaup."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from functools import lru_cache
from pathlib import Path

from localhub.domain.offer import JuliaImage

OLDEST = (1, 5)
_TIMEOUT_SECONDS = 10.0
_VERSION = re.compile(r"julia version (\d+\.\d+\.\d+\S*)")


def find_julias() -> list[JuliaImage]:
    """Every installed Julia from 1.5 on, one for each version: the default first, then the newest first.

    The default is the one that ``JULIA`` names, else the one on PATH, else juliaup's default, else its newest.
    """
    found: dict[str, Path] = {}
    for path in _candidates():
        version = _version(path)
        if version is None or _numbers(version) < OLDEST:
            continue
        if version not in found or _is_launcher(found[version]):
            found[version] = path
    default = next(iter(found), None)
    rest = sorted((version for version in found if version != default), key=_order, reverse=True)
    return [
        JuliaImage(version, (str(found[version]),), default=version == default)
        for version in ([] if default is None else [default, *rest])
    ]


def _candidates() -> list[Path]:
    """Where Julias may be, in the order in which one of them becomes the default."""
    chosen = os.environ.get("JULIA")
    named = [shutil.which(chosen)] if chosen else []
    return [Path(path) for path in (*named, shutil.which("julia")) if path] + _of_juliaup(_juliaup_home())


def _juliaup_home() -> Path:
    """Where juliaup keeps its versions, on every OS; it does not follow ``JULIA_DEPOT_PATH``."""
    depot = os.environ.get("JULIAUP_DEPOT_PATH", "").strip()
    return (Path(depot) if depot else Path.home() / ".julia") / "juliaup"


def _of_juliaup(home: Path) -> list[Path]:
    """The executables of juliaup's versions, its default channel's first. Its own launcher is not among them."""
    try:
        state = json.loads((home / "juliaup.json").read_text(encoding="utf-8"))
        versions, channels = dict(state["InstalledVersions"]), dict(state.get("InstalledChannels", {}))
        default = dict(channels.get(state.get("Default"), {})).get("Version")
        folders = {name: home / str(entry["Path"]) for name, entry in versions.items()}
    except (OSError, ValueError, KeyError, TypeError):
        return []
    names = sorted(folders, key=lambda name: (name != default, [-number for number in _numbers(name)]))
    executable = "julia.exe" if os.name == "nt" else "julia"
    return [path for name in names for path in [folders[name] / "bin" / executable] if path.is_file()]


def _is_launcher(path: Path) -> bool:
    """Whether this is juliaup's own program, which starts the Julia proper: one process more for each job."""
    return path.resolve().name.startswith("julialauncher")


def _version(path: Path) -> str | None:
    """What ``julia --version`` says; None if that is not a Julia that works."""
    try:
        stat = path.resolve().stat()
    except OSError:
        return None
    return _ask_version(path, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=64)
def _ask_version(path: Path, mtime_ns: int, size: int) -> str | None:
    """Asked once for as long as the file stays the same: what the cache has the other two arguments for."""
    try:
        answer = subprocess.run(
            [str(path), "--version"],
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_SECONDS,
            stdin=subprocess.DEVNULL,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = _VERSION.match(answer.stdout)
    return match.group(1) if answer.returncode == 0 and match else None


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version.split("+")[0].split("-")[0]))


def _order(version: str) -> tuple[tuple[int, ...], bool, str]:
    """Newest last, a pre-release before its release."""
    return _numbers(version), "-" not in version, version
