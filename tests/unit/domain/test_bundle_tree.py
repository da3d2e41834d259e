"""The preview of a bundle, folder by folder."""

from pathlib import Path

from juliahub_ls.domain.bundles.plan import plan_bundle
from juliahub_ls.domain.bundles.tree import BundleTree, Entry, FolderTotal

from .conftest import MakeTree

PROJECT = "[deps]\n"


def tree_of(top: Path) -> BundleTree:
    return BundleTree(plan_bundle(top))


def named(entries: list[Entry]) -> list[str]:
    return [f"{entry.path}/" if entry.is_directory else entry.path for entry in entries]


def test_a_folder_shows_its_own_content_folders_first(make_tree: MakeTree) -> None:
    top = make_tree({"Project.toml": PROJECT, "b.jl": "1", "Zoo/x.jl": "22", "apes/deep/y.jl": "333", "A.jl": "4"})
    tree = tree_of(top)
    assert named(tree.entries("")) == ["apes/", "Zoo/", "A.jl", "b.jl", "Project.toml"]
    assert named(tree.entries("apes")) == ["apes/deep/"]
    assert named(tree.entries("apes/deep")) == ["apes/deep/y.jl"]
    assert tree.entries("nowhere") == []


def test_a_folder_weighs_what_all_below_it_weighs(make_tree: MakeTree) -> None:
    tree = tree_of(make_tree({"Project.toml": PROJECT, "data/a.bin": bytes(10), "data/raw/b.bin": bytes(200)}))
    data = next(entry for entry in tree.entries("") if entry.path == "data")
    assert (data.size, data.file_count) == (210, 2)
    assert tree.totals(1)[0] == FolderTotal("data", 210, 2)
    assert [total.path for total in tree.totals(2)[:2]] == ["data", "data/raw"]


def test_every_file_of_the_plan_is_in_the_tree_once(make_tree: MakeTree) -> None:
    top = make_tree(
        {"Project.toml": PROJECT, "a/b/c.jl": "1", "a/d.jl": "2", ".juliabundleignore": "*.log\n", "e.log": ""}
    )
    tree = tree_of(top)

    def below(path: str) -> list[Entry]:
        return [item for entry in tree.entries(path) for item in (below(entry.path) if _open(entry) else [entry])]

    plan = tree.plan
    included = {entry.path for entry in below("") if entry.included and not entry.is_directory}
    assert included == {file.archive_path for file in plan.files} | {made.archive_path for made in plan.injected}
    assert {entry.path for entry in below("") if not entry.included} == {item.path for item in plan.left_out}


def _open(entry: Entry) -> bool:
    return entry.is_directory and entry.included


def test_what_stays_home_says_why_and_whether_that_can_change(make_tree: MakeTree) -> None:
    files = {"Project.toml": PROJECT, ".juliabundleignore": "out/\n", "out/x": "1", ".git/HEAD": "", ".env": "A=1"}
    entries = {entry.path: entry for entry in tree_of(make_tree(files)).entries("")}
    assert not entries["out"].included
    assert str(entries["out"].rule) == ".juliabundleignore:1"
    assert entries["out"].can_change
    assert not entries[".git"].can_change
    assert entries[".env"].can_change
    assert entries[".env"].reason == "looks like a secret"


def test_the_rule_that_put_a_file_in_is_shown(make_tree: MakeTree) -> None:
    files = {"Project.toml": PROJECT, ".juliabundleignore": "*.csv\n!keep.csv\n", "keep.csv": "1"}
    (entry,) = [entry for entry in tree_of(make_tree(files)).entries("") if entry.path == "keep.csv"]
    assert entry.included
    assert str(entry.rule) == ".juliabundleignore:2"


def test_what_is_made_for_the_bundle_cannot_be_left_out(make_tree: MakeTree) -> None:
    entries = {entry.path: entry for entry in tree_of(make_tree({"main.jl": "1"})).entries("")}
    assert entries["Project.toml"].origin == "an empty project, as the folder has none"
    assert not entries["Project.toml"].can_change
    assert ".bundle" not in entries  # its one folder is empty


def test_a_development_package_shows_where_it_comes_from(make_tree: MakeTree) -> None:
    uuid = "11111111-1111-4111-8111-111111111111"
    top = make_tree(
        {
            "app/Project.toml": f'[deps]\nTools = "{uuid}"\n',
            "app/Manifest.toml": f'manifest_format = "2.0"\n[[deps.Tools]]\npath = "../Tools"\nuuid = "{uuid}"\n',
            "Tools/Project.toml": f'name = "Tools"\nuuid = "{uuid}"\n',
            "Tools/src/Tools.jl": "module Tools\nend\n",
        }
    )
    tree = tree_of(top / "app")
    (entry,) = tree.entries(".bundle/dev")
    assert (entry.path, entry.origin, entry.source) == (".bundle/dev/Tools", "from ../Tools", top / "Tools")
    assert not entry.can_change
    (code,) = tree.entries(".bundle/dev/Tools/src")
    assert code.source == top / "Tools/src/Tools.jl"
