"""What will go wrong with a job's code on the machine that runs it: read from the script and all that it includes."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from juliahub_ls.domain.bundles.model import LeftOutReason
from juliahub_ls.domain.bundles.plan import BundlePlan
from juliahub_ls.domain.problem import Mend, Mending, Problem, Severity, error, information, warning
from juliahub_ls.domain.toml.text import ReadText, read_text

from .job_code import SUMMARY_LIMIT, JobCode, PathUse, read_code
from .job_files import JobFiles, exists, is_absolute, is_file, target_of
from .julia_source import Lines

MAX_FILES = 200
"""Included files that are read."""
MAX_FILE_BYTES = 2_000_000
MAX_PATH_LENGTH = 4096
MAX_PATHS = 200
"""Absolute paths that are looked up."""
_EVERYWHERE = ("/bin", "/dev", "/etc", "/lib", "/opt", "/proc", "/run", "/sbin", "/sys", "/tmp", "/usr", "/var")  # noqa: S108
_CHANGEABLE = frozenset({LeftOutReason.RULE, LeftOutReason.SECRET, LeftOutReason.TOKEN})
_SUMMARY = ("RESULTS", "JULIAHUB_RESULTS_SUMMARY_FILE")
_FILES = ("RESULTS_FILE", "JULIAHUB_RESULTS_UPLOAD_DIR")
_PORTABLE = {
    _SUMMARY: 'Do both: set ENV["RESULTS"], and write the same text to the file that '
    'get(ENV, "JULIAHUB_RESULTS_SUMMARY_FILE", "") names, where there is one.',
    _FILES: 'Do both: use folder = get(ENV, "JULIAHUB_RESULTS_UPLOAD_DIR", "results") for the files, '
    'and set ENV["RESULTS_FILE"] = folder.',
}


def code_problems(
    script: Path, code: str, *, plan: BundlePlan | None, on_this_computer: bool, read: ReadText = read_text
) -> list[Problem]:
    """The problems of `script` with the text `code`, and of the files that it includes; never raises.

    `plan`: of the bundle that goes along; None when only the text is sent. On this computer paths of this computer
    work, and so do the results of either image generation: localhub takes both.
    """
    files = JobFiles(plan, on_this_computer)
    sources = list(_sources(script, code, files, read))
    found = [problem for source in sources for problem in _of_file(source, files)]
    return found + ([] if on_this_computer else _portability(sources))


@dataclass(frozen=True, slots=True)
class _Source:
    """A file of the job's code. Text and facts are of the same instant."""

    file: Path
    code: JobCode
    lines: Lines


def _sources(script: Path, code: str, files: JobFiles, read: ReadText) -> Iterator[_Source]:
    """The script and what it includes, as far as it goes along, each once."""
    waiting = [(Path(os.path.normpath(script)), code)]
    seen = {waiting[0][0]}
    for file, text in waiting:  # grows meanwhile
        source = _Source(file, read_code(text), Lines(text))
        yield source
        for use in source.code.includes:
            target = target_of(file.parent, use.path)
            if target is None or target in seen or len(seen) >= MAX_FILES:
                continue
            if files.goes_along(target) and is_file(target, MAX_FILE_BYTES):
                seen.add(target)
                included, problem = read(target)
                if problem is None:
                    waiting.append((target, included))


def _of_file(source: _Source, files: JobFiles) -> Iterator[Problem]:
    known = [literal.value for literal in source.code.strings]
    for use in source.code.includes:
        once = known.count(use.path) < 2  # else the code looks at it or makes it
        problem = _include(source, use, files)
        if problem:
            yield problem if use.certain and once else replace(problem, severity=Severity.WARNING)
    for use in source.code.activations:
        problem = _activation(source, use, files)
        if problem:
            yield problem
    if not files.on_this_computer:
        yield from _absolute_paths(source, files)
        yield from _long_results(source)


def _include(source: _Source, use: PathUse, files: JobFiles) -> Problem | None:
    target = target_of(source.file.parent, use.path)
    if target is None or files.goes_along(target) or (files.on_this_computer and _found_here(use.path, target)):
        return None
    name, range_ = source.file.name, source.lines.range(use.start, use.end)
    code, message = _why_not_included(name, use.path, target, files)
    problem = error(code, message, source.file, range_, included=use.path)
    item = files.left_out(target)
    if item is None or files.top is None or item.reason not in _CHANGEABLE:
        return problem
    return replace(problem, mends=(Mend(f"Let {item.path} in", Mending.LET_IN, files.top, item.path),))


def _why_not_included(name: str, path: str, target: Path, files: JobFiles) -> tuple[str, str]:
    """The code and the sentence for an include that will not work."""
    said = f"{name} includes {path}"
    if files.top is None:
        return "include-not-sent", f"{said}, but only the text of {name} is sent. Send its folder along."
    item = files.left_out(target)
    if item is not None:
        why = f"by {item.rule}" if item.rule else f"({item.reason.value})"
        return "include-left-out", f"{said}, but {item.path} is left out of the bundle {why}. Let it in."
    alike = files.other_case(target)
    if alike is not None:
        message = f"{said}, but the file is called {alike}, which is another name where the job runs."
        return "include-other-case", f"{message} Write it as the file has it."
    if exists(target):
        message = f"{said}, which lies outside the folder {files.top} that is sent."
        return "include-outside-bundle", f"{message} Choose a folder that holds both, or copy the file into it."
    return "include-missing", f"{said}, which does not exist. Mend the path, or put the file there."


def _activation(source: _Source, use: PathUse, files: JobFiles) -> Problem | None:
    name, range_ = source.file.name, source.lines.range(use.start, use.end)
    if use.path.startswith("@"):
        message = (
            f"{name} activates {use.path}, an environment that this computer shares among projects and the job does "
            f"not have. Take the line out: the job has its project active already."
        )
        return warning("shared-environment-not-sent", message, source.file, range_)
    target = target_of(files.top if files.top and not use.of_file else source.file.parent, use.path)
    if target is None or files.has_project(target) or (files.on_this_computer and is_absolute(use.path)):
        return None
    where = "where the bundle has no project" if files.top else "but no folder is sent"
    message = (
        f"{name} activates {use.path or 'its own folder'}, {where}, so the job would have an empty environment from "
        f"there on. Take the line out, as the job has its project active already, or send a folder with that project."
    )
    return warning("activated-folder-not-sent", message, source.file, range_)


def _absolute_paths(source: _Source, files: JobFiles) -> Iterator[Problem]:
    """Paths of this computer as literals. Those that every Linux has are none of our business."""
    used = {(use.start, use.end) for use in (*source.code.includes, *source.code.activations)}
    looked_up: set[str] = set()
    for literal in source.code.strings:
        path = literal.value or ""
        if path in looked_up or not _is_worth_a_look(path) or (literal.start, literal.end) in used:
            continue
        looked_up.add(path)
        if len(looked_up) > MAX_PATHS:
            return
        target = target_of(Path.home(), path.removeprefix("~/"))
        if target is None or not exists(target):
            continue
        range_ = source.lines.range(literal.start, literal.end)
        inside = files.inside(target)
        if inside is None:
            mend = "Copy it into the folder that is sent, and name it relative to @__DIR__."
        else:
            base = os.path.relpath(target, source.file.parent).replace(os.sep, "/")
            mend = f'Write joinpath(@__DIR__, "{base}") instead.'
        message = f"{path} is a path of this computer, which the job will not find. {mend}"
        yield warning("path-of-this-computer", message, source.file, range_, named=path)


def _long_results(source: _Source) -> Iterator[Problem]:
    for result in source.code.results:
        range_ = source.lines.range(result.start, result.end)
        kept = f"JuliaHub keeps the first {SUMMARY_LIMIT:,} characters of RESULTS"
        if result.length == "too long":
            message = f"{kept}, and this text is longer. Shorten it, or save it to a result file."
            yield warning("results-too-long", message, source.file, range_)
        elif result.length == "likely too long":
            message = f"{kept}, and this is likely to be longer. Keep to a few figures; save the rest to a result file."
            yield warning("results-too-long", message, source.file, range_)
        elif result.length == "unknown":
            yield information("results-may-be-cut", f"{kept}; what is longer is cut.", source.file, range_)


def _portability(sources: list[_Source]) -> list[Problem]:
    """Results for one generation of images only. A server does not tell the generation of an image (protocol §4.3)."""
    return [problem for pair in (_SUMMARY, _FILES) for problem in _one_generation(sources, pair)]


def _one_generation(sources: list[_Source], pair: tuple[str, str]) -> Iterator[Problem]:
    old = _first(sources, lambda name, use: name == pair[0] and use == "assigned")
    new = _first(sources, lambda name, _: name == pair[1])
    what = "a summary" if pair is _SUMMARY else "files"
    if old and not new:
        message = f'The code leaves {what} in ENV["{pair[0]}"], which newer images no longer read. {_PORTABLE[pair]}'
        yield replace(old, code="results-of-older-images", message=message)
    elif new and not old:
        indexed = _first(sources, lambda name, use: name == pair[1] and use == "indexed")
        guarded = _first(sources, lambda name, use: name == pair[1] and use == "looked for")
        effect = "stops with a KeyError" if indexed and not guarded else f"leaves no {what.removeprefix('a ')}"
        message = f"Older images do not set {pair[1]}, so there the code {effect}. {_PORTABLE[pair]}"
        yield replace(new, code="results-of-newer-images", message=message)


def _first(sources: list[_Source], wanted: Callable[[str, str], bool]) -> Problem | None:
    """A warning, yet without words, where a variable is used for the first time."""
    for source in sources:
        for variable in source.code.variables:
            if wanted(variable.name, variable.use):
                return warning("", "", source.file, source.lines.range(variable.start, variable.end))
    return None


def _is_worth_a_look(path: str) -> bool:
    if not (Path(path).is_absolute() or path.startswith("~/")) or len(path) > MAX_PATH_LENGTH or "\0" in path:
        return False
    parts = [part for part in path.replace("\\", "/").split("/") if part]
    return len(parts) > 1 and f"/{parts[0]}" not in _EVERYWHERE


def _found_here(path: str, target: Path) -> bool:
    return is_absolute(path) and is_file(target)
