"""Tables of environments: all below a folder, a script's with its alternatives, the packages and artifacts of one."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from juliahub_ls.cli.environment_view import environment_line, field, show_problems, shown_path
from juliahub_ls.cli.output import Output
from juliahub_ls.domain.environments.checks import environment_problems
from juliahub_ls.domain.jobs.preflight import worst_first
from juliahub_ls.domain.problem import Problem

if TYPE_CHECKING:
    from juliahub_ls.domain.bundles.dependencies import ArtifactView, Dependency
    from juliahub_ls.domain.environments.environment import LoadedEnvironment
    from juliahub_ls.domain.environments.scan import ScanResult
    from juliahub_ls.domain.environments.script_environment import ScriptEnvironment
    from juliahub_ls.services.environments import EnvironmentDetails

HASH_SHOWN = 8


def show_environments(
    output: Output, directory: Path, environments: "Sequence[LoadedEnvironment]", found: "ScanResult"
) -> None:
    """One line an environment, then what is wrong in their files."""
    if not environments:
        output.line(f"No Julia environment below {output.paint.bare(str(directory.absolute()))}.")
    rows = []
    for loaded in environments:
        version = loaded.manifest.julia_version if loaded.manifest else None
        julia = f"Julia {version}" if version else ("" if loaded.manifest else "no manifest")
        count = len(loaded.project.deps)
        packages = "1 dependency" if count == 1 else f"{count} dependencies"
        rows.append((loaded.name, julia, packages, shown_path(loaded.environment.directory)))
    _table(output, rows)
    show_problems(output, (problem for loaded in environments for problem in loaded.problems))
    if found.truncated:
        limit = f"{found.limit:,} files and folders"
        output.line(f"The search ended at its bound of {limit}; there may be more. Scan a smaller folder.")


def show_script_environment(output: Output, script: Path, found: "ScriptEnvironment") -> None:
    """The environment, why it is that one, and the others that `--use` could choose."""
    paint, loaded = output.paint, found.loaded
    output.line(field(paint, "Script", paint.bare(shown_path(script))))
    output.line(field(paint, "Environment", paint.bare(environment_line(loaded)) if loaded else "none"))
    output.line(field(paint, "", paint(paint.bare(found.reason.value), "dim")))
    if loaded is not None:
        output.line(field(paint, "", paint(paint.bare(shown_path(loaded.environment.project_file)), "dim")))
    label = "Others"
    for choice in found.choices:
        path = paint.bare(shown_path(choice.environment.directory))
        output.line(field(paint, label, f"{path}  {paint(paint.bare(choice.why), 'dim')}"))
        label = ""
    if found.choices:
        output.line(field(paint, "", paint("--use DIR chooses one, --auto goes back to what is found", "dim")))
    show_problems(output, worst_first([*_problems(loaded), *found.problems]))


def show_details(output: Output, details: "EnvironmentDetails") -> None:
    """The packages with version, origin and how a job will have them; the artifacts; what is wrong."""
    paint, loaded = output.paint, details.loaded
    output.line(f"{paint(paint.bare(environment_line(loaded)), 'bold')}")
    output.line(paint(paint.bare(shown_path(loaded.environment.project_file)), "dim"))
    direct = [package for package in details.packages if package.section != "indirect"]
    indirect = [package for package in details.packages if package.section == "indirect"]
    for title, packages in (("Dependencies", direct), ("Needed by those", indirect)):
        if packages:
            output.line(f"\n{title}")
            _table(output, [_package(package, loaded.environment.directory) for package in packages])
    if details.artifacts:
        output.line("\nArtifacts")
        _table(output, [_artifact(view) for view in details.artifacts])
    if details.load_path:
        stacked = ", ".join(paint.bare(shown_path(path)) for path in details.load_path)
        output.line(f"\nStacked below it on this computer, and not part of a job: {stacked}")
    problems = _problems(loaded)
    if problems:
        output.line()
    show_problems(output, problems)


def _package(package: "Dependency", directory: Path) -> tuple[str, ...]:
    origin = package.registry or package.origin.value
    if package.url:
        origin = f"{package.url}#{package.rev}" if package.rev else package.url
    elif package.origin.value == "path" and package.source is not None:
        origin = shown_path(package.source, directory)
    notes = [package.section] if package.section in ("weakdeps", "extras") else []
    notes += ["pinned"] if package.pinned else []
    name = f"{package.name} ({', '.join(notes)})" if notes else package.name
    return f"  {name}", package.version or "", origin, package.placement.value


def _artifact(view: "ArtifactView") -> tuple[str, ...]:
    artifact = view.artifact
    platform = " ".join(artifact.platform.values()) or "every machine"
    place = "overridden here" if view.overridden else "installed here" if view.directory else ""
    lazy = "lazy" if artifact.lazy else ""
    return f"  {artifact.name}", artifact.tree_hash[:HASH_SHOWN], platform, lazy, place, view.placement.value


def _problems(loaded: "LoadedEnvironment | None") -> list[Problem]:
    return worst_first([*loaded.problems, *environment_problems(loaded)]) if loaded else []


def _table(output: Output, rows: "Sequence[Sequence[str]]") -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, show_header=False)
    for row in rows:
        table.add_row(*(Text(output.paint.bare(cell)) for cell in row))
    if rows:
        output.table(table)
