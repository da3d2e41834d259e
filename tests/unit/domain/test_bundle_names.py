"""Names that another system cannot have or cannot tell apart are said; all others cost nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from juliahub_ls.domain.bundles.model import InjectedFile
from juliahub_ls.domain.bundles.names import name_problems
from juliahub_ls.domain.problem import Problem, Severity


def problems(*paths: str) -> list[Problem]:
    return name_problems([InjectedFile(path, b"", "") for path in paths])


@pytest.mark.parametrize(
    ("paths", "clashing"),
    [
        (["Data.csv", "data.csv"], ["Data.csv", "data.csv"]),
        (["Data/a", "data/b"], ["Data", "data"]),
        (["Data/a", "data/A", "x"], ["Data", "data"]),
        (["x/Data", "x/data/b"], ["x/Data", "x/data"]),
        (["\u00e9.csv", "e\u0301.csv"], ["e\u0301.csv", "\u00e9.csv"]),
        (["\u00c9", "e\u0301"], ["e\u0301", "\u00c9"]),
        (["STRASSE", "straße"], ["STRASSE", "straße"]),
        (["a/X", "b/x"], []),
        (["Project.toml", "src/Project.toml"], []),
        (["a", "b", "A.b"], []),
        ([], []),
    ],
)
def test_clashes(paths: list[str], clashing: list[str]) -> None:
    found = [problem.data["paths"] for problem in problems(*paths) if problem.code == "names-clash"]
    assert found == ([sorted(clashing)] if clashing else [])


@pytest.mark.parametrize(
    "name",
    [
        "con",
        "NUL.txt",
        "Aux",
        "com1",
        "LPT9.log",
        "com¹",
        "a:b",
        "a?",
        'a"b',
        "a|b",
        "a<",
        "a\\b",
        "x.",
        "conin$",
        "...",
    ],
)
def test_names_that_windows_cannot_have(name: str) -> None:
    (problem,) = problems("main.jl", f"sub/{name}")
    assert (problem.code, problem.severity) == ("names-not-for-windows", Severity.INFORMATION)
    assert problem.data["paths"] == [f"sub/{name}"]
    (folder,) = problems(f"{name}/main.jl")
    assert folder.data["paths"] == [name]


@pytest.mark.parametrize(
    "name", ["console", "common.jl", "com0", "lpt", "null", ".hidden", "a.b.c", "ä ö", "con_a", "日本"]
)
def test_names_that_windows_can_have(name: str) -> None:
    assert problems(name, f"{name}x/{name}") == []


def test_the_sentences() -> None:
    clash, windows = problems("A", "a", "B", "b", "x:")
    assert clash.message.startswith("A, B, a and 1 more differ only in upper and lower case")
    assert windows.message.startswith("Windows cannot have the name x:. JuliaHub can; rename it")


@given(st.lists(st.text("aAbB.é/", min_size=1, max_size=5), unique=True, max_size=8))
def test_no_clash_is_missed(names: list[str]) -> None:
    named = {"/".join(part for part in name.split("/") if part) for name in names} - {""}
    paths = sorted(named - {folder for name in named for folder in above(name)})
    everything = {path for name in paths for path in [name, *above(name)]}
    expected = sorted(
        path
        for path in everything
        if any(path != other and path.lower() == other.lower() and above(path) == above(other) for other in everything)
    )
    found = [problem.data["paths"] for problem in problems(*paths) if problem.code == "names-clash"]
    assert found == ([expected] if expected else [])


def above(path: str) -> list[str]:
    parts = path.split("/")[:-1]
    return ["/".join(parts[:count]) for count in range(1, len(parts) + 1)]
