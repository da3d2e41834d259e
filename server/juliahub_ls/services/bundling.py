"""Which bundle a script needs, and the archive itself: planned, checked, written once and kept for the next time."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from juliahub_ls.domain.bundles.cache import BundleCache
from juliahub_ls.domain.bundles.content_scan import ContentScan
from juliahub_ls.domain.bundles.model import BundleOptions
from juliahub_ls.domain.bundles.plan import BundlePlan, plan_bundle
from juliahub_ls.domain.bundles.walk import Cancelled as PlanCancelled
from juliahub_ls.domain.bundles.walk_memory import WalkMemory
from juliahub_ls.domain.bundles.writer import BundleCancelled, BundleProgress, FileChanged, write_bundle
from juliahub_ls.domain.environments.files import AS_FOUND, ChosenFiles, JuliaVersion
from juliahub_ls.domain.problem import Problem, Severity
from juliahub_ls.errors import BundleRefused, Cancelled, EnvironmentUnreadable, FileChangedWhileBundling
from juliahub_ls.services.environments import Environments
from juliahub_ls.services.job_source import NOT_SUBMITTED, Send, Source, find_source, for_julia
from juliahub_ls.services.julia import julia_depots
from juliahub_ls.services.os_errors import translated_os_errors
from juliahub_ls.services.progress import Progress

T = TypeVar("T")
PLANS_KEPT = 4
UNREADABLE_CODES = frozenset({"toml-syntax", "file-not-utf8", "file-unreadable"})


@dataclass(frozen=True, slots=True)
class PreparedBundle:
    """An archive on disk, ready to be sent."""

    plan: BundlePlan
    path: Path
    size: int
    sha256: str


class Bundling:
    """Plans and writes bundles. What has not changed since the last time is neither walked nor read again.

    `gitignore`: the user's setting, where a request does not say.
    """

    def __init__(self, cache: Path, environments: Environments, *, gitignore: bool = False) -> None:
        self._environments = environments
        self._archives = cache / "bundles"
        self._bundles = BundleCache(self._archives)
        self._memory = WalkMemory(ContentScan(cache / "tokens"))
        self._gitignore = gitignore
        self._planning = asyncio.Lock()
        self._plans: dict[tuple[Path, BundleOptions], BundlePlan] = {}

    async def source(
        self,
        script: Path,
        directory: Path | None,
        send: Send = Send.FOLDER,
        selection: str | None = None,
        chosen: ChosenFiles = AS_FOUND,
    ) -> Source:
        """Find a script's environment and bundle folder: `directory`, else the environment's. `selection` of its text.

        Without either its text is enough; so it is with an environment elsewhere, of which the texts go along.
        """
        return await asyncio.to_thread(find_source, self._environments, script, directory, send, selection, chosen)

    async def for_julia(self, source: Source, julia: JuliaVersion | None) -> Source:
        """The same with the manifest that Julia `julia` will take."""
        return await asyncio.to_thread(for_julia, source, julia)

    async def plan(
        self,
        directory: Path,
        allow: Sequence[str] = (),
        *,
        gitignore: bool | None = None,
        julia: JuliaVersion | None = None,
        target_platform: Mapping[str, str] | None = None,
        chosen: ChosenFiles = AS_FOUND,
    ) -> BundlePlan:
        """What a bundle of `directory` will hold.

        Of new and changed files the beginning is searched for tokens; else only names, sizes and TOML are read.

        While nothing has changed it is the very same object, so that what was made of it can be kept, too.
        """
        cancelled = threading.Event()
        options = BundleOptions(
            allow_secrets=frozenset(allow),
            julia_version=julia,
            target_platform=tuple(sorted((target_platform or {}).items())),
            gitignore=self._gitignore if gitignore is None else gitignore,
            chosen=chosen,
        )
        make = partial(
            plan_bundle,
            directory,
            options=options,
            depots=julia_depots(),
            memory=self._memory,
            cancelled=cancelled.is_set,
        )
        async with self._planning:
            plan = await _cancellable(asyncio.to_thread(make), cancelled)
        return self._remember((directory, options), plan)

    def known_plan(self, directory: Path) -> BundlePlan | None:
        """The last plan of that folder, as it was then."""
        return next((plan for (top, _), plan in reversed(self._plans.items()) if top == directory), None)

    async def prepare(self, plan: BundlePlan, progress: Progress) -> PreparedBundle:
        """Write the archive. Raises `BundleRefused` with the plan's own sentences when it must not be sent."""
        refuse(plan)
        cached = await _making(partial(self._bundles.bundle, plan), self._archives, progress)
        return PreparedBundle(plan, cached.path, cached.written.size, cached.written.sha256)

    def release(self, bundle: PreparedBundle) -> None:
        """A prepared archive is no longer needed: the cache may let it go when others need the space."""
        self._bundles.release(bundle.path)

    def _remember(self, key: tuple[Path, BundleOptions], plan: BundlePlan) -> BundlePlan:
        known = self._plans.pop(key, None)
        kept = known if known is not None and known == plan else plan
        self._plans[key] = kept
        if len(self._plans) > PLANS_KEPT:
            del self._plans[next(iter(self._plans))]
        return kept

    async def write(self, plan: BundlePlan, output: Path, progress: Progress) -> PreparedBundle:
        """Write the archive to the file `output`, whole or not at all."""
        refuse(plan)
        with translated_os_errors(output, NOT_SUBMITTED):
            await asyncio.to_thread(output.parent.mkdir, parents=True, exist_ok=True)
        written = await _making(partial(write_bundle, plan, output), output, progress)
        return PreparedBundle(plan, output, written.size, written.sha256)


def refuse(plan: BundlePlan) -> None:
    """Raise for a plan with errors: TOML that does not parse by itself, all else together."""
    refuse_unreadable(plan.errors)
    if plan.errors:
        raise BundleRefused(message=sentences(plan.errors), problems=[problem.code for problem in plan.errors])


def refuse_unreadable(problems: Sequence[Problem]) -> None:
    """Raise for TOML that does not parse, with its place."""
    for problem in problems:
        if problem.severity is Severity.ERROR and problem.code in UNREADABLE_CODES:
            at = problem.range
            place = {"line": at.start_line + 1, "column": at.start_character + 1} if at else {}
            raise EnvironmentUnreadable(reason=problem.message, path=str(problem.path), **place)


def sentences(problems: Sequence[Problem]) -> str:
    """The first few, for an error's message."""
    return " ".join(problem.message for problem in problems[:3])


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
