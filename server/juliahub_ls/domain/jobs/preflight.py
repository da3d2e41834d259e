"""Everything that will go wrong with a job, in one list, said before anything is sent: environment, bundle and code."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from juliahub_ls.domain.bundles.model import Placement
from juliahub_ls.domain.bundles.plan import BundlePlan
from juliahub_ls.domain.bundles.token_lines import find_token
from juliahub_ls.domain.environments.artifacts import read_artifacts
from juliahub_ls.domain.environments.checks import environment_problems
from juliahub_ls.domain.environments.environment import LoadedEnvironment
from juliahub_ls.domain.environments.files import environment_at
from juliahub_ls.domain.environments.manifest import version_pair
from juliahub_ls.domain.environments.platforms import usual_julia
from juliahub_ls.domain.problem import Mend, Mending, Problem, Range, Severity, error, warning
from juliahub_ls.domain.toml.positions import TomlPositions
from juliahub_ls.domain.toml.text import read_text

from .code_checks import code_problems
from .image_choice import manifest_versions, version_of
from .job_files import JobFiles, is_absolute

JULIAHUB_PLATFORM = {"os": "linux", "arch": "x86_64"}
"""The machines of JuliaHub."""
_ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFORMATION: 2}


def preflight(
    loaded: LoadedEnvironment | None,
    *,
    plan: BundlePlan | None = None,
    script: Path | None = None,
    code: str | None = None,
    julia_versions: Sequence[str] = (),
    chosen_version: str | None = None,
    job_version: str | None = None,
    on_this_computer: bool = False,
    target_platform: Mapping[str, str] | None = None,
    server_resolves: bool = False,
) -> list[Problem]:
    """All problems, worst first, each once; never raises.

    `loaded`: the environment that the job will have, as its Julia reads it; `plan`: of the bundle, None when only texts
    are sent; `script` with its text `code`. `julia_versions` are those a server offers ("1.11.2", …), `chosen_version`
    what the user asked for, `job_version` that of the image. `on_this_computer`: the versions are those installed here,
    so the way out is to install one. `server_resolves`: no manifest is sent, as the user wishes.
    """
    problems = list(plan.problems) if plan else []
    if loaded is not None:
        problems += loaded.problems
        problems += [] if server_resolves else environment_problems(loaded)
        problems += _julia_version(loaded, julia_versions, chosen_version, on_this_computer)
        if not server_resolves:
            problems += _other_manifests(loaded, version_of(job_version or ""))
        problems += _unsuitable_artifacts(loaded, plan, target_platform or {}, version_of(job_version or ""))
        problems += _packages_not_sent(loaded, on_this_computer) if plan is None else []
    if script is not None and code is not None:
        problems += code_problems(script, code, plan=plan, on_this_computer=on_this_computer)
    return worst_first(problems)


def script_problems(
    script: Path, code: str, plan: BundlePlan | None, allow: Collection[str], *, selection: bool = False
) -> list[Problem]:
    """The script itself stays home, or its text, sent alone, has a line that looks like a token.

    A `selection` of it goes along as text, bundle or not.
    """
    if plan is not None and not selection:
        files = JobFiles(plan, on_this_computer=False)
        return [] if files.goes_along(script) else [_script_left_out(script, files)]
    found = None if script.name in allow else find_token(code.encode())
    if found is None:
        return []
    message = (
        f"In {script.name} {found}. Take it out, and give it to the job as an environment variable; or allow "
        f"{script.name} by name if it is none."
    )
    return [error("token-in-script", message, script, Range(found.line - 1, 0, found.line, 0))]


def worst_first(problems: Collection[Problem]) -> list[Problem]:
    """Errors before warnings before the rest, and nothing twice: of two that say the same, the one with a place."""
    kept: dict[tuple[object, ...], Problem] = {}
    for problem in problems:
        subject = problem.data.get("package") or (problem.message, problem.path, problem.range)
        key = (problem.code, subject)
        known = kept.get(key)
        if known is None or (known.range is None and problem.range is not None):
            kept[key] = problem
    return sorted(kept.values(), key=lambda problem: _ORDER[problem.severity])


def _script_left_out(script: Path, files: JobFiles) -> Problem:
    item = files.left_out(script)
    why = f" ({item.detail or item.reason.value})" if item else ""
    name = files.inside(script) or script.name
    problem = error(
        "script-left-out", f"{name} itself is left out of the bundle{why}. Let it in and try again.", script
    )
    if item is None or files.top is None:
        return problem
    return replace(problem, mends=(Mend(f"Let {item.path} in", Mending.LET_IN, files.top, item.path),))


def _julia_version(
    loaded: LoadedEnvironment, versions: Sequence[str], chosen: str | None, on_this_computer: bool
) -> list[Problem]:
    """The manifest's Julia is not among those offered. Who chose another one wants it so, and is only told."""
    wanted = loaded.manifest.julia if loaded.manifest else None
    offered = [chosen] if chosen else list(versions)
    if wanted is None or not offered or any(version_pair(version) == wanted for version in offered):
        return []
    name = f"{wanted[0]}.{wanted[1]}"
    have = ", ".join(dict.fromkeys(offered))
    mend = _mend(name, any(version_pair(version) == wanted for version in versions), on_this_computer)
    file = loaded.manifest_file
    range_ = TomlPositions(read_text(file)[0]).value("julia_version") if file else None
    newest = max((pair for pair in map(version_pair, offered) if pair), default=(0, 0))
    subject = f"The job would run on Julia {have}" if chosen else f"Julia {have} is there to run the job"
    message = f"{file.name if file else 'The manifest'} was made by Julia {name}. {subject}. {mend}"
    make = error if (newest[0] != wanted[0] or newest < wanted) and not chosen else warning
    return [make("julia-version-mismatch", message, file, range_, wanted=name, offered=offered)]


def _mend(wanted: str, offered: bool, on_this_computer: bool) -> str:
    if offered:
        return f"Choose Julia {wanted} for the job."
    if on_this_computer:
        return f"Install it with `juliaup add {wanted}`, or run `] resolve` with the Julia you have."
    return f"Choose an image with Julia {wanted}, or run `] resolve` with a version that the server has."


def _other_manifests(loaded: LoadedEnvironment, job: tuple[int, ...] | None) -> list[Problem]:
    """Manifests for other Julias only: the job's Julia will choose package versions anew."""
    if job is None or loaded.manifest_file is not None:
        return []
    others = [f"{major}.{minor}" for major, minor in manifest_versions(loaded)]
    if not others:
        return []
    runs_on = f"{job[0]}.{job[1]}"
    message = (
        f"There is a manifest for Julia {' and '.join(others)}, none for Julia {runs_on}, which the job would run on: "
        f"it would choose package versions anew. Choose Julia {others[0]} for the job, or run `] resolve` with Julia "
        f"{runs_on}."
    )
    return [warning("manifest-for-other-julia", message, loaded.environment.project_file, wanted=others)]


def _unsuitable_artifacts(
    loaded: LoadedEnvironment, plan: BundlePlan | None, target: Mapping[str, str], job: tuple[int, ...] | None
) -> list[Problem]:
    """Artifacts that have variants, but none for the machine that runs the job."""
    if not target:
        return []
    machine = usual_julia(target, (job[0], job[1]) if job else None)
    problems = []
    for owner, file in _artifact_files(loaded, plan):
        artifacts = read_artifacts(file)
        suitable = {variant.name for variant in artifacts.for_platform(machine)}
        for name, variants in artifacts.by_name().items():
            if name not in suitable:
                have = ", ".join(sorted({_platform(variant.platform) for variant in variants}))
                message = (
                    f"The artifact {name} of {owner} is there for {have}, not for {_platform(target)}, where the job "
                    f"runs. Add a variant for it to {file.name}, or do without it there."
                )
                range_ = TomlPositions(read_text(file)[0]).table(name)
                problems.append(warning("artifact-for-other-platform", message, file, range_, artifact=name))
    return problems


def _artifact_files(loaded: LoadedEnvironment, plan: BundlePlan | None) -> list[tuple[str, Path]]:
    file = loaded.environment.artifacts_file
    found = {file: loaded.name} if file else {}
    for package in plan.packages if plan else ():
        if package.source and package.placement in (Placement.IN_PLACE, Placement.COPIED, Placement.DEPOT):
            environment = environment_at(package.source)
            if environment and environment.artifacts_file:
                found.setdefault(environment.artifacts_file, package.name)
    return [(owner, path) for path, owner in found.items()]


def _platform(tags: Mapping[str, str]) -> str:
    return " ".join(tags[key] for key in ("os", "arch", "libc") if key in tags and tags[key] != "glibc")


def _packages_not_sent(loaded: LoadedEnvironment, on_this_computer: bool) -> list[Problem]:
    """Development packages, when only texts are sent."""
    file = loaded.manifest_file or loaded.environment.project_file
    paths = dict(loaded.project.path_sources)
    paths |= {entry.name: entry.path for entry in loaded.manifest.entries if entry.path} if loaded.manifest else {}
    return [
        error(
            "package-not-sent",
            f"{name} is a development package of this computer ({path}), and only texts are sent. Send the folder.",
            file,
            package=name,
        )
        for name, path in paths.items()
        if not (on_this_computer and is_absolute(path))
    ]
