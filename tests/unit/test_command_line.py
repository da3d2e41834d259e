"""The line for a terminal means what the form means; a configuration reads back as it was saved."""

import shlex
from pathlib import Path
from typing import Any

import pytest
import typer.main
from hypothesis import given, settings
from hypothesis import strategies as st

from juliahub_ls.cli.choices import OPTIONS, given_choices
from juliahub_ls.cli.main import app
from juliahub_ls.domain.jobs.choices import ALTERNATIVES, CHOICES, Kind, merged
from juliahub_ls.domain.jobs.command_line import command_line
from juliahub_ls.domain.jobs.configurations import read_configurations, write_configuration
from juliahub_ls.domain.jobs.secret_variables import looks_secret
from juliahub_ls.lsp.protocol.jobs import SubmitParams
from juliahub_ls.services.choices import choices_of, request_of

SUBMIT: Any = typer.main.get_command(app)
TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=12)
NAME = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,8}", fullmatch=True)
VALUES = {
    Kind.TEXT: TEXT,
    Kind.PATH: TEXT.filter(lambda text: "/" not in text and text not in (".", "..")).map("/project/{}".format),
    Kind.COUNT: st.integers(-5, 5000),
    Kind.NUMBER: st.floats(0, 1e4, allow_nan=False) | st.integers(0, 100).map(float),
    Kind.FLAG: st.just(True),
    Kind.LIST: st.lists(TEXT, min_size=1, max_size=3),
    Kind.TABLE: st.dictionaries(NAME, TEXT, min_size=1, max_size=3),
}


@st.composite
def choices(draw: st.DrawFn) -> "dict[str, Any]":
    """Choices that a line and a file can hold: of alternatives one, and no passwords."""
    keys = draw(st.sets(st.sampled_from([choice.key for choice in CHOICES]), max_size=8))
    for group in ALTERNATIVES:
        keys -= set(sorted(group & keys)[1:])
    if "port" not in keys:
        keys -= {"portAccess", "portName"}
    found = {}
    for choice in CHOICES:
        if choice.key in keys:
            found[choice.key] = draw(st.sampled_from(choice.words) if choice.words else VALUES[choice.kind])
    return found


def parsed(line: str) -> "dict[str, Any]":
    """What `juliahub submit` takes from a line, the shell's work done before."""
    juliahub, submit, *arguments = shlex.split(line)
    assert (juliahub, submit) == ("juliahub", "submit")
    context = SUBMIT.commands["submit"].make_context("submit", arguments)
    server = context.params["server"]
    return given_choices(context.params) | ({"server": server} if server else {})


@given(choices())
@settings(max_examples=150)
def test_a_line_means_the_same(chosen: "dict[str, Any]") -> None:
    """Where the terminal has what is secret."""
    secret = {name: value for name, value in chosen.get("env", {}).items() if looks_secret(name, value)}
    with pytest.MonkeyPatch.context() as terminal:
        for name, value in secret.items():
            terminal.setenv(name, value)
        assert request_of(parsed(command_line(chosen))) == request_of(chosen)


def test_nothing_secret_stands_in_a_line() -> None:
    chosen = {"script": "/project/main.jl", "env": {"N": "1", "API_TOKEN": "hush"}}
    assert command_line(chosen) == "juliahub submit /project/main.jl --env N=1 --env API_TOKEN"
    with pytest.raises(typer.BadParameter, match="API_TOKEN is not set here"):
        parsed("juliahub submit main.jl --env API_TOKEN")


@given(choices())
@settings(max_examples=100)
def test_a_request_and_its_choices_mean_the_same(chosen: "dict[str, Any]") -> None:
    assert request_of(choices_of(request_of(chosen))) == request_of(chosen)


@given(TEXT, choices(), choices())
@settings(max_examples=150)
def test_a_configuration_reads_back_as_it_was_saved(
    name: str, first: "dict[str, Any]", second: "dict[str, Any]"
) -> None:
    before = '# kept\n[configurations.other]\nnodes = 2 # kept, too\n\n[configurations.other.env]\nA = "1"\n'
    text = before
    for chosen in (first, second):
        written = write_configuration(text, name, chosen, Path("/work"))
        assert written is not None
        text, line = written
        if name != "other":
            assert text.startswith(before.rstrip())
        assert text.split("\n")[line].startswith("[configurations.")
    found = {
        item.name: item for item in read_configurations(text, Path("/project/.vscode/juliahub.toml")).configurations
    }
    public = {key: value for key, value in second.get("env", {}).items() if not looks_secret(key, value)}
    expected = {**second, "env": public}
    assert request_of(found[name].choices) == request_of(expected)


def test_a_line_for_windows() -> None:
    chosen = {"script": r"C:\a b\it's.jl", "name": "x$y", "nodes": 2}
    assert command_line(chosen, windows=True) == r"juliahub submit 'C:\a b\it''s.jl' --name 'x$y' --nodes 2"


def test_a_line_for_a_part_of_a_script() -> None:
    line = command_line({"script": "/project/main.jl", "name": "part"}, lines=(3, 7))
    assert line == "juliahub submit /project/main.jl --name part --lines 3:7"


def test_there_is_one_vocabulary() -> None:
    not_kept = {"code", "portPassword", "workDoneToken"}
    assert {choice.key for choice in CHOICES} == set(SubmitParams.__annotations__) - not_kept
    options = {choice.option.replace("-", "_") for choice in CHOICES} - {"server"}
    assert options == set(OPTIONS) - {"config", "lines"}
    names = {name for parameter in SUBMIT.commands["submit"].params for name in parameter.opts}
    assert {f"--{choice.option}" for choice in CHOICES if choice.key != "script"} <= names
    assert SUBMIT.commands["check"].params[: len(OPTIONS)] != []


@pytest.mark.parametrize(
    ("base", "over", "expected"),
    [
        ({"timeLimit": 1.0}, {"costLimit": 2.0}, {"costLimit": 2.0}),
        ({"costLimit": 2.0}, {"timeLimit": 0.0}, {"timeLimit": 0.0}),
        ({"processesPerNode": 4}, {"processPerVcpu": True}, {"processPerVcpu": True}),
        ({"processesPerNode": 4}, {"processPerVcpu": False}, {"processesPerNode": 4, "processPerVcpu": False}),
        ({"elastic": True}, {"minNodes": 2}, {"minNodes": 2}),
        ({"julia": "1.10"}, {"image": "Dev"}, {"image": "Dev"}),
        ({"nodes": 1}, {"timeLimit": 1.0, "costLimit": 2.0}, {"nodes": 1, "timeLimit": 1.0, "costLimit": 2.0}),
    ],
)
def test_what_is_chosen_goes_before_its_alternative(base: Any, over: Any, expected: Any) -> None:
    assert merged(base, over) == expected
