"""What a plan complains about says what to do, and offers it as a button."""

from pathlib import Path

import pytest

from juliahub_ls.domain.bundles.checks import ignored_packages, left_out_problems, size_problem
from juliahub_ls.domain.bundles.ignore_edit import set_rule
from juliahub_ls.domain.bundles.ignore_rules import Rule, parse_ignore_rules
from juliahub_ls.domain.bundles.model import (
    BundledPackage,
    InjectedFile,
    LeftOut,
    LeftOutReason,
    Placement,
    PlannedFile,
)
from juliahub_ls.domain.problem import Mending, Problem

TOP = Path("project")
GB = 10**9


def file(path: str, size: int) -> PlannedFile:
    return PlannedFile(path, path, size, 0, 0, 0, False)


def buttons(problem: Problem) -> list[tuple[str, Mending, str]]:
    assert all(mend.directory == TOP for mend in problem.mends)
    return [(mend.title, mend.how, mend.path) for mend in problem.mends]


@pytest.mark.parametrize(
    ("reason", "code"),
    [(LeftOutReason.SECRET, "secrets-left-out"), (LeftOutReason.TOKEN, "tokens-left-out")],
)
def test_secrets_can_be_let_in_one_by_one(reason: LeftOutReason, code: str) -> None:
    left_out = [
        LeftOut(f"config/{number}", False, reason, 1, None, "line 3 looks like an AWS key") for number in range(7)
    ]
    (problem,) = left_out_problems(left_out, TOP)
    assert problem.code == code
    assert buttons(problem) == [(f"Let config/{n} in", Mending.LET_IN, f"config/{n}") for n in range(5)]
    assert "config/0, config/1, config/2 and 4 more stay here" in problem.message


def test_one_token_is_told_with_its_line() -> None:
    left_out = [LeftOut("a.jl", False, LeftOutReason.TOKEN, 1, None, "line 3 looks like an AWS key")]
    (problem,) = left_out_problems(left_out, TOP)
    assert problem.message.startswith("a.jl stays here: line 3 looks like an AWS key.")


@pytest.mark.parametrize("reason", [reason for reason in LeftOutReason if "secret" not in reason.value])
def test_every_reason_that_the_user_did_not_choose_is_told(reason: LeftOutReason) -> None:
    problems = left_out_problems([LeftOut("x", False, reason)], TOP)
    chosen = reason in (LeftOutReason.RULE, LeftOutReason.VERSION_CONTROL)
    assert len(problems) == (0 if chosen else 1)
    for problem in problems:
        assert problem.message.startswith("x stays here")
        assert problem.data["paths"] == ["x"]


def test_a_bundle_too_large_names_what_weighs_most() -> None:
    files = [
        file("data/raw/a.bin", GB),
        file("data/raw/b.bin", 900_000_000),
        file("src/[x].jl", 300_000_000),
        file(".bundle/dev/A/blob", 50_000_000),
        file(".bundle/dev/A/other", 5_000_000),
    ]
    made = [InjectedFile("Manifest.toml", b"x" * 1000, "")]
    total = sum(item.size for item in files) + 1000
    (problem,) = size_problem(files, made, total, 2 * GB, TOP)
    assert problem.message == (
        "The bundle is 2.3 GB, 255.0 MB over the limit of 2.0 GB. data/raw alone is 1.9 GB: "
        "the line `data/raw/` in .juliabundleignore leaves it out."
    )
    assert buttons(problem) == [
        ("Leave data/raw out", Mending.LEAVE_OUT, "data/raw"),
        ("Leave src/[x].jl out", Mending.LEAVE_OUT, "src/[x].jl"),
        ("Leave .bundle/dev/A/blob out", Mending.LEAVE_OUT, ".bundle/dev/A/blob"),
        ("Leave .bundle/dev/A/other out", Mending.LEAVE_OUT, ".bundle/dev/A/other"),
    ]
    assert size_problem(files, made, total, total, TOP) == []


@pytest.mark.parametrize("path", [".bundle/depot/artifacts/ab/x", ".bundle/depot/packages/A/x/src/A.jl"])
def test_what_a_package_needs_cannot_be_left_out(path: str) -> None:
    (problem,) = size_problem([file(path, 10), file("a", 1)], [], 11, 5, TOP)
    assert problem.message.endswith(f"{path} alone is 10 B.")
    assert buttons(problem) == [("Leave a out", Mending.LEAVE_OUT, "a")]


def test_the_line_it_names_does_leave_it_out() -> None:
    (problem,) = size_problem([file("src/[x].jl", 10)], [], 10, 5, TOP)
    line = problem.message.split("`")[1]
    rule = parse_ignore_rules(line, Path("x")).decide("src/[x].jl", False)
    assert rule is not None
    assert set_rule("", "src/[x].jl", is_directory=False, included=False) == line + "\n"


def package(name: str, placement: Placement, path: str | None) -> BundledPackage:
    return BundledPackage(name, "u", placement, None, None, path)


def test_ignored_packages_are_errors_with_a_button() -> None:
    rule = Rule(TOP / ".juliabundleignore", 3, "dev/", False)
    packages = [
        package("A", Placement.IN_PLACE, "dev/A"),
        package("B", Placement.COPIED, ".bundle/dev/B"),
        package("C", Placement.COPIED, ".bundle/dev/C"),
        package("D", Placement.SERVER, None),
        package("E", Placement.IN_PLACE, ""),
    ]
    files = [file(".bundle/dev/B.jl", 1), file(".bundle/dev/B/src/B.jl", 1)]
    first, second = ignored_packages(packages, files, [LeftOut("dev", True, LeftOutReason.RULE, None, rule)], TOP)
    assert "the rule `dev/` in line 3 of .juliabundleignore leaves it out" in first.message
    assert buttons(first) == [("Let dev/A in", Mending.LET_IN, "dev/A")]
    assert (second.data["package"], second.mends) == ("C", ())
