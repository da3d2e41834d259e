"""Julia on this computer: its depots, its executable, and its package manager run to mend an environment."""

import asyncio
import json
import os
import shutil
import subprocess
import threading
from collections import deque
from collections.abc import Mapping
from pathlib import Path

import psutil

from juliahub_ls.domain.environments.depot import depot_paths
from juliahub_ls.domain.environments.files import JuliaVersion
from juliahub_ls.domain.environments.manifest import version_pair
from juliahub_ls.domain.problem import Mending
from juliahub_ls.errors import Cancelled, JuliaMissing, MendFailed
from juliahub_ls.services.progress import Progress

_LINES_KEPT = 200
_LINES_TOLD = 6
_CODE = {Mending.RESOLVE: "import Pkg; Pkg.resolve()", Mending.INSTANTIATE: "import Pkg; Pkg.instantiate()"}
_FOREIGN = ("JULIA_PROJECT", "JULIA_LOAD_PATH", "JULIA_PKG_PRECOMPILE_AUTO")
# On Windows a program without a console would be given a window of its own.
_NO_WINDOW = getattr(subprocess, "CREATE_NO_WINDOW", 0)


def julia_depots() -> list[Path]:
    """The depots that Julia would search, from `JULIA_DEPOT_PATH`."""
    return depot_paths(os.environ.get("JULIA_DEPOT_PATH"), Path.home(), windows=os.name == "nt")


def find_julia(version: JuliaVersion | None, environ: Mapping[str, str]) -> list[str]:
    """The command that starts Julia: the one on PATH; through juliaup that of `version`, when juliaup has it.

    Raises `JuliaMissing`.
    """
    found = shutil.which("julia", path=environ.get("PATH"))
    if found is None:
        raise JuliaMissing()
    channel = _channel(version, environ) if version and _is_juliaup(Path(found)) else None
    return [found, f"+{channel}"] if channel else [found]


async def run_pkg(command: list[str], directory: Path, how: Mending, progress: Progress) -> None:
    """Let Julia's package manager mend the environment in `directory`, its output as progress.

    Nothing of it is left running when this is cancelled. Raises `MendFailed` with Julia's own last lines.
    """
    run = _PkgRun([*command, *_options(directory), _CODE[how]], directory)
    work = asyncio.ensure_future(asyncio.to_thread(run.follow, progress))
    try:
        code, lines = await asyncio.shield(work)
    except asyncio.CancelledError:
        await asyncio.to_thread(run.end)
        await asyncio.wait([work])
        raise
    if code != 0:
        raise MendFailed(directory=directory, how=how.value, reason=_reason(lines, code))


class _PkgRun:
    """One Julia process, followed in one thread and ended from another."""

    def __init__(self, command: list[str], directory: Path) -> None:
        self._command = command
        self._directory = directory
        self._lock = threading.Lock()
        self._ended = False
        self._process: subprocess.Popen[str] | None = None

    def follow(self, progress: Progress) -> tuple[int, list[str]]:
        """Start it and read to the end: its exit code and last lines. A redrawn progress bar counts as lines."""
        process = self._start()
        lines: deque[str] = deque(maxlen=_LINES_KEPT)
        assert process.stdout is not None
        with process.stdout:
            for line in process.stdout:
                text = line.strip()
                if text:
                    lines.append(text)
                    progress.report(text)
        return process.wait(), list(lines)

    def end(self) -> None:
        """Kill it with all it has started."""
        with self._lock:
            self._ended = True
            if self._process is None or self._process.poll() is not None:
                return
            family = _family(self._process.pid)
        for member in family:
            try:
                member.kill()
            except psutil.Error:
                continue

    def _start(self) -> "subprocess.Popen[str]":
        with self._lock:
            if self._ended:
                raise Cancelled(what="Mending the environment", state="Nothing has changed.")
            try:
                self._process = subprocess.Popen(
                    self._command,
                    cwd=self._directory,
                    env=_environment(os.environ),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    encoding="utf-8",
                    errors="replace",
                    creationflags=_NO_WINDOW,
                )
            except OSError as error:
                raise MendFailed(directory=self._directory, how="open", reason=error.strerror or str(error)) from error
            return self._process


def _options(directory: Path) -> list[str]:
    return ["--startup-file=no", "--history-file=no", "--color=no", f"--project={directory}", "-e"]


def _environment(environ: Mapping[str, str]) -> dict[str, str]:
    """The user's variables; the load path holds the environment alone, and packages are compiled when they are used."""
    kept = {name: value for name, value in environ.items() if name not in _FOREIGN}
    return {**kept, "JULIA_LOAD_PATH": os.pathsep.join(("@", "@stdlib")), "JULIA_PKG_PRECOMPILE_AUTO": "0"}


def _family(pid: int) -> list[psutil.Process]:
    """A process and all below it; it may be a launcher with the Julia proper for a child."""
    try:
        leader = psutil.Process(pid)
        return [leader, *leader.children(recursive=True)]
    except psutil.Error:
        return []


def _reason(lines: list[str], code: int) -> str:
    """Julia's own words: from the error to its stack trace, else the last lines."""
    start = next((number for number, line in enumerate(lines) if line.startswith("ERROR:")), None)
    if start is None:
        return " ".join(lines[-_LINES_TOLD:]) or f"Julia ended with code {code} and said nothing."
    said = lines[start:]
    end = next((number for number, line in enumerate(said) if line.startswith("Stacktrace")), len(said))
    return " ".join(said[:end][:_LINES_TOLD]).removeprefix("ERROR:").strip()


def _is_juliaup(path: Path) -> bool:
    """Whether this `julia` is juliaup's launcher, which takes `+channel`."""
    beside = path.with_name("juliaup.exe" if os.name == "nt" else "juliaup")
    return path.resolve().name.startswith("julialauncher") or beside.exists()


def _channel(version: JuliaVersion, environ: Mapping[str, str]) -> str | None:
    """The channel of juliaup that has Julia `version`: the one of that name, else one that is at that version now."""
    depot = environ.get("JULIAUP_DEPOT_PATH", "").strip()
    file = (Path(depot) if depot else Path.home() / ".julia") / "juliaup" / "juliaup.json"
    try:
        channels = json.loads(file.read_text("utf-8"))["InstalledChannels"]
        at = {str(name): version_pair(str(channel.get("Version"))) for name, channel in channels.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    exact = f"{version[0]}.{version[1]}"
    return exact if exact in at else next((name for name, pair in at.items() if pair == version), None)
