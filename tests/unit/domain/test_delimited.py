"""The beginning of CSV and TSV files."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from juliahub_ls.domain.results.delimited import CELL_CHARACTERS, COLUMNS, LINES, table_of


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(delimiter: str) -> None:
    text = "n,pi,how\n1,3.1,a\n2,3.14,b\n".replace(",", delimiter)
    table = table_of(text, whole=True)
    assert table is not None
    assert (table.header, table.lines) == (["n", "pi", "how"], [["1", "3.1", "a"], ["2", "3.14", "b"]])
    assert (table.columns, table.numeric, table.ragged, table.whole) == (3, [True, True, False], 0, True)


def test_decimal_commas_do_not_win_over_semicolons() -> None:
    table = table_of("a;b;c\n1,5;2,5;3,5\n4,5;5,5;6,5\n", whole=True)
    assert table is not None
    assert table.lines[0] == ["1,5", "2,5", "3,5"]


def test_values_without_a_header() -> None:
    table = table_of("1,2\n3,4\n", whole=True)
    assert table is not None
    assert (table.header, len(table.lines)) == ([], 2)


def test_quotes_and_line_breaks_in_cells() -> None:
    table = table_of('a,b\r\n"x, ""y""","two\nlines"\r\n', whole=True)
    assert table is not None
    assert table.lines == [['x, "y"', "two\nlines"]]


def test_ragged_lines_are_counted() -> None:
    table = table_of("a,b\n1,2\n1\n1,2,3\n", whole=True)
    assert table is not None
    assert (table.ragged, table.columns) == (2, 3)


def test_what_is_shown_is_bounded() -> None:
    text = ",".join(["c"] * 150) + "\n" + ("x" * 900 + ",1\n") * 300
    table = table_of(text, whole=True)
    assert table is not None
    assert (len(table.lines), len(table.header), table.columns, table.whole) == (LINES, COLUMNS, 150, False)
    assert len(table.lines[0][0]) == CELL_CHARACTERS


def test_a_beginning_ends_with_its_last_whole_line() -> None:
    table = table_of("a,b\n1,2\n3,4", whole=False)
    assert table is not None
    assert (table.lines, table.whole) == ([["1", "2"]], False)


def test_a_field_without_end_is_no_table() -> None:
    assert table_of('a,"' + "x" * 200_000, whole=True) is None


@given(st.text(), st.booleans())
def test_any_text(text: str, whole: bool) -> None:
    table = table_of(text, whole=whole)
    if table is not None:
        assert len(table.lines) <= LINES
        assert all(len(line) <= table.columns for line in table.lines)
        assert len(table.numeric) == min(table.columns, COLUMNS)
