"""What a list shows of a job's results."""

from typing import Any

import pytest

from juliahub_ls.domain.jobs.headline import ResultEntry, headline, result_entries
from juliahub_ls.domain.jobs.job_view import JobView, summary_of
from juliahub_ls.domain.values import SHORT_CHARACTERS


def job(outputs: str) -> JobView:
    return JobView(
        "hub", "jr-1", "pi", "Completed", "Completed", True, True, outputs=outputs, summary=summary_of(outputs)
    )


@pytest.mark.parametrize(
    ("outputs", "shown"),
    [
        ('{"table": [1, 2], "π": 3.14159265, "n": 5}', "π = 3.14159"),
        ('{"nothing": null, "fit": {"loss": 1}, "ok": true}', "ok = true"),
        ('{"n": 1e6}', "n = 1000000"),
        ('{"loss": NaN}', "loss = nan"),
        ('{"note": "two\\nlines"}', "note = two"),
        ('{"a\\nkey": 1}', "a = 1"),
        ('{"fit": {"loss": 1}}', ""),
        ("  done\r\nwell", "done"),
        ("", ""),
    ],
)
def test_the_most_telling_value(outputs: str, shown: str) -> None:
    assert headline(job(outputs)) == shown


@pytest.mark.parametrize(
    ("outputs", "entries"),
    [
        (
            '{"loss": 0.1234567, "fit": {"n": [1]}, "no": null}',
            [("loss", "0.123457"), ("fit", '{"n": [1]}'), ("no", "null")],
        ),
        ("done\nwell", [("done", "")]),
        ("", []),
    ],
)
def test_every_value_in_a_line(outputs: str, entries: Any) -> None:
    assert result_entries(job(outputs)) == [ResultEntry(*entry) for entry in entries]


def test_a_long_value_is_cut() -> None:
    (entry,) = result_entries(job('{"x": "' + "y" * 999 + '"}'))
    assert (len(entry.text), entry.text[-1]) == (SHORT_CHARACTERS, "…")
