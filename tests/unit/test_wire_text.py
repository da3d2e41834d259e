"""Texts that Julia un-escapes by hand: what a server writes is what a Julia client reads (protocol §7.2, §8.1)."""

import json
from unittest.mock import patch

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from juliahub_wire import julia_text, logs
from juliahub_wire.jobs import Job, encode_inputs

TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=80)
NASTY = st.text(alphabet=st.sampled_from("\\\"'$nux0/\n\r\t\x00\x1b\x7f𝄞é\u2028 "), max_size=30)
SIMPLE = {"a": 7, "b": 8, "t": 9, "n": 10, "v": 11, "f": 12, "r": 13, "e": 27, "\\": 92, '"': 34}


def julia_unescape(text: str) -> str:
    """Julia's `unescape_string`, as strict as Julia's: `\\x` and octal escapes are bytes, others code points."""
    out, rest = bytearray(), list(text)[::-1]
    while rest:
        character = rest.pop()
        if character != "\\" or not rest:
            out += character.encode()
            continue
        escape = rest.pop()
        if escape in "xuU":
            digits = _digits(rest, {"x": 2, "u": 4, "U": 8}[escape], "0123456789abcdefABCDEF")
            if not digits or int(digits, 16) > 0x10FFFF:
                raise ValueError(f"invalid escape sequence \\{escape}")
            out += bytes([int(digits, 16)]) if escape == "x" else chr(int(digits, 16)).encode()
        elif escape in "01234567":
            out.append(int(escape + _digits(rest, 2, "01234567"), 8))
        elif escape in SIMPLE:
            out.append(SIMPLE[escape])
        else:
            raise ValueError(f"invalid escape sequence \\{escape}")
    return out.decode()


def _digits(rest: "list[str]", most: int, alphabet: str) -> str:
    digits = ""
    while rest and len(digits) < most and rest[-1] in alphabet:
        digits += rest.pop()
    return digits


def job_with(inputs: "str | None") -> Job:
    return Job(
        jobname="jr-1",
        status="Running",
        outputs="",
        inputs=inputs,
        submittimestamp=None,
        starttimestamp=None,
        endtimestamp=None,
    )


@given(st.dictionaries(TEXT | NASTY, TEXT | NASTY, max_size=5))
@example({"path": "C:\\new\\table", "quote": 'say "hi"', "music": "𝄞", "cr": "a\r\nb", "nul": "\x00"})
def test_inputs_reach_julia_and_us_unharmed(args: "dict[str, str]") -> None:
    text = encode_inputs(args)
    assert json.loads(julia_unescape(text)) == args
    assert job_with(text).input_values() == args


@pytest.mark.parametrize(
    ("inputs", "values"),
    [
        (None, {}),
        ("", {}),
        ("{", {}),
        ("[1]", {}),
        ('{"N": 1000}', {"N": 1000}),
        ('{"a": "plain \\"JSON\\""}', {"a": 'plain "JSON"'}),  # a server that does not escape twice
    ],
)
def test_inputs_of_any_server(inputs: "str | None", values: "dict[str, object]") -> None:
    assert job_with(inputs).input_values() == values


@given(TEXT | NASTY)
def test_escape_is_undone(text: str) -> None:
    assert julia_text.unescape(julia_text.escape(text)) == text
    assert julia_unescape(julia_text.escape(text)) == text


@given(NASTY)
def test_what_holds_no_escape_is_left_alone(text: str) -> None:
    unescaped = julia_text.unescape(text)
    assert unescaped == text or "\\" in text


@pytest.mark.parametrize(
    ("escaped", "plain"),
    [
        (r"\n\t\\", "\n\t\\"),
        (r"\u00e9\U1D11E", "é𝄞"),
        (r"\x41\101", "AA"),
        (r"\q", r"\q"),
        (r"\UFFFFFFFF", r"\UFFFFFFFF"),
        ("\\", "\\"),
    ],
)
def test_unescape(escaped: str, plain: str) -> None:
    assert julia_text.unescape(escaped) == plain


RECORDS = st.fixed_dictionaries(
    {"message": TEXT | NASTY, "eventId": st.integers(1, 10**9).map(str)},
    optional={
        "timestamp": st.integers(0, 2**45) | st.just("2023-03-15T07:56:55.120Z"),
        "keywords": st.dictionaries(TEXT, st.integers() | TEXT | st.booleans() | st.none(), max_size=3),
        "metadata": st.dictionaries(TEXT, TEXT, max_size=3),
    },
)


@given(st.lists(RECORDS, max_size=5))
@example([{"message": '\\ " \x00\x1f 𝄞 \u2028', "eventId": "1"}])
def test_a_page_reaches_julia_and_us_unharmed(records: "list[dict[str, object]]") -> None:
    elements = [logs.marker(logs.TOP), *records]
    body = logs.encode_page([julia_text.dumps(element) for element in elements])
    assert json.loads(julia_unescape(body[1:-1])) == elements
    page = logs.decode_page(body)
    assert page[0].is_top
    assert [record.message for record in page[1:]] == [record["message"] for record in records]
    assert [record.keywords for record in page[1:]] == [record.get("keywords", {}) for record in records]


NESTED = st.just({"runs": [{"x": 1}, {"y": "},{"}]}) | st.just({"text": '},{"a":1'})


@given(st.lists(st.fixed_dictionaries({"message": NASTY | st.just('},{"'), "keywords": NESTED}), max_size=6))
def test_a_page_in_pieces_is_the_page(records: "list[dict[str, object]]") -> None:
    """Cut where an element may end, which is also within one."""
    with patch.object(logs, "PIECE_BYTES", 8):
        for separators in ((",", ":"), (", ", ": ")):
            text = [json.dumps(record, ensure_ascii=False, separators=separators) for record in records]
            page = logs.decode_page(json.dumps(f"[{separators[0].join(text)}]", ensure_ascii=False).encode())
            assert [{"message": one.message, "keywords": one.keywords} for one in page] == records


@pytest.mark.parametrize(
    "body",
    [
        '[{"message": "a"}]',  # a bare array
        json.dumps('[{"message": "a"}]'),
        json.dumps('[{"message": "a"}, 5, null, "x"]'),  # bad elements are skipped
        '"[{\\"message\\": \\"a\\", \\"keywords\\": 3, \\"metadata\\": null}]"',
        '  "[{\\"message\\": \\"a\\"}]"\n',
    ],
)
def test_pages_of_any_server(body: str) -> None:
    assert [record.message for record in logs.decode_page(body)] == ["a"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ('{"success": false, "reason": "No such job."}', "No such job."),
        ('{"success": false, "message": "Later."}', "Later."),
        ("{}", "no log"),
        ("<html>", "not a log page"),
        ("", "not a log page"),
        ('""', "not a log page"),
        ("5", "not a log page"),
        ("[" * 100_000, "not a log page"),
    ],
)
def test_what_is_no_page(body: str, words: str) -> None:
    with pytest.raises(logs.LogPageError, match=words):
        logs.decode_page(body)


def test_a_record_takes_what_is_there() -> None:
    record = logs.record_of({"message": None, "timestamp": [], "eventId": 7, "keywords": [], "_meta": "yes"})
    assert record == logs.LogRecord(event_id="7")
    assert logs.record_of({"_meta": True, "end": "bottom"}).is_bottom


@pytest.mark.parametrize(
    ("timestamp", "expected"),
    [
        ("2023-03-15T07:56:55.120Z", 1678867015120),
        ("2023-03-15T07:56:55.12", 1678867015120),
        ("2023-03-15T07:56:55.1Z", 1678867015100),
        ("2023-03-15T07:56:55", 1678867015000),
        ("2023-03-15T07:56:49.953077+00:00", 1678867009953),
        ("2023-03-15T08:56:55.120+01:00", 1678867015120),
        (1678867015120, 1678867015120),
        ("yesterday", None),
        ("", None),
        (None, None),
    ],
)
def test_times(timestamp: "str | int | None", expected: "int | None") -> None:
    assert logs.to_unix_ms(timestamp) == expected


@given(st.integers(0, 4_000_000_000_000))
def test_a_written_time_is_read_back(milliseconds: int) -> None:
    assert logs.to_unix_ms(logs.iso_ms(milliseconds / 1000)) in (milliseconds, milliseconds - 1)
