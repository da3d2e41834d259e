"""Whatever Julia runs the job, the manifest it picks in the bundle is the one meant, with paths that lead there."""

import posixpath
from pathlib import Path
from typing import Any

import pytest
import tomli

from juliahub_ls.domain.bundles.model import BundleOptions, Placement
from juliahub_ls.domain.bundles.plan import BundlePlan, plan_bundle
from juliahub_ls.domain.environments.files import ChosenFiles, choose_manifest

from .bundle_plans import A, B, C, entry, injected, manifest, names, package
from .conftest import MakeTree

TOOL = {"A/src/A.jl": "module A end", "A/Project.toml": f'name = "A"\nuuid = "{A}"\n'}


def paths(plan: BundlePlan, name: str) -> "dict[str, str]":
    """The paths in an injected manifest, as they are from the bundle's top."""
    table: dict[str, Any] = tomli.loads(injected(plan, name).decode())["deps"]
    base = posixpath.dirname(name)
    entries = {key: value[0]["path"] for key, value in table.items() if "path" in value[0]}
    return {key: posixpath.normpath(posixpath.join(base, path)) for key, path in entries.items()}


def sources(plan: BundlePlan, name: str) -> "dict[str, Any]":
    found: dict[str, Any] = tomli.loads(injected(plan, name).decode())["sources"]
    return found


MANIFESTS = ("JuliaManifest.toml", "Manifest.toml", "Manifest-v1.11.toml", "JuliaManifest-v1.12.toml")


@pytest.mark.parametrize("julia", [(1, 9), (1, 10), (1, 11), (1, 12), None])
@pytest.mark.parametrize("present", [MANIFESTS, MANIFESTS[1:], MANIFESTS[1:2], MANIFESTS[2:]])
def test_the_manifest_that_julia_picks_is_rewritten(
    make_tree: MakeTree, julia: "tuple[int, int] | None", present: "tuple[str, ...]"
) -> None:
    text = manifest(entry("A", A, 'path = "../A"'))
    top = make_tree({**TOOL, "p/Project.toml": "", **{f"p/{name}": text for name in present}}) / "p"
    plan = plan_bundle(top, options=BundleOptions(julia_version=julia))
    found = [name for name in names(plan) if "Manifest" in name]
    assert sorted(found) == sorted(present)
    for version in [julia] if julia else [(1, 9), (1, 11), (1, 12)]:
        picked = choose_manifest(found, version)
        if picked:
            assert paths(plan, picked) == {"A": ".bundle/dev/A"}
    assert plan.problems == ()


def test_with_an_unknown_julia_other_manifests_stop_nothing(make_tree: MakeTree) -> None:
    top = (
        make_tree(
            {
                **TOOL,
                "B/src/B.jl": "",
                "p/Project.toml": "",
                "p/Manifest.toml": manifest(entry("A", A, 'path = "../A"')),
                "p/Manifest-v1.9.toml": manifest(entry("B", B, 'path = "../B"'), entry("C", C, 'path = "../gone"')),
            }
        )
        / "p"
    )
    plan = plan_bundle(top)
    assert plan.errors == []
    assert paths(plan, "Manifest-v1.9.toml") == {"B": ".bundle/dev/B", "C": "../gone"}
    assert plan.manifest_sha256 == plan_bundle(top, options=BundleOptions(julia_version=(1, 11))).manifest_sha256


@pytest.mark.parametrize("inside", [True, False])
def test_a_manifest_that_the_project_names(make_tree: MakeTree, inside: bool) -> None:
    place = "env/Shared.toml" if inside else "../Shared.toml"
    up = "../../A" if inside else "A"
    top = (
        make_tree(
            {
                **TOOL,
                "p/Project.toml": f'manifest = "{place}"\n',
                "p/Manifest.toml": manifest(entry("A", A, 'path = "nowhere"')),
                f"p/{place}": manifest(entry("A", A, f'path = "{up}"')),
            }
        )
        / "p"
    )
    plan = plan_bundle(top, options=BundleOptions(julia_version=(1, 11)))
    assert plan.errors == []
    assert paths(plan, "env/Shared.toml" if inside else "Manifest.toml") == {"A": ".bundle/dev/A"}
    assert plan.manifest_sha256 is not None


def workspace(make_tree: MakeTree, *, with_manifest: bool = True, stray: str = "") -> Path:
    """A root that is a package, two members, one of them nested, and a package outside."""
    entries = manifest(
        entry("Root", A, 'path = "."'), entry("Out", C, 'path = "../Out"'), entry("Lib", B, 'path = "lib/Lib"')
    )
    return (
        make_tree(
            {
                "ws/Project.toml": f'name = "Root"\nuuid = "{A}"\n[workspace]\nprojects = ["test", "lib/Lib"]\n',
                **({"ws/Manifest.toml": entries} if with_manifest else {}),
                **({f"ws/test/{stray}": manifest(entry("Root", A, 'path = "stray"'))} if stray else {}),
                "ws/src/Root.jl": "module Root end",
                "ws/test/Project.toml": f'[deps]\nRoot = "{A}"\nLib = "{B}"\nOut = "{C}"\n'
                f'[sources]\nRoot = {{ path = ".." }}\nOut = {{ path = "../../Out" }}\n',
                "ws/test/main.jl": "",
                "ws/lib/Lib/Project.toml": f'name = "Lib"\nuuid = "{B}"\n[deps]\nOut = "{C}"\nRoot = "{A}"\n'
                f'[sources]\nOut = {{ path = "../../../Out" }}\n',
                "ws/lib/Lib/src/Lib.jl": "module Lib end",
                "Out/Project.toml": f'name = "Out"\nuuid = "{C}"\n',
                "Out/src/Out.jl": "module Out end",
            }
        )
        / "ws"
    )


@pytest.mark.parametrize("stray", ["", "Manifest.toml", "JuliaManifest.toml", "Manifest-v1.12.toml"])
@pytest.mark.parametrize("julia", [(1, 12), None])
def test_a_member_alone(make_tree: MakeTree, stray: str, julia: "tuple[int, int] | None") -> None:
    top = workspace(make_tree, stray=stray) / "test"
    plan = plan_bundle(top, options=BundleOptions(julia_version=julia))
    assert plan.problems == ()
    dev = {"Root": ".bundle/dev/Root", "Lib": ".bundle/dev/Lib", "Out": ".bundle/dev/Out"}
    found = [name for name in names(plan) if "Manifest" in name and "/" not in name]
    picked = choose_manifest(found, julia or (1, 12))
    assert picked is not None
    assert paths(plan, picked) == dev
    assert {f"{folder}/src/{name}.jl" for name, folder in dev.items()} <= set(names(plan))
    assert sources(plan, "Project.toml") == {"Root": {"path": ".bundle/dev/Root"}, "Out": {"path": ".bundle/dev/Out"}}
    assert sources(plan, ".bundle/dev/Lib/Project.toml") == {"Out": {"path": "../Out"}}


def test_the_root_alone(make_tree: MakeTree) -> None:
    plan = plan_bundle(workspace(make_tree), options=BundleOptions(julia_version=(1, 12)))
    assert plan.problems == ()
    assert paths(plan, "Manifest.toml") == {"Root": ".", "Lib": "lib/Lib", "Out": ".bundle/dev/Out"}
    assert package(plan, "Root").placement is Placement.IN_PLACE
    assert package(plan, "Lib").placement is Placement.IN_PLACE
    assert sources(plan, "test/Project.toml") == {"Root": {"path": ".."}, "Out": {"path": "../.bundle/dev/Out"}}
    assert sources(plan, "lib/Lib/Project.toml") == {"Out": {"path": "../../.bundle/dev/Out"}}
    assert ".bundle/dev/Out/src/Out.jl" in names(plan)


def test_a_member_finds_its_workspace_without_a_manifest(make_tree: MakeTree) -> None:
    top = workspace(make_tree, with_manifest=False) / "lib" / "Lib"
    plan = plan_bundle(top, options=BundleOptions(julia_version=(1, 12)))
    assert sources(plan, "Project.toml") == {"Out": {"path": ".bundle/dev/Out"}, "Root": {"path": ".bundle/dev/Root"}}
    assert ".bundle/dev/Root/src/Root.jl" in names(plan)
    assert plan.manifest_sha256 is None


def test_names_that_differ_in_case_only_get_two_places(make_tree: MakeTree) -> None:
    top = (
        make_tree(
            {
                "p/Project.toml": "",
                "p/Manifest.toml": manifest(entry("Tool", A, 'path = "../one"'), entry("TOOL", B, 'path = "../two"')),
                "one/src/Tool.jl": "",
                "two/src/TOOL.jl": "",
            }
        )
        / "p"
    )
    places = {item.archive_path.lower() for item in plan_bundle(top).packages if item.archive_path}
    assert len(places) == 2


@pytest.mark.parametrize("julia", [(1, 9), (1, 10), (1, 11), None])
@pytest.mark.parametrize("present", [(), MANIFESTS, MANIFESTS[1:2], MANIFESTS[2:]])
@pytest.mark.parametrize("place", ["p/kept/Old.toml", "p/Manifest-v1.11.toml", "elsewhere/Manifest.toml"])
def test_a_chosen_manifest_takes_the_place_of_whatever_julia_picks(
    make_tree: MakeTree, julia: "tuple[int, int] | None", present: "tuple[str, ...]", place: str
) -> None:
    own = manifest(entry("B", B, 'path = "../gone"'))
    levels = "../" * place.count("/")
    tree = {**TOOL, "p/Project.toml": "", **{f"p/{name}": own for name in present}}
    base = make_tree({**tree, place: manifest(entry("A", A, f'path = "{levels}A"'))})
    chosen = ChosenFiles(manifest=base / place)
    plan = plan_bundle(base / "p", options=BundleOptions(julia_version=julia, chosen=chosen))
    assert plan.errors == []
    found = [name for name in names(plan) if "Manifest" in name]
    for version in [julia] if julia else [(1, 9), (1, 11), (1, 12)]:
        picked = choose_manifest(found, version)
        assert picked is not None
        assert paths(plan, picked) == {"A": ".bundle/dev/A"}


def test_a_chosen_manifest_that_is_gone_stops_the_bundle(make_tree: MakeTree) -> None:
    top = make_tree({"p/Project.toml": "", "p/Manifest.toml": manifest(entry("A", A, 'path = "../A"')), **TOOL}) / "p"
    plan = plan_bundle(top, options=BundleOptions(chosen=ChosenFiles(manifest=top / "Gone.toml")))
    assert [problem.code for problem in plan.errors] == ["file-unreadable"]
    assert plan.errors[0].path == top / "Gone.toml"
