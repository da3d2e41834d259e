"""What will go wrong with an environment on the machine chosen, said before anything is sent."""

from collections.abc import Sequence

from .bundle_packages import development_folder, missing_package
from .environment import LoadedEnvironment
from .manifest import version_pair
from .problem import Problem, error, warning
from .toml_positions import TomlPositions
from .toml_text import read_text


def preflight(
    loaded: LoadedEnvironment,
    *,
    julia_versions: Sequence[str] = (),
    chosen_version: str | None = None,
    on_this_computer: bool = False,
) -> list[Problem]:
    """The problems of an environment against the Julia versions a server offers ("1.11.2", …) and the one chosen.

    `on_this_computer`: the versions are those installed here, so the way out is to install one.
    """
    problems = _dependencies_without_entry(loaded) + _missing_packages(loaded)
    return problems + _julia_version(loaded, julia_versions, chosen_version, on_this_computer)


def _julia_version(
    loaded: LoadedEnvironment, versions: Sequence[str], chosen: str | None, on_this_computer: bool
) -> list[Problem]:
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
    make = error if newest[0] != wanted[0] or newest < wanted else warning
    return [make("julia-version-mismatch", message, file, range_, wanted=name, offered=offered)]


def _mend(wanted: str, offered: bool, on_this_computer: bool) -> str:
    if offered:
        return f"Choose Julia {wanted} for the job."
    if on_this_computer:
        return f"Install it with `juliaup add {wanted}`, or run `] resolve` with the Julia you have."
    return f"Choose an image with Julia {wanted}, or run `] resolve` with a version that the server has."


def _dependencies_without_entry(loaded: LoadedEnvironment) -> list[Problem]:
    """Dependencies that the manifest does not know: Julia would refuse to load them."""
    manifest, project = loaded.manifest, loaded.project
    if manifest is None or any(problem.code.startswith(("toml", "file")) for problem in manifest.problems):
        return []
    known = manifest.by_uuid()
    missing = [name for name, uuid in project.deps.items() if uuid not in known]
    if not missing:
        return []
    file = loaded.environment.project_file
    text = read_text(file)[0]
    return [_without_entry(loaded, name, text) for name in missing]


def _missing_packages(loaded: LoadedEnvironment) -> list[Problem]:
    """Development packages whose folder is not there."""
    file, manifest = loaded.manifest_file, loaded.manifest
    if file is None or manifest is None:
        return []
    return [
        missing_package(entry.name, entry.path, file)
        for entry in manifest.entries
        if entry.path is not None and development_folder(file.parent, entry.path) is None
    ]


def _without_entry(loaded: LoadedEnvironment, name: str, text: str) -> Problem:
    manifest = loaded.manifest_file.name if loaded.manifest_file else "the manifest"
    message = f"{name} is a dependency of the project, but {manifest} does not have it. Run Julia's `] resolve`."
    file = loaded.environment.project_file
    return error("dependency-not-in-manifest", message, file, TomlPositions(text).key("deps", name), package=name)
