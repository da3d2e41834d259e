"""The text that starts a script of the bundle, run by real Julia where there is one (protocol §6.5)."""

import shutil
import subprocess
import tarfile
from pathlib import Path, PurePosixPath

import pytest

from juliahub_ls.domain.bundles.plan import plan_bundle
from juliahub_ls.domain.bundles.writer import write_bundle
from juliahub_ls.domain.jobs.driver import driver_script, julia_string, selection_driver
from juliahub_ls.domain.jobs.selection import lines_of, placed, text_of_lines

from .conftest import MakeTree

A = "aaaaaaaa-0000-4000-8000-000000000000"
JULIA = shutil.which("julia")
needs_julia = pytest.mark.skipif(JULIA is None, reason="Julia is not installed")


def run(code: str, cwd: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    assert JULIA is not None
    command = [JULIA, "--startup-file=no", *options, "-e", code]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("text", "literal"),
    [("a", '"a"'), ('"', r'"\""'), ("$x", r'"\$x"'), ("\\", r'"\\"'), ("\x07", r'"\x07"'), ("é", '"é"')],
)
def test_string_literals(text: str, literal: str) -> None:
    assert julia_string(text) == literal


def test_components_are_separate() -> None:
    assert 'joinpath(pwd(), "scripts", "main.jl")' in driver_script(PurePosixPath("scripts/main.jl"))


@needs_julia
@pytest.mark.julia
def test_the_script_is_included_where_it_lies(make_tree: MakeTree) -> None:
    name = 'odd $name "quoted".jl'
    top = make_tree(
        {
            f"sub/{name}": 'include("other.jl"); println(x, " ", basename(@__DIR__))',
            "sub/other.jl": "x = 42; abspath(PROGRAM_FILE) == (@__FILE__) && print('n')",
        }
    )
    done = run(driver_script(PurePosixPath("sub") / name), top)
    assert (done.stdout, done.returncode) == ("42 sub\n", 0), done.stderr


@needs_julia
@pytest.mark.julia
def test_the_script_is_the_program(make_tree: MakeTree) -> None:
    top = make_tree({"sub/main.jl": "if abspath(PROGRAM_FILE) == @__FILE__\n    print(basename(PROGRAM_FILE))\nend"})
    assert run(driver_script(PurePosixPath("sub/main.jl")), top).stdout == "main.jl"


@needs_julia
@pytest.mark.julia
def test_a_missing_script_is_an_error(tmp_path: Path) -> None:
    done = run(driver_script(PurePosixPath("absent.jl")), tmp_path)
    assert done.returncode != 0
    assert "The script is not in the bundle" in done.stderr


@needs_julia
@pytest.mark.julia
@pytest.mark.parametrize("form", ["1.0", "2.0"])
def test_julia_loads_a_development_package_from_an_unpacked_bundle(
    make_tree: MakeTree, tmp_path: Path, form: str
) -> None:
    major = run("print(VERSION.minor)", tmp_path).stdout
    if form == "2.0" and int(major) < 7:
        pytest.skip("this Julia reads manifests of format 1.0 only")
    head, table = ("", "[[A]]") if form == "1.0" else ('manifest_format = "2.0"\n', "[[deps.A]]")
    base = make_tree(
        {
            "p/Project.toml": f'[deps]\nA = "{A}"\n',
            "p/Manifest.toml": f'{head}{table}\npath = "../elsewhere/A"\nuuid = "{A}"\nversion = "0.1.0"\n',
            "p/main.jl": "using A; println(A.answer())",
            "elsewhere/A/Project.toml": f'name = "A"\nuuid = "{A}"\nversion = "0.1.0"\n',
            "elsewhere/A/src/A.jl": "module A\nanswer() = 42\nend\n",
        }
    )
    output = tmp_path / "b.tar"
    write_bundle(plan_bundle(base / "p"), output)
    away = tmp_path / "node"
    strict = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}  # Debian 12's Python has none yet
    with tarfile.open(output) as archive:
        archive.extractall(away, **strict)
    (base / "elsewhere").rename(base / "gone")
    done = run(driver_script(PurePosixPath("main.jl")), away / "p", "--project=.", "--compiled-modules=no")
    assert (done.stdout, done.returncode) == ("42\n", 0), done.stderr


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        ("b()\n", "\nb()\n"),
        ("a()\n", "a()\n"),
        ("c()", "\n\nc()"),
        ("elsewhere()", "elsewhere()"),
        ("()\n", "()\n"),  # several times in the script: no place is the right one
        (" ", " "),
    ],
)
def test_a_selection_keeps_its_lines(selection: str, expected: str) -> None:
    assert placed(selection, "a()\nb()\nc()") == expected


@pytest.mark.parametrize(
    ("selection", "lines"),
    [
        ("b()\n", (2, 2)),
        ("a()", (1, 1)),
        ("if c\n    d()\nend", (3, 5)),
        ("    d()\n", (4, 4)),
        ("d()\nend\n\n", (4, 5)),
        ("if c\n    d()", (3, 4)),
        ("c()\nb", None),  # half a line
        ("d", None),
        ("elsewhere()", None),
        (" \n", None),
    ],
)
def test_the_lines_of_a_selection(selection: str, lines: "tuple[int, int] | None") -> None:
    script = "a()\nb()\nif c\n    d()\nend\nb()\n"
    assert lines_of(selection, script) == lines
    if lines is not None:
        text = text_of_lines(script, *lines)
        assert text is not None
        assert text.strip() == selection.strip()


def test_lines_that_a_script_has_not() -> None:
    assert [text_of_lines("a\nb", *lines) for lines in ((0, 1), (2, 1), (2, 3), (1, 2))] == [None, None, None, "a\nb"]


@pytest.mark.julia
@pytest.mark.skipif(shutil.which("julia") is None, reason="there is no Julia on the PATH")
def test_a_selection_runs_as_if_it_were_the_file(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "other.jl").write_text('println("other")\n')
    where = 'println("\\$5 ü ", basename(@__FILE__), " ", basename(@__DIR__))'
    script = f'exit(3)\ninclude("other.jl")\n{where}\nerror("stop")\n'
    text = selection_driver(PurePosixPath("sub/main.jl"), placed(script.partition("\n")[2], script))
    (tmp_path / "driver.jl").write_text(text, "utf-8")
    ran = subprocess.run(
        ["julia", "--startup-file=no", "driver.jl"], cwd=tmp_path, capture_output=True, encoding="utf-8", check=False
    )
    assert ran.stdout.splitlines() == ["other", "$5 ü main.jl sub"]
    assert "main.jl:4" in ran.stderr
