"""What a job's code would trip over elsewhere: includes, paths of this computer, environments, results."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from juliahub_ls.domain.bundles.plan import BundlePlan, plan_bundle
from juliahub_ls.domain.jobs.code_checks import code_problems
from juliahub_ls.domain.jobs.job_code import read_code
from juliahub_ls.domain.problem import Mending, Problem, Severity

from .conftest import MakeTree

ERROR, WARNING, INFORMATION = Severity.ERROR, Severity.WARNING, Severity.INFORMATION
SUMMARY = 'ENV["RESULTS"] = x; write(get(ENV, "JULIAHUB_RESULTS_SUMMARY_FILE", "/dev/null"), x)'


def checked(top: Path, *, bundle: bool = True, here: bool = False, script: str = "main.jl") -> list[Problem]:
    plan = plan_bundle(top) if bundle else None
    file = top / script
    return code_problems(file, file.read_text(), plan=plan, on_this_computer=here)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('include("lib/a.jl")', []),
        ('include(joinpath(@__DIR__, "lib", "a.jl"))', []),
        ('include("lib/../lib/a.jl")', []),
        ('include("gone.jl")', [("include-missing", ERROR)]),
        ('Base.include(Main, "gone.jl")', [("include-missing", ERROR)]),
        ('@everywhere include("gone.jl")', [("include-missing", ERROR)]),
        ('begin\ninclude("gone.jl")\nend', [("include-missing", ERROR)]),
        ('if false\ninclude("gone.jl")\nend', [("include-missing", WARNING)]),
        ('f() = include("gone.jl")', [("include-missing", WARNING)]),
        ('isfile("gone.jl") && include("gone.jl")', [("include-missing", WARNING)]),
        ('write("gone.jl", "x = 1"); include("gone.jl")', [("include-missing", WARNING)]),
        ('# include("gone.jl")', []),
        ('"""\ninclude("gone.jl")\n"""', []),
        ("include(name)", []),
        ('include("$name.jl")', []),
        ('include("LIB/a.jl")', [("include-other-case", ERROR)]),
        ('include("kept/home.jl")', [("include-left-out", ERROR)]),
        ('include("../outside.jl")', [("include-outside-bundle", ERROR)]),
        ('include("deep.jl")', [("include-missing", ERROR)]),
    ],
)
def test_includes(make_tree: MakeTree, code: str, expected: "list[tuple[str, Severity]]") -> None:
    top = make_tree(
        {
            "outside.jl": "",
            "p/main.jl": code,
            "p/lib/a.jl": "",
            "p/deep.jl": 'include("lib/a.jl")\ninclude("lib/b.jl")',
            "p/kept/home.jl": "",
            "p/.juliabundleignore": "kept/\n",
        }
    )
    found = checked(top / "p")
    assert [(problem.code, problem.severity) for problem in found] == expected
    assert all(problem.range is not None for problem in found)


def test_what_is_included_is_followed_from_its_own_folder(make_tree: MakeTree) -> None:
    top = make_tree(
        {
            "main.jl": 'include("a/one.jl")',
            "a/one.jl": 'include("two.jl")\ninclude("../main.jl")',
            "a/two.jl": 'x = 1\n  include("three.jl")',
        }
    )
    (problem,) = checked(top)
    assert (problem.code, problem.path) == ("include-missing", top / "a" / "two.jl")
    assert problem.range is not None
    assert (problem.range.start_line, problem.range.start_character, problem.range.end_character) == (1, 10, 20)


def test_what_is_left_out_can_be_let_in(make_tree: MakeTree) -> None:
    top = make_tree({"main.jl": 'include("lib/a.jl")', "lib/a.jl": "", ".juliabundleignore": "# mine\nlib\n"})
    (problem,) = checked(top)
    assert ".juliabundleignore:2" in problem.message
    (mend,) = problem.mends
    assert (mend.how, mend.directory, mend.path) == (Mending.LET_IN, top, "lib")


@pytest.mark.parametrize("here", [False, True])
def test_text_alone_brings_no_other_file(make_tree: MakeTree, here: bool) -> None:
    top = make_tree({"main.jl": 'include("a.jl")', "a.jl": ""})
    (problem,) = checked(top, bundle=False, here=here)
    assert (problem.code, problem.severity) == ("include-not-sent", ERROR)
    (top / "main.jl").write_text(f'include("{(top / "a.jl").as_posix()}")')
    assert len(checked(top, bundle=False, here=here)) == (0 if here else 1), "on this computer its paths work"


def test_paths_of_this_computer(make_tree: MakeTree, monkeypatch: pytest.MonkeyPatch) -> None:
    top = make_tree({"data/big.csv": "1", "p/data.csv": "2", "p/src/main.jl": ""})
    monkeypatch.setenv("HOME", str(top))
    monkeypatch.setattr("juliahub_ls.domain.jobs.code_checks._EVERYWHERE", ())
    outside, inside = (path.as_posix() for path in (top / "data" / "big.csv", top / "p" / "data.csv"))
    (top / "p/src/main.jl").write_text(
        f'read("{outside}"); read("{inside}"); read("{top.as_posix()}/gone"); read("/"); read("relative/a")'
    )
    found = checked(top / "p", script="src/main.jl")
    assert [problem.data["named"] for problem in found] == [outside, inside]
    assert "Copy it into the folder" in found[0].message
    assert 'joinpath(@__DIR__, "../data.csv")' in found[1].message
    assert checked(top / "p", script="src/main.jl", here=True) == []


@pytest.mark.parametrize(
    ("code", "codes"),
    [
        ('Pkg.activate(".")', []),
        ("Pkg.activate(@__DIR__)", []),
        ('Pkg.activate(joinpath(@__DIR__, "sub"))', []),
        ('Pkg.activate("nothing")', ["activated-folder-not-sent"]),
        ('Pkg.activate("..")', ["activated-folder-not-sent"]),
        ('Pkg.activate("tools"; shared = true)', ["shared-environment-not-sent"]),
        ("Pkg.activate(; temp = true)", []),
    ],
)
def test_environments_that_the_code_activates(make_tree: MakeTree, code: str, codes: "list[str]") -> None:
    top = make_tree({"Project.toml": "", "p/Project.toml": "", "p/main.jl": code, "p/sub/Project.toml": ""})
    assert [problem.code for problem in checked(top / "p")] == codes
    alone = [problem.code for problem in checked(top / "p", bundle=False)]
    assert alone == (codes or ["activated-folder-not-sent"] * ("temp" not in code)), "text alone has no folder"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("println(1)", []),
        (SUMMARY, []),
        ('ENV["RESULTS"] = "3"', ["results-of-older-images"]),
        ('ENV["RESULTS_FILE"] = "a.csv"', ["results-of-older-images"]),
        ('open(ENV["JULIAHUB_RESULTS_SUMMARY_FILE"])', ["results-of-newer-images"]),
        ('cp(a, get(ENV, "JULIAHUB_RESULTS_UPLOAD_DIR", "."))', ["results-of-newer-images"]),
        ('haskey(ENV, "RESULTS")', []),
    ],
)
def test_results_for_one_generation_of_images(make_tree: MakeTree, code: str, expected: "list[str]") -> None:
    top = make_tree({"main.jl": code})
    assert [problem.code for problem in checked(top)] == expected
    assert checked(top, here=True) == [], "localhub takes the results of either"


def test_results_are_looked_for_in_all_of_the_code(make_tree: MakeTree) -> None:
    first, second = SUMMARY.split("; ")
    top = make_tree({"main.jl": f'{first}\ninclude("more.jl")', "more.jl": second})
    assert checked(top) == []


def test_reading_a_newer_images_variable_without_a_default_stops_the_code(make_tree: MakeTree) -> None:
    top = make_tree({"main.jl": 'write(ENV["JULIAHUB_RESULTS_SUMMARY_FILE"], "1")'})
    (problem,) = checked(top)
    assert "KeyError" in problem.message
    assert 'ENV["RESULTS"]' in problem.message, "the portable way"


@pytest.mark.parametrize(
    ("value", "length"),
    [
        ('"short"', "short"),
        ('"' + "x" * 1001 + '"', "too long"),
        ('"""' + "x" * 1001 + '"""', "too long"),
        ('"$a and ' + "x" * 1001 + '"', "likely too long"),
        ('@sprintf("%d", x)', "short"),
        ("JSON.json(x)", "unknown"),
        ("repr(x)", "unknown"),
        ("JSON.json([y for y in x])", "likely too long"),
        ("string(collect(x))", "likely too long"),
        ("JSON.json(history)", "likely too long"),
        ("JSON.json(table)", "likely too long"),
        ("first(JSON.json(history), 1000)", "short"),
        ("JSON.json(\n    history,\n)", "likely too long"),
    ],
)
def test_how_long_results_will_be(value: str, length: str) -> None:
    loop = "history = []\nfor i in 1:n\n    push!(history, i)\n    table[i] = i\nend\n"
    (results,) = read_code(f'{loop}ENV["RESULTS"] = {value}\nfinish(history)').results
    assert results.length == length


def test_an_end_in_an_index_ends_no_block() -> None:
    code = 'if a[end] > 1 && b[1:end] == [i for i in c if i > 1]\n  include("a.jl")\nend\ninclude("b.jl")'
    assert [use.certain for use in read_code(code).includes] == [False, True]


@given(st.text(alphabet='include(ENV["RESULTS"]=Pkg.activate@__DIR__joinpath\')\n;#end for', max_size=300))
def test_no_code_is_too_strange(code: str) -> None:
    code_problems(Path("/nowhere/main.jl"), code, plan=None, on_this_computer=False)
    code_problems(Path("/nowhere/main.jl"), code, plan=BundlePlan(Path("/nowhere"), "b"), on_this_computer=True)
