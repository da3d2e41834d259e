"""Environments and bundles in words: which environment and why, what goes in, from where, and what stays home."""

import os
import shlex
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from juliahub_ls.cli.output import Output
from juliahub_ls.domain.bundles.model import ArtifactPlacement, LeftOut, LeftOutReason, Placement
from juliahub_ls.domain.problem import Mend, Mending, Problem, Severity, human_bytes
from juliahub_ls.domain.text import Paint

if TYPE_CHECKING:
    from juliahub_ls.domain.bundles.plan import BundlePlan
    from juliahub_ls.domain.environments.environment import LoadedEnvironment
    from juliahub_ls.services.job_source import Source

LABEL_COLUMNS = 13
LEFT_OUT_SHOWN = 8
MAX_UPWARDS = 2
MENDS_SHOWN = 3
_FROM = {
    Placement.COPIED: "a development package, from {}",
    Placement.DEPOT: "a package in no registry, from {}",
}
_PAINTED = {Severity.ERROR: "bold red", Severity.WARNING: "bold yellow", Severity.INFORMATION: "dim"}
_WORDS = {Severity.ERROR: "Mend first: ", Severity.WARNING: "Note: ", Severity.INFORMATION: ""}


def field(paint: Paint, label: str, text: str) -> str:
    """`  Bundle       214 files, 3.1 MB`."""
    return f"  {paint(label.ljust(LABEL_COLUMNS), 'dim')}{text}"


def show_source(output: Output, source: "Source") -> None:
    """The script, its environment and why it is that one."""
    paint, loaded = output.paint, source.environment
    output.line(field(paint, "Script", paint.bare(shown_path(source.script))))
    output.line(field(paint, "Environment", paint.bare(environment_line(loaded)) if loaded else "none"))
    reason = paint.bare(source.reason.partition(": ")[0])
    output.line(field(paint, "", paint(reason, "dim")))
    if loaded is not None:
        output.line(field(paint, "", paint(paint.bare(shown_path(loaded.environment.project_file)), "dim")))


def show_plan(output: Output, plan: "BundlePlan") -> None:
    """The bundle in a few lines: its size, what came from outside and why, what stays home and why."""
    paint = output.paint
    files = "1 file" if plan.file_count == 1 else f"{plan.file_count:,} files"
    output.line(field(paint, "Bundle", f"{paint(f'{files}, {human_bytes(plan.total_size)}', 'bold')}"))
    _show_pairs(output, "", _brought_in(plan))
    left_out = [(left_out_name(item), why_left_out(item)) for item in _telling(plan.left_out)]
    more = len(left_out) - LEFT_OUT_SHOWN
    _show_pairs(output, "Stays home", left_out[:LEFT_OUT_SHOWN] if more > 1 else left_out)
    if more > 1:
        output.line(field(paint, "", paint(f"and {more} more: juliahub bundle --list", "dim")))
    show_problems(output, plan.problems)


def show_problems(output: Output, problems: Iterable[Problem]) -> None:
    """One sentence each, with the place in the file, and the command that mends it where there is one."""
    paint = output.paint
    for problem in problems:
        word, place = paint(_WORDS[problem.severity], _PAINTED[problem.severity]), place_of(problem)
        output.line(f"  {word}{paint.bare(problem.message)}{paint(f' ({paint.bare(place)})' if place else '', 'dim')}")
        for mend in problem.mends[:MENDS_SHOWN]:
            output.line(f"    {paint(paint.bare(mend_command(mend)), 'dim')}")


def mend_command(mend: Mend) -> str:
    """The button's work as a command: `juliahub bundle . --exclude data/raw`."""
    directory = shlex.quote(shown_path(mend.directory))
    if mend.how in (Mending.RESOLVE, Mending.INSTANTIATE):
        return f"juliahub env {directory} --{mend.how.value}"
    option = "--exclude" if mend.how is Mending.LEAVE_OUT else "--include"
    return f"juliahub bundle {directory} {option} {shlex.quote(mend.path)}"


def place_of(problem: Problem) -> str:
    """`Project.toml:3:7`, from one, as editors and compilers count."""
    if problem.path is None:
        return ""
    at = problem.range
    return shown_path(problem.path) + (f":{at.start_line + 1}:{at.start_character + 1}" if at else "")


def why_left_out(item: LeftOut) -> str:
    """The rule as `file:line`, or the reason."""
    if item.rule is not None:
        return str(item.rule)
    return item.detail or str(item.reason.value)


def shown_path(path: Path, start: Path | None = None) -> str:
    """A path as people write it: below the current folder, near the folder `start`, below home, else whole."""
    whole = path.absolute()
    with suppress(ValueError, OSError):  # another drive, or a current folder that is gone
        relative = Path(os.path.relpath(whole, start or Path.cwd()))
        if relative.parts.count("..") <= (MAX_UPWARDS if start else 0):
            return str(relative)
    with suppress(ValueError, RuntimeError):
        return str(Path("~") / whole.relative_to(Path.home()))
    return str(whole)


def environment_line(loaded: "LoadedEnvironment") -> str:
    """`MonteCarloPi, Julia 1.10.4, 3 dependencies`."""
    version = loaded.manifest.julia_version if loaded.manifest else None
    count = len(loaded.project.deps)
    packages = "1 dependency" if count == 1 else f"{count} dependencies"
    return ", ".join(part for part in (loaded.name, f"Julia {version}" if version else "", packages) if part)


def _brought_in(plan: "BundlePlan") -> Iterator[tuple[str, str]]:
    for package in plan.packages:
        if package.source is None or package.placement not in _FROM:
            continue
        yield package.name, _FROM[package.placement].format(shown_path(package.source, plan.directory))
    for artifact in plan.artifacts:
        if artifact.placement is ArtifactPlacement.BUNDLED:
            yield artifact.name, f"an artifact of {artifact.owner}"
    for file in plan.injected:
        if file.why != "as it is":
            yield file.archive_path, file.why


def _telling(left_out: Iterable[LeftOut]) -> list[LeftOut]:
    """Without version control data, which nobody misses; secrets first."""
    told = [item for item in left_out if item.reason is not LeftOutReason.VERSION_CONTROL]
    return sorted(told, key=lambda item: item.reason not in (LeftOutReason.SECRET, LeftOutReason.TOKEN))


def left_out_name(item: LeftOut) -> str:
    """A folder ends in `/`."""
    return f"{item.path}/" if item.is_directory else item.path


def _show_pairs(output: Output, label: str, pairs: Iterable[tuple[str, str]]) -> None:
    paint = output.paint
    listed = [(paint.bare(name), paint.bare(why)) for name, why in pairs]
    width = min(max((len(name) for name, _ in listed), default=0), 40)
    for name, why in listed:
        output.line(field(paint, label, f"{name.ljust(width)}  {paint(why, 'dim')}"))
        label = ""
