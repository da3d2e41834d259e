"""Pages and cursors over a log, against the plainest possible reading of it."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from juliahub_wire import julia_text, logs
from localhub.services import job_log
from localhub.services.job_log import JobLog

messages = st.text(st.characters(codec="utf-8", exclude_characters="\n"), max_size=40)


def write(path: Path, texts: list[str], tail: str = "") -> None:
    lines = [json.dumps({"message": text}, ensure_ascii=False) + "\n" for text in texts]
    path.write_bytes(("".join(lines) + tail).encode())


def ids(records: list[str]) -> list[int]:
    return [int(json.loads(record)["eventId"]) for record in records]


def test_a_log_that_is_not_there_yet_is_empty(tmp_path: Path) -> None:
    log = JobLog(tmp_path / "log.jsonl")
    assert log.last(10) == ([], 1, 0)
    assert log.cursor(None).read(10) == []


def test_half_a_line_is_not_yet_a_record(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    write(path, ["a"], tail='{"message": "b')
    log, cursor = JobLog(path), JobLog(path).cursor(0)
    assert (ids(log.last(10).records), ids(cursor.read(10)), cursor.read(10)) == ([1], [1], [])
    write(path, ["a", "bc"])
    assert (ids(log.last(10).records), ids(cursor.read(10))) == ([1, 2], [2])


@given(
    sizes=st.lists(st.integers(0, 3000), max_size=120),
    grown=st.integers(0, 120),
    event_id=st.integers(-3, 130),
    count=st.integers(1, 130),
)
def test_pages_are_slices_of_the_log(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[int], grown: int, event_id: int, count: int
) -> None:
    """`grown`: how many lines were there at a first look, so that the index grows in two steps."""
    path = tmp_path_factory.mktemp("log") / "log.jsonl"
    log, total = JobLog(path), len(sizes)
    write(path, ["x" * size for size in sizes[:grown]])
    log.last(1)
    write(path, ["x" * size for size in sizes])
    everything = list(range(1, total + 1))
    assert ids(log.last(count).records) == everything[-count:]
    after = max(0, event_id)
    assert ids(log.after(after, count).records) == everything[after : after + count]
    before = max(1, event_id)
    assert ids(log.before(before, count).records) == everything[: before - 1][-count:]
    cursor = log.cursor(event_id)
    assert ids(cursor.read(count, max_bytes=4096) + cursor.read(10_000)) == everything[after:]


@given(st.lists(st.integers(0, 2000), min_size=1, max_size=60), st.integers(2100, 20_000))
def test_a_page_of_long_records_holds_fewer(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[int], page_bytes: int
) -> None:
    """Paging forward and backward in pages bounded by bytes gives every record once."""
    path = tmp_path_factory.mktemp("log") / "log.jsonl"
    write(path, ["x" * size for size in sizes])
    log, everything = JobLog(path), list(range(1, len(sizes) + 1))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(job_log, "PAGE_BYTES", page_bytes)
        forward: list[int] = []
        while page := log.after(forward[-1] if forward else 0, 10_000).records:
            assert sum(map(len, page)) <= page_bytes + 40 * len(page)
            forward += ids(page)
        backward = ids(log.last(10_000).records)
        while page := log.before(backward[0], 10_000).records:
            backward = ids(page) + backward
    assert forward == backward == everything


def test_what_a_runner_took_back_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    write(path, ["a", "b", "c"])
    log = JobLog(path)
    assert log.last(9).total == 3
    write(path, ["a", "b"])
    assert log.last(9).total == 2


def test_a_line_that_is_no_record_is_kept_as_text(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_bytes(b'torn "text"\n{"message": "b"}\n\n')
    records = [json.loads(record) for record in JobLog(path).last(9).records]
    assert [record["message"] for record in records] == ['torn "text"', "b", ""]


@pytest.mark.parametrize(
    ("finished", "event_id", "ends"),
    [(False, 0, ["top"]), (True, 0, ["top", "bottom"]), (True, 1, ["bottom"]), (True, 2, ["bottom"]), (False, 2, [])],
)
def test_markers_stand_at_the_ends_only(tmp_path: Path, finished: bool, event_id: int, ends: list[str]) -> None:
    path = tmp_path / "log.jsonl"
    write(path, ["a", "b"])
    page = logs.decode_page(job_log.encode(JobLog(path).after(event_id, 10), finished))
    assert [record.end for record in page if record.meta] == ends


def test_a_page_in_the_middle_has_no_markers(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    write(path, ["a", "b", "c"])
    page = logs.decode_page(job_log.encode(JobLog(path).after(1, 1), finished=True))
    assert [(record.event_id, record.meta) for record in page] == [("2", False)]


@given(st.lists(messages, max_size=8))
def test_juliahub_jl_reads_every_page(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    """Its way: strip the outer quotes, unescape as Julia does, parse the JSON array (protocol §8.1)."""
    path = tmp_path_factory.mktemp("log") / "log.jsonl"
    write(path, texts)
    body = job_log.encode(JobLog(path).last(10_000), finished=True)
    assert body[0] == body[-1] == '"'
    array = json.loads(julia_unescape(body[1:-1]))
    assert [record["message"] for record in array if not record.get("_meta")] == texts
    assert [record["eventId"] for record in array if "eventId" in record] == [str(n + 1) for n in range(len(texts))]


def julia_unescape(text: str) -> str:
    r"""Julia's `unescape_string`, which raises on `\/` and on surrogates written as `\u`."""
    for escape in julia_text._ESCAPE.findall(text):
        code, simple = escape[1], escape[4]
        assert simple in ("", *julia_text._SIMPLE), f"invalid escape \\{simple}"
        assert not (code and 0xD800 <= int(code, 16) < 0xE000), "half a surrogate pair"
    return julia_text.unescape(text)


@pytest.mark.parametrize(("requested", "size"), [(None, 10_000), (5, 5), (0, 1), (20_000, 10_000)])
def test_pages_hold_at_most_ten_thousand(requested: int | None, size: int) -> None:
    assert job_log.page_size(requested) == size
