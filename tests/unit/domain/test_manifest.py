"""Manifests as values, and written again."""

from pathlib import Path

import pytest
import tomli

from juliahub_ls.domain.environments.artifacts import read_artifacts
from juliahub_ls.domain.environments.manifest import (
    UsedRegistry,
    parse_manifest,
    read_manifest,
    version_pair,
    write_manifest,
)
from juliahub_ls.domain.problem import Range
from juliahub_ls.domain.toml.positions import TomlPositions

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
registries = ["General", "Local"]
repo-rev = "main"
repo-subdir = "lib"
repo-url = "https://example.org/Example.jl"
uuid = "{EXAMPLE}"
version = "0.5.3"

    [deps.Example.deps]
    Other = "{OTHER}"

    [deps.Example.extensions]
    ExampleOtherExt = ["Other", "Test"]
    ExampleTestExt = "Test"

    [deps.Example.syntax]
    julia_version = "1.13.0"

    [deps.Example.weakdeps]
    Test = "8dfed614-e22c-5e08-85e1-65c5234f0b40"

[[deps.Other]]
entryfile = "Other.jl"
path = "dev/Other"
uuid = "{OTHER}"

[registries.General]
url = "https://example.org/General.git"
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
    assert (example.dep_uuids, example.weakdeps) == ({"Other": OTHER}, ("Test",))
    assert example.extensions == {"ExampleOtherExt": ("Other", "Test"), "ExampleTestExt": ("Test",)}
    assert example.registries == ("General", "Local")
    assert manifest.by_uuid()[OTHER].entryfile == "Other.jl"
    assert manifest.registries == {
        "General": UsedRegistry("General", "23338594-aafe-5451-b93e-139f81909106", "https://example.org/General.git")
    }


def test_one_registry_is_a_word_in_an_entry() -> None:
    manifest = parse_manifest(f'manifest_format = "2.1"\n[[deps.A]]\nregistries = "General"\nuuid = "{OTHER}"\n')
    assert manifest.entries[0].registries == ("General",)


def test_a_package_called_registries_is_one_in_format_1() -> None:
    manifest = parse_manifest(f'[[registries]]\nuuid = "{OTHER}"\n[[deps]]\nuuid = "{EXAMPLE}"\n')
    assert [entry.name for entry in manifest.entries] == ["registries", "deps"]
    assert manifest.registries == {}


TWO_OF_A_NAME = f"""
[[Top]]
uuid = "{TREE[:8]}-0000-4000-8000-000000000000"
    [Top.deps]
    Twin = "{OTHER}"
[[Twin]]
uuid = "{EXAMPLE}"
[[Twin]]
deps = ["Base64", "Unknown"]
uuid = "{OTHER}"
[[Base64]]
uuid = "2a0f44e3-6c83-55bd-87e4-b1978d98bd5f"
"""


def test_what_an_entry_depends_on_in_turn() -> None:
    manifest = parse_manifest(TWO_OF_A_NAME)
    top, first, second, base = manifest.entries
    assert manifest.reachable([top.uuid]) == {top.uuid, second.uuid, base.uuid}
    assert manifest.reachable([first.uuid]) == {first.uuid}
    assert manifest.reachable(["unknown"]) == {"unknown"}
    assert [entry.index for entry in manifest.by_name()["Twin"]] == [0, 1]


def test_where_an_entry_stands() -> None:
    manifest, places = parse_manifest(TWO_OF_A_NAME), TomlPositions(TWO_OF_A_NAME)
    second = manifest.by_uuid()[OTHER]
    assert places.value(*manifest.place(second, "uuid")) == Range(9, 7, 9, 45)
    newer = parse_manifest(FORMAT_2)
    assert newer.place(newer.entries[0], "path") == ("deps", "Example", 0, "path")


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
    assert [problem.range for problem in manifest.problems] == [
        Range(0, 18, 0, 23),
        Range(1, 2, 1, 8),
        Range(4, 7, 4, 10),
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


def test_every_real_manifest_is_written_again_to_the_byte(corpus: Path) -> None:
    files = sorted(corpus.rglob("*Manifest*.toml"))
    assert len(files) == 13
    for file in files:
        manifest = read_manifest(file)
        assert manifest.problems == ()
        assert len(manifest.entries) == sum(map(len, tomli.loads(file.read_text())["deps"].values()))
        assert write_manifest(manifest, {}) == file.read_bytes()


def test_every_real_artifacts_file_is_understood(corpus: Path) -> None:
    for file in corpus.rglob("Artifacts.toml"):
        artifacts = read_artifacts(file)
        assert artifacts.problems == ()
        assert {item.name for item in artifacts.variants} == set(tomli.loads(file.read_text()))
