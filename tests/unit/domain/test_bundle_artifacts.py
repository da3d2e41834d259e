"""Which artifacts go into a bundle, and which the job fetches itself (protocol §6.2)."""

import pytest

from juliahub_ls.domain.bundle_model import (
    ArtifactPlacement,
)
from juliahub_ls.domain.bundle_plan import plan_bundle

from .bundle_plans import HASH, TREE, A, C, codes, depot, names
from .conftest import MakeTree


@pytest.mark.parametrize(
    ("project", "downloadable", "tree_hash", "expected"),
    [
        ("", False, HASH, ArtifactPlacement.BUNDLED),
        ("", True, HASH, ArtifactPlacement.DOWNLOADED),
        ("", True, TREE, ArtifactPlacement.DOWNLOADED),
        ("", False, TREE, ArtifactPlacement.MISSING),
        (f'name = "P"\nuuid = "{C}"\n', True, HASH, ArtifactPlacement.BUNDLED),
        (f'name = "P"\nuuid = "{A}"\n', True, HASH, ArtifactPlacement.DOWNLOADED),
    ],
)
def test_artifacts(
    make_tree: MakeTree, project: str, downloadable: bool, tree_hash: str, expected: ArtifactPlacement
) -> None:
    download = '[[table.download]]\nurl = "https://example.org/t"\nsha256 = "00"\n' if downloadable else ""
    toml = f'[table]\ngit-tree-sha1 = "{tree_hash}"\n{download}'
    base = make_tree({"p/Project.toml": project, "p/Artifacts.toml": toml})
    plan = plan_bundle(base / "p", depots=[depot(base, registered=A)])
    (artifact,) = plan.artifacts
    assert artifact.placement is expected
    bundled = expected is ArtifactPlacement.BUNDLED
    assert (f".bundle/depot/artifacts/{HASH}/data.txt" in names(plan)) is bundled
    assert (".bundle/depot/artifacts" in plan.empty_directories) is not bundled
    assert codes(plan) == (["artifact-missing"] if expected is ArtifactPlacement.MISSING else [])
