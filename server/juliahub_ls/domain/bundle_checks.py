"""What a user should know about a finished plan: ignored packages, things left out, a bundle over the limit."""

from collections.abc import Sequence

from .bundle_model import (
    BundledPackage,
    InjectedFile,
    LeftOut,
    LeftOutReason,
    Placement,
    PlannedFile,
)
from .bundle_sizes import largest
from .problem import Problem, Severity, error, human_bytes

_SHOWN = 3
_REPORTED = {
    LeftOutReason.SECRET: (
        "secrets-left-out",
        Severity.WARNING,
        "{names} {stay} here because of a name that secrets have. Allow it by name if the job needs it.",
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
    LeftOutReason.TOO_DEEP: (
        "too-deep-left-out",
        Severity.WARNING,
        "{names} {stay} here: nested more than 200 folders deep.",
    ),
}


def ignored_packages(
    packages: Sequence[BundledPackage], files: Sequence[PlannedFile], left_out: Sequence[LeftOut]
) -> list[Problem]:
    """An error for each package that should be in the bundle and has no file there."""
    problems = []
    for package in packages:
        if package.archive_path and package.placement in (Placement.IN_PLACE, Placement.COPIED, Placement.DEPOT):
            below = package.archive_path + "/"
            if not any(file.archive_path.startswith(below) for file in files):
                problems.append(_ignored(package, left_out))
    return problems


def left_out_problems(left_out: Sequence[LeftOut]) -> list[Problem]:
    """One problem for each reason that the user did not choose, with the paths in `data`."""
    problems = []
    for reason, (code, severity, sentence) in _REPORTED.items():
        paths = [item.path for item in left_out if item.reason is reason]
        if paths:
            names = ", ".join(paths[:_SHOWN]) + (f" and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else "")
            message = sentence.format(names=names, stay="stays" if len(paths) == 1 else "stay")
            problems.append(Problem(code, severity, message, data={"paths": paths}))
    return problems


def size_problem(
    files: Sequence[PlannedFile], injected: Sequence[InjectedFile], total: int, allowed: int
) -> list[Problem]:
    """An error when `total` bytes are more than `allowed`, naming what weighs most (protocol §6.1)."""
    if total <= allowed:
        return []
    heavy = largest(files, injected, 5)
    first = heavy[0]
    pattern = first.path + ("/" if first.is_directory else "")
    message = (
        f"The bundle is {human_bytes(total)}, {human_bytes(total - allowed)} over the limit of {human_bytes(allowed)}. "
        f"{first.path} alone is {human_bytes(first.size)}: the line `{pattern}` in .juliabundleignore leaves it out."
    )
    return [error("bundle-too-large", message, actual=total, allowed=allowed, largest=heavy)]


def _ignored(package: BundledPackage, left_out: Sequence[LeftOut]) -> Problem:
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
    return error("package-ignored", message, rule.file if rule else None, package=package.name, archive_path=path)
