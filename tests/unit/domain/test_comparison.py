"""Jobs side by side: what is compared, when it differs, and the CSV that no spreadsheet takes for formulas."""

import csv
import io
import json
import math
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from juliahub_ls.domain.jobs.job_view import JobView
from juliahub_ls.domain.jobs.submission_record import SubmissionRecord
from juliahub_ls.domain.logs.line import LogLine
from juliahub_ls.domain.logs.series import Series
from juliahub_ls.domain.results.comparison import ABSENT, Cell, Compared, Row, compare, value_cell
from juliahub_ls.domain.results.comparison_csv import FORMULA_SIGNS, safe, to_csv
from juliahub_ls.domain.results.summary_rows import flat, summary_rows
from juliahub_ls.domain.results.trend import POINTS, Trend, trend_of_series

HOUR = 3_600_000
RECORD = SubmissionRecord(
    "hub", "jr-1", 0, {"script": "/a/fit.jl"}, "2 nodes", "c5", 2, 8, 4, 16, False, 0.5, bundle_sha256="ab" * 32
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


def job(number: int = 1, **fields: Any) -> JobView:
    return JobView("hub", f"jr-{number}", f"fit {number}", "Completed", "Completed 0:42", True, True, **fields)


def rows(*jobs: Compared) -> "dict[str, Row]":
    return {f"{section.id}/{row.key}": row for section in compare(jobs) for row in section.rows}


def texts(row: Row) -> "list[str]":
    return [cell.text for cell in row.cells]


def test_summaries_side_by_side() -> None:
    first = Compared(job(1, summary={"loss": 0.25, "fit": {"steps": 10, "how": "adam"}, "seed": 1}))
    second = Compared(job(2, summary={"loss": 0.125, "fit": {"steps": 10, "how": "sgd"}, "note": "ok"}))
    found = rows(first, second)
    assert texts(found["summary/loss"]) == ["0.25", "0.125"]
    assert [cell.number for cell in found["summary/loss"].cells] == [0.25, 0.125]
    assert found["summary/loss"].differs
    assert found["summary/loss"].numeric
    assert not found["summary/fit.steps"].differs
    assert (found["summary/fit.how"].differs, found["summary/fit.how"].numeric) == (True, False)
    assert found["summary/seed"].cells[1] == ABSENT
    assert found["summary/seed"].differs
    assert [key for key in found if key.startswith("summary/")][-1] == "summary/note"


@pytest.mark.parametrize(
    ("one", "other", "differs", "shown"),
    [
        (1, 1, False, ["1", "1"]),
        (1, 1.0, True, ["1", "1.0"]),
        (0.1234567, 0.1234568, True, ["0.1234567", "0.1234568"]),
        (0.1234567, 0.2, True, ["0.123457", "0.2"]),
        (True, "true", False, ["true", "true"]),
        (None, 0, True, ["null", "0"]),
        ("", "a", True, ["", "a"]),
        (10**20, 10**20 + 1, True, ["100000000000000000000", "100000000000000000001"]),
    ],
)
def test_what_differs(one: Any, other: Any, differs: bool, shown: "list[str]") -> None:
    row = rows(Compared(job(1, summary={"x": one})), Compared(job(2, summary={"x": other})))["summary/x"]
    assert (row.differs, texts(row)) == (differs, shown)


def test_times_and_cost() -> None:
    view = job(submitted=0, started=5_000, ended=5_000 + HOUR // 2, time_limit=2.0)
    found = rows(Compared(view, RECORD), Compared(job(2)))
    assert texts(found["times/waited"]) == ["0:05", ""]
    assert texts(found["times/ran"]) == ["30:00", ""]
    assert texts(found["times/limit"]) == ["2 h", ""]
    assert (texts(found["times/cost"]), found["times/cost"].cells[0].number) == (["$0.25", ""], 0.25)


def test_times_that_differ_by_less_than_a_second_keep_their_unit() -> None:
    one, other = (Compared(job(number, started=0, ended=1000 + number)) for number in (1, 2))
    (cells,) = (row.cells for key, row in rows(one, other).items() if key == "times/ran")
    assert [cell.text for cell in cells] == ["1.001 s", "1.002 s"]
    assert [cell.whole for cell in cells] == ["1.001", "1.002"]


def test_states_of_ended_jobs_are_their_last_word_without_the_time() -> None:
    failed = replace(job(2), status="Failed", label="Failed after 0:03: no such luck")
    row = rows(Compared(job()), Compared(failed))["job/state"]
    assert (texts(row), row.differs) == (["Completed", "Failed"], True)
    assert not rows(Compared(job()), Compared(replace(job(2), label="Completed 9:59")))["job/state"].differs


def test_inputs_are_compared_as_the_numbers_they_are() -> None:
    found = rows(Compared(job(1, inputs={"n": "100", "name": "a"})), Compared(job(2, inputs={"n": "0x10"})))
    assert [cell.kind for cell in found["inputs/n"].cells] == ["number", "text"]
    assert [cell.kind for cell in found["inputs/name"].cells] == ["text", "absent"]


def test_a_submission_tells_of_the_cluster() -> None:
    found = rows(Compared(job(1), RECORD), Compared(job(2), replace(RECORD, bundle_sha256="cd" * 32)))
    assert texts(found["cluster/memory"]) == ["16 GB", "16 GB"]
    assert texts(found["cluster/bundle"]) == ["abababababab", "cdcdcdcdcdcd"]
    assert found["cluster/bundle"].differs
    assert texts(found["job/script"])[0] == "fit.jl"
    assert texts(found["cluster/gpu"]) == ["no", "no"]


def test_a_results_text_that_is_no_json() -> None:
    row = rows(Compared(job(1, outputs="it went well")), Compared(job(2)))["summary/"]
    assert (row.label, texts(row)) == ("Results text", ["it went well", ""])


def test_lists_of_numbers_show_how_they_went() -> None:
    cell = value_cell([float(number) for number in range(500)])
    assert cell.text == "0 … 499 (500 values)"
    assert cell.trend is not None
    assert (len(cell.trend.points), cell.trend.points[0], cell.trend.points[-1]) == (POINTS, 0.0, 499.0)
    assert value_cell([1.0, 2.0, 1.5]).trend == Trend((1.0, 2.0, 1.5), 1.0, 1.5, 3)
    assert value_cell([1.0, 2.0]).trend is None
    assert value_cell(1.5).trend is None


def test_what_json_writes_for_no_number_is_a_text() -> None:
    assert [value_cell(value).number for value in (math.nan, math.inf)] == [None, None]
    assert value_cell(math.nan) == Cell("text", "NaN", whole="NaN")
    cell = value_cell([2.0, math.nan, 1.0, math.inf])
    assert cell.trend == Trend((2.0, 1.0), 2.0, 1.0, 4)


def series(*values: float) -> Series:
    found = Series("loss", 1, 4)
    for number, value in enumerate(values, 1):
        found.add(LogLine(number, "", "Info", 1), value)
    return found


def test_a_logged_number_keeps_its_ends_and_its_peaks() -> None:
    trend = trend_of_series(series(5.0, 9.0, *[2.0] * 50, 1.0, 3.0))
    assert trend is not None
    assert (trend.first, trend.last, trend.count, max(trend.points)) == (5.0, 3.0, 54, 9.0)
    assert (trend.points[0], trend.points[-1]) == (5.0, 3.0)
    assert trend_of_series(series(1.0)) is None
    assert trend_of_series(series()) is None


def test_a_number_that_was_logged_is_drawn_where_the_summary_has_it() -> None:
    falling, rising = Trend((2.0, 0.25), 2.0, 0.25, 2), Trend((1.0, 4.0), 1.0, 4.0, 2)
    first = Compared(job(1, summary={"loss": 0.25, "fit": {"rate": 1}}), logged={"loss": falling, "rate": rising})
    found = rows(first, Compared(job(2)))
    assert found["summary/loss"].cells[0].trend == falling
    assert found["summary/fit.rate"].cells[0].trend is None
    assert "logged/loss" not in found
    assert found["logged/rate"].cells == (Cell("number", "4", 4.0, rising, "4.0", "4.0"), ABSENT)


def test_a_job_that_failed_before_its_summary_shows_what_it_logged() -> None:
    """Beside what the others have in theirs."""
    falling = Trend((2.0, 0.5), 2.0, 0.5, 2)
    done = Compared(job(1, summary={"loss": 0.25}))
    found = rows(done, Compared(job(2), logged={"loss": falling, "rate": falling}))
    assert [(cell.text, cell.trend) for cell in found["summary/loss"].cells] == [("0.25", None), ("0.5", falling)]
    assert found["summary/loss"].numeric
    assert [key for key in found if key.startswith("logged/")] == ["logged/rate"]


def test_whole_numbers_beyond_any_float_are_texts() -> None:
    """`factorial(big(200))` is one that a job may leave."""
    large = math.factorial(200)
    row = rows(Compared(job(1, summary={"n": large})), Compared(job(2, summary={"n": 1})))["summary/n"]
    assert (row.cells[0].kind, row.cells[0].whole, row.numeric) == ("text", str(large), False)
    cell = value_cell([1.0, large, 2.0])
    assert (cell.text, cell.trend) == ("1 … 2 (3 values)", Trend((1.0, 2.0), 1.0, 2.0, 3))
    assert len(value_cell([1.0, 2.0, large]).text) < 250


def test_one_job_never_differs_from_itself() -> None:
    view = job(summary={"a": 1, "b": {"c": "x"}}, inputs={"n": "1"})
    assert not any(row.differs for row in rows(Compared(view), Compared(view)).values())


@given(st.dictionaries(st.text(max_size=5), JSON, max_size=4), st.dictionaries(st.text(max_size=5), JSON, max_size=4))
def test_any_summaries(one: "dict[str, Any]", other: "dict[str, Any]") -> None:
    jobs = [Compared(job(1, summary=one)), Compared(job(2, summary=other))]
    for section in compare(jobs):
        assert len({row.key for row in section.rows}) == len(section.rows)
        for row in section.rows:
            assert len(row.cells) == 2
            assert row.numeric == all(cell.kind != "text" for cell in row.cells)
            same = [json.dumps(flat(view.view.summary).get(row.key, "absent")) for view in jobs]
            if section.id == "summary" and "absent" not in same[0] + same[1] and not row.differs:
                assert value_cell(json.loads(same[0])).whole == value_cell(json.loads(same[1])).whole


@given(st.dictionaries(st.text(max_size=5), JSON, max_size=4))
def test_rows_and_flat_keys_agree(summary: "dict[str, Any]") -> None:
    leaves = [row.path for row in summary_rows(summary) if row.kind != "group"]
    assert leaves == list(flat(summary))
    assert len(set(leaves)) == len(leaves)


def test_rows_in_reading_order() -> None:
    found = summary_rows({"pi": 3.1, "fit": {"loss": [1, 2], "best": [{"x": 1}]}, "a.b": None, "ok": True})
    assert [(row.path, row.depth, row.kind, row.text) for row in found] == [
        ("pi", 0, "number", "3.1"),
        ("fit", 0, "group", ""),
        ("fit.loss", 1, "text", "[1, 2]"),
        ("fit.best", 1, "group", ""),
        ("fit.best[1]", 2, "group", ""),
        ("fit.best[1].x", 3, "number", "1"),
        ('"a.b"', 0, "nothing", "null"),
        ("ok", 0, "flag", "true"),
    ]


HOSTILE = ["=1+1", "+cmd", "-cmd|' /C calc'!A0", "@SUM(A1)", "\t=1", "\r=1", '="a",\nb']


def test_csv_is_safe_and_read_back_whole() -> None:
    values = {f"k{number}": text for number, text in enumerate(HOSTILE)} | {"=key": -1.5, "plain": 'a "b", c\nd'}
    view = job(summary=values)
    text = to_csv([f"{view.name} ({view.id})"], compare([Compared(view)]))
    assert text.endswith("\r\n")
    lines = list(csv.reader(io.StringIO(text, newline="")))
    assert lines[0] == ["Section", "Name", "fit 1 (jr-1)"]
    found = {line[1]: line[2] for line in lines if line[0] == "Results"}
    for number, cell in enumerate(HOSTILE):
        assert found[f"k{number}"][0] == "'"
        assert found[f"k{number}"].replace("'", "") == cell.replace("'", "")
    assert (found["'=key"], found["plain"]) == ("-1.5", 'a "b", c\nd')


@given(st.text())
def test_no_cell_begins_a_formula(text: str) -> None:
    cell = safe(text)
    if cell.startswith(FORMULA_SIGNS):
        assert isinstance(float(cell), float)
    else:
        assert cell.replace("'", "") == text.replace("'", "")
        assert not re.search(r"[;\t\r\n][=+\-@]", cell)


def test_a_formula_after_a_semicolon_is_none_either() -> None:
    assert safe("x;=1+1") == "x;'=1+1"
    assert safe("=1;=2") == "'=1;'=2"
    assert safe("-1.5") == "-1.5"
    assert safe("a - b; c") == "a - b; c"


def test_a_long_text_is_cut_on_the_screen_only() -> None:
    cell = value_cell("x" * 500)
    assert (len(cell.text), cell.text[-1], len(cell.whole)) == (200, "…", 500)
    assert value_cell("short") == Cell("text", "short", whole="short")
