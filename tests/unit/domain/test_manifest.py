"""Projects, manifests and artifacts as values, and manifests written again."""

from pathlib import Path

import pytest
import tomli

from juliahub_ls.domain.artifacts import read_artifacts
from juliahub_ls.domain.manifest import parse_manifest, read_manifest, version_pair, write_manifest
from juliahub_ls.domain.project import Source, parse_project, read_project

EXAMPLE = "7876af07-990d-54b4-ab0e-23690620f79a"
OTHER = "682c06a0-de6a-54ab-a142-c8b1cf79cde6"
TREE = "46e44e869b4d90b96bd8ed1fdcf32244fddfb6cc"

FORMAT_1 = f"""# This file is machine-generated - editing it directly is not advised

[[Base64]]
uuid = "2a0f44e3-6c83-55bd-87e4-b1978d98bd5f"

[[Example]]
deps = ["Base64"]
path = "../Example"
uuid = "{EXAMPLE}"
version = "0.5.3"

    [Example.extras]
    note = "kept"
"""

FORMAT_2 = f"""# This file is machine-generated - editing it directly is not advised

julia_version = "1.11.4"
manifest_format = "2.1"
project_hash = "da39a3ee5e6b4b0d3255bfef95601890afd80709"

[[deps.Example]]
git-tree-sha1 = "{TREE}"
pinned = true
repo-rev = "main"
repo-subdir = "lib"
repo-url = "https://example.org/Example.jl"
uuid = "{EXAMPLE}"
version = "0.5.3"

    [deps.Example.deps]
    Other = "{OTHER}"

[[deps.Other]]
path = "dev/Other"
uuid = "{OTHER}"

[registries.General]
uuid = "23338594-aafe-5451-b93e-139f81909106"
"""


def test_format_1() -> None:
    manifest = parse_manifest(FORMAT_1)
    assert (manifest.format, manifest.julia_version, manifest.problems) == ("1.0", None, ())
    base, example = manifest.entries
    assert base.is_stdlib
    assert (example.name, example.path, example.deps, example.is_stdlib) == (
        "Example",
        "../Example",
        ("Base64",),
        False,
    )


def test_format_2() -> None:
    manifest = parse_manifest(FORMAT_2)
    assert (manifest.format, manifest.julia, len(manifest.problems)) == ("2.1", (1, 11), 0)
    example = manifest.by_uuid()[EXAMPLE]
    assert (example.repo_url, example.repo_rev, example.repo_subdir) == (
        "https://example.org/Example.jl",
        "main",
        "lib",
    )
    assert (example.tree_sha, example.pinned, example.deps) == (TREE, True, ("Other",))


@pytest.mark.parametrize("text", [FORMAT_1, FORMAT_2])
def test_written_again_without_change_it_is_the_same_to_the_byte(text: str) -> None:
    assert write_manifest(parse_manifest(text), {}) == text.encode()


@pytest.mark.parametrize(("text", "uuid"), [(FORMAT_1, EXAMPLE), (FORMAT_2, OTHER)])
def test_only_the_path_changes(text: str, uuid: str) -> None:
    old = parse_manifest(text)
    path = old.by_uuid()[uuid].path
    assert path is not None
    written = write_manifest(old, {uuid: ".bundle/dev/It"}).decode()
    assert written == text.replace(f'path = "{path}"', 'path = ".bundle/dev/It"')


def test_an_entry_without_uuid_and_an_unknown_format_are_reported() -> None:
    manifest = parse_manifest('manifest_format = "9.0"\n[[deps.A]]\nversion = "1"\n[[deps.B]]\nuuid = "x"\n')
    assert [problem.code for problem in manifest.problems] == [
        "unknown-manifest-format",
        "invalid-manifest-entry",
        "invalid-manifest-entry",
    ]
    assert manifest.entries == ()


def test_an_empty_manifest_is_one() -> None:
    assert parse_manifest("").entries == ()
    assert parse_manifest("").problems == ()


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("1.11.4", (1, 11)),
        ("v1.6", (1, 6)),
        ("1.12.0-rc1", (1, 12)),
        ("1.13-nightly", (1, 13)),
        ("x", None),
        (None, None),
    ],
)
def test_versions(text: str | None, pair: tuple[int, int] | None) -> None:
    assert version_pair(text) == pair


def test_a_project() -> None:
    project = parse_project(
        f"""
        name = "Mine"
        uuid = "{EXAMPLE.upper()}"
        version = "0.1.0"
        [deps]
        Example = "{EXAMPLE}"
        [weakdeps]
        Other = "{OTHER}"
        [sources]
        Example = {{path = "../Example"}}
        Other = {{url = "https://example.org/Other.jl", rev = "main", subdir = "lib"}}
        [extensions]
        OtherExt = "Other"
        [workspace]
        projects = ["test", "docs"]
        [compat]
        julia = "1.10"
        [preferences.Example]
        backend = "none"
        """
    )
    assert project.is_package
    assert project.uuid == EXAMPLE
    assert project.deps == {"Example": EXAMPLE}
    assert project.weakdeps == {"Other": OTHER}
    assert project.sources["Other"] == Source(None, "https://example.org/Other.jl", "main", "lib")
    assert project.path_sources == {"Example": "../Example"}
    assert project.extensions == {"OtherExt": ("Other",)}
    assert project.workspace == ("test", "docs")
    assert project.compat == {"julia": "1.10"}
    assert project.preferences == {"Example": {"backend": "none"}}
    assert project.problems == ()


def test_a_bad_uuid_is_reported_where_it_stands() -> None:
    project = parse_project('name = "A"\n[deps]\nGood = "' + EXAMPLE + '"\nBad = "nonsense"\n')
    assert list(project.deps) == ["Good"]
    (problem,) = project.problems
    assert problem.code == "invalid-uuid"
    assert problem.range is not None
    assert problem.range.start_line == 3


def test_every_real_manifest_is_written_again_to_the_byte(corpus: Path) -> None:
    files = sorted(corpus.rglob("*Manifest*.toml"))
    assert len(files) == 13
    for file in files:
        manifest = read_manifest(file)
        assert manifest.problems == ()
        assert len(manifest.entries) == sum(map(len, tomli.loads(file.read_text())["deps"].values()))
        assert write_manifest(manifest, {}) == file.read_bytes()


def test_every_real_project_and_artifacts_file_is_understood(corpus: Path) -> None:
    projects = sorted(corpus.rglob("Project.toml"))
    assert len(projects) == 162
    for file in projects:
        project, table = read_project(file), tomli.loads(file.read_text())
        assert project.problems == ()
        assert project.deps == table.get("deps", {})
        assert len(project.sources) == len(table.get("sources", {}))
    for file in corpus.rglob("Artifacts.toml"):
        artifacts = read_artifacts(file)
        assert artifacts.problems == ()
        assert {item.name for item in artifacts.variants} == set(tomli.loads(file.read_text()))
