"""Which environment a script runs in, and the stacked ones that a job never has (Julia manual, "Code Loading")."""

import enum
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from juliahub_ls.domain.problem import Problem, information

from .environment import LoadedEnvironment, load_environment
from .files import Environment, JuliaVersion, environment_at
from .project import Project
from .workspaces import normal

_SHARED = re.compile(r"v(\d{1,4})\.(\d{1,4})")
_USED = re.compile(r"^[ \t]*(?:using|import)[ \t]+([^\n#]*)", re.MULTILINE)
_NAME = re.compile(r"[^\W\d]\w*")
_SHOWN = 5


class Reason(enum.Enum):
    """Why a script has the environment it has; the value is a phrase for the user."""

    CHOSEN = "the environment you chose for this script"
    ACTIVE = "the active environment of the Julia extension"
    NEAREST = "the nearest project file in the script's folder or above"
    ABOVE = "a project file further up"
    SHARED = "the shared environment of your Julia"
    NONE = "no project file in the script's folder or above"


@dataclass(frozen=True, slots=True)
class EnvironmentChoice:
    """An environment that a script could have, and what speaks for it."""

    environment: Environment
    reason: Reason

    @property
    def why(self) -> str:
        """The phrase for the user."""
        return self.reason.value


@dataclass(frozen=True, slots=True)
class ScriptEnvironment:
    """The environment of a script, or none, with the reason and the others it could have, likeliest first.

    `loaded` is its content, and `problems` what is to be said of the choice itself, where a service has filled them in.
    """

    environment: Environment | None
    reason: Reason
    choices: tuple[EnvironmentChoice, ...] = ()
    loaded: LoadedEnvironment | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def why(self) -> str:
        """The reason in words, with the project file where there is one."""
        return f"{self.reason.value}: {self.environment.project_file}" if self.environment else self.reason.value


def environment_for_script(
    script: Path,
    *,
    chosen: Path | None = None,
    active: Path | None = None,
    home: Path | None = None,
    depots: Sequence[Path] = (),
    julia_version: JuliaVersion | None = None,
) -> ScriptEnvironment:
    """The first there is of: the folder `chosen` by the user; the folder `active` in the editor's Julia support; the
    nearest one from the script upward (not above `home`); the shared environment of the depots; none.

    A chosen or active folder that is no environment (any more) is passed over. A shared environment that is active is
    what the Julia extension has when nobody activated any: a project nearer to the script goes before it.
    """
    found: dict[Path, EnvironmentChoice] = {}
    for choice in _candidates(script, chosen, active, home, depots, julia_version):
        found.setdefault(choice.environment.directory, choice)
    if not found:
        return ScriptEnvironment(None, Reason.NONE)
    first, *others = found.values()
    return ScriptEnvironment(first.environment, first.reason, tuple(others))


def shared_environment(depots: Sequence[Path], julia_version: JuliaVersion | None = None) -> Environment | None:
    """`@v1.x` of Julia `julia_version`, else of the newest that has one, in the first depot that does."""
    versions = [julia_version] if julia_version else _shared_versions(depots)
    for major, minor in versions:
        found = _named(f"v{major}.{minor}", depots, julia_version)
        if found:
            return found
    return None


def load_path_environments(
    environ: Mapping[str, str],
    depots: Sequence[Path],
    julia_version: JuliaVersion | None = None,
    *,
    windows: bool = False,
) -> list[Path]:
    """The folders of the environments that Julia on this computer stacks below a script's own (`JULIA_LOAD_PATH`).

    Without the variable, and for its first empty entry, Julia's default: the shared environment. `@`, `@.` and
    `@stdlib` are no other environments and are left out.
    """
    found: list[Path] = []
    for entry in _load_path(environ.get("JULIA_LOAD_PATH"), windows):
        environment = _stacked(entry, depots, julia_version)
        if environment and environment.directory not in found:
            found.append(environment.directory)
    return found


def unsent_packages(own: LoadedEnvironment | None, stacked: Sequence[Path], code: str | None = None) -> list[Problem]:
    """Tells of packages that the script finds in a stacked environment on this computer and a job will not find.

    With `code`, the script's text, only of packages that it names after `using` or `import`. Standard libraries are
    found everywhere.
    """
    have = _own_packages(own)
    named = None if code is None else set(_used_names(code))
    problems = []
    for directory in stacked:
        environment = environment_at(directory)
        if environment is None or (own and directory == own.environment.directory):
            continue
        packages = _installed(environment)
        missing = [name for name in packages if name not in have and (named is None or name in named)]
        if missing:
            problems.append(_not_sent(missing, environment))
    return problems


def _candidates(
    script: Path,
    chosen: Path | None,
    active: Path | None,
    home: Path | None,
    depots: Sequence[Path],
    julia_version: JuliaVersion | None,
) -> Iterator[EnvironmentChoice]:
    activated = environment_at(normal(active), julia_version) if active else None
    by_default = activated is not None and _is_shared(activated.directory, depots)
    picked = environment_at(normal(chosen), julia_version) if chosen else None
    if picked:
        yield EnvironmentChoice(picked, Reason.CHOSEN)
    if activated and not by_default:
        yield EnvironmentChoice(activated, Reason.ACTIVE)
    reason = Reason.NEAREST
    for directory in normal(script).parents:
        environment = environment_at(directory, julia_version)
        if environment:
            yield EnvironmentChoice(environment, reason)
            reason = Reason.ABOVE
        if directory == home:
            break
    if activated and by_default:
        yield EnvironmentChoice(activated, Reason.ACTIVE)
    shared = shared_environment(depots, julia_version)
    if shared:
        yield EnvironmentChoice(shared, Reason.SHARED)


def _is_shared(directory: Path, depots: Sequence[Path]) -> bool:
    """Whether it is an `@v1.x` of a depot."""
    inside = any(directory.parent == normal(depot) / "environments" for depot in depots)
    return inside and _SHARED.fullmatch(directory.name) is not None


def _shared_versions(depots: Sequence[Path]) -> list[JuliaVersion]:
    found = set()
    for depot in depots:
        try:
            names = [path.name for path in (depot / "environments").iterdir()]
        except OSError:
            continue
        found |= {(int(match[1]), int(match[2])) for match in map(_SHARED.fullmatch, names) if match}
    return sorted(found, reverse=True)


def _named(name: str, depots: Sequence[Path], julia_version: JuliaVersion | None) -> Environment | None:
    candidates = (environment_at(depot / "environments" / name, julia_version) for depot in depots)
    return next((environment for environment in candidates if environment), None)


def _load_path(value: str | None, windows: bool) -> list[str]:
    defaults = ["@", "@v#.#", "@stdlib"]
    if value is None:
        return defaults
    entries: list[str] = []
    expanded = False
    for entry in value.split(";" if windows else ":") if value else ():
        if entry:
            entries.append(entry)
        elif not expanded:
            entries += defaults
            expanded = True
    return entries


def _stacked(entry: str, depots: Sequence[Path], julia_version: JuliaVersion | None) -> Environment | None:
    if entry in ("@", "@.", "@stdlib"):
        return None
    if entry == "@v#.#":
        return shared_environment(depots, julia_version)
    if entry.startswith("@"):
        return _named(_with_version(entry[1:], julia_version), depots, julia_version)
    path = normal(_expanded(entry))
    return environment_at(path.parent if path.suffix == ".toml" else path, julia_version)


def _expanded(entry: str) -> Path:
    try:
        return Path(entry).expanduser()
    except RuntimeError:
        return Path(entry)  # of a user whom this computer does not know


def _with_version(name: str, julia_version: JuliaVersion | None) -> str:
    """The first `#`s of a named environment stand for the version's numbers."""
    for number in julia_version or ():
        name = name.replace("#", str(number), 1)
    return name


def _installed(environment: Environment) -> list[str]:
    """The direct dependencies that are no standard libraries."""
    loaded = load_environment(environment)
    entries = loaded.manifest.by_uuid() if loaded.manifest else {}
    return [name for name, uuid in loaded.project.deps.items() if uuid not in entries or not entries[uuid].is_stdlib]


def _own_packages(own: LoadedEnvironment | None) -> set[str]:
    project = own.project if own else Project()
    return {*project.deps, *project.weakdeps, *project.extras, *([project.name] if project.name else [])}


def _used_names(code: str) -> Iterator[str]:
    for line in _USED.findall(code):
        for part in line.split(":")[0].split(","):
            match = _NAME.match(part.strip())
            if match:
                yield match[0]


def _not_sent(names: list[str], environment: Environment) -> Problem:
    shown = ", ".join(names[:_SHOWN]) + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")
    message = (
        f"{shown} {'is' if len(names) == 1 else 'are'} installed in the shared environment "
        f"{environment.directory.name} only, which a job does not have. Add what the code needs to its own "
        f"environment with Julia's `] add`."
    )
    return information("load-path-not-sent", message, environment.project_file, packages=names)
