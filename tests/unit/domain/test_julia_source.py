"""Julia code token by token: what is code, what is text, and what every literal means."""

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from juliahub_ls.domain.jobs.job_code import read_code
from juliahub_ls.domain.jobs.julia_source import NOT_VALUES, Lines, tokens
from juliahub_ls.domain.problem import Range

JULIA = shutil.which("julia")


def kinds(code: str) -> str:
    """Each token's text, without line breaks, separated by blanks."""
    return " ".join(token.text for token in tokens(code) if token.kind != "line")


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("a # b 'c\nd", "a d"),
        ('a #= b #= c =# " =# d', "a d"),
        ("a #= never closed", "a"),
        ("a' * b'", "a ' * b '"),
        ("f(x)'", "f ( x ) '"),
        ("a[1]''", "a [ 1 ] ' '"),
        ("x = 'a'", "x = 'a'"),
        (r"['\'', '\\', '\u03c0', '''] ", r"[ '\'' , '\\' , '\u03c0' , ''' ]"),
        ("""'"' * "b" """, """'"' * "b\""""),
        ("return '\"'", "return '\"'"),
        ("push!(x, 1) != f!(y)", "push! ( x , 1 ) != f! ( y )"),
        ("x!=y", "x != y"),
        ("α∈β; x′'", "α ∈ β x′ '"),
        ("1.5e-3 + 0xff + 2:3", "1.5e-3 + 0xff + 2 : 3"),
        (r'r"a\"b"i', r'r r"a\"b" i'.replace('r r"', 'r "')),
        ('"a$(f("b", ")"))c" * d', '"a$(f("b", ")"))c" ( f ( "b" , ")" ) ) * d'),
        ('"$x" y', '"$x" y'),
        ("`ls $(x)` y", "`ls $(x)` ( x ) y"),
        ('"never closed', '"never closed'),
        ('"open $(f(', '"open $(f( ( f ('),
    ],
)
def test_tokens(code: str, expected: str) -> None:
    assert kinds(code) == expected


@pytest.mark.parametrize(
    ("code", "value"),
    [
        (r'"a\tb\\\"\$"', 'a\tb\\"$'),
        (r'"\x41\u3c0\101\U1F600"', "AπA😀"),
        ('"one \\\n   line"', "one line"),
        ('"a$b"', None),
        ('"a$(b)"', None),
        ('"cost: 5$"', None),
        ('"""\n    a\n      b\n    """', "a\n  b\n"),
        ('"""a\n  b"""', "a\nb"),
        ('"""\n  a\\n b"""', "a\n b"),
        ('"""say "hi" now"""', 'say "hi" now'),
        (r'raw"C:\dir\new"', "C:\\dir\\new"),
        (r'raw"a\"b\\"', 'a"b\\'),
        (r'raw"$x"', "$x"),
        ('""', ""),
    ],
)
def test_what_strings_mean(code: str, value: "str | None") -> None:
    (string,) = [token for token in tokens(code) if token.kind == "string"]
    assert string.value == value


def test_places_count_as_editors_do() -> None:
    code = 'α = "😀"; include("x.jl")\nβ'
    found = tokens(code)
    lines = Lines(code)
    include, last = next(token for token in found if token.text == "include"), found[-1]
    assert lines.range(include.start, include.end) == Range(0, 10, 0, 17)
    assert lines.range(last.start, last.end) == Range(1, 0, 1, 1)


@given(st.text(alphabet="ab1'\"`$()[]{}\\#=\n rin:!.π∈e", max_size=200))
def test_any_text_gives_tokens_in_order(code: str) -> None:
    found = tokens(code)
    assert all(code[token.start : token.end] == token.text for token in found)
    assert [token.start for token in found] == sorted(token.start for token in found)
    read_code(code)


@pytest.mark.julia
@pytest.mark.skipif(JULIA is None, reason="Julia is not installed")
def test_julias_own_parser_finds_the_same_strings(tmp_path: Path) -> None:
    """Every plain string literal of Julia's own sources; those inside a command Julia's parser keeps to itself."""
    program = tmp_path / "strings.jl"
    program.write_text(_STRINGS)
    assert JULIA is not None
    done = subprocess.run([JULIA, "--startup-file=no", str(program)], capture_output=True, check=True)
    theirs: dict[str, list[str]] = {}
    for record in done.stdout.decode().split("\x01")[:-1]:
        name, _, literal = record.partition("\x02")
        theirs.setdefault(name, []).append(literal)
    assert len(theirs) > 50, "Julia's own sources are there"
    for name, literals in theirs.items():
        code = Path(name).read_text("utf-8")
        assert _plain_strings(code) == sorted(literals), name


def _plain_strings(code: str) -> list[str]:
    found, command_end = [], -1
    all_tokens = tokens(code)
    for index, token in enumerate(all_tokens):
        before = all_tokens[index - 1] if index else None
        prefixed = (
            before is not None and before.end == token.start and before.kind == "name" and before.text not in NOT_VALUES
        )
        if token.kind == "command":
            command_end = max(command_end, token.end)
        if token.kind == "string" and token.value is not None and not prefixed and token.start >= command_end:
            found.append(token.value)
    return sorted(found)


_STRINGS = r"""
function walk(x, out)
    if x isa Expr
        name = x.head === :macrocall ? string(x.args[1]) : ""
        if occursin("_str", name) || occursin("_cmd", name) || occursin("@cmd", name)
        elseif x.head === :string
            foreach(a -> a isa String || walk(a, out), x.args)
        elseif x.head === :macrocall
            foreach(a -> walk(a, out), x.args[3:end])
        else
            foreach(a -> walk(a, out), x.args)
        end
    elseif x isa String
        push!(out, x)
    elseif x isa QuoteNode
        walk(x.value, out)
    end
end
folder = joinpath(Sys.BINDIR, Base.DATAROOTDIR, "julia", "base")
for file in filter(name -> endswith(name, ".jl"), readdir(folder; join = true))
    code, at = read(file, String), 1
    out = String[]
    while at <= ncodeunits(code)
        expression, at = Meta.parse(code, at; raise = false)
        walk(expression, out)
    end
    isempty(out) || foreach(literal -> print(file, '\x02', literal, '\x01'), out)
end
"""
