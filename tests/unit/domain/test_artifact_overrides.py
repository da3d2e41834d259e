"""`Overrides.toml`: which places outrank which, and what is no place."""

from pathlib import Path

import pytest

from juliahub_ls.domain.environments.artifact_overrides import Override, read_overrides
from juliahub_ls.domain.environments.artifacts import Artifact, Artifacts

from .bundle_plans import HASH, TREE, A, B
from .conftest import MakeTree

OTHER = TREE[::-1]


def override(depots: "list[Path]", name: str, tree_hash: str, package: "str | None" = A) -> "Override | None":
    artifacts = Artifacts((Artifact(name, tree_hash),))
    return read_overrides(depots).within(package, artifacts).of(tree_hash, depots)


def places(top: Path, text: str) -> str:
    return text.replace("@", top.as_posix())


def test_by_hash_and_by_name(make_tree: MakeTree, tmp_path: Path) -> None:
    text = f'{TREE} = "@/mine"\n{HASH} = "{OTHER.upper()}"\n[{A.upper()}]\nlib = "@/of_a"\n'
    depot = make_tree({"d/artifacts/Overrides.toml": places(tmp_path, text), f"d/artifacts/{OTHER}/x": ""}) / "d"
    assert override([depot], "data", TREE) == Override((tmp_path / "mine").as_posix(), tmp_path / "mine")
    assert override([depot], "data", HASH) == Override(OTHER, depot / "artifacts" / OTHER)
    assert override([depot], "lib", TREE) == Override((tmp_path / "of_a").as_posix(), tmp_path / "of_a")
    assert override([depot], "lib", OTHER, B) is None
    assert override([depot], "lib", OTHER, None) is None
    assert read_overrides([depot]).problems == ()


def test_depots_that_come_first_win_and_take_back(make_tree: MakeTree, tmp_path: Path) -> None:
    make_tree(
        {
            "1/artifacts/Overrides.toml": places(tmp_path, f'{TREE} = "@/first"\n{HASH} = ""\n[{A}]\nlib = ""\n'),
            "2/artifacts/Overrides.toml": places(
                tmp_path, f'{TREE} = "@/second"\n{HASH} = "@/second"\n[{A}]\nlib = "@/second"\nother = "@/second"\n'
            ),
        }
    )
    depots = [tmp_path / "1", tmp_path / "2", tmp_path / "absent"]
    found = override(depots, "data", TREE)
    assert found is not None
    assert found.directory == tmp_path / "first"
    assert override(depots, "data", HASH) is None
    assert override(depots, "lib", OTHER) is None
    assert override(depots, "other", OTHER) is not None


def test_hashes_that_lead_to_each_other_or_nowhere(make_tree: MakeTree) -> None:
    text = f'{TREE} = "{HASH}"\n{HASH} = "{TREE}"\n{OTHER} = "{"0" * 40}"\n'
    depot = make_tree({"artifacts/Overrides.toml": text})
    assert override([depot], "data", TREE) == Override(HASH, None)
    assert override([depot], "data", OTHER) == Override("0" * 40, None)


@pytest.mark.parametrize(
    "text",
    [f'{TREE} = "relative/path"\n', f"{TREE} = 5\n", 'nonsense = "/x"\n', "[nonsense]\na = 1\n", f"[{A}]\na = 1\n"],
)
def test_what_julia_refuses_is_reported(make_tree: MakeTree, text: str) -> None:
    found = read_overrides([make_tree({"artifacts/Overrides.toml": text})])
    assert [problem.code for problem in found.problems] == ["invalid-override"]
    assert not found.by_hash
    assert not any(found.by_package.values())
