"""Which files make an environment, which one a script has, and finding them all."""

import os
from pathlib import Path

import pytest

from juliahub_ls.domain.environments.environment import (
    LoadedEnvironment,
    ResolvedSource,
    load_environment,
    load_environments,
    resolved_sources,
)
from juliahub_ls.domain.environments.files import environment_at, find_environment, is_environment_file
from juliahub_ls.domain.environments.scan import scan
from juliahub_ls.domain.environments.workspaces import Projects
from juliahub_ls.domain.problem import Problem
from juliahub_ls.domain.toml.text import read_text

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


def test_a_workspaces_root_knows_all_its_members(make_tree: MakeTree) -> None:
    top = make_tree(
        {
            "Project.toml": '[workspace]\nprojects = ["test", "lib/A", "gone", "lib/A/../A"]\n',
            "test/Project.toml": '[workspace]\nprojects = [".."]\n',
            "lib/A/Project.toml": '[workspace]\nprojects = ["docs", "test"]\n',
            "lib/A/docs/Project.toml": "",
            "lib/A/test/JuliaProject.toml": '[workspace]\nprojects = ["deep"]\n',
            "lib/A/test/deep/Project.toml": "",
            "other/Project.toml": "",
        }
    )
    names = ["test", "lib/A", "gone", "lib/A/docs", "lib/A/test", "lib/A/test/deep"]
    assert [path.relative_to(top).as_posix() for path in load(top).members] == names
    assert load(top / "lib/A").members == (), "a member has the root's manifest, not one of its own"
    assert load(top / "lib/A/test/deep").workspace_root == top
    together = load_environments(scan([top]).environments)
    assert [loaded.members for loaded in together] == [load(item.environment.directory).members for item in together]


def test_the_roots_manifest_outranks_the_one_a_member_names(make_tree: MakeTree) -> None:
    top = make_tree(
        {
            "Project.toml": 'manifest = "env/Shared.toml"\n[workspace]\nprojects = ["test"]\n',
            "env/Shared.toml": "",
            "Manifest.toml": "",
            "test/Project.toml": 'manifest = "Mine.toml"\n',
            "test/Mine.toml": "",
        }
    )
    assert load(top / "test").manifest_file == top / "env/Shared.toml"
    assert load(top / "test", (1, 11)).manifest_file == top / "test/Mine.toml"
    (top / "env/Shared.toml").unlink()
    assert load(top / "test").manifest_file == top / "Manifest.toml"
    (top / "Manifest.toml").unlink()
    assert load(top / "test").manifest_file == top / "test/Mine.toml"


def test_open_documents_count_before_the_disk(make_tree: MakeTree) -> None:
    top = make_tree({"Project.toml": "", "test/Project.toml": "", "Manifest.toml": ""})

    def read(path: Path) -> "tuple[str, Problem | None]":
        return ('[workspace]\nprojects = ["test"]\n', None) if path == top / "Project.toml" else read_text(path)

    environment = environment_at(top / "test")
    assert environment is not None
    assert load_environment(environment, read=read).workspace_root == top
    assert load_environment(environment).workspace_root is None


def test_sources_as_they_are_meant_here(make_tree: MakeTree) -> None:
    text = (
        '[sources]\nHere = { path = "lib/Here" }\nGone = { path = "../Gone" }\n'
        'Web = { url = "https://example.org/Web.jl", rev = "main", subdir = "lib" }\nOdd = { path = "a\\u0000b" }\n'
    )
    top = make_tree({"p/Project.toml": text, "p/lib/Here/Project.toml": ""})
    assert resolved_sources(load(top / "p")) == [
        ResolvedSource("Here", "lib/Here", top / "p/lib/Here", True),
        ResolvedSource("Gone", "../Gone", top / "Gone", False),
        ResolvedSource("Web", url="https://example.org/Web.jl", rev="main", subdir="lib"),
        ResolvedSource("Odd", "a\0b", top / "p/a\0b", False),
    ]


def test_every_source_of_real_projects_is_resolved(corpus: Path) -> None:
    found = [source for file in corpus.rglob("Project.toml") for source in resolved_sources(load(file.parent))]
    assert len(found) > 500
    assert all(source.directory and source.directory.is_absolute() for source in found if source.path)
    assert sum(source.exists is True for source in found) > 400


def load(directory: Path, julia: "tuple[int, int] | None" = None) -> LoadedEnvironment:
    environment = environment_at(directory, julia)
    assert environment is not None
    return load_environment(environment, julia)


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
    assert not scan([top], max_entries=7).truncated
    assert scan([top], cancelled=lambda: True).truncated


def test_scan_ends_at_its_bound_wherever_that_is_met(make_tree: MakeTree) -> None:
    top = make_tree({"Project.toml": "", **{f"many/{number}.txt": "" for number in range(100)}, "z/Project.toml": ""})
    bounded = scan([top], max_entries=50)
    assert (bounded.truncated, bounded.entries, bounded.limit) == (True, 51, 50)
    whole = scan([top], max_entries=104)
    assert (whole.truncated, whole.entries, len(whole.environments)) == (False, 104, 2)
    assert scan([top], max_entries=103).truncated, "also when it is met in the last folder"


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
