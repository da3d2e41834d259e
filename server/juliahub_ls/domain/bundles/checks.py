"""What a user should know about a finished plan: ignored packages, things left out, a bundle over the limit."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from juliahub_ls.domain.problem import Mend, Mending, Problem, Severity, error, human_bytes

from .glob_pattern import escape_glob
from .model import (
    BundledPackage,
    InjectedFile,
    LeftOut,
    LeftOutReason,
    Placement,
    PlannedFile,
    SizedPath,
)
from .sizes import largest

_SHOWN = 3
_MENDS = 5
_LET_IN = (LeftOutReason.SECRET, LeftOutReason.TOKEN)
_REPORTED = {
    LeftOutReason.SECRET: (
        "secrets-left-out",
        Severity.WARNING,
        "{names} {stay} here because of a name that secrets have. Let in by name what the job needs.",
    ),
    LeftOutReason.TOKEN: (
        "tokens-left-out",
        Severity.WARNING,
        "{names} {stay} here: {detail}. Take the token out of the file, or let the file in by name.",
    ),
    LeftOutReason.DANGLING_LINK: (
        "dangling-links-left-out",
        Severity.WARNING,
        "{names} {stay} here: a link to something that does not exist.",
    ),
    LeftOutReason.OUTSIDE_LINK: (
        "outside-links-left-out",
        Severity.WARNING,
        "{names} {stay} here: a link that leaves the folder. Copy what it points to here if the job needs it.",
    ),
    LeftOutReason.LINK_LOOP: (
        "link-loops-left-out",
        Severity.WARNING,
        "{names} {stay} here: a link that leads back to a folder it lies in.",
    ),
    LeftOutReason.SPECIAL_FILE: (
        "special-files-left-out",
        Severity.WARNING,
        "{names} {stay} here: a socket, pipe or device, not a file.",
    ),
    LeftOutReason.UNREADABLE: (
        "unreadable-left-out",
        Severity.WARNING,
        "{names} {stay} here: this computer does not let you read it. Change its permissions if the job needs it.",
    ),
    LeftOutReason.UNPORTABLE_NAME: (
        "unportable-names-left-out",
        Severity.WARNING,
        "{names} {stay} here: the name is not valid UTF-8. Rename it if the job needs it.",
    ),
    LeftOutReason.NAME_TOO_LONG: (
        "long-names-left-out",
        Severity.WARNING,
        "{names} {stay} here: the name is longer than the 255 bytes, or the path than the 4,095, that the machines "
        "running jobs allow. Shorten it if the job needs it.",
    ),
    LeftOutReason.TOO_DEEP: (
        "too-deep-left-out",
        Severity.WARNING,
        "{names} {stay} here: nested more than 200 folders deep.",
    ),
}


def ignored_packages(
    packages: Sequence[BundledPackage],
    files: Sequence[PlannedFile],
    left_out: Sequence[LeftOut],
    directory: Path,
) -> list[Problem]:
    """An error for each package that should be in the bundle of `directory` and has no file there."""
    expected = [
        package
        for package in packages
        if package.archive_path and package.placement in (Placement.IN_PLACE, Placement.COPIED, Placement.DEPOT)
    ]
    paths = sorted(file.archive_path for file in files) if expected else []
    return [
        _ignored(package, left_out, directory)
        for package in expected
        if not _any_below(paths, f"{package.archive_path}/")
    ]


def left_out_problems(left_out: Sequence[LeftOut], directory: Path) -> list[Problem]:
    """One problem for each reason that the user did not choose, with the paths in `data`."""
    problems = []
    for reason, (code, severity, sentence) in _REPORTED.items():
        items = [item for item in left_out if item.reason is reason]
        if items:
            paths = [item.path for item in items]
            names = ", ".join(paths[:_SHOWN]) + (f" and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else "")
            detail = items[0].detail if len(items) == 1 else "lines in them look like tokens"
            message = sentence.format(names=names, stay="stays" if len(paths) == 1 else "stay", detail=detail)
            mends = tuple(_let_in(path, directory) for path in paths[:_MENDS]) if reason in _LET_IN else ()
            problems.append(Problem(code, severity, message, data={"paths": paths}, mends=mends))
    return problems


def size_problem(
    files: Sequence[PlannedFile], injected: Sequence[InjectedFile], total: int, allowed: int, directory: Path
) -> list[Problem]:
    """An error when `total` bytes are more than `allowed`, naming what weighs most (protocol §6.1)."""
    if total <= allowed:
        return []
    heavy = largest(files, injected, _MENDS)
    made = {file.archive_path for file in injected}
    optional = [item for item in heavy if item.path not in made and not _is_needed(item.path)]
    first = heavy[0]
    message = (
        f"The bundle is {human_bytes(total)}, {human_bytes(total - allowed)} over the limit of {human_bytes(allowed)}. "
        f"{first.path} alone is {human_bytes(first.size)}{_how_to_leave_out(first) if first in optional else ''}."
    )
    mends = tuple(Mend(f"Leave {item.path} out", Mending.LEAVE_OUT, directory, item.path) for item in optional)
    problem = error("bundle-too-large", message, actual=total, allowed=allowed, largest=heavy)
    return [replace(problem, mends=mends)]


def _how_to_leave_out(item: SizedPath) -> str:
    pattern = escape_glob(item.path) + ("/" if item.is_directory else "")
    return f": the line `{pattern}` in .juliabundleignore leaves it out"


def _is_needed(path: str) -> bool:
    """Whether it was brought along for a package, which would fail without it."""
    inside_package = path.startswith(".bundle/dev/") and path.count("/") > 2
    return path.split("/")[0] == ".bundle" and not inside_package


def _let_in(path: str, directory: Path) -> Mend:
    return Mend(f"Let {path} in", Mending.LET_IN, directory, path)


def _any_below(paths: Sequence[str], folder: str) -> bool:
    """`paths` sorted, `folder` with a slash at its end."""
    first = bisect_left(paths, folder)
    return first < len(paths) and paths[first].startswith(folder)


def _ignored(package: BundledPackage, left_out: Sequence[LeftOut], directory: Path) -> Problem:
    path = package.archive_path or ""
    rule = next(
        (item.rule for item in left_out if item.rule and (path == item.path or path.startswith(item.path + "/"))), None
    )
    blame = (
        f"the rule `{rule.text}` in line {rule.line} of {rule.file.name} leaves it out" if rule else "it has no files"
    )
    message = (
        f"The package {package.name} would be missing in the job: {blame} ({path}). Include it, or remove the package."
    )
    file = rule.file if rule else None
    problem = error("package-ignored", message, file, package=package.name, archive_path=path)
    return replace(problem, mends=(_let_in(path, directory),) if rule else ())
