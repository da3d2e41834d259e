"""What a project file says, and what is said of one that Julia could not read."""

from pathlib import Path

import pytest

from juliahub_ls.domain.environments.project import Source, parse_project
from juliahub_ls.domain.problem import Range

A, B = (f"{digit * 8}-0000-4000-8000-000000000000" for digit in "ab")


def test_every_section() -> None:
    project = parse_project(
        f"""
        name = "Mine"
        uuid = "{A.upper()}"
        version = "1.2.3-rc1+build"
        manifest = "../Manifest.toml"
        entryfile = "Mine.jl"
        authors = ["Someone", {{family-names = "Else"}}]
        syntax.julia_version = "1.14"
        [deps]
        B = "{B}"
        Both = "{B[:-1]}1"
        [weakdeps]
        Both = "{B[:-1]}1"
        [extras]
        Test = "{B[:-1]}2"
        [extensions]
        BothExt = "Both"
        TwoExt = ["Both", "B"]
        [targets]
        test = ["Test"]
        [compat]
        julia = "1.10"
        [sources]
        B = {{url = "https://example.org/B.jl", rev = "main", subdir = "lib"}}
        Both.path = "../Both"
        [workspace]
        projects = ["test", "docs"]
        [preferences.B]
        fast = true
        [apps]
        mine = {{}}
        """
    )
    assert project.problems == ()
    assert (project.name, project.uuid, project.version) == ("Mine", A, "1.2.3-rc1+build")
    assert (project.manifest, project.entryfile, project.is_package) == ("../Manifest.toml", "Mine.jl", True)
    assert list(project.deps) == ["B", "Both"]
    assert project.strong_deps == {"B": B}
    assert set(project.listed) == {"B", "Both", "Test"}
    assert project.extensions == {"BothExt": ("Both",), "TwoExt": ("Both", "B")}
    assert project.targets == {"test": ("Test",)}
    assert project.sources["B"] == Source(None, "https://example.org/B.jl", "main", "lib")
    assert project.path_sources == {"Both": "../Both"}
    assert project.workspace == ("test", "docs")
    assert project.preferences == {"B": {"fast": True}}


@pytest.mark.parametrize(
    ("text", "code", "range_"),
    [
        ('uuid = "nonsense"', "invalid-uuid", Range(0, 7, 0, 17)),
        ("uuid = 1", "invalid-uuid", Range(0, 7, 0, 8)),
        ('version = "one"', "invalid-version", Range(0, 10, 0, 15)),
        ("version = 1.2", "invalid-version", Range(0, 10, 0, 13)),
        ('[deps]\nA = "x"', "invalid-uuid", Range(1, 4, 1, 7)),
        ('deps = {A = "x"}', "invalid-uuid", Range(0, 12, 0, 15)),
        ("[deps.A]\nuuid = 1", "invalid-uuid", Range(0, 1, 0, 7)),
        (f'[weakdeps]\nA = "{A}"\nB = "{A}"', "duplicate-uuid", Range(2, 4, 2, 42)),
        ('deps = "B"', "invalid-section", Range(0, 7, 0, 10)),
        ("[[compat]]", "invalid-section", Range(0, 2, 0, 8)),
        ('[compat]\nA = "𝄞"', "invalid-compat", Range(1, 4, 1, 8)),
        ("[compat]\nA = 1.2", "invalid-compat", Range(1, 4, 1, 7)),
        ('[compat]\nA = "1 -2"', "invalid-compat", Range(1, 4, 1, 10)),
    ],
)
def test_what_julia_cannot_read_is_said_where_it_stands(text: str, code: str, range_: Range) -> None:
    (problem,) = parse_project(text, Path("Project.toml")).problems
    assert (problem.code, problem.range, problem.path) == (code, range_, Path("Project.toml"))
    assert problem.message.endswith((".", "`."))


@pytest.mark.parametrize("version", ["1", "1.2", "v1.2.3", "1.2.3-DEV", "1.2.3-", "1.2.3+1", "0.0.1-rc.1+a.b"])
def test_versions_that_julia_reads(version: str) -> None:
    assert parse_project(f'version = "{version}"').problems == ()


@pytest.mark.parametrize(
    "text", ["deps = []", "targets = 1", "workspace = [1]", "[sources]\nA = 1", "name = 1", "[extensions]\nA = {}"]
)
def test_nonsense_is_left_out(text: str) -> None:
    project = parse_project(text)
    assert (project.name, project.deps, project.sources, project.workspace) == (None, {}, {}, ())
