"""Which artifacts go into a bundle, and which the job fetches itself (protocol §6.2)."""

from pathlib import Path

import pytest

from juliahub_ls.domain.bundles.model import ArtifactPlacement, BundleOptions
from juliahub_ls.domain.bundles.plan import plan_bundle
from juliahub_ls.domain.environments.files import ChosenFiles

from .bundle_plans import HASH, TREE, A, C, codes, depot, injected, names
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


def overridden(make_tree: MakeTree, place: str, download: str = "") -> "tuple[Path, Path]":
    base = make_tree(
        {
            "p/Project.toml": f'name = "P"\nuuid = "{A}"\n',
            "p/Artifacts.toml": f'[table]\ngit-tree-sha1 = "{TREE}"\n{download}',
            "mine/own.txt": "7",
            "mine/id_rsa": "",
        }
    )
    root = depot(base, registered=A)
    (root / "artifacts" / "Overrides.toml").write_text(f'[{A}]\ntable = "{place.format(base=base.as_posix())}"\n')
    return base / "p", root


DOWNLOAD = '[[table.download]]\nurl = "https://example.org/t"\nsha256 = "00"\n'


@pytest.mark.parametrize("download", ["", DOWNLOAD])
@pytest.mark.parametrize(("place", "content"), [("{base}/mine", "own.txt"), (HASH, "data.txt")])
def test_what_overrides_an_artifact_goes_in_below_its_hash(
    make_tree: MakeTree, place: str, content: str, download: str
) -> None:
    top, root = overridden(make_tree, place, download)
    plan = plan_bundle(top, depots=[root])
    assert [artifact.placement for artifact in plan.artifacts] == [ArtifactPlacement.BUNDLED]
    assert f".bundle/depot/artifacts/{TREE}/{content}" in names(plan)
    assert [code for code in codes(plan) if code != "secrets-left-out"] == ["artifact-overridden"]
    assert not [name for name in names(plan) if "Overrides" in name or "id_rsa" in name]


@pytest.mark.parametrize(
    ("download", "placement", "words"),
    [
        ("", ArtifactPlacement.MISSING, "will not find"),
        (DOWNLOAD, ArtifactPlacement.DOWNLOADED, "download the original"),
    ],
)
@pytest.mark.parametrize("place", ["{base}/gone", "0" * 40])
def test_an_override_that_leads_nowhere(
    make_tree: MakeTree, place: str, download: str, placement: ArtifactPlacement, words: str
) -> None:
    top, root = overridden(make_tree, place, download)
    plan = plan_bundle(top, depots=[root])
    assert [artifact.placement for artifact in plan.artifacts] == [placement]
    assert codes(plan) == ["override-missing"]
    assert words in plan.problems[0].message


@pytest.mark.parametrize(
    ("target", "tree_hash"),
    [({"os": "linux", "arch": "x86_64"}, TREE), ({"os": "linux", "arch": "aarch64"}, HASH), ({"os": "macos"}, None)],
)
def test_artifacts_are_for_the_nodes_platform(
    make_tree: MakeTree, target: "dict[str, str]", tree_hash: "str | None"
) -> None:
    text = "".join(
        f'[[table]]\ngit-tree-sha1 = "{tree}"\nos = "linux"\narch = "{arch}"\n'
        for arch, tree in (("x86_64", TREE), ("aarch64", HASH))
    )
    base = make_tree({"p/Project.toml": "", "p/Artifacts.toml": text})
    options = BundleOptions(target_platform=tuple(target.items()))
    found = plan_bundle(base / "p", depots=[depot(base, registered=A)], options=options).artifacts
    assert [artifact.tree_hash for artifact in found] == ([tree_hash] if tree_hash else [])


@pytest.mark.parametrize(
    ("own", "name"),
    [(None, "Artifacts.toml"), ("Artifacts.toml", "Artifacts.toml"), ("JuliaArtifacts.toml", "JuliaArtifacts.toml")],
)
def test_chosen_artifacts_go_in_under_the_name_that_julia_looks_for(
    make_tree: MakeTree, own: "str | None", name: str
) -> None:
    text = f'[table]\ngit-tree-sha1 = "{HASH}"\n'
    tree = {"p/Project.toml": "", "other/Mine.toml": text}
    base = make_tree(tree if own is None else {**tree, f"p/{own}": f'[old]\ngit-tree-sha1 = "{TREE}"\n'})
    options = BundleOptions(chosen=ChosenFiles(artifacts=base / "other" / "Mine.toml"))
    plan = plan_bundle(base / "p", options=options, depots=[depot(base, registered=A)])
    assert [(artifact.name, artifact.placement) for artifact in plan.artifacts] == [
        ("table", ArtifactPlacement.BUNDLED)
    ]
    assert injected(plan, name) == text.encode()
    assert [found for found in names(plan) if "Artifacts" in found] == [name]


def test_chosen_artifacts_that_a_rule_leaves_out_or_that_are_gone(make_tree: MakeTree) -> None:
    base = make_tree({"p/Project.toml": "", "p/.juliabundleignore": "Artifacts.toml\n", "Mine.toml": ""})
    kept_out = plan_bundle(base / "p", options=BundleOptions(chosen=ChosenFiles(artifacts=base / "Mine.toml")))
    assert codes(kept_out) == ["artifacts-left-out"]
    (base / "p" / ".juliabundleignore").unlink()
    gone = plan_bundle(base / "p", options=BundleOptions(chosen=ChosenFiles(artifacts=base / "Gone.toml")))
    assert [problem.code for problem in gone.errors] == ["file-unreadable"]
