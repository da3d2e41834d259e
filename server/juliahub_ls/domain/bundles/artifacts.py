"""Which artifacts go into a bundle, and which the job fetches itself (protocol §6.2)."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from juliahub_ls.domain.environments.artifact_overrides import Override, read_overrides
from juliahub_ls.domain.environments.artifacts import Artifact, is_tree_hash, read_artifacts
from juliahub_ls.domain.environments.depot import artifact_path
from juliahub_ls.domain.environments.environment import LoadedEnvironment
from juliahub_ls.domain.environments.files import JuliaVersion, environment_at
from juliahub_ls.domain.environments.platforms import usual_julia
from juliahub_ls.domain.problem import Problem, information, warning

from .model import ArtifactPlacement, BundledArtifact, BundledPackage, Placement

ARTIFACTS = ".bundle/depot/artifacts"


@dataclass(frozen=True, slots=True)
class ArtifactView:
    """A variant of an artifact, and how a job on its platform will have it.

    `directory`: where it is installed on this computer, or what overrides it here.
    """

    artifact: Artifact
    placement: ArtifactPlacement
    overridden: bool = False
    directory: Path | None = None


@dataclass(frozen=True, slots=True)
class ArtifactOwner:
    """Who bears an artifacts file. `unknown`: a package that no registry knows."""

    name: str
    uuid: str | None
    file: Path
    unknown: bool


def plan_artifacts(
    loaded: LoadedEnvironment,
    packages: Sequence[BundledPackage],
    depots: Sequence[Path],
    registered: Collection[str] | None,
    target: Mapping[str, str],
    julia_version: JuliaVersion | None = None,
) -> tuple[list[BundledArtifact], list[Problem]]:
    """The artifacts of the project and of the packages in the bundle, for the platform `target`.

    Installed ones go in when nobody else can provide them: they were made locally, or they belong to a package that no
    registry knows. So does what an `Overrides.toml` of this computer puts in an artifact's place, below the artifact's
    own hash: the job has no such file, and would miss the user's own data or take something else for it. The rest is
    downloaded by the job, lazy ones when first used; what is neither here nor downloadable is a problem.
    """
    overrides = read_overrides(depots)
    machine = usual_julia(target, julia_version)
    placed: dict[str, BundledArtifact] = {}
    problems: list[Problem] = [*overrides.problems]
    for owner in _owners(loaded, packages, registered):
        artifacts = read_artifacts(owner.file)
        own = overrides.within(owner.uuid, artifacts)
        for artifact in artifacts.for_platform(machine):
            if artifact.tree_hash in placed:
                continue
            override = own.of(artifact.tree_hash, depots)
            view = view_artifact(artifact, owner, override, depots)
            placed[artifact.tree_hash] = _bundled(view, owner)
            problems += _problems(view, owner, override)
    return list(placed.values()), problems


def project_owner(loaded: LoadedEnvironment, known: Collection[str]) -> ArtifactOwner | None:
    """The environment itself as the bearer of artifacts, when it has a file of them; `known`: registered UUIDs."""
    project, file = loaded.project, loaded.environment.artifacts_file
    if file is None:
        return None
    return ArtifactOwner(loaded.name, project.uuid, file, project.is_package and project.uuid not in known)


def view_artifact(
    artifact: Artifact, owner: ArtifactOwner, override: Override | None, depots: Sequence[Path]
) -> ArtifactView:
    """Where a variant is, and how a job will have it."""
    if override:
        directory = override.directory if override.directory and override.directory.is_dir() else None
        placement = ArtifactPlacement.BUNDLED if directory else _without(artifact)
        return ArtifactView(artifact, placement, True, directory)
    installed = artifact_path(depots, artifact.tree_hash)
    if installed and (owner.unknown or not artifact.urls):
        return ArtifactView(artifact, ArtifactPlacement.BUNDLED, False, installed)
    return ArtifactView(artifact, _without(artifact), False, installed)


def _owners(
    loaded: LoadedEnvironment, packages: Sequence[BundledPackage], registered: Collection[str] | None
) -> Iterator[ArtifactOwner]:
    known = registered or frozenset()
    project = project_owner(loaded, known)
    if project:
        yield project
    for package in packages:
        if package.source is None or package.placement not in (Placement.COPIED, Placement.IN_PLACE, Placement.DEPOT):
            continue
        environment = environment_at(package.source)
        file = environment.artifacts_file if environment else None
        if file and (project is None or file != project.file):
            yield ArtifactOwner(package.name, package.uuid, file, package.uuid not in known)


def _without(artifact: Artifact) -> ArtifactPlacement:
    """How a job has what the bundle does not bring."""
    if not artifact.urls:
        return ArtifactPlacement.MISSING
    return ArtifactPlacement.LAZY if artifact.lazy else ArtifactPlacement.DOWNLOADED


def _bundled(view: ArtifactView, owner: ArtifactOwner) -> BundledArtifact:
    name, tree_hash = view.artifact.name, view.artifact.tree_hash
    if view.placement is not ArtifactPlacement.BUNDLED:
        return BundledArtifact(name, tree_hash, owner.name, view.placement)
    assert view.directory is not None
    own = view.overridden and not is_tree_hash(view.directory.name)
    archive = f"{ARTIFACTS}/{tree_hash}"
    return BundledArtifact(name, tree_hash, owner.name, view.placement, view.directory, archive, own)


def _problems(view: ArtifactView, owner: ArtifactOwner, override: Override | None) -> list[Problem]:
    if override:
        return [_overridden(view, owner, override)]
    return [_missing(view.artifact, owner)] if view.placement is ArtifactPlacement.MISSING else []


def _missing(artifact: Artifact, owner: ArtifactOwner) -> Problem:
    message = (
        f"The artifact {artifact.name} of {owner.name} has no download address and is not installed on this computer, "
        f"so the job will not find it. Create it here again, or give it a download section in {owner.file.name}."
    )
    return warning("artifact-missing", message, owner.file, artifact=artifact.name, tree_hash=artifact.tree_hash)


def _overridden(view: ArtifactView, owner: ArtifactOwner, override: Override) -> Problem:
    artifact = view.artifact
    data: dict[str, Any] = {"artifact": artifact.name, "tree_hash": artifact.tree_hash, "place": override.place}
    start = f"Overrides.toml puts {override.place} in the place of the artifact {artifact.name} of {owner.name}"
    if view.placement is ArtifactPlacement.BUNDLED:
        message = f"{start}; a copy of that goes into the bundle, so the job has it, too."
        return information("artifact-overridden", message, owner.file, None, **data)
    otherwise = "The job will not find the artifact" if not artifact.urls else "The job will download the original"
    message = f"{start}, but that is not there. {otherwise}; mend or remove the override."
    return warning("override-missing", message, owner.file, None, **data)
