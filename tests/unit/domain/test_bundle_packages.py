"""Where the job finds each package, and that manifest and sources say so (protocol §6.2)."""

import hashlib
import os
from pathlib import Path

import pytest
import tomli

from juliahub_ls.domain.bundles.model import (
    BundledPackage,
    BundleOptions,
    Placement,
)
from juliahub_ls.domain.bundles.plan import plan_bundle
from juliahub_ls.domain.environments.depot import version_slug

from .bundle_plans import TREE, A, B, C, codes, depot, entry, injected, manifest, names, package
from .conftest import MakeTree


def test_development_packages_outside_come_along(make_tree: MakeTree) -> None:
    base = make_tree(
        {
            "p/Project.toml": f'[deps]\nA = "{A}"\nB = "{B}"\n',
            "p/Manifest.toml": manifest(entry("A", A, 'path = "../tools/A"'), entry("B", B, 'path = "dev/B"')),
            "p/dev/B/Project.toml": f'name = "B"\nuuid = "{B}"\n',
            "p/dev/B/src/B.jl": "module B end",
            "tools/A/Project.toml": f'name = "A"\nuuid = "{A}"\n',
            "tools/A/src/A.jl": "module A end",
            "tools/A/.git/config": "",
            "tools/A/.juliabundleignore": "*.log\n",
            "tools/A/x.log": "",
        }
    )
    plan = plan_bundle(base / "p")
    assert package(plan, "A") == BundledPackage("A", A, Placement.COPIED, None, base / "tools/A", ".bundle/dev/A")
    assert package(plan, "B").placement is Placement.IN_PLACE
    assert {".bundle/dev/A/src/A.jl", ".bundle/dev/A/Project.toml", "dev/B/src/B.jl"} <= set(names(plan))
    assert not [name for name in names(plan) if "git/" in name or name.endswith(".log")]
    content = injected(plan, "Manifest.toml")
    table = tomli.loads(content.decode())
    assert table["deps"]["A"][0]["path"] == ".bundle/dev/A"
    assert table["deps"]["B"][0]["path"] == "dev/B"
    assert plan.manifest_sha256 == hashlib.sha256(content).hexdigest()
    assert plan.problems == ()
    assert tomli.loads((base / "p/Manifest.toml").read_text())["deps"]["A"][0]["path"] == "../tools/A"


def test_an_absolute_path_is_copied_even_from_inside(make_tree: MakeTree) -> None:
    top = make_tree({"Project.toml": f'[deps]\nA = "{A}"\n', "dev/A/src/A.jl": "", "dev/A/Project.toml": ""})
    path = str(top / "dev/A").replace("\\", "\\\\")
    (top / "Manifest.toml").write_text(manifest(entry("A", A, f'path = "{path}"')))
    plan = plan_bundle(top)
    assert package(plan, "A").placement is Placement.COPIED
    assert {".bundle/dev/A/src/A.jl", "dev/A/src/A.jl"} <= set(names(plan))


def test_a_parent_as_development_package(make_tree: MakeTree) -> None:
    base = make_tree(
        {
            "A/Project.toml": f'name = "A"\nuuid = "{A}"\n',
            "A/src/A.jl": "module A end",
            "A/docs/Project.toml": f'[deps]\nA = "{A}"\n',
            "A/docs/Manifest.toml": manifest(entry("A", A, 'path = ".."')),
        }
    )
    plan = plan_bundle(base / "A/docs")
    assert ".bundle/dev/A/src/A.jl" in names(plan)
    assert plan.problems == ()


def test_the_project_itself_may_be_in_its_manifest(make_tree: MakeTree) -> None:
    top = make_tree(
        {"Project.toml": f'name = "A"\nuuid = "{A}"\n', "Manifest.toml": manifest(entry("A", A, 'path = "."'))}
    )
    plan = plan_bundle(top)
    assert package(plan, "A").placement is Placement.IN_PLACE
    assert injected(plan, "Manifest.toml") == (top / "Manifest.toml").read_bytes()
    assert plan.problems == ()


def test_two_packages_of_one_name_get_two_places(make_tree: MakeTree) -> None:
    base = make_tree(
        {
            "p/Project.toml": "",
            "p/Manifest.toml": manifest(entry("A", A, 'path = "../one/A"'), entry("A", B, 'path = "../two/A"')),
            "one/A/src/A.jl": "",
            "two/A/src/A.jl": "",
        }
    )
    plan = plan_bundle(base / "p")
    assert {item.archive_path for item in plan.packages} == {".bundle/dev/A", f".bundle/dev/A-{B[:8]}"}
    table = tomli.loads(injected(plan, "Manifest.toml").decode())
    assert [item["path"] for item in table["deps"]["A"]] == [".bundle/dev/A", f".bundle/dev/A-{B[:8]}"]


@pytest.mark.parametrize("path", ["../gone", "C:\\\\Users\\\\ada\\\\A" if os.name != "nt" else "/home/ada/A"])
def test_a_missing_development_package_is_an_error(make_tree: MakeTree, path: str) -> None:
    top = make_tree(
        {"Project.toml": f'[deps]\nA = "{A}"\n', "Manifest.toml": manifest(entry("A", A, f'path = "{path}"'))}
    )
    plan = plan_bundle(top)
    assert [problem.code for problem in plan.errors] == ["development-package-missing"]
    assert package(plan, "A").placement is Placement.MISSING


@pytest.mark.parametrize("rules", ["*\n!main.jl\n!Project.toml\n!Manifest.toml\n", ".bundle/\ndev/\n"])
def test_an_ignored_development_package_is_an_error(make_tree: MakeTree, rules: str) -> None:
    base = make_tree(
        {
            "p/Project.toml": "",
            "p/Manifest.toml": manifest(entry("A", A, 'path = "../A"'), entry("B", B, 'path = "dev/B"')),
            "p/main.jl": "",
            "p/dev/B/src/B.jl": "",
            "A/src/A.jl": "",
            "p/.juliabundleignore": rules,
        }
    )
    plan = plan_bundle(base / "p")
    assert [problem.code for problem in plan.errors] == ["package-ignored", "package-ignored"]
    assert all(problem.path == base / "p/.juliabundleignore" for problem in plan.errors)


def test_the_top_rules_govern_copied_packages_without_their_own(make_tree: MakeTree) -> None:
    base = make_tree(
        {
            "p/Project.toml": "",
            "p/Manifest.toml": manifest(entry("A", A, 'path = "../A"'), entry("B", B, 'path = "../B"')),
            "p/.juliabundleignore": "*.log\n",
            "A/a.log": "",
            "A/src/A.jl": "",
            "B/b.log": "",
            "B/.juliabundleignore": "",
            "B/src/B.jl": "",
        }
    )
    found = names(plan_bundle(base / "p"))
    assert ".bundle/dev/A/a.log" not in found
    assert ".bundle/dev/B/b.log" in found


def test_sources_are_followed_and_mended(make_tree: MakeTree) -> None:
    def project(name: str, uuid: str, deps: str = "", sources: str = "") -> str:
        return f'name = "{name}"\nuuid = "{uuid}"\n[deps]\n{deps}\n[sources]\n{sources}\n'

    base = make_tree(
        {
            "mono/lib/A/Project.toml": project(
                "A", A, f'B = "{B}"', 'B = {path = "../deep/er/B"}\nT = {path = "../T"}'
            ),
            "mono/lib/A/src/A.jl": "",
            "mono/lib/deep/er/B/Project.toml": project("B", B, f'C = "{C}"', 'C = {path = "../../../C"}'),
            "mono/lib/deep/er/B/src/B.jl": "",
            "mono/lib/C/Project.toml": project("C", C),
            "mono/lib/C/src/C.jl": "",
            "mono/lib/T/src/T.jl": "",
        }
    )
    plan = plan_bundle(base / "mono/lib/A")
    assert {item.name: item.archive_path for item in plan.packages} == {"B": ".bundle/dev/B", "C": ".bundle/dev/C"}
    top = tomli.loads(injected(plan, "Project.toml").decode())
    assert top["sources"] == {"B": {"path": ".bundle/dev/B"}, "T": {"path": "../T"}}
    assert tomli.loads(injected(plan, ".bundle/dev/B/Project.toml").decode())["sources"] == {"C": {"path": "../C"}}
    assert plan.problems == ()


def test_a_workspace_members_manifest_comes_from_the_root(make_tree: MakeTree) -> None:
    base = make_tree(
        {
            "Project.toml": f'name = "A"\nuuid = "{A}"\n[workspace]\nprojects = ["test"]\n',
            "Manifest.toml": manifest(entry("A", A, 'path = "."'), entry("B", B, 'path = "test/B"')),
            "src/A.jl": "",
            "test/Project.toml": f'[deps]\nA = "{A}"\nB = "{B}"\n',
            "test/B/src/B.jl": "",
        }
    )
    plan = plan_bundle(base / "test")
    table = tomli.loads(injected(plan, "Manifest.toml").decode())
    assert table["deps"]["A"][0]["path"] == ".bundle/dev/A"
    assert table["deps"]["B"][0]["path"] == "B"
    assert ".bundle/dev/A/src/A.jl" in names(plan)


def test_unregistered_packages_come_from_the_depot(make_tree: MakeTree) -> None:
    sha = f'git-tree-sha1 = "{TREE}"'
    base = make_tree(
        {
            "p/Project.toml": "",
            "p/Manifest.toml": manifest(entry("A", A, sha), entry("B", B, sha), entry("C", C, sha), entry("Dates", A)),
        }
    )
    plan = plan_bundle(base / "p", depots=[depot(base, registered=A)])
    assert package(plan, "A").placement is Placement.SERVER
    assert package(plan, "B").placement is Placement.DEPOT
    assert package(plan, "C").placement is Placement.MISSING
    assert package(plan, "Dates").placement is Placement.STDLIB
    place = f".bundle/depot/packages/B/{version_slug(B, TREE)}"
    assert names(plan) == [f"{place}/cert.pem", f"{place}/src/B.jl", "Manifest.toml", "Project.toml"]
    assert codes(plan) == ["unregistered-package-missing"]
    assert injected(plan, "Manifest.toml") == (base / "p/Manifest.toml").read_bytes()


def test_without_a_registry_only_what_came_by_address_is_taken_for_unregistered(make_tree: MakeTree) -> None:
    sha = f'git-tree-sha1 = "{TREE}"'
    entries = manifest(entry("A", A, sha), entry("C", C, sha, 'repo-url = "https://example.org/C.jl"'))
    plan = plan_bundle(make_tree({"Project.toml": "", "Manifest.toml": entries}))
    assert package(plan, "A").placement is Placement.SERVER
    assert package(plan, "C").placement is Placement.MISSING
    assert "https://example.org/C.jl" in plan.problems[0].message


def test_a_broken_manifest_goes_in_as_it_is(make_tree: MakeTree) -> None:
    text = manifest(entry("A", A, 'path = "/nowhere/A"')) + "oops\n"
    top = make_tree({"Project.toml": "", "Manifest.toml": text})
    plan = plan_bundle(top)
    assert injected(plan, "Manifest.toml") == text.encode()
    assert {"toml-syntax", "development-package-missing"} <= set(codes(plan))


def test_the_manifest_of_the_julia_that_runs_the_job_is_mended(make_tree: MakeTree) -> None:
    base = make_tree(
        {
            "p/Project.toml": "",
            "p/Manifest.toml": manifest(),
            "p/Manifest-v1.11.toml": manifest(entry("A", A, 'path = "../A"')),
            "A/src/A.jl": "",
        }
    )
    plan = plan_bundle(base / "p", options=BundleOptions(julia_version=(1, 11)))
    assert [file.archive_path for file in plan.injected] == ["Manifest-v1.11.toml"]
    assert "Manifest.toml" in names(plan)


def test_a_source_that_leads_to_no_package_is_reported(corpus: Path) -> None:
    plan = plan_bundle(corpus / "SciML_OrdinaryDiffEq.jl/docs/src/assets")
    assert "OrdinaryDiffEq" in {
        item.data["package"] for item in plan.problems if item.code == "development-package-empty"
    }


def test_the_foreign_path_in_a_real_manifest_is_an_error(corpus: Path) -> None:
    if os.name == "nt":
        pytest.skip("it is a Windows path, and this is Windows")
    top = corpus / "open-AIMS_ADRIA.jl/ADRIA/docs/scripts"
    (problem,) = plan_bundle(top, options=BundleOptions(julia_version=(1, 12))).errors
    assert problem.data["package"] == "SIRUS"
    assert "another computer" in problem.message


@pytest.mark.parametrize("name", ["../../up", "..", "a/b", "a\\\\b", "a b", "/abs"])
def test_no_name_leads_out_of_the_bundle(make_tree: MakeTree, name: str) -> None:
    base = make_tree(
        {
            "p/Project.toml": "",
            "p/Manifest.toml": manifest(entry(f'"{name}"', A, 'path = "../A"')),
            "A/Project.toml": f'name = "A"\nuuid = "{A}"\n',
            "A/src/A.jl": "",
        }
    )
    plan = plan_bundle(base / "p")
    (found,) = plan.packages
    assert found.archive_path is not None
    assert found.archive_path.count("/") == 2
    assert not set(found.archive_path.split("/")) & {"", ".."}
    assert f"{found.archive_path}/src/A.jl" in names(plan)


def test_an_installed_package_whose_name_leads_elsewhere_stays_home(make_tree: MakeTree) -> None:
    slug = version_slug(B, TREE)
    base = make_tree(
        {
            "p/Project.toml": "",
            "p/Manifest.toml": manifest(entry('"../B"', B, f'git-tree-sha1 = "{TREE}"')),
            f"depot/B/{slug}/src/B.jl": "",
        }
    )
    plan = plan_bundle(base / "p", depots=[depot(base, registered=A)])
    assert [item.placement for item in plan.packages] == [Placement.MISSING]
