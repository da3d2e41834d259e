"""Which files make an environment, which one a script has, and finding them all."""

import os
from pathlib import Path

import pytest

from juliahub_ls.domain.environment import load_environment
from juliahub_ls.domain.environment_files import environment_at, find_environment, is_environment_file
from juliahub_ls.domain.script_environment import Reason, environment_for_script
from juliahub_ls.domain.workspace_scan import scan
from juliahub_ls.domain.workspaces import Projects

from .conftest import MakeTree

ALL = [
    "Project.toml", "JuliaProject.toml", "Manifest.toml", "JuliaManifest.toml", "Manifest-v1.11.toml",
    "JuliaManifest-v1.11.toml", "Manifest-v1.9.toml", "Manifest-v1.12.toml", "Artifacts.toml", "JuliaArtifacts.toml",
]  # fmt: skip


@pytest.mark.parametrize(
    ("absent", "julia", "manifest"),
    [
        ([], (1, 11), "JuliaManifest-v1.11.toml"),
        (["JuliaManifest-v1.11.toml"], (1, 11), "Manifest-v1.11.toml"),
        ([], (1, 12), "Manifest-v1.12.toml"),
        ([], (1, 10), "JuliaManifest.toml"),
        ([], (1, 9), "JuliaManifest.toml"),
        (["JuliaManifest.toml"], (1, 9), "Manifest.toml"),
        ([], None, "JuliaManifest.toml"),
        (["JuliaManifest.toml"], None, "Manifest.toml"),
        (["JuliaManifest.toml", "Manifest.toml"], None, "Manifest-v1.12.toml"),
        (["JuliaManifest.toml", "Manifest.toml"], (1, 10), None),
    ],
)
def test_the_manifest_julia_would_choose(
    absent: list[str], julia: tuple[int, int] | None, manifest: str | None
) -> None:
    here = Path("here")
    environment = find_environment(here, [name for name in ALL if name not in absent], julia)
    assert environment is not None
    assert environment.manifest_file == (here / manifest if manifest else None)
    assert environment.project_file == here / "JuliaProject.toml"
    assert environment.artifacts_file == here / "JuliaArtifacts.toml"


def test_without_a_project_file_there_is_no_environment() -> None:
    assert find_environment(Path(), ["Manifest.toml", "project.toml"]) is None


@pytest.mark.parametrize(("name", "expected"), [*((name, True) for name in ALL), ("main.jl", False), ("a.toml", False)])
def test_the_files_a_watcher_cares_about(name: str, expected: bool) -> None:
    assert is_environment_file(name) is expected


def test_a_script_has_the_nearest_environment_upward(make_tree: MakeTree) -> None:
    top = make_tree({"Project.toml": "", "sub/Project.toml": "", "sub/deep/er/main.jl": "", "main.jl": ""})
    assert environment_for_script(top / "sub/deep/er/main.jl").environment == environment_at(top / "sub")
    found = environment_for_script(top / "main.jl", active=top / "sub")
    assert (found.environment, found.reason) == (environment_at(top / "sub"), Reason.ACTIVE)
    found = environment_for_script(top / "sub/deep/er/main.jl", active=top / "nowhere")
    assert found.reason is Reason.NEAREST


def test_the_search_does_not_climb_above_home(make_tree: MakeTree) -> None:
    top = make_tree({"Project.toml": "", "home/me/main.jl": ""})
    found = environment_for_script(top / "home/me/main.jl", home=top / "home")
    assert (found.environment, found.reason) == (None, Reason.NONE)


def test_a_workspace_member_has_the_roots_manifest(make_tree: MakeTree) -> None:
    top = make_tree(
        {
            "Project.toml": '[workspace]\nprojects = ["test", "lib/A"]\n',
            "Manifest.toml": 'julia_version = "1.12.1"\nmanifest_format = "2.0"\n',
            "test/Project.toml": "",
            "lib/A/Project.toml": '[workspace]\nprojects = ["docs"]\n',
            "lib/A/docs/Project.toml": "",
            "other/Project.toml": "",
        }
    )
    assert Projects().workspace_root(top / "test") == top
    assert Projects().workspace_root(top / "lib/A/docs") == top
    assert Projects().workspace_root(top / "other") is None
    member = environment_at(top / "test")
    assert member is not None
    loaded = load_environment(member)
    assert (loaded.manifest_file, loaded.workspace_root) == (top / "Manifest.toml", top)
    assert loaded.manifest is not None
    assert loaded.manifest.julia == (1, 12)
    (top / "test/Manifest.toml").write_text("")
    assert load_environment(member, (1, 12)).manifest_file == top / "Manifest.toml"
    assert load_environment(member, (1, 11)).manifest_file == top / "test/Manifest.toml"


def test_a_project_may_name_its_manifest(make_tree: MakeTree) -> None:
    top = make_tree({"a/Project.toml": 'manifest = "../Shared.toml"\n', "Shared.toml": "", "a/Manifest.toml": ""})
    environment = environment_at(top / "a")
    assert environment is not None
    manifest = load_environment(environment).manifest_file
    assert manifest is not None
    assert manifest.resolve() == (top / "Shared.toml").resolve()


def test_a_broken_project_is_a_partial_value_with_problems(make_tree: MakeTree) -> None:
    top = make_tree({"Project.toml": 'name = "Half"\noops\n', "Manifest.toml": "[[[", "Artifacts.toml": "x"})
    environment = environment_at(top)
    assert environment is not None
    loaded = load_environment(environment)
    assert loaded.name == "Half"
    assert {problem.path and problem.path.name for problem in loaded.problems} == {
        "Project.toml",
        "Manifest.toml",
        "Artifacts.toml",
    }


def test_scan_finds_every_environment_and_skips_what_is_not_the_users(make_tree: MakeTree) -> None:
    top = make_tree(
        {
            "Project.toml": "",
            "a/b/JuliaProject.toml": "",
            "a/b/c/Project.toml": "",
            "a/Manifest.toml": "",
            ".git/Project.toml": "",
            "node_modules/x/Project.toml": "",
            ".julia/environments/v1.11/Project.toml": "",
            ".buildkite/Project.toml": "",
        }
    )
    result = scan([top, top / "a"])
    found = [environment.directory.relative_to(top).as_posix() for environment in result.environments]
    assert found == [".", ".buildkite", "a/b", "a/b/c"]
    assert not result.truncated


def test_scan_does_not_follow_links_and_says_when_it_stopped(make_tree: MakeTree) -> None:
    top = make_tree({"a/Project.toml": "", "a/b/c/d/Project.toml": ""})
    try:
        (top / "a/loop").symlink_to(top, target_is_directory=True)
    except OSError:
        pytest.skip("this system does not let us make links")
    assert len(scan([top]).environments) == 2
    shallow = scan([top], max_depth=1)
    assert (len(shallow.environments), shallow.truncated) == (1, True)
    assert scan([top], max_entries=0).truncated
    assert scan([top], cancelled=lambda: True).truncated


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="this user may read everything")
def test_scan_passes_over_a_folder_it_may_not_read(make_tree: MakeTree) -> None:
    top = make_tree({"Project.toml": "", "closed/Project.toml": ""})
    (top / "closed").chmod(0)
    try:
        assert len(scan([top]).environments) == 1
    finally:
        (top / "closed").chmod(0o755)


def test_scan_of_nothing() -> None:
    assert scan([Path("/does/not/exist")]).environments == ()


def test_every_real_environment_is_found_and_loads(corpus: Path) -> None:
    environments = scan([corpus]).environments
    assert len(environments) == len(list(corpus.rglob("Project.toml")))
    for environment in environments:
        loaded = load_environment(environment)
        assert loaded.problems == ()
        assert loaded.project.deps or loaded.project.name or loaded.project.sources or loaded.project.extras
