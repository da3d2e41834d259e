"""What goes into a bundle and what stays home (protocol §6)."""

import os
import socket
from pathlib import Path

import pytest

from juliahub_ls.domain.bundles.model import (
    BundleOptions,
    LeftOutReason,
    Placement,
)
from juliahub_ls.domain.bundles.plan import BundlePlan, plan_bundle
from juliahub_ls.domain.bundles.walk import Cancelled

from .bundle_plans import A, codes, entry, injected, manifest, names
from .conftest import MakeTree

EMPTY = {"Project.toml": "[deps]\n", "main.jl": "println(1)\n"}


def reasons(plan: BundlePlan) -> dict[str, LeftOutReason]:
    return {item.path: item.reason for item in plan.left_out}


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


def test_an_ignored_manifest_is_reported_and_left_out(make_tree: MakeTree) -> None:
    top = make_tree({"Project.toml": "", "Manifest.toml": manifest(), ".juliabundleignore": "Manifest.toml\n"})
    plan = plan_bundle(top)
    assert "Manifest.toml" not in names(plan)
    assert (codes(plan), plan.manifest_sha256) == (["manifest-left-out"], None)


def test_an_ignored_project_is_reported(make_tree: MakeTree) -> None:
    plan = plan_bundle(make_tree({**EMPTY, ".juliabundleignore": "*.toml\n"}))
    assert (names(plan), codes(plan)) == ([".juliabundleignore", "main.jl"], ["project-left-out"])


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
