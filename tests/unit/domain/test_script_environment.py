"""Which environment a script has, which others it could have, and what of a computer's load path a job misses."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from juliahub_ls.domain.environments.environment import load_environment
from juliahub_ls.domain.environments.files import environment_at
from juliahub_ls.domain.environments.script_environment import (
    Reason,
    ScriptEnvironment,
    environment_for_script,
    load_path_environments,
    shared_environment,
    unsent_packages,
)

from .bundle_plans import A, B, C, entry, manifest
from .conftest import MakeTree

SHARED = {
    "1/environments/v1.9/Project.toml": "",
    "1/environments/v1.11/Manifest.toml": "",
    "2/environments/v1.10/Project.toml": "",
    "2/environments/v1.9/Project.toml": "",
    "2/environments/tools/Project.toml": "",
    "2/environments/v1.x/Project.toml": "",
}


def seen(found: ScriptEnvironment, top: Path) -> "list[tuple[str, Reason]]":
    """The environment and the other choices, with reasons."""
    chosen = [(found.environment, found.reason)] if found.environment else []
    every = [*chosen, *((choice.environment, choice.reason) for choice in found.choices)]
    return [(environment.directory.relative_to(top).as_posix(), reason) for environment, reason in every]


def test_the_order_of_choices(make_tree: MakeTree) -> None:
    top = make_tree(
        {"Project.toml": "", "sub/Project.toml": "", "sub/deep/er/main.jl": "", "other/Project.toml": "", **SHARED}
    )
    script, depots = top / "sub/deep/er/main.jl", [top / "1", top / "2"]
    upward = [("sub", Reason.NEAREST), (".", Reason.ABOVE), ("2/environments/v1.10", Reason.SHARED)]
    assert seen(environment_for_script(script, home=top, depots=depots), top) == upward
    found = environment_for_script(script, home=top, depots=depots, active=top / "other")
    assert seen(found, top) == [("other", Reason.ACTIVE), *upward]
    found = environment_for_script(script, home=top, depots=depots, active=top / "other", chosen=top / "sub" / "..")
    assert seen(found, top) == [(".", Reason.CHOSEN), ("other", Reason.ACTIVE), upward[0], upward[2]]
    assert found.why == f"the environment you chose for this script: {top / 'Project.toml'}"


def test_a_shared_environment_that_is_active_gives_way_to_a_project(make_tree: MakeTree) -> None:
    """The Julia extension has it active when nobody activated any."""
    top = make_tree({"sub/Project.toml": "", "sub/main.jl": "", "home/lone.jl": "", **SHARED})
    shared, depots = top / "2/environments/v1.9", [top / "1", top / "2"]
    found = environment_for_script(top / "sub/main.jl", home=top, depots=depots, active=shared)
    assert seen(found, top)[:2] == [("sub", Reason.NEAREST), ("2/environments/v1.9", Reason.ACTIVE)]
    found = environment_for_script(top / "home/lone.jl", home=top, depots=depots, active=shared)
    assert seen(found, top)[0] == ("2/environments/v1.9", Reason.ACTIVE)


def test_what_is_no_environment_any_more_is_passed_over(make_tree: MakeTree) -> None:
    top = make_tree({"Project.toml": "", "empty/": "", "main.jl": ""})
    found = environment_for_script(top / "main.jl", chosen=top / "gone", active=top / "empty", home=top)
    assert seen(found, top) == [(".", Reason.NEAREST)]


def test_a_script_without_a_project_has_the_shared_environment_if_any(make_tree: MakeTree) -> None:
    top = make_tree({"Project.toml": "", "home/main.jl": "", **SHARED})
    script, home = top / "home/main.jl", top / "home"
    assert seen(environment_for_script(script, home=home, depots=[top / "2"]), top) == [
        ("2/environments/v1.10", Reason.SHARED)
    ]
    none = environment_for_script(script, home=home, depots=[top / "3"])
    assert (none.environment, none.reason, none.choices) == (None, Reason.NONE, ())
    assert none.why == "no project file in the script's folder or above"


@pytest.mark.parametrize(
    ("depots", "julia", "expected"),
    [
        (["1", "2"], None, "2/environments/v1.10"),
        (["1", "2"], (1, 9), "1/environments/v1.9"),
        (["2", "1"], (1, 9), "2/environments/v1.9"),
        (["1", "2"], (1, 11), None),
        (["3"], None, None),
    ],
)
def test_the_shared_environment(
    make_tree: MakeTree, depots: "list[str]", julia: "tuple[int, int] | None", expected: "str | None"
) -> None:
    top = make_tree(SHARED)
    found = shared_environment([top / depot for depot in depots], julia)
    assert (found.directory if found else None) == (top / expected if expected else None)


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, ["2/environments/v1.10"]),
        ({"JULIA_LOAD_PATH": ""}, []),
        ({"JULIA_LOAD_PATH": "@;@stdlib"}, []),
        ({"JULIA_LOAD_PATH": "@;@tools;@v#.#;;"}, ["2/environments/tools", "2/environments/v1.10"]),
        ({"JULIA_LOAD_PATH": ";@tools"}, ["2/environments/v1.10", "2/environments/tools"]),
        ({"JULIA_LOAD_PATH": "@gone;@.;@v1.9;~nobody/x"}, ["1/environments/v1.9"]),
        ({"JULIA_LOAD_PATH": "{top}/mine;{top}/mine/Project.toml;{top}/packages"}, ["mine"]),
    ],
)
def test_stacked_environments(make_tree: MakeTree, environ: "Mapping[str, str]", expected: "list[str]") -> None:
    top = make_tree({**SHARED, "mine/Project.toml": "", "packages/A/src/A.jl": ""})
    values = {key: value.replace("{top}", str(top)) for key, value in environ.items()}
    found = load_path_environments(values, [top / "1", top / "2"], windows=True)
    assert found == [top / path for path in expected]


def test_the_load_path_of_a_given_julia(make_tree: MakeTree) -> None:
    top = make_tree(SHARED)
    depots = [top / "1", top / "2"]
    assert load_path_environments({}, depots, (1, 9)) == [top / "1/environments/v1.9"]
    assert load_path_environments({"JULIA_LOAD_PATH": "@v#.#:@v#.10"}, depots, (1, 9)) == [
        top / "1/environments/v1.9",
        top / "2/environments/v1.10",
    ]


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (None, ["Tools", "Revise"]),
        ("using Tools\n", ["Tools"]),
        ("  import Tools.Sub: a, b\nusing Own", ["Tools"]),
        ("using Own, Tools, Revise # all\n", ["Tools", "Revise"]),
        ("using Own\n# using Tools\nprintln(Revise)", None),
    ],
)
def test_packages_of_the_load_path_are_not_sent(
    make_tree: MakeTree, code: "str | None", told: "list[str] | None"
) -> None:
    shared = f'[deps]\nTools = "{A}"\nRevise = "{B}"\nOwn = "{C}"\n'
    top = make_tree({"p/Project.toml": f'[deps]\nOwn = "{C}"\n', "s/v1.11/Project.toml": shared})
    environment = environment_at(top / "p")
    assert environment is not None
    problems = unsent_packages(load_environment(environment), [top / "s/v1.11"], code)
    assert [problem.data["packages"] for problem in problems] == ([told] if told else [])
    assert all(
        problem.code == "load-path-not-sent" and "shared environment v1.11" in problem.message for problem in problems
    )


def test_standard_libraries_are_found_everywhere(make_tree: MakeTree) -> None:
    top = make_tree(
        {
            "v1.11/Project.toml": f'[deps]\nTools = "{A}"\nDates = "{B}"\n',
            "v1.11/Manifest.toml": manifest(entry("Dates", B), entry("Tools", A, 'path = "Tools"')),
        }
    )
    (problem,) = unsent_packages(None, [top / "v1.11"], "using Dates, Tools")
    assert problem.data["packages"] == ["Tools"]


def test_a_script_in_the_shared_environment_misses_nothing(make_tree: MakeTree) -> None:
    top = make_tree({"v1.11/Project.toml": f'[deps]\nTools = "{A}"\n'})
    environment = environment_at(top / "v1.11")
    assert environment is not None
    assert unsent_packages(load_environment(environment), [top / "v1.11"], "using Tools") == []
    assert len(unsent_packages(None, [top / "v1.11", top / "gone"], "using Tools")) == 1
