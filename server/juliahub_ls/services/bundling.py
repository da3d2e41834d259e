"""Which bundle a script needs, and the archive itself: planned, checked, written once and kept for the next time."""

import asyncio
import os
import threading
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TypeVar

from juliahub_ls.domain.bundle_cache import BundleCache
from juliahub_ls.domain.bundle_model import BundleOptions
from juliahub_ls.domain.bundle_plan import BundlePlan, plan_bundle
from juliahub_ls.domain.bundle_walk import Cancelled as PlanCancelled
from juliahub_ls.domain.bundle_writer import BundleCancelled, BundleProgress, FileChanged, write_bundle
from juliahub_ls.domain.depot import depot_paths
from juliahub_ls.domain.environment import LoadedEnvironment, load_environment
from juliahub_ls.domain.problem import Problem, Severity
from juliahub_ls.domain.script_environment import environment_for_script
from juliahub_ls.domain.walk_memory import WalkMemory
from juliahub_ls.errors import (
    BundleRefused,
    Cancelled,
    EnvironmentUnreadable,
    FileChangedWhileBundling,
    NotJulia,
    ScriptNotFound,
    ScriptOutsideBundle,
)
from juliahub_ls.services.os_errors import translated_os_errors
from juliahub_ls.services.progress import Progress

T = TypeVar("T")
NOT_SUBMITTED = "Nothing was submitted."
UNREADABLE_CODES = frozenset({"toml-syntax", "file-not-utf8", "file-unreadable"})


@dataclass(frozen=True, slots=True)
class Source:
    """What a script is made of.

    Its bundle folder and place in it, or, without a folder, its text and environment texts.
    """

    script: Path
    reason: str
    environment: LoadedEnvironment | None = None
    directory: Path | None = None
    script_in_bundle: PurePosixPath | None = None
    code: str | None = None
    project_text: str | None = None
    manifest_text: str | None = None
    problems: tuple[Problem, ...] = field(default=())

    @property
    def julia_version(self) -> str | None:
        """The Julia that made the manifest, when it says."""
        manifest = self.environment.manifest if self.environment else None
        return manifest.julia_version if manifest else None


@dataclass(frozen=True, slots=True)
class PreparedBundle:
    """An archive on disk, ready to be sent."""

    plan: BundlePlan
    path: Path
    size: int
    sha256: str


class Bundling:
    """Plans and writes bundles. What has not changed since the last time is neither walked nor read again."""

    def __init__(self, cache: Path) -> None:
        self._archives = cache / "bundles"
        self._bundles = BundleCache(self._archives)
        self._memory = WalkMemory()
        self._planning = asyncio.Lock()

    async def source(self, script: Path, directory: Path | None, *, bundle: bool) -> Source:
        """Find a script's environment and bundle folder: `directory`, else the environment's.

        Without either its text is enough.
        """
        return await asyncio.to_thread(_source, script, directory, bundle)

    async def plan(self, directory: Path, allow: Sequence[str] = ()) -> BundlePlan:
        """What a bundle of `directory` will hold; nothing is read but names, sizes and TOML files."""
        cancelled = threading.Event()
        make = partial(
            plan_bundle,
            directory,
            options=BundleOptions(allow_secrets=frozenset(allow)),
            depots=julia_depots(),
            memory=self._memory,
            cancelled=cancelled.is_set,
        )
        async with self._planning:
            return await _cancellable(asyncio.to_thread(make), cancelled)

    async def prepare(self, source: Source, allow: Sequence[str], progress: Progress) -> PreparedBundle:
        """Plan and write the archive. Raises `BundleRefused` with the plan's own sentences when it must not be sent."""
        assert source.directory is not None
        progress.report("Looking at the files")
        plan = await self.plan(source.directory, allow)
        if source.script_in_bundle is not None:
            _check_script_goes_in(plan, source.script_in_bundle)
        refuse(plan)
        cached = await _making(partial(self._bundles.bundle, plan), self._archives, progress)
        return PreparedBundle(plan, cached.path, cached.written.size, cached.written.sha256)

    async def write(self, plan: BundlePlan, output: Path, progress: Progress) -> PreparedBundle:
        """Write the archive to the file `output`, whole or not at all."""
        refuse(plan)
        with translated_os_errors(output, NOT_SUBMITTED):
            await asyncio.to_thread(output.parent.mkdir, parents=True, exist_ok=True)
        written = await _making(partial(write_bundle, plan, output), output, progress)
        return PreparedBundle(plan, output, written.size, written.sha256)

    async def environment(self, script: Path) -> tuple[str, LoadedEnvironment | None]:
        """The environment that a script would run in, with its problems, and why it is that one."""
        return await asyncio.to_thread(_environment, script)


def refuse(plan: BundlePlan) -> None:
    """Raise for a plan with errors: TOML that does not parse by itself, all else together."""
    wrong = plan.errors
    _refuse_unreadable(wrong)
    if wrong:
        message = " ".join(problem.message for problem in wrong[:3])
        raise BundleRefused(message=message, problems=[problem.code for problem in wrong])


def julia_depots() -> list[Path]:
    """The depots that Julia would search, from `JULIA_DEPOT_PATH`."""
    return depot_paths(os.environ.get("JULIA_DEPOT_PATH"), Path.home(), windows=os.name == "nt")


def _source(script: Path, directory: Path | None, bundle: bool) -> Source:
    script = script.absolute()
    because, loaded = _environment(script)
    problems = loaded.problems if loaded else ()
    _refuse_unreadable(problems)
    top = directory.absolute() if directory else (loaded.environment.directory if loaded else None)
    if not bundle or top is None:
        return _text_source(script, loaded, because, problems)
    if not script.is_relative_to(top):
        raise ScriptOutsideBundle(script=script, directory=top)
    inside = PurePosixPath(script.relative_to(top).as_posix())
    reason = "the folder that was asked for" if directory else because
    return Source(script, reason, loaded, top, inside, problems=tuple(problems))


def _text_source(script: Path, loaded: LoadedEnvironment | None, reason: str, problems: Sequence[Problem]) -> Source:
    with translated_os_errors(script, NOT_SUBMITTED):
        code = script.read_text("utf-8", "replace")
        project = loaded.environment.project_file.read_text("utf-8", "replace") if loaded else None
        manifest_file = loaded.manifest_file if loaded else None
        manifest = manifest_file.read_text("utf-8", "replace") if manifest_file else None
    return Source(
        script, reason, loaded, code=code, project_text=project, manifest_text=manifest, problems=tuple(problems)
    )


def _environment(script: Path) -> tuple[str, LoadedEnvironment | None]:
    if not script.is_file():
        raise ScriptNotFound(script=script)
    if script.suffix != ".jl":
        raise NotJulia(script=script)
    found = environment_for_script(script, home=Path.home())
    if found.environment is None:
        return found.reason.value, None
    return f"{found.reason.value}: {found.environment.project_file}", load_environment(found.environment)


def _refuse_unreadable(problems: Sequence[Problem]) -> None:
    for problem in problems:
        if problem.severity is Severity.ERROR and problem.code in UNREADABLE_CODES:
            at = problem.range
            place = {"line": at.start_line + 1, "column": at.start_character + 1} if at else {}
            raise EnvironmentUnreadable(path=str(problem.path), reason=problem.message, **place)


def _check_script_goes_in(plan: BundlePlan, script: PurePosixPath) -> None:
    """A script that a rule keeps home would fail far away; say it here."""
    if all(file.archive_path != script.as_posix() for file in plan.files):
        left = next((item for item in plan.left_out if script.is_relative_to(item.path.rstrip("/"))), None)
        why = f" ({left.reason.value})" if left else ""
        raise BundleRefused(message=f"{script} itself is left out of the bundle{why}. Let it in and try again.")


async def _making(make: Callable[..., T], output: Path, progress: Progress) -> T:
    """Run a writer in a thread, with progress and cancelling, its errors translated."""
    cancelled = threading.Event()

    def tell(done: BundleProgress) -> None:
        fraction = done.bytes / done.total_bytes if done.total_bytes else 1.0
        progress.report(f"Bundling {done.files:,} of {done.total_files:,} files", fraction)

    def run() -> T:
        with translated_os_errors(output, NOT_SUBMITTED):
            try:
                return make(progress=tell, cancelled=cancelled.is_set)
            except BundleCancelled:
                raise Cancelled(what="The bundle", state=NOT_SUBMITTED) from None
            except FileChanged as changed:
                raise FileChangedWhileBundling(path=changed.path) from changed

    return await _cancellable(asyncio.to_thread(run), cancelled)


async def _cancellable(work: Awaitable[T], cancelled: threading.Event) -> T:
    """Await thread work so that cancelling the task tells the thread, too."""
    try:
        return await work
    except asyncio.CancelledError:
        cancelled.set()
        raise
    except PlanCancelled:
        raise Cancelled(what="The bundle", state=NOT_SUBMITTED) from None
