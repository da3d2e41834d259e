"""Text on terminals: foreign control characters, styles, log lines, times."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from juliahub_ls.cli.job_text import when
from juliahub_ls.domain.logs.line import line_of
from juliahub_ls.domain.logs.text import LogText
from juliahub_ls.domain.text import Paint
from juliahub_wire.logs import record_of

COLOURS, PLAIN, ASCII = Paint(colours=True), Paint(colours=False), Paint(colours=False, unicode=False)


@pytest.mark.parametrize(
    ("text", "coloured", "plain"),
    [
        ("π ≈ 3", "π ≈ 3", "π ≈ 3"),
        ("a\tb", "a\tb", "a\tb"),  # a tab is text
        ("\x1b[31mred\x1b[0m", "\x1b[31mred\x1b[0m\x1b[0m", "red"),
        ("\x1b[31mnever ended", "\x1b[31mnever ended\x1b[0m", "never ended"),  # ours ends it
        ("\x1b[38;2;1;2;3mtrue\x1b[m", "\x1b[38;2;1;2;3mtrue\x1b[m\x1b[0m", "true"),
        ("\x1b[2J\x1b[H", "␛[2J␛[H", "␛[2J␛[H"),  # clears the screen
        ("\x1b]0;title\x07", "␛]0;title␇", "␛]0;title␇"),  # renames the window
        ("\x1b]8;;http://x\x1b\\link", "␛]8;;http://x␛\\link", "␛]8;;http://x␛\\link"),
        ("over\rwritten\x08", "over␍written␈", "over␍written␈"),
        ("\x9b31m", "\ufffd31m", "\ufffd31m"),  # the one-byte form of ESC [
        ("\x7f", "␡", "␡"),
        ("\x1b", "␛", "␛"),
    ],
)
def test_what_a_terminal_must_not_obey_becomes_visible(text: str, coloured: str, plain: str) -> None:
    assert COLOURS.foreign(text) == coloured
    assert PLAIN.foreign(text) == COLOURS.bare(text) == plain


@given(st.text(alphabet=st.sampled_from("\x1b[]0;9mJ\x07\x9b\x00\n\tπa")))
def test_nothing_but_colours_is_left_whatever_comes(text: str) -> None:
    assert "\x1b" not in PLAIN.foreign(text)
    rest = re.sub(r"\x1b\[[0-9;:]*m", "", COLOURS.foreign(text))
    assert not any(
        (ord(character) < 0x20 and character not in "\n\t") or 0x7F <= ord(character) < 0xA0 for character in rest
    )


def test_without_unicode_signs_have_stand_ins() -> None:
    assert ASCII.sign("● 2 × 2 … ✓") == "* 2 x 2 ... +"
    assert ASCII.foreign("\x07") == "?"


def lines(*records: dict[str, object], headings: bool = True, progress: int | None = None) -> list[str]:
    return LogText(PLAIN, headings=headings, progress=progress).lines(line_of(record_of(record)) for record in records)


def test_a_record_of_several_lines_keeps_its_margin() -> None:
    (text,) = lines({"message": "one\ntwo\n", "keywords": {"table": "a\nb", "n": 2, "name": "two words"}})
    assert text.splitlines() == [
        '             │ one  n=2 name="two words"',
        "             │ two",
        "             │ table:",
        "             │   a",
        "             │   b",
    ]


def test_progress_is_told_as_it_comes_on() -> None:
    steps = [{"message": "Fit", "keywords": {"progress": number / 100}} for number in range(101)]
    assert len(lines(*steps)) == 101
    assert [line.split()[-1] for line in lines(*steps, progress=50)] == ["0%", "50%", "100%"]
    assert lines(*steps, progress=0) == []


def test_phases_are_headings_unless_a_filter_is_set() -> None:
    phase = {"message": "Phase: code", "keywords": {"jrun_phase": "code"}}
    assert lines(phase) == ["● Running"]
    assert lines(phase, headings=False) == []


def test_times_are_relative_within_an_hour() -> None:
    now = 1_700_000_000.0
    assert when(None, now) == ""
    assert when(1_700_000_000_000, now) == "just now"
    assert when(1_699_999_400_000, now) == "10 min ago"
    assert when(1_699_996_460_000, now) == "59 min ago"
    assert when(0, now).startswith("19")
