"""Which artifacts go into a bundle, and which the job fetches itself (protocol §6.2)."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from .artifacts import Artifact, read_artifacts
from .bundle_model import ArtifactPlacement, BundledArtifact, BundledPackage, Placement
from .depot import artifact_path
from .environment import LoadedEnvironment, environment_at
from .problem import Problem, warning

ARTIFACTS = ".bundle/depot/artifacts"


def plan_artifacts(
    loaded: LoadedEnvironment,
    packages: Sequence[BundledPackage],
    depots: Sequence[Path],
    registered: Collection[str] | None,
    target: Mapping[str, str],
) -> tuple[list[BundledArtifact], list[Problem]]:
    """The artifacts of the project and of the packages in the bundle, for the platform `target`.

    Installed ones go in when nobody else can provide them: they were made locally, or they belong to a package that no
    registry knows. The rest is downloaded by the job; what is neither here nor downloadable is a problem.
    """
    placed: dict[str, BundledArtifact] = {}
    problems: list[Problem] = []
    for owner, file, unknown in _owners(loaded, packages, registered):
        for artifact in read_artifacts(file).for_platform(target):
            if artifact.tree_hash not in placed:
                found = _place(artifact, owner, artifact_path(depots, artifact.tree_hash), unknown)
                placed[artifact.tree_hash] = found
                if found.placement is ArtifactPlacement.MISSING:
                    problems.append(_missing(artifact, owner, file))
    return list(placed.values()), problems


def _owners(
    loaded: LoadedEnvironment, packages: Sequence[BundledPackage], registered: Collection[str] | None
) -> Iterator[tuple[str, Path, bool]]:
    """Each bearer of an artifacts file: its name, the file, and whether it is a package that no registry knows."""
    known = registered or frozenset()
    project, file = loaded.project, loaded.environment.artifacts_file
    if file:
        yield loaded.name, file, project.is_package and project.uuid not in known
    for package in packages:
        if package.source is None or package.placement not in (Placement.COPIED, Placement.IN_PLACE, Placement.DEPOT):
            continue
        environment = environment_at(package.source)
        if environment and environment.artifacts_file and environment.artifacts_file != file:
            yield package.name, environment.artifacts_file, package.uuid not in known


def _place(artifact: Artifact, owner: str, installed: Path | None, unknown_owner: bool) -> BundledArtifact:
    if installed and (unknown_owner or not artifact.urls):
        archive = f"{ARTIFACTS}/{artifact.tree_hash}"
        placement = ArtifactPlacement.BUNDLED
        return BundledArtifact(artifact.name, artifact.tree_hash, owner, placement, installed, archive)
    placement = ArtifactPlacement.DOWNLOADED if artifact.urls else ArtifactPlacement.MISSING
    return BundledArtifact(artifact.name, artifact.tree_hash, owner, placement)


def _missing(artifact: Artifact, owner: str, file: Path) -> Problem:
    message = (
        f"The artifact {artifact.name} of {owner} has no download address and is not installed on this computer, "
        f"so the job will not find it. Create it here again, or give it a download section in {file.name}."
    )
    return warning("artifact-missing", message, file, artifact=artifact.name, tree_hash=artifact.tree_hash)
