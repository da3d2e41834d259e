"""One list of everything that will go wrong, worst first, each once."""

import random
import string
from pathlib import Path
from typing import Any

import pytest

from juliahub_ls.domain.bundles.plan import plan_bundle
from juliahub_ls.domain.environments.environment import LoadedEnvironment, load_environment
from juliahub_ls.domain.environments.files import environment_at
from juliahub_ls.domain.jobs.preflight import preflight, script_problems, worst_first
from juliahub_ls.domain.problem import Mending, Problem, Range, Severity, error, human_bytes, information, warning

from .conftest import MakeTree

A, B = (f"{digit * 8}-0000-4000-8000-000000000000" for digit in "ab")
LINUX = {"os": "linux", "arch": "x86_64"}
TOKEN = "ghp_" + "".join(random.Random(1).choices(string.ascii_letters + string.digits, k=36))
"""Shaped like a GitHub token, and none."""


def load(top: Path, julia: "tuple[int, int] | None" = None) -> LoadedEnvironment:
    environment = environment_at(top, julia)
    assert environment is not None
    return load_environment(environment, julia)


def project(make_tree: MakeTree, manifest: "str | None", **more: str) -> LoadedEnvironment:
    files = {"Project.toml": f'[deps]\nA = "{A}"\nB = "{B}"\n', **more}
    return load(make_tree(files if manifest is None else {**files, "Manifest.toml": manifest}))


def made_by(version: str) -> str:
    entries = "".join(f'[[deps.{name}]]\nuuid = "{uuid}"\n' for name, uuid in (("A", A), ("B", B)))
    return f'julia_version = "{version}"\nmanifest_format = "2.0"\n\n{entries}'


def codes(problems: "list[Problem]") -> "list[str]":
    return [problem.code for problem in problems]


@pytest.mark.parametrize(
    ("made", "offered", "chosen", "severity"),
    [
        ("1.11.4", ["1.10.5", "1.11.1"], None, None),
        ("1.11.4", ["1.11.1"], "1.11.1", None),
        ("1.11.4", [], None, None),
        ("1.11.4", ["1.10.5"], None, Severity.ERROR),
        ("1.11.4", ["1.10.5", "1.11.1"], "1.10.5", Severity.WARNING),  # the user's own wish
        ("1.9.4", ["1.10.5"], None, Severity.WARNING),
        ("2.0.0", ["1.10.5"], None, Severity.ERROR),
        ("nonsense", ["1.10.5"], None, None),
    ],
)
def test_the_manifests_julia_against_the_servers(
    make_tree: MakeTree, made: str, offered: "list[str]", chosen: "str | None", severity: "Severity | None"
) -> None:
    loaded = project(make_tree, made_by(made))
    problems = preflight(loaded, julia_versions=offered, chosen_version=chosen)
    assert [problem.severity for problem in problems] == ([severity] if severity else [])
    if problems:
        assert problems[0].code == "julia-version-mismatch"
        assert problems[0].range is not None
        assert (chosen or offered[0]) in problems[0].message


def test_the_mend_depends_on_where_the_job_runs(make_tree: MakeTree) -> None:
    loaded = project(make_tree, made_by("1.11.4"))
    (here,) = preflight(loaded, julia_versions=["1.10.5"], on_this_computer=True)
    assert "`juliaup add 1.11`" in here.message
    (there,) = preflight(loaded, julia_versions=["1.10.5"])
    assert "image with Julia 1.11" in there.message
    (other,) = preflight(loaded, julia_versions=["1.10.5", "1.11.0"], chosen_version="1.10.5")
    assert "Choose Julia 1.11 for the job" in other.message


def test_a_manifest_for_another_julia_only(make_tree: MakeTree) -> None:
    top = make_tree({"Project.toml": f'[deps]\nA = "{A}"\nB = "{B}"\n', "Manifest-v1.11.toml": made_by("1.11.4")})
    problem, *rest = preflight(load(top, (1, 10)), julia_versions=["1.10.5"], job_version="Julia 1.10.5")
    assert (problem.code, problem.severity) == ("manifest-for-other-julia", Severity.WARNING)
    assert codes(rest) == ["manifest-missing"]
    assert "manifest for Julia 1.11, none for Julia 1.10" in problem.message
    assert preflight(load(top, (1, 11)), julia_versions=["1.11.0"], job_version="Julia 1.11.0") == []
    assert preflight(load(top, (1, 10)), job_version="1.10.5", server_resolves=True) == []


def test_a_dependency_that_the_manifest_does_not_have(make_tree: MakeTree) -> None:
    (problem,) = preflight(project(make_tree, f'manifest_format = "2.0"\n[[deps.A]]\nuuid = "{A}"\n'))
    assert (problem.code, problem.data["package"]) == ("dependency-not-in-manifest", "B")
    assert problem.mends[0].how is Mending.RESOLVE


def test_a_development_package_that_is_not_there_is_said_once(make_tree: MakeTree) -> None:
    loaded = project(make_tree, made_by("1.11.4").replace(f'uuid = "{A}"', f'uuid = "{A}"\npath = "../gone"'))
    (problem,) = preflight(loaded, plan=plan_bundle(loaded.environment.directory))
    assert (problem.code, problem.severity) == ("development-package-missing", Severity.ERROR)
    assert problem.range is not None, "of two that say it, the one with the place"


def test_texts_bring_no_development_package(make_tree: MakeTree) -> None:
    manifest = made_by("1.11.4").replace(f'uuid = "{A}"', f'uuid = "{A}"\npath = "Tools"')
    loaded = project(make_tree, manifest, **{"Tools/Project.toml": f'name = "A"\nuuid = "{A}"\n'})
    assert codes(preflight(loaded)) == ["package-not-sent"]
    assert codes(preflight(loaded, on_this_computer=True)) == ["package-not-sent"]
    absolute = project(make_tree, manifest.replace('"Tools"', f'"{loaded.environment.directory.as_posix()}/Tools"'))
    assert codes(preflight(absolute)) == ["package-not-sent"]
    assert preflight(absolute, on_this_computer=True) == [], "the job finds it where it is"


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (LINUX, [("binary", "is there for macos aarch64, not for linux x86_64")]),
        ({"os": "macos", "arch": "aarch64"}, [("pinned", "is there for linux x86_64, not for macos aarch64")]),
    ],
)
def test_an_artifact_for_other_machines_only(
    make_tree: MakeTree, target: "dict[str, str]", expected: "list[tuple[str, str]]"
) -> None:
    download = '    [[{}.download]]\n    url = "https://example.org/x"\n    sha256 = "00"\n'
    variants = [("binary", "macos", "aarch64"), ("pinned", "linux", "x86_64")]
    text = "".join(
        f'[[{name}]]\ngit-tree-sha1 = "{"1" * 40}"\nos = "{os}"\narch = "{arch}"\n' + download.format(name)
        for name, os, arch in variants
    )
    text += f'[everywhere]\ngit-tree-sha1 = "{"2" * 40}"\n' + download.replace("[[{}.", "[[everywhere.")
    loaded = load(make_tree({"Project.toml": "", "Artifacts.toml": text}))
    found = preflight(loaded, target_platform=target)
    assert [(problem.code, problem.data["artifact"]) for problem in found] == [
        ("artifact-for-other-platform", name) for name, _ in expected
    ]
    assert all(words in problem.message for problem, (_, words) in zip(found, expected, strict=True))
    assert all(problem.range is not None for problem in found)


def test_errors_come_first_and_nothing_twice(make_tree: MakeTree) -> None:
    top = make_tree(
        {
            "Project.toml": f'[deps]\nA = "{A}"\nB = "{B}"\n',
            "Manifest.toml": made_by("1.12.0"),
            "main.jl": 'ENV["RESULTS"] = repr(x)\ninclude("gone.jl")\nopen(joinpath("a"))',
            ".env": "",
        }
    )
    script = top / "main.jl"
    found = preflight(
        load(top), plan=plan_bundle(top), script=script, code=script.read_text(), julia_versions=["1.10.5"]
    )
    order = [problem.severity for problem in found]
    assert order == sorted(order, key=[Severity.ERROR, Severity.WARNING, Severity.INFORMATION].index)
    assert {"include-missing", "julia-version-mismatch", "secrets-left-out", "results-may-be-cut"} <= set(codes(found))
    assert len(set(codes(found))) == len(found)


def test_of_two_alike_the_one_with_a_place_stays() -> None:
    place = Range(1, 0, 1, 4)
    bare, placed = error("x", "said", package="A"), error("x", "said so", None, place, package="A")
    note, other = information("n", "note"), warning("w", "other")
    assert worst_first([note, bare, other, placed, note]) == [placed, other, note]


@pytest.mark.parametrize(
    ("allow", "expected"), [((), ["token-in-script"]), (("main.jl",), []), (("other.jl",), ["token-in-script"])]
)
def test_a_token_in_a_script_sent_as_text(tmp_path: Path, allow: Any, expected: "list[str]") -> None:
    code = f'println(1)\ntoken = "{TOKEN}"\n'
    found = script_problems(tmp_path / "main.jl", code, None, allow)
    assert codes(found) == expected
    assert all("line 2 looks like a GitHub token" in problem.message for problem in found)
    assert all(TOKEN not in problem.message for problem in found)


def test_a_script_that_a_rule_keeps_home(make_tree: MakeTree) -> None:
    top = make_tree({"src/main.jl": "1", ".juliabundleignore": "src\n"})
    (problem,) = script_problems(top / "src" / "main.jl", "1", plan_bundle(top), ())
    assert "src/main.jl itself is left out of the bundle (an ignore rule)" in problem.message
    assert [(mend.how, mend.path) for mend in problem.mends] == [(Mending.LET_IN, "src")]
    (top / ".juliabundleignore").unlink()
    assert script_problems(top / "src" / "main.jl", "1", plan_bundle(top), ()) == []


@pytest.mark.parametrize("text", ["[[[", "", "deps = 3", 'manifest_format = "9"', "\x00"])
def test_nothing_is_too_broken(make_tree: MakeTree, text: str) -> None:
    loaded = load(make_tree({"Project.toml": text, "Manifest.toml": text, "Artifacts.toml": text}))
    preflight(loaded, plan=plan_bundle(loaded.environment.directory), julia_versions=["x"], target_platform=LINUX)


def test_real_environments_have_no_errors_but_those_of_packages_elsewhere(corpus: Path) -> None:
    for file in sorted(corpus.rglob("Project.toml")):
        found = preflight(load(file.parent), target_platform=LINUX)
        errors = {problem.code for problem in found if problem.severity is Severity.ERROR}
        assert errors <= {"package-not-sent", "development-package-missing"}, file


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
