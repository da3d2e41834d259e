"""What goes into a bundle and what stays home (protocol §6)."""

import hashlib
import os
import socket
from pathlib import Path

import pytest
import tomli

from juliahub_ls.domain.bundle_model import (
    ArtifactPlacement,
    BundledPackage,
    BundleOptions,
    LeftOutReason,
    Placement,
)
from juliahub_ls.domain.bundle_plan import BundlePlan, plan_bundle
from juliahub_ls.domain.bundle_walk import Cancelled
from juliahub_ls.domain.depot import version_slug

from .conftest import MakeTree

A, B, C = (f"{digit * 8}-0000-4000-8000-000000000000" for digit in "abc")
TREE = "46e44e869b4d90b96bd8ed1fdcf32244fddfb6cc"
HASH = "1e0228a030642014fe5cfe68c2c0a818f9e3f522"
EMPTY = {"Project.toml": "[deps]\n", "main.jl": "println(1)\n"}


def names(plan: BundlePlan) -> list[str]:
    return sorted([file.archive_path for file in plan.files] + [file.archive_path for file in plan.injected])


def codes(plan: BundlePlan) -> list[str]:
    return [problem.code for problem in plan.problems]


def package(plan: BundlePlan, name: str) -> BundledPackage:
    (found,) = [package for package in plan.packages if package.name == name]
    return found


def injected(plan: BundlePlan, path: str) -> bytes:
    (found,) = [file.content for file in plan.injected if file.archive_path == path]
    return found


def reasons(plan: BundlePlan) -> dict[str, LeftOutReason]:
    return {item.path: item.reason for item in plan.left_out}


def manifest(*entries: str) -> str:
    return 'julia_version = "1.11.4"\nmanifest_format = "2.0"\n\n' + "\n".join(entries)


def entry(name: str, uuid: str, *lines: str) -> str:
    return f'[[deps.{name}]]\nuuid = "{uuid}"\n' + "".join(line + "\n" for line in lines)


def link(path: Path, target: Path | str, *, directory: bool = False) -> None:
    try:
        path.symlink_to(target, target_is_directory=directory)
    except OSError:
        pytest.skip("this system does not let us make links")


def test_a_plain_folder(make_tree: MakeTree) -> None:
    top = make_tree({"pi/main.jl": "println(1)\n", "pi/data/x.csv": "1,2\n", "pi/empty/": "", "pi/.hidden": ""}) / "pi"
    plan = plan_bundle(top)
    assert plan.name == "pi"
    assert names(plan) == [".hidden", "Project.toml", "data/x.csv", "main.jl"]
    assert injected(plan, "Project.toml") == b"[deps]\n"
    assert plan.empty_directories == (".bundle/depot/artifacts", "empty")
    assert plan.total_size == 11 + 4 + 7
    assert plan.file_count == 4
    assert plan.problems == ()
    assert not (top / "Project.toml").exists()


def test_version_control_stays_home(make_tree: MakeTree) -> None:
    top = make_tree({**EMPTY, ".git/config": "", "sub/.git": "gitdir: x", ".svn/a": "", ".hg/b": "", ".gitignore": ""})
    plan = plan_bundle(top)
    assert names(plan) == [".gitignore", "Project.toml", "main.jl"]
    assert set(reasons(plan).values()) == {LeftOutReason.VERSION_CONTROL}
    assert plan.problems == ()


def test_secrets_stay_home_unless_let_in(make_tree: MakeTree) -> None:
    top = make_tree({**EMPTY, ".env": "TOKEN=1", "keys/id_rsa": "x", ".aws/credentials": "x", "keys/notes.md": ""})
    plan = plan_bundle(top)
    assert names(plan) == ["Project.toml", "keys/notes.md", "main.jl"]
    assert reasons(plan) == dict.fromkeys([".aws/credentials", ".env", "keys/id_rsa"], LeftOutReason.SECRET)
    (problem,) = plan.problems
    assert (problem.code, sorted(problem.data["paths"])) == (
        "secrets-left-out",
        [".aws/credentials", ".env", "keys/id_rsa"],
    )
    allowed = plan_bundle(top, options=BundleOptions(allow_secrets=frozenset({".env"})))
    assert ".env" in names(allowed)
    assert "keys/id_rsa" not in names(allowed)


def test_links_become_what_they_lead_to_as_long_as_that_is_inside(make_tree: MakeTree) -> None:
    base = make_tree({"p/Project.toml": "", "p/data/x.csv": "12", "p/data/.git/c": "", "p/.env": "", "out/y.csv": ""})
    top = base / "p"
    link(top / "file.csv", "data/x.csv")
    link(top / "folder", "data", directory=True)
    link(top / "data" / "up", "..", directory=True)
    link(top / "nothing", "absent")
    link(top / "itself", "itself")
    link(top / "away", base / "out", directory=True)
    link(top / "away.csv", "../out/y.csv")
    link(top / "harmless.txt", ".env")
    link(top / "history", "data/.git", directory=True)
    plan = plan_bundle(top)
    assert names(plan) == ["Project.toml", "data/x.csv", "file.csv", "folder/x.csv"]
    assert {path: reason for path, reason in reasons(plan).items() if not path.endswith(".git")} == {
        ".env": LeftOutReason.SECRET,
        "away": LeftOutReason.OUTSIDE_LINK,
        "away.csv": LeftOutReason.OUTSIDE_LINK,
        "data/up": LeftOutReason.LINK_LOOP,
        "folder/up": LeftOutReason.LINK_LOOP,
        "harmless.txt": LeftOutReason.SECRET,
        "history": LeftOutReason.VERSION_CONTROL,
        "itself": LeftOutReason.LINK_LOOP,
        "nothing": LeftOutReason.DANGLING_LINK,
    }
    assert {"dangling-links-left-out", "outside-links-left-out", "link-loops-left-out"} <= set(codes(plan))


def test_links_that_lead_to_each_other_end(make_tree: MakeTree) -> None:
    top = make_tree({**EMPTY, "a/x": "", "b/y": ""})
    link(top / "a" / "to_b", "../b", directory=True)
    link(top / "b" / "to_a", "../a", directory=True)
    plan = plan_bundle(top)
    assert {"a/x", "b/y", "a/to_b/y", "b/to_a/x"} <= set(names(plan))
    assert reasons(plan) == dict.fromkeys(["a/to_b/to_a", "b/to_a/to_b"], LeftOutReason.LINK_LOOP)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_pipes_and_sockets_stay_home(make_tree: MakeTree, monkeypatch: pytest.MonkeyPatch) -> None:
    top = make_tree(EMPTY)
    os.mkfifo(top / "pipe")
    monkeypatch.chdir(top)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket")
        plan = plan_bundle(top)
    assert names(plan) == ["Project.toml", "main.jl"]
    assert reasons(plan) == dict.fromkeys(["pipe", "socket"], LeftOutReason.SPECIAL_FILE)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="this user may read everything")
def test_what_cannot_be_read_stays_home(make_tree: MakeTree) -> None:
    top = make_tree({**EMPTY, "closed": "", "shut/x": ""})
    (top / "closed").chmod(0)
    (top / "shut").chmod(0)
    try:
        plan = plan_bundle(top)
        assert reasons(plan) == dict.fromkeys(["closed", "shut"], LeftOutReason.UNREADABLE)
        assert codes(plan) == ["unreadable-left-out"]
    finally:
        (top / "shut").chmod(0o755)


@pytest.mark.skipif(os.name != "posix", reason="names are text on this system")
def test_a_name_that_is_not_utf8_stays_home(make_tree: MakeTree) -> None:
    top = make_tree(EMPTY)
    try:
        (top / os.fsdecode(b"caf\xe9.csv")).write_text("")
    except OSError:
        pytest.skip("this file system takes UTF-8 only")
    plan = plan_bundle(top)
    assert reasons(plan) == {r"caf\xe9.csv": LeftOutReason.UNPORTABLE_NAME}


def test_a_tree_without_end_is_cut(make_tree: MakeTree) -> None:
    top = make_tree(EMPTY)
    deep = top / "/".join(["d"] * 210)
    deep.mkdir(parents=True)
    (deep / "x").write_text("")
    plan = plan_bundle(top)
    assert list(reasons(plan).values()) == [LeftOutReason.TOO_DEEP]


def test_the_limit_counts_everything_and_names_the_culprit(make_tree: MakeTree) -> None:
    base = make_tree(
        {
            "p/Project.toml": f'[deps]\nA = "{A}"\n',
            "p/Manifest.toml": manifest(entry("A", A, 'path = "../A"')),
            "p/data/raw/huge.bin": b"x" * 4000,
            "p/data/raw/big.bin": b"x" * 3000,
            "p/main.jl": "1",
            "A/Project.toml": f'name = "A"\nuuid = "{A}"\n',
            "A/src/A.jl": "module A end",
            "A/blob": b"x" * 2000,
        }
    )
    plan = plan_bundle(base / "p", options=BundleOptions(max_bytes=8000))
    (problem,) = plan.errors
    assert problem.code == "bundle-too-large"
    assert problem.data["actual"] == plan.total_size > 9000
    assert problem.data["allowed"] == 8000
    assert problem.data["largest"][0] == ("data/raw", 7000, True)
    assert "`data/raw/`" in problem.message
    assert [item.path for item in plan.largest(2)] == ["data/raw", ".bundle/dev/A/blob"]
    assert plan_bundle(base / "p", options=BundleOptions(max_bytes=plan.total_size)).errors == []


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


def depot(base: Path, *, registered: str) -> Path:
    """A depot with one registry, the source of B and one artifact."""
    root = base / "depot"
    registry = root / "registries/General/Registry.toml"
    registry.parent.mkdir(parents=True)
    registry.write_text(f'[packages]\n{registered} = {{ name = "X", path = "X" }}\n')
    source = root / "packages/B" / version_slug(B, TREE)
    (source / "src").mkdir(parents=True)
    (source / "src/B.jl").write_text("module B end")
    (source / "cert.pem").write_text("public")
    (root / "artifacts" / HASH).mkdir(parents=True)
    (root / "artifacts" / HASH / "data.txt").write_text("42")
    return root


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


def test_a_broken_manifest_goes_in_as_it_is(make_tree: MakeTree) -> None:
    text = manifest(entry("A", A, 'path = "/nowhere/A"')) + "oops\n"
    top = make_tree({"Project.toml": "", "Manifest.toml": text})
    plan = plan_bundle(top)
    assert injected(plan, "Manifest.toml") == text.encode()
    assert {"toml-syntax", "development-package-missing"} <= set(codes(plan))


def test_an_ignored_manifest_is_reported_and_left_out(make_tree: MakeTree) -> None:
    top = make_tree({"Project.toml": "", "Manifest.toml": manifest(), ".juliabundleignore": "Manifest.toml\n"})
    plan = plan_bundle(top)
    assert "Manifest.toml" not in names(plan)
    assert (codes(plan), plan.manifest_sha256) == (["manifest-left-out"], None)


def test_an_ignored_project_is_reported(make_tree: MakeTree) -> None:
    plan = plan_bundle(make_tree({**EMPTY, ".juliabundleignore": "*.toml\n"}))
    assert (names(plan), codes(plan)) == ([".juliabundleignore", "main.jl"], ["project-left-out"])


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


def test_what_is_not_a_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "file", tmp_path / "absent"):
        assert [problem.code for problem in plan_bundle(path).errors] == ["not-a-folder"]


def test_planning_can_be_cancelled(make_tree: MakeTree) -> None:
    with pytest.raises(Cancelled):
        plan_bundle(make_tree(EMPTY), cancelled=lambda: True)


def test_every_real_environment_can_be_planned(corpus: Path) -> None:
    for file in sorted(corpus.rglob("Project.toml")):
        plan = plan_bundle(file.parent)
        assert plan.environment is not None
        found = set(names(plan))
        assert len(found) == plan.file_count
        assert file.name in found
        recorded = plan.environment.manifest.entries if plan.environment.manifest else ()
        assert {item.uuid for item in recorded} <= {item.uuid for item in plan.packages}
        not_there = {
            problem.data["package"] for problem in plan.problems if problem.code == "development-package-empty"
        }
        for item in plan.packages:
            if item.placement is Placement.COPIED:
                assert (f"{item.archive_path}/Project.toml" in found) is (item.name not in not_there)


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
