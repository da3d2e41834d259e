"""Environments as a user deals with them: chosen for a script, looked at in full, mended by Julia's package manager."""

import asyncio
import json
import os
from dataclasses import dataclass, replace
from pathlib import Path

import filelock

from juliahub_ls.domain.bundles.dependencies import ArtifactView, Dependency, artifact_views, dependencies
from juliahub_ls.domain.environments.environment import LoadedEnvironment, load_environment
from juliahub_ls.domain.environments.files import environment_at
from juliahub_ls.domain.environments.script_environment import (
    ScriptEnvironment,
    environment_for_script,
    load_path_environments,
    unsent_packages,
)
from juliahub_ls.domain.problem import Mending
from juliahub_ls.domain.toml.text import ReadText, read_text
from juliahub_ls.errors import NoEnvironment, NotJulia, ScriptNotFound
from juliahub_ls.services.files import replace_file
from juliahub_ls.services.julia import find_julia, julia_depots, run_pkg
from juliahub_ls.services.os_errors import translated_os_errors
from juliahub_ls.services.progress import Progress

_KEPT = 1000
"""So many choices are remembered; the oldest go first."""


@dataclass(frozen=True, slots=True)
class EnvironmentDetails:
    """All that is known of an environment. `load_path`: stacked ones of this computer, which a job never has."""

    loaded: LoadedEnvironment
    packages: list[Dependency]
    artifacts: list[ArtifactView]
    load_path: list[Path]


class Environments:
    """Which environment is whose. What a user chooses for a script is kept in `environments.json` in `folder`.

    All but `mend` look at the disk and take their time: call them in a thread.
    """

    def __init__(self, folder: Path) -> None:
        self._file = folder / "environments.json"
        self._active: Path | None = None
        self._mending = asyncio.Lock()

    def set_active(self, directory: Path | None) -> None:
        """The environment that the editor's Julia support has active; None: none."""
        self._active = directory

    def choose(self, script: Path, directory: Path | None) -> None:
        """Run `script` in the environment of `directory` from now on, in later sessions, too; None: as found.

        Raises `NoEnvironment` for a folder without a project, and `FileUnreadable` when it cannot be remembered.
        """
        if directory is not None and environment_at(directory) is None:
            raise NoEnvironment(directory=directory)
        state = "The script keeps the environment it had."
        with translated_os_errors(self._file, state):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with filelock.FileLock(f"{self._file}.lock", timeout=10):
                chosen = {key: value for key, value in self._choices().items() if key != _key(script)}
                if directory is not None:
                    chosen[_key(script)] = str(directory.absolute())
                kept = dict(list(chosen.items())[-_KEPT:])
                replace_file(self._file, json.dumps({"scripts": kept}, indent=2).encode())

    def for_script(self, script: Path, read: ReadText = read_text) -> ScriptEnvironment:
        """The environment that a script runs in, loaded, with the reason, the other choices and what it will miss.

        Raises `ScriptNotFound` or `NotJulia`.
        """
        if not script.is_file():
            raise ScriptNotFound(script=script)
        if script.suffix != ".jl":
            raise NotJulia(script=script)
        depots, home = julia_depots(), Path.home()
        chosen = self._choices().get(_key(script))
        found = environment_for_script(
            script, chosen=Path(chosen) if chosen else None, active=self._active, home=home, depots=depots
        )
        loaded = load_environment(found.environment, read=read) if found.environment else None
        missed = unsent_packages(loaded, self._load_path(depots), read(script)[0])
        return replace(found, loaded=loaded, problems=tuple(missed))

    def details(self, directory: Path, read: ReadText = read_text) -> EnvironmentDetails:
        """The environment in a folder in full. Raises `NoEnvironment`."""
        environment = environment_at(directory)
        if environment is None:
            raise NoEnvironment(directory=directory)
        depots = julia_depots()
        loaded = load_environment(environment, read=read)
        load_path = [stacked for stacked in self._load_path(depots) if stacked != directory]
        packages = dependencies(loaded, depots, read=read)
        return EnvironmentDetails(loaded, packages, artifact_views(loaded, depots, read=read), load_path)

    async def mend(self, directory: Path, how: Mending, progress: Progress) -> None:
        """Let Julia's `Pkg` resolve or instantiate the environment of `directory`, as the user would: it writes there.

        One at a time. Raises `NoEnvironment`, `JuliaMissing`, or `MendFailed` with Julia's own words.
        """
        environment = await asyncio.to_thread(environment_at, directory)
        if environment is None:
            raise NoEnvironment(directory=directory)
        loaded = await asyncio.to_thread(load_environment, environment)
        version = loaded.manifest.julia if loaded.manifest else None
        command = await asyncio.to_thread(find_julia, version, os.environ)
        async with self._mending:
            await run_pkg(command, directory, how, progress)

    def _load_path(self, depots: list[Path]) -> list[Path]:
        return load_path_environments(os.environ, depots, windows=os.name == "nt")

    def _choices(self) -> dict[str, str]:
        """Script → folder, as an earlier session or another window left it; what is no choice is passed over."""
        try:
            stored = json.loads(self._file.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        scripts = stored.get("scripts") if isinstance(stored, dict) else None
        items = scripts.items() if isinstance(scripts, dict) else ()
        return {key: value for key, value in items if isinstance(value, str)}


def _key(script: Path) -> str:
    return os.path.normcase(os.path.normpath(script.absolute()))
