"""What is said of an environment whose files do not fit together: the code, its place and how to mend it."""

from pathlib import Path

import pytest

from juliahub_ls.domain.environments.checks import environment_problems
from juliahub_ls.domain.environments.environment import load_environment
from juliahub_ls.domain.environments.files import JuliaVersion, environment_at
from juliahub_ls.domain.environments.scan import scan
from juliahub_ls.domain.problem import Mending, Problem, Range, Severity
from juliahub_ls.domain.toml.text import read_text

from .conftest import MakeTree

A, B, C, D, P = (f"{digit * 8}-0000-4000-8000-000000000000" for digit in "abcdf")
FORMAT_2 = 'julia_version = "1.12.1"\nmanifest_format = "2.0"\n\n'


def problems(directory: Path, target: JuliaVersion | None = None, texts: dict[str, str] | None = None) -> list[Problem]:
    """Of the environment in a folder; `texts` are open in an editor, by file name."""

    def read(path: Path) -> tuple[str, Problem | None]:
        return ((texts or {})[path.name], None) if path.name in (texts or {}) else read_text(path)

    environment = environment_at(directory)
    assert environment is not None
    return environment_problems(load_environment(environment, None, read), target_julia=target, read=read)


def entry(name: str, uuid: str, *lines: str) -> str:
    return "\n".join([f"[[deps.{name}]]", *lines, f'uuid = "{uuid}"', "", ""])


def only(found: list[Problem], code: str) -> Problem:
    (problem,) = found
    assert problem.code == code
    assert problem.path is not None
    assert problem.range is not None
    return problem


def test_what_fits_together_has_no_problem(make_tree: MakeTree) -> None:
    top = make_tree(
        {
            "Project.toml": f'name = "Own"\nuuid = "{P}"\n[deps]\nA = "{A}"\n[weakdeps]\nW = "{D}"\n'
            '[extensions]\nWExt = "W"\n[compat]\nA = "1"\nW = "2"\njulia = "1.10"\n[sources]\nA.path = "dev/A"\n',
            "Manifest.toml": FORMAT_2
            + entry("A", A, 'deps = ["B"]', 'path = "dev/A"')
            + entry("B", B, f'deps = {{A = "{A}"}}')
            + entry("Own", P, 'deps = ["A"]', 'path = "."'),
            "dev/A/Project.toml": f'name = "A"\nuuid = "{A}"\n[deps]\nB = "{B}"\n[weakdeps]\nB = "{B}"\n',
        }
    )
    assert problems(top, (1, 12)) == []


def test_a_dependency_that_the_manifest_does_not_have(make_tree: MakeTree) -> None:
    top = make_tree({"Project.toml": f'[deps]\nA = "{A}"\n"B" = "{B}"\n', "Manifest.toml": FORMAT_2 + entry("A", A)})
    problem = only(problems(top), "dependency-not-in-manifest")
    assert (problem.path, problem.range) == (top / "Project.toml", Range(2, 0, 2, 3))
    assert (problem.severity, problem.data) == (Severity.ERROR, {"package": "B"})
    assert [(mend.how, mend.directory) for mend in problem.mends] == [(Mending.RESOLVE, top)]


def test_of_a_package_in_both_tables_the_manifest_need_not_know(make_tree: MakeTree) -> None:
    tables = f'[deps]\nB = "{B}"\n[weakdeps]\nB = "{B}"\n'
    assert problems(make_tree({"Project.toml": tables, "Manifest.toml": FORMAT_2})) == []


def test_the_open_document_counts(make_tree: MakeTree) -> None:
    top = make_tree({"Project.toml": "", "Manifest.toml": FORMAT_2})
    assert problems(top) == []
    typed = {"Project.toml": f'[deps]\n# new:\nA = "{A}"'}
    assert only(problems(top, None, typed), "dependency-not-in-manifest").range == Range(2, 0, 2, 1)


@pytest.mark.parametrize("manifest", ["[[[", FORMAT_2 + '[[deps.B]]\nuuid = "'])
def test_nothing_is_missed_in_a_manifest_that_cannot_be_read(make_tree: MakeTree, manifest: str) -> None:
    assert problems(make_tree({"Project.toml": f'[deps]\nA = "{A}"\n', "Manifest.toml": manifest})) == []


def test_no_manifest(make_tree: MakeTree) -> None:
    top = make_tree({"Project.toml": f'name = "X"\n[deps]\nA = "{A}"\n', "none/Project.toml": f'[extras]\nA = "{A}"\n'})
    problem = only(problems(top), "manifest-missing")
    assert (problem.severity, problem.range) == (Severity.INFORMATION, Range(1, 1, 1, 5))
    assert [mend.how for mend in problem.mends] == [Mending.INSTANTIATE]
    assert problems(top / "none") == []


@pytest.mark.parametrize(
    ("path", "said"),
    [("../gone", "which does not exist"), (r"C:\\Users\\me\\A", "which is a path of another computer")],
)
def test_a_development_package_that_is_not_there(make_tree: MakeTree, path: str, said: str) -> None:
    if "C:" in path and Path("C:/").is_absolute():
        said = "which does not exist"
    text = FORMAT_2 + entry("A", A, f'path = "{path}"')
    problem = only(
        problems(make_tree({"Project.toml": f'[deps]\nA = "{A}"\n', "Manifest.toml": text})),
        "development-package-missing",
    )
    assert said in problem.message
    assert problem.severity is Severity.ERROR
    assert problem.range == Range(4, 7, 4, 9 + len(path))


def test_a_development_package_of_format_1(make_tree: MakeTree) -> None:
    text = f'[[A]]\npath = "gone"\nuuid = "{A}"\n'
    found = problems(make_tree({"Project.toml": f'[deps]\nA = "{A}"\n', "Manifest.toml": text}))
    assert only(found, "development-package-missing").range == Range(1, 7, 1, 13)


def test_sources_that_are_not_there(make_tree: MakeTree) -> None:
    text = f"""\
[deps]
A = "{A}"
[extras]
B = "{B}"
[sources]
A = {{path = "../A"}}
[sources.B]
path = "../B"
"""
    needed, for_tests = problems(make_tree({"p/Project.toml": text, "p/Manifest.toml": FORMAT_2 + entry("A", A)}) / "p")
    assert (needed.code, for_tests.code) == ("development-package-missing", "development-package-missing")
    assert (needed.severity, needed.range) == (Severity.ERROR, Range(5, 12, 5, 18))
    assert (for_tests.severity, for_tests.range) == (Severity.WARNING, Range(7, 7, 7, 13))


def test_a_development_package_that_got_a_dependency(make_tree: MakeTree) -> None:
    top = make_tree(
        {
            "Project.toml": f'[deps]\nA = "{A}"\n',
            "Manifest.toml": FORMAT_2 + entry("A", A, 'deps = ["B"]', 'path = "A"') + entry("B", B),
            "A/Project.toml": f'name = "A"\nuuid = "{A}"\n[deps]\nB = "{B}"\nC = "{C}"\nD = "{D}"\n',
        }
    )
    problem = only(problems(top), "development-package-changed")
    assert (problem.path, problem.range) == (top / "Manifest.toml", Range(3, 2, 3, 8))
    assert "A needs C and D" in problem.message
    (top / "A/Project.toml").write_text(f'name = "A"\nuuid = "{B}"\n[deps]\nC = "{C}"\n')
    assert problems(top) == []  # another package lies there now: not this one's dependencies


@pytest.mark.parametrize(
    ("deps", "place"),
    [
        ('deps = ["B", "X"]', Range(4, 13, 4, 16)),
        (f'deps = {{B = "{B}", X = "{C}"}}', Range(4, 52, 4, 53)),
        ('deps = ["Twin"]', Range(4, 8, 4, 14)),
    ],
)
def test_an_entry_that_depends_on_none(make_tree: MakeTree, deps: str, place: Range) -> None:
    twins = entry("Twin", C) + entry("Twin", D) if "Twin" in deps else ""
    text = FORMAT_2 + entry("A", A, deps) + entry("B", B) + twins
    found = problems(make_tree({"Project.toml": f'[deps]\nA = "{A}"\nB = "{B}"\n', "Manifest.toml": text}))
    problem = found[0]
    assert (problem.code, problem.severity, problem.range) == ("manifest-broken", Severity.ERROR, place)
    assert {other.code for other in found[1:]} <= {"manifest-entry-unneeded"}


@pytest.mark.parametrize(
    ("source", "lines", "said"),
    [
        ('path = "dev/A"', ['path = "dev/A"'], False),
        ('path = "./dev/../dev/A/"', ['path = "dev/A"'], False),
        ('path = "dev/A"', ['path = "dev/B"'], True),
        ('path = "dev/A"', ['git-tree-sha1 = "0"'], True),
        ('url = "https://e.org/A.jl"', ['repo-url = "https://e.org/A.jl.git"', 'repo-rev = "main"'], False),
        ('url = "https://e.org/A.jl", rev = "v2"', ['repo-url = "https://e.org/A.jl"', 'repo-rev = "main"'], True),
        ('url = "https://e.org/A.jl", subdir = "x"', ['repo-url = "https://e.org/A.jl"', 'repo-subdir = "x"'], False),
        ('url = "https://e.org/A.jl"', ['git-tree-sha1 = "0"'], True),
        ("", ['git-tree-sha1 = "0"'], False),
    ],
)
def test_a_source_that_the_manifest_does_not_follow(
    make_tree: MakeTree, source: str, lines: list[str], said: bool
) -> None:
    files = {"Project.toml": f'[deps]\nA = "{A}"\n[sources]\nA = {{{source}}}\n', "dev/A/": "", "dev/B/": ""}
    top = make_tree({**files, "Manifest.toml": FORMAT_2 + entry("A", A, *lines)})
    found = problems(top)
    assert bool(found) is said
    if said:
        problem = only(found, "source-not-in-manifest")
        assert (problem.severity, problem.range) == (Severity.WARNING, Range(3, 0, 3, 1))
        assert [mend.how for mend in problem.mends] == [Mending.RESOLVE]
    older = FORMAT_2.replace("1.12.1", "1.10.5") + entry("A", A, *lines)
    assert problems(make_tree({"Manifest.toml": older})) == []  # that Julia does not know of sources


@pytest.mark.parametrize(("target", "said"), [(None, False), ((1, 12), False), ((1, 13), False), ((1, 11), True)])
def test_a_manifest_of_a_newer_julia(make_tree: MakeTree, target: JuliaVersion | None, said: bool) -> None:
    top = make_tree({"Project.toml": "", "Manifest.toml": FORMAT_2})
    found = problems(top, target)
    assert bool(found) is said
    if said:
        problem = only(found, "manifest-from-newer-julia")
        assert problem.range == Range(0, 16, 0, 24)
        assert "Julia 1.12" in problem.message
        assert "Julia 1.11 will run the job" in problem.message


def test_a_stale_manifest(make_tree: MakeTree) -> None:
    head = FORMAT_2.replace("\n\n", f'\nproject_hash = "{"0" * 40}"\n\n')
    top = make_tree({"Project.toml": f'[deps]\nA = "{A}"\n', "Manifest.toml": head + entry("A", A)})
    problem = only(problems(top), "manifest-stale")
    assert (problem.severity, problem.path, problem.range) == (
        Severity.WARNING,
        top / "Project.toml",
        Range(0, 1, 0, 5),
    )
    assert [mend.how for mend in problem.mends] == [Mending.RESOLVE]
    (top / "Project.toml").write_text(f'manifest = "Manifest.toml"\n[deps]\nA = "{A}"\n')
    assert problems(top) == []  # it may be another project's


def test_what_nothing_needs_any_more(make_tree: MakeTree) -> None:
    text = FORMAT_2 + entry("A", A) + entry("B", B, 'deps = ["C", "D"]') + entry("C", C) + entry("D", D, 'deps = ["C"]')
    top = make_tree({"Project.toml": f'[deps]\nA = "{A}"\n', "Manifest.toml": text})
    problem = only(problems(top), "manifest-entry-unneeded")
    assert (problem.severity, problem.data) == (Severity.INFORMATION, {"package": "B"})
    assert problem.range == Range(6, 2, 6, 8)


def test_all_members_of_a_workspace_count(make_tree: MakeTree) -> None:
    top = make_tree(
        {
            "Project.toml": '[workspace]\nprojects = ["test", "gone"]\n',
            "Manifest.toml": FORMAT_2
            + entry("A", A)
            + entry("B", B)
            + entry("Own", P, 'deps = ["A"]', 'path = "test"'),
            "test/Project.toml": f'name = "Own"\nuuid = "{P}"\n[deps]\nA = "{A}"\n',
        }
    )
    missing, unneeded = problems(top)
    assert (missing.code, missing.range) == ("workspace-member-missing", Range(1, 20, 1, 26))
    assert (unneeded.code, unneeded.data) == ("manifest-entry-unneeded", {"package": "B"})
    assert [problem.data for problem in problems(top / "test")] == [{"package": "B"}]


@pytest.mark.parametrize(
    ("text", "code", "range_"),
    [
        ('[compat]\nA = "1"', "package-not-listed", Range(1, 0, 1, 1)),
        ('compat."A" = "1"', "package-not-listed", Range(0, 7, 0, 10)),
        (f'[targets]\ntest = ["B", "A"]\n[extras]\nB = "{B}"', "package-not-listed", Range(1, 13, 1, 16)),
        ('[sources]\nA = {url = "https://example.org"}', "package-not-listed", Range(1, 0, 1, 1)),
        ('[sources.A]\nurl = "https://example.org"', "package-not-listed", Range(0, 9, 0, 10)),
        ('[extensions]\nAExt = "A"', "extension-package-not-listed", Range(1, 7, 1, 10)),
        (f'[extensions]\nX = ["B", "A"]\n[weakdeps]\nB = "{B}"', "extension-package-not-listed", Range(1, 10, 1, 13)),
        (f'[extensions]\nAExt = "A"\n[extras]\nA = "{A}"', "extension-package-not-listed", Range(1, 7, 1, 10)),
    ],
)
def test_names_that_no_section_gives_a_package_for(make_tree: MakeTree, text: str, code: str, range_: Range) -> None:
    problem = only(problems(make_tree({"Project.toml": text})), code)
    assert (problem.severity, problem.range) == (Severity.ERROR, range_)
    assert problem.data["package"] == "A"


def test_what_seems_unlisted_while_a_line_is_typed_is_not_said(make_tree: MakeTree) -> None:
    text = f'[deps]\nA = "{A}\n[compat]\nA = "1"\n[extensions]\nX = "A"\n'
    assert [problem.code for problem in problems(make_tree({"Project.toml": text}))] == []


def test_problems_that_loading_found_are_not_repeated(make_tree: MakeTree) -> None:
    top = make_tree({"Project.toml": '[deps]\nA = "x"\noops', "Manifest.toml": "[[deps.A]]\nversion = 1\n"})
    assert problems(top) == []


def test_real_environments(corpus: Path) -> None:
    """Whoever keeps them can run them: what is said of them is true, and looked up by hand."""
    found: dict[str, set[str]] = {}
    for environment in scan([corpus]).environments:
        loaded = load_environment(environment)
        for problem in environment_problems(loaded):
            assert problem.range is not None
            assert problem.path is not None
            if problem.code != "manifest-missing":
                found.setdefault(problem.path.relative_to(corpus).as_posix(), set()).add(problem.code)
    assert found == {
        # resolved before ClimaCalibrate got its [compat]
        "CliMA_ClimaAtmos.jl/calibration/experiments/sphere_held_suarez_rhoe_equilmoist/Project.toml": {
            "manifest-stale"
        },
        # a copy of a project two folders up, with its relative paths
        "SciML_OrdinaryDiffEq.jl/docs/src/assets/Project.toml": {"development-package-missing"},
        # SIRUS is on its author's drive C
        "open-AIMS_ADRIA.jl/ADRIA/docs/scripts/Manifest-v1.12.toml": {"development-package-missing"},
    }
