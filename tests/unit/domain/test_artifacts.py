"""`Artifacts.toml`: what is read, and which variant Julia takes on which machine."""

from collections.abc import Mapping

import pytest

from juliahub_ls.domain.environments.artifacts import parse_artifacts
from juliahub_ls.domain.environments.platforms import (
    normal_tags,
    platforms_match,
    select_platform,
    triplet,
    usual_julia,
)

from .bundle_plans import HASH, TREE

LINUX = {"os": "linux", "arch": "x86_64"}
OTHER = TREE[::-1]


def variant(tree_hash: str, **tags: str) -> str:
    return f'[[lib]]\ngit-tree-sha1 = "{tree_hash}"\n' + "".join(f'{key} = "{value}"\n' for key, value in tags.items())


def test_what_is_read() -> None:
    artifacts = parse_artifacts(
        f"""
        [[lib]]
        git-tree-sha1 = "{TREE.upper()}"
        os = "Linux"
        arch = "amd64"
        libgfortran_version = "5"
            [[lib.download]]
            url = "https://example.org/lib.tar.gz"
            sha256 = "00"
        [[lib]]
        git-tree-sha1 = "{OTHER}"
        os = "windows"
        arch = "x86_64"
        [data]
        git-tree-sha1 = "{TREE}"
        lazy = true
        os = "a lone table is for every machine"
        """
    )
    assert artifacts.problems == ()
    assert [(item.name, item.tree_hash, item.lazy, dict(item.platform), item.urls) for item in artifacts.variants] == [
        (
            "lib",
            TREE,
            False,
            {"os": "linux", "arch": "x86_64", "libc": "glibc", "libgfortran_version": "5.0.0"},
            ("https://example.org/lib.tar.gz",),
        ),
        ("lib", OTHER, False, {"os": "windows", "arch": "x86_64"}, ()),
        ("data", TREE, True, {}, ()),
    ]
    assert [item.name for item in artifacts.for_platform({"os": "macos", "arch": "aarch64"})] == ["data"]


@pytest.mark.parametrize(
    "text",
    [
        '[broken]\ngit-tree-sha1 = "nonsense"\n',
        "[broken]\nlazy = true\n",
        "broken = 5\n",
        f'[[broken]]\ngit-tree-sha1 = "{TREE}"\nos = "windows"\n',
        f'[[broken]]\ngit-tree-sha1 = "{TREE}"\n',
    ],
)
def test_what_julia_refuses_is_reported(text: str) -> None:
    artifacts = parse_artifacts(text)
    assert artifacts.variants == ()
    assert [problem.code for problem in artifacts.problems] == ["invalid-artifact"]


@pytest.mark.parametrize(
    ("variants", "target", "chosen"),
    [
        # a tag that only one side has is no obstacle; what only the artifact asks for counts against it
        ([{}, {"cuda": "12.0"}], LINUX, 0),
        ([{}, {"cuda": "12.0"}], {**LINUX, "cuda": "12.0"}, 1),
        ([{"cuda": "11.0"}], {**LINUX, "cuda": "12.0"}, None),
        ([{"cuda": "11.0"}, {"cuda": "12.0"}], LINUX, 1),
        ([{"cuda": "none"}, {"cuda": "12.0"}], LINUX, 0),
        # compilers
        (
            [{"libgfortran_version": "3.0.0"}, {"libgfortran_version": "5.0.0"}, {}],
            {**LINUX, "libgfortran_version": "5"},
            1,
        ),
        ([{"libgfortran_version": "4.0.0"}], {**LINUX, "libgfortran_version": "5"}, None),
        ([{"libgfortran_version": "4"}, {"libgfortran_version": "5"}], LINUX, 1),
        ([{"cxxstring_abi": "cxx03"}, {"cxxstring_abi": "cxx11"}], {**LINUX, "cxxstring_abi": "cxx11"}, 1),
        # an artifact asks for at least a version of these, a machine has at most one
        ([{"libstdcxx_version": "3.4.26"}], {**LINUX, "libstdcxx_version": "3.4.30"}, 0),
        ([{"libstdcxx_version": "3.4.31"}], {**LINUX, "libstdcxx_version": "3.4.30"}, None),
        # Julia itself: major and minor
        ([{"julia_version": "1.10.0"}, {"julia_version": "1.11.0"}], {**LINUX, "julia_version": "1.11.4"}, 1),
        ([{"julia_version": "1.9.0"}], {**LINUX, "julia_version": "1.11.4"}, None),
        # libc: glibc where Linux does not say
        ([{"libc": "musl"}, {"libc": "glibc"}], LINUX, 1),
        ([{}], {**LINUX, "libc": "musl"}, None),
        ([{"libc": "musl"}, {}], {**LINUX, "libc": "musl"}, 0),
        # of two for the same platform the later
        ([{}, {}], LINUX, 1),
    ],
)
def test_the_variant_that_suits_best(
    variants: "list[Mapping[str, str]]", target: "Mapping[str, str]", chosen: "int | None"
) -> None:
    choices = [(normal_tags({**LINUX, **tags}), number) for number, tags in enumerate(variants)]
    assert select_platform(choices, normal_tags(target)) == chosen


@pytest.mark.parametrize(
    ("tags", "name"),
    [
        ({"os": "linux", "arch": "x86_64"}, "x86_64-linux-gnu"),
        ({"os": "Linux", "arch": "armv7l", "libgfortran_version": "3"}, "armv7l-linux-gnueabihf-libgfortran3"),
        ({"os": "linux", "arch": "aarch64", "libc": "musl", "cuda": "12"}, "aarch64-linux-musl-cuda+12"),
        ({"os": "windows", "arch": "i686", "cxxstring_abi": "cxx11"}, "i686-w64-mingw32-cxx11"),
        ({"os": "macos", "arch": "arm64", "os_version": "20.1"}, "aarch64-apple-darwin20"),
        ({"os": "freebsd", "arch": "amd64", "os_version": "11.1"}, "x86_64-unknown-freebsd11.1"),
        ({"os": "linux", "arch": "x86_64", "libstdcxx_version": "3.4.26"}, "x86_64-linux-gnu-libstdcxx26"),
    ],
)
def test_platforms_have_julias_names(tags: "Mapping[str, str]", name: str) -> None:
    assert triplet(normal_tags(tags)) == name


def test_a_machine_with_a_usual_julia() -> None:
    machine = usual_julia(LINUX, (1, 11))
    assert machine == {
        "os": "linux",
        "arch": "x86_64",
        "libc": "glibc",
        "libgfortran_version": "5.0.0",
        "cxxstring_abi": "cxx11",
        "julia_version": "1.11.0",
    }
    assert usual_julia({**LINUX, "cxxstring_abi": "cxx03"})["cxxstring_abi"] == "cxx03"
    assert platforms_match(normal_tags({**LINUX, "julia_version": "1.11.7"}), machine)


def test_the_exact_platform_wins_over_a_lone_one_of_another_name() -> None:
    artifacts = parse_artifacts(
        variant(TREE, os="linux", arch="aarch64") + variant(HASH, **LINUX) + f'[data]\ngit-tree-sha1 = "{OTHER}"\n'
    )
    assert [item.tree_hash for item in artifacts.for_platform(LINUX)] == [HASH, OTHER]
    assert artifacts.variants[0].suits({"os": "linux", "arch": "arm64"})
    assert not artifacts.variants[0].suits(LINUX)
