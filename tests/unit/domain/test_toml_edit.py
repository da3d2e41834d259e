"""A table's values are set, and nothing else of the text changes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from juliahub_ls.domain.toml.edit import remove_table, set_table
from juliahub_ls.domain.toml.text import parse_toml

TEXT = """\
# top
[a]
x = 1  # one
many = [
  1,
  2,
]
s = "old"

# about b
[a.b]
y = true
"""


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"x": 1, "many": [1, 2], "s": "old"}, TEXT),
        ({"x": 2, "many": [1, 2], "s": "old"}, TEXT.replace("x = 1 ", "x = 2 ")),
        ({"x": 1, "s": "old"}, TEXT.replace("many = [\n  1,\n  2,\n]\n", "")),
        ({"x": 1, "many": [3], "s": "old"}, TEXT.replace("[\n  1,\n  2,\n]", "[3]")),
        ({"x": 1, "many": [1, 2], "s": "old", "new": "ü"}, TEXT.replace('"old"\n', '"old"\nnew = "ü"\n')),
        ({"x": True, "many": [1, 2], "s": "old"}, TEXT.replace("x = 1 ", "x = true ")),
    ],
)
def test_one_table(values: "dict[str, object]", expected: str) -> None:
    assert set_table(TEXT, ("a",), values) == expected


def test_a_table_more() -> None:
    assert set_table(TEXT, ("c d", "e"), {"z": 1}) == TEXT + '\n["c d".e]\nz = 1\n'
    assert set_table("", ("a",), {"z": 1}) == "[a]\nz = 1\n"
    between = set_table(TEXT, ("a", "c"), {"z": 1}, after=("a",))
    assert between == TEXT.replace('"old"\n', '"old"\n\n[a.c]\nz = 1\n')


def test_lines_end_as_they_did() -> None:
    windows = TEXT.replace("\n", "\r\n")
    edited = set_table(windows, ("a", "b"), {"y": False, "z": 1})
    assert edited == windows.replace("y = true\r\n", "y = false\r\nz = 1\r\n")


def test_a_table_less() -> None:
    assert remove_table(TEXT, ("a", "b")) == TEXT.partition("[a.b]")[0]
    assert remove_table(TEXT, ("a", "c")) is None
    assert remove_table(TEXT, ("a",)) is None, "there is one below it"


@pytest.mark.parametrize("text", ["[a\nx = 1\n", "a = {x = 1}\n", "a.x = 1\n", "a = 3\n", "[[a]]\nx = 1\n"])
def test_what_cannot_be_edited(text: str) -> None:
    assert set_table(text, ("a",), {"x": 2, "y": 3}) is None


@given(st.dictionaries(st.text(max_size=6), st.integers() | st.booleans() | st.text(max_size=9), max_size=5))
def test_whatever_is_set_reads_back(values: "dict[str, object]") -> None:
    edited = set_table(TEXT, ("a",), values)
    assert edited is not None or "b" in values
    if edited is None:
        return
    assert parse_toml(edited).table == {"a": {"b": {"y": True}, **values}}
    assert "# about b" in edited
