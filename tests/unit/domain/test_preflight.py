"""What is said before anything is sent."""

from pathlib import Path

import pytest

from juliahub_ls.domain.environment import LoadedEnvironment, environment_at, load_environment
from juliahub_ls.domain.preflight import preflight
from juliahub_ls.domain.problem import Severity, human_bytes

from .conftest import MakeTree

A, B = (f"{digit * 8}-0000-4000-8000-000000000000" for digit in "ab")


def load(make_tree: MakeTree, manifest: str | None) -> LoadedEnvironment:
    files = {"Project.toml": f'[deps]\nA = "{A}"\nB = "{B}"\n'}
    top = make_tree({**files, "Manifest.toml": manifest} if manifest is not None else files)
    environment = environment_at(top)
    assert environment is not None
    return load_environment(environment)


def made_by(version: str) -> str:
    entries = "".join(f'[[deps.{name}]]\nuuid = "{uuid}"\n' for name, uuid in (("A", A), ("B", B)))
    return f'julia_version = "{version}"\nmanifest_format = "2.0"\n\n{entries}'


@pytest.mark.parametrize(
    ("made", "offered", "chosen", "severity"),
    [
        ("1.11.4", ["1.10.5", "1.11.1"], None, None),
        ("1.11.4", ["1.11.1"], "1.11.1", None),
        ("1.11.4", [], None, None),
        ("1.11.4", ["1.10.5"], None, Severity.ERROR),
        ("1.11.4", ["1.10.5", "1.11.1"], "1.10.5", Severity.WARNING),
        ("1.9.4", ["1.10.5"], None, Severity.WARNING),
        ("2.0.0", ["1.10.5"], None, Severity.ERROR),
        ("nonsense", ["1.10.5"], None, None),
    ],
)
def test_the_manifests_julia_against_the_servers(
    make_tree: MakeTree, made: str, offered: list[str], chosen: str | None, severity: Severity | None
) -> None:
    problems = preflight(load(make_tree, made_by(made)), julia_versions=offered, chosen_version=chosen)
    assert [problem.severity for problem in problems] == ([severity] if severity else [])
    if problems:
        assert problems[0].code == "julia-version-mismatch"
        assert problems[0].range is not None
        assert (chosen or offered[0]) in problems[0].message


def test_the_mend_depends_on_where_the_job_runs(make_tree: MakeTree) -> None:
    loaded = load(make_tree, made_by("1.11.4"))
    (here,) = preflight(loaded, julia_versions=["1.10.5"], on_this_computer=True)
    assert "`juliaup add 1.11`" in here.message
    (there,) = preflight(loaded, julia_versions=["1.10.5"])
    assert "image with Julia 1.11" in there.message
    (other,) = preflight(loaded, julia_versions=["1.10.5", "1.11.0"], chosen_version="1.10.5")
    assert "Choose Julia 1.11 for the job" in other.message


def test_a_dependency_that_the_manifest_does_not_have(make_tree: MakeTree) -> None:
    (problem,) = preflight(load(make_tree, f'manifest_format = "2.0"\n[[deps.A]]\nuuid = "{A}"\n'))
    assert (problem.code, problem.data["package"]) == ("dependency-not-in-manifest", "B")
    assert problem.range is not None
    assert problem.range.start_line == 2


def test_a_development_package_that_is_not_there(make_tree: MakeTree) -> None:
    text = made_by("1.11.4").replace(f'uuid = "{A}"', f'uuid = "{A}"\npath = "../gone"')
    (problem,) = preflight(load(make_tree, text))
    assert (problem.code, problem.severity) == ("development-package-missing", Severity.ERROR)
    assert problem.data == {"package": "A", "expected": "../gone"}


@pytest.mark.parametrize("manifest", [None, "[[["])
def test_nothing_is_said_of_a_manifest_that_is_not_there_or_broken(make_tree: MakeTree, manifest: str | None) -> None:
    assert preflight(load(make_tree, manifest), julia_versions=["1.10.5"]) == []


def test_real_environments_are_consistent_with_their_manifests(corpus: Path) -> None:
    for file in sorted(corpus.rglob("Manifest.toml")):
        environment = environment_at(file.parent)
        if environment is None:
            continue
        missing = [problem.data["package"] for problem in preflight(load_environment(environment))]
        assert missing == [], file


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (999_949, "999.9 kB"),
        (999_950, "1.0 MB"),
        (2**31, "2.1 GB"),
        (10**13, "10000.0 GB"),
    ],
)
def test_sizes_in_words(size: int, text: str) -> None:
    assert human_bytes(size) == text
