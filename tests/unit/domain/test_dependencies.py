"""Where each package comes from and how a job has it; every artifact of an environment."""

from pathlib import Path

import pytest

from juliahub_ls.domain.bundles.dependencies import Dependency, Origin, artifact_views, dependencies
from juliahub_ls.domain.bundles.model import ArtifactPlacement, Placement
from juliahub_ls.domain.environments.depot import version_slug
from juliahub_ls.domain.environments.environment import LoadedEnvironment, load_environment
from juliahub_ls.domain.environments.files import environment_at

from .bundle_plans import HASH, TREE, A, B, C, depot, entry, manifest
from .conftest import MakeTree

SHA = f'git-tree-sha1 = "{TREE}"'
IDS = {name: f"{number:08x}-0000-4000-8000-000000000000" for number, name in enumerate("DEFGHIJ", 1)}


def loaded_at(folder: Path) -> LoadedEnvironment:
    environment = environment_at(folder)
    assert environment is not None
    return load_environment(environment)


def by_name(found: "list[Dependency]") -> "dict[str, Dependency]":
    return {item.name: item for item in found}


def test_every_origin(make_tree: MakeTree) -> None:
    url = 'repo-url = "https://example.org/D.jl"'
    base = make_tree(
        {
            "p/Project.toml": f'[deps]\nC = "{C}"\nA = "{A}"\nD = "{IDS["D"]}"\nE = "{IDS["E"]}"\n'
            f'[weakdeps]\nF = "{IDS["F"]}"\n[extras]\nA = "{A}"\nG = "{IDS["G"]}"\n'
            f'[sources]\nE = {{ url = "https://example.org/E.jl", rev = "main", subdir = "lib" }}\n',
            "p/Manifest.toml": manifest(
                entry("A", A, SHA, 'version = "1.2.3"', "pinned = true"),
                entry("B", B, SHA, 'version = "0.1.0"'),
                entry("C", C, 'path = "../C"'),
                entry("D", IDS["D"], SHA, url, 'repo-rev = "dev"', 'repo-subdir = "sub"', 'version = "2.0.0"'),
                entry("Dates", IDS["H"]),
            ),
            "C/Project.toml": f'name = "C"\nuuid = "{C}"\nversion = "3.1.4"\n',
            "C/src/C.jl": "",
        }
    )
    depots = [depot(base, registered=A)]
    found = dependencies(loaded_at(base / "p"), depots)
    assert [(item.name, item.section) for item in found] == [
        ("C", "deps"), ("A", "deps"), ("D", "deps"), ("E", "deps"), ("F", "weakdeps"), ("G", "extras"),
        ("B", "indirect"), ("Dates", "indirect"),
    ]  # fmt: skip
    each = by_name(found)
    assert each["A"] == Dependency(
        "A", A, "deps", Origin.REGISTRY, Placement.SERVER, "1.2.3", registry="Ours", pinned=True
    )
    source = depots[0] / "packages/B" / version_slug(B, TREE)
    assert each["B"] == Dependency("B", B, "indirect", Origin.UNREGISTERED, Placement.DEPOT, "0.1.0", source=source)
    assert each["C"] == Dependency("C", C, "deps", Origin.PATH, Placement.COPIED, "3.1.4", source=base / "C")
    d = each["D"]
    assert (d.origin, d.placement, d.url, d.rev, d.subdir) == (
        Origin.REPOSITORY, Placement.MISSING, "https://example.org/D.jl", "dev", "sub",
    )  # fmt: skip
    e = each["E"]
    assert (e.origin, e.placement, e.url, e.rev, e.subdir) == (
        Origin.UNRESOLVED, Placement.ABSENT, "https://example.org/E.jl", "main", "lib",
    )  # fmt: skip
    assert (each["Dates"].origin, each["Dates"].placement) == (Origin.STDLIB, Placement.STDLIB)
    assert each["F"].placement is each["G"].placement is Placement.ABSENT


def test_without_a_manifest_the_server_resolves(make_tree: MakeTree) -> None:
    project = f'[deps]\nA = "{A}"\nC = "{C}"\n[weakdeps]\nB = "{B}"\n[sources]\nC = {{ path = "C" }}\n'
    base = make_tree({"Project.toml": project, "C/Project.toml": f'name = "C"\nuuid = "{C}"\nversion = "0.3.0"\n'})
    each = by_name(dependencies(loaded_at(base), []))
    assert (each["A"].origin, each["A"].placement) == (Origin.UNRESOLVED, Placement.SERVER)
    assert (each["B"].origin, each["B"].placement) == (Origin.UNRESOLVED, Placement.ABSENT)
    c = each["C"]
    assert (c.origin, c.placement, c.version, c.source) == (Origin.PATH, Placement.IN_PLACE, "0.3.0", base / "C")


def test_the_project_is_no_dependency_of_itself(make_tree: MakeTree) -> None:
    top = make_tree(
        {"Project.toml": f'name = "A"\nuuid = "{A}"\n', "Manifest.toml": manifest(entry("A", A, 'path = "."'))}
    )
    assert dependencies(loaded_at(top), []) == []


@pytest.mark.parametrize(
    ("project", "expected"),
    [
        ("", [("tables", "MISSING"), ("here", "BUNDLED"), ("web", "DOWNLOADED"), ("web", "LAZY")]),
        (
            f'name = "P"\nuuid = "{C}"\n',
            [("tables", "MISSING"), ("here", "BUNDLED"), ("web", "BUNDLED"), ("web", "LAZY")],
        ),
    ],
)
def test_every_variant_of_every_artifact(make_tree: MakeTree, project: str, expected: "list[tuple[str, str]]") -> None:
    download = '[[web.download]]\nurl = "https://example.org/t"\nsha256 = "00"\n'
    base = make_tree(
        {
            "p/Project.toml": project,
            "p/Artifacts.toml": f'[tables]\ngit-tree-sha1 = "{TREE}"\n[here]\ngit-tree-sha1 = "{HASH}"\n'
            f'[[web]]\ngit-tree-sha1 = "{HASH}"\nos = "linux"\narch = "x86_64"\n{download}'
            f'[[web]]\ngit-tree-sha1 = "{TREE}"\nlazy = true\nos = "windows"\narch = "x86_64"\n{download}',
        }
    )
    depots = [depot(base, registered=A)]
    found = artifact_views(loaded_at(base / "p"), depots)
    assert [(view.artifact.name, view.placement) for view in found] == [
        (name, ArtifactPlacement[placement]) for name, placement in expected
    ]
    installed = depots[0] / "artifacts" / HASH
    assert [view.directory for view in found] == [None, installed, installed, None]
    assert not any(view.overridden for view in found)


def test_every_real_environment_has_all_its_packages(corpus: Path) -> None:
    for file in sorted(corpus.rglob("Project.toml")):
        loaded = loaded_at(file.parent)
        found = dependencies(loaded, [])
        resolved = {item.uuid for item in loaded.manifest.entries} if loaded.manifest else set()
        project = loaded.project
        direct = {*project.deps.values(), *project.weakdeps.values(), *project.extras.values()}
        assert {item.uuid for item in found} == (direct | resolved) - ({project.uuid} - direct)
        assert len(found) == len({item.uuid for item in found})
