"""The decoder of a process's output: what is a line, what a record, and that chunks do not matter."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localhub.domain.process_stream import MAX_LINE_BYTES, MAX_RECORD_BYTES, Item, StreamDecoder

RECORD = b'\x1e{"jrun":"log","message":"m"}\n'
PARSED = {"jrun": "log", "message": "m"}


def decode(*chunks: bytes) -> list[Item]:
    decoder = StreamDecoder()
    items = [item for chunk in chunks for item in decoder.feed(chunk)]
    return items + decoder.finish()


@pytest.mark.parametrize(
    ("stream", "items"),
    [
        pytest.param(b"", [], id="nothing"),
        pytest.param(b"a\nb\n", ["a", "b"], id="lines"),
        pytest.param(b"\n\n", ["", ""], id="empty lines are lines"),
        pytest.param(b"a\nrest", ["a", "rest"], id="no newline at the end"),
        pytest.param(b"a\r\nb\r\n", ["a", "b"], id="Windows line ends"),
        pytest.param(b"a\r\r\n", ["a"], id="line end of a text-mode stream"),
        pytest.param(b"10%\r50%\r100%\n", ["100%"], id="redrawn progress bar"),
        pytest.param(b"\r10%\r50%\r", [], id="progress bar that never ends its line"),
        pytest.param("π ≈ 3\n".encode(), ["π ≈ 3"], id="unicode"),
        pytest.param(b"a\xffb\xc3\n", ["a�b�"], id="invalid UTF-8"),
        pytest.param(RECORD, [PARSED], id="record"),
        pytest.param(b"text" + RECORD + b"more\n", ["text", PARSED, "more"], id="record after text without newline"),
        pytest.param(b"50%\r" + RECORD, [PARSED], id="record over a progress bar"),
        pytest.param(RECORD[:-1] + RECORD, [PARSED, PARSED], id="record ended by the next"),
        pytest.param(RECORD[:-1], [PARSED], id="record ended by the end of the stream"),
        pytest.param(RECORD[:-1] + b"\r\n", [PARSED], id="record with a Windows line end"),
        pytest.param(b'\x1e{"jrun":\n', ['\x1e{"jrun":'], id="unfinished JSON is kept as text"),
        pytest.param(b'\x1e{"other":1}\n', ['\x1e{"other":1}'], id="an object that is none of ours is text"),
        pytest.param(b"\x1e[1]\n", ["\x1e[1]"], id="an array is text"),
        pytest.param(b'\x1e{"jrun":1}\n', ['\x1e{"jrun":1}'], id="the kind must be a string"),
        pytest.param(b'\x1e{"jrun":"log","x":NaN}\n', ['\x1e{"jrun":"log","x":NaN}'], id="NaN is not JSON"),
        pytest.param(b'\x1e{"jrun":"log","x":1e999}\n', ['\x1e{"jrun":"log","x":1e999}'], id="nor is infinity"),
        pytest.param(b"\x1e" + b"[" * 100_000 + b"\n", None, id="nesting without end"),
        pytest.param(b"a\x1eb\n", ["a", "\x1eb"], id="the mark within a printed line"),
    ],
)
def test_a_stream_becomes_lines_and_records(stream: bytes, items: list[Item] | None) -> None:
    if items is None:
        assert "".join(str(item) for item in decode(stream)).encode() == stream.rstrip(b"\n")
    else:
        assert decode(stream) == items


def test_a_line_of_the_greatest_length_stays_whole() -> None:
    assert decode(b"x" * MAX_LINE_BYTES + b"\n") == ["x" * MAX_LINE_BYTES]


def test_a_longer_line_is_cut_without_loss_and_never_within_a_character() -> None:
    text = "x" + "π" * MAX_LINE_BYTES
    pieces = decode(text.encode() + b"\n")
    assert "".join(map(str, pieces)) == text
    assert [len(str(piece).encode()) for piece in pieces] == [MAX_LINE_BYTES - 1, MAX_LINE_BYTES, 2]


def test_a_long_record_is_one_record() -> None:
    record = {"jrun": "log", "message": "x" * (MAX_RECORD_BYTES - 100)}
    assert decode(b"\x1e" + json.dumps(record).encode() + b"\n") == [record]


def test_a_record_without_end_becomes_text_and_is_not_gathered_in_memory() -> None:
    decoder = StreamDecoder()
    lengths = [len(str(item)) for _ in range(40) for item in decoder.feed(b"y" * MAX_LINE_BYTES)]
    assert sum(lengths) >= 38 * MAX_LINE_BYTES

    decoder = StreamDecoder()
    taken = decoder.feed(b"\x1e")
    for _ in range(2 * MAX_RECORD_BYTES // MAX_LINE_BYTES):
        taken += decoder.feed(b"y" * MAX_LINE_BYTES)
    assert sum(len(str(item)) for item in taken) >= MAX_RECORD_BYTES
    assert "".join(map(str, taken + decoder.finish())) == "\x1e" + "y" * (2 * MAX_RECORD_BYTES)


pieces = st.one_of(
    st.binary(max_size=30),
    st.text(max_size=20).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.sampled_from([b"\n", b"\r", b"\r\n", b"\x1e", RECORD, RECORD[:-1], b"50%\r", "π".encode()]),
    st.sampled_from([b"z" * 9, b"z" * (MAX_LINE_BYTES - 5), "π".encode() * MAX_LINE_BYTES, b"\x80" * 70_000]),
)


@given(st.lists(pieces, max_size=12).map(b"".join), st.data())
def test_the_same_items_come_out_however_the_stream_is_cut(stream: bytes, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=12)))
    chunks = [stream[start:end] for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    assert decode(*chunks) == decode(stream)


@given(st.lists(pieces, max_size=8).map(b"".join))
def test_no_item_is_longer_than_a_line_may_be_and_none_holds_a_newline(stream: bytes) -> None:
    for item in decode(stream):
        if isinstance(item, str):
            assert len(item.encode()) <= 3 * MAX_LINE_BYTES  # a U+FFFD is three bytes where one invalid byte was
            assert "\n" not in item


@given(st.lists(st.text(st.characters(exclude_characters="\n\r\x1e", exclude_categories=["Cs"]), max_size=50)))
def test_every_printed_line_is_kept(lines: list[str]) -> None:
    assert decode("".join(f"{line}\n" for line in lines).encode()) == lines
