"""Configurations are read from whatever stands in the file, half typed or wrong, and nothing raises."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from juliahub_ls.domain.jobs.configuration_cursor import cursor_at
from juliahub_ls.domain.jobs.configurations import read_configurations, write_configuration

FILE = Path("/project/.vscode/juliahub.toml")
TEXT = """\
[configurations."big sweep"]  # ours
script = "main.jl"
nodes = 4
allow = ["a", 'b']

[configurations."big sweep".env]
N = "1"
"""
PIECES = st.sampled_from(
    ["[", "]", "[[", '"', "'''", "=", ".", "\n", "#", "{", "}", "ü", "\r\n", "configurations", "env"]
)


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        ("nodes = 2.5", "configuration-wrong-kind", "“nodes” must be a whole number, not a number."),
        ("nodes = true", "configuration-wrong-kind", "not true or false"),
        ("gpu = 1", "configuration-wrong-kind", "“gpu” must be true or false, not a number."),
        ('allow = "x"', "configuration-wrong-kind", "“allow” must be a list of texts, not text."),
        ("allow = [1]", "configuration-wrong-kind", "not a list"),
        ("env = {N = 1}", "configuration-wrong-kind", "“env” must be a table of texts, not a table."),
        ('send = "all"', "configuration-wrong-kind", "one of folder, environment, project, script, not “all”"),
        ("time-limit = nan", "configuration-wrong-kind", "must be a number"),
        ("processes_per_node = 2", "configuration-key-unknown", "Did you mean “processes-per-node”?"),
        ('port-password = "x"', "configuration-secret", "A password never stands in a file that is shared."),
        ('env = {MY_TOKEN = "x"}', "configuration-secret", "Leave it out if it is one."),
        ("elastic = true\nmin-nodes = 2", "configuration-contradiction", "“min-nodes” and “elastic” contradict"),
    ],
)
def test_what_is_wrong_is_said(line: str, code: str, words: str) -> None:
    found = read_configurations(f"[configurations.a]\n{line}\n", FILE)
    (problem,) = found.problems
    assert problem.code == code
    assert words in problem.message
    assert problem.range is not None
    assert problem.range.start_line >= 1


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", []),
        ("configurations = 3\n", []),
        ("[[configurations]]\nnodes = 2\n", []),
        ("configurations.a = 2\n", ["a"]),
        ("[configurations.a]\n[configurations.b]\n", ["a", "b"]),
        ("[other]\n[configurations.a]\nnodes = \n", ["a"]),
    ],
)
def test_odd_files(text: str, names: "list[str]") -> None:
    found = read_configurations(text, FILE)
    assert [item.name for item in found.configurations] == names
    assert bool(found.problems) == (text not in ("", "[configurations.a]\n[configurations.b]\n"))


@given(st.lists(st.tuples(st.integers(0, len(TEXT)), st.integers(0, 20), PIECES | st.text(max_size=3)), max_size=4))
@settings(max_examples=200)
def test_nothing_raises_while_it_is_typed(edits: "list[tuple[int, int, str]]") -> None:
    text = TEXT
    for start, length, new in edits:
        text = text[:start] + new + text[start + length :]
    found = read_configurations(text, FILE)
    written = write_configuration(text, "new", {"nodes": 2, "env": {"A": "b"}}, Path("/work"))
    if written is not None:
        again = read_configurations(written[0], FILE)
        new = next(item for item in again.configurations if item.name == "new")
        assert new.choices == {"nodes": 2, "env": {"A": "b"}}
        others = [(item.name, item.choices) for item in again.configurations if item.name != "new"]
        assert others == [(item.name, item.choices) for item in found.configurations if item.name != "new"]
    for number, line in enumerate(text.split("\n")):
        for end in range(len(line) + 1):
            cursor_at(text, number, line[:end])


@pytest.mark.parametrize(
    ("line", "before", "wants", "start"),
    [
        (0, "[conf", "header", 0),
        (2, "no", "key", 0),
        (2, "  no", "key", 2),
        (2, "", "key", 0),
        (2, "nodes = ", "value", 8),
        (2, 'send = "fo', "value", 7),
        (2, "unknown = ", None, 0),
        (2, "nodes = 2 # a", None, 0),
        (6, "N", None, 0),
    ],
)
def test_what_a_place_wants(line: int, before: str, wants: "str | None", start: int) -> None:
    cursor = cursor_at(TEXT, line, before)
    assert (cursor.wants if cursor else None) == wants
    assert cursor is None or cursor.start == start
