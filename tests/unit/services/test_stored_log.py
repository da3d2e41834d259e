"""Logs on disk: every window as a list has it, whatever a crash leaves, and only what the server still has."""

import os
import stat
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from juliahub_ls.domain.logs.conditions import LogTimes
from juliahub_ls.domain.logs.line import LogLine
from juliahub_ls.domain.logs.query import Condition
from juliahub_ls.domain.logs.query_parser import parse_query
from juliahub_ls.services import log_scan, log_store, stored_log
from juliahub_ls.services.log_check import resume_from
from juliahub_ls.services.log_scan import Selection
from juliahub_ls.services.log_store import LogStore
from juliahub_ls.services.log_window import shown
from juliahub_ls.services.stored_log import StoredLog
from juliahub_wire.logs import BOTTOM, TOP, LogRecord, marker, record_of

TIMES = LogTimes(1000, 2000, 2000)
MESSAGES = st.one_of(
    st.text(max_size=6),
    st.sampled_from(
        ["loss=1", "LOSS", "gain", "Kelvin K", "\ud800 half", "a\nb", "\x1b[0m", "\\n", 'b","1', '"epoch":2']
    ),
)


def a_line(**fields: Any) -> LogLine:
    return LogLine(id=0, **fields)


LINES = st.lists(
    st.builds(
        a_line,
        message=MESSAGES,
        level=st.sampled_from(["Info", "Warn", "Error"]),
        worker=st.integers(1, 3),
        time=st.one_of(st.none(), st.integers(1000, 2000)),
        keywords=st.one_of(
            st.none(),
            st.just({"epoch": 2}),
            st.just({"epoch": 2**70}),
            st.just({"x": [1, {"y": None}]}),
            st.just({"x": {"epoch": 2}, "name": "ada"}),
            st.just({"epoch": 1, "name": '"epoch":2'}),
        ),
        group=st.sampled_from([None, "Code"]),
    ),
    max_size=12,
)
QUERIES = st.one_of(
    st.sampled_from(
        ["", "loss", "-loss", "k", "level>=warn", "worker:2", "loss OR worker:3", "/s+/", "-(gain level:info)"]
    ),
    st.sampled_from(
        ["n", "1", r'"\\"', r'"\""', '"0m"', '"b["', r'"b\",\"1"', "loss worker:2", r"/s=\d/", "/LO?/i", "/k/i"]
    ),
    st.sampled_from(
        ["epoch:2", "epoch>1", "epoch>1 worker:2", "x:*", "-epoch:2", "name:*", "name:Ada", "group:code", "/a.b/"]
    ),
)


def numbered(lines: "list[LogLine]", first: int = 1) -> "list[LogLine]":
    return [line._replace(id=number, event=str(number)) for number, line in enumerate(lines, first)]


def asked(query: str) -> Condition:
    condition = parse_query(query, TIMES)
    assert isinstance(condition, Condition)
    return condition


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (stored_log, log_scan):
        monkeypatch.setattr(module, "CHUNK_LINES", 4, raising=False)
    monkeypatch.setattr(log_scan, "YIELD_SECONDS", 0)


@settings(max_examples=150)
@given(batches=st.lists(LINES, max_size=4), query=QUERIES, context=st.integers(0, 2), start=st.integers(0, 9))
def test_a_window_is_what_a_list_would_show(
    tmp_path_factory: pytest.TempPathFactory, batches: "list[list[LogLine]]", query: str, context: int, start: int
) -> None:
    """Found batch by batch as the log grows, beside the same filter over all lines at once."""
    log, condition = StoredLog(tmp_path_factory.mktemp("log")), asked(query)
    selection = Selection(log, condition, context)
    for batch in batches:
        log.append(numbered(batch, log.count + 1))
        selection.extend()
    model = shown(log.read(1, log.count), condition, context)
    numbers = selection.numbers(0, selection.count())
    assert list(numbers) == [one.line.id for one in model]
    assert [not selection.is_match(number) for number in numbers] == [one.is_context for one in model]
    end = start + 5
    assert log.pick(selection.numbers(start, end)) == [one.line for one in model[start:end]]
    assert selection.before(start + 1) == sum(one.line.id <= start for one in model)
    assert selection.match_count() == sum(not one.is_context for one in model)
    log.close()


@given(lines=LINES)
def test_what_was_written_is_read_after_a_restart(
    tmp_path_factory: pytest.TempPathFactory, lines: "list[LogLine]"
) -> None:
    folder = tmp_path_factory.mktemp("log")
    log = StoredLog(folder)
    log.append(numbered(lines))
    before = log.read(1, len(lines))
    log.close()
    again = StoredLog(folder)
    assert again.read(1, 100) == before
    plain = [
        line for line in numbered(lines) if "\ud800" not in line.message and (line.keywords or {}) != {"epoch": 2**70}
    ]
    assert [line for line in before if line in plain] == plain
    again.close()


@settings(max_examples=150)
@given(
    lines=LINES, file=st.sampled_from(["lines.jsonl", "index"]), cut=st.integers(0, 200), junk=st.binary(max_size=40)
)
def test_a_torn_end_is_cut_off(
    tmp_path_factory: pytest.TempPathFactory, lines: "list[LogLine]", file: str, cut: int, junk: bytes
) -> None:
    folder = tmp_path_factory.mktemp("log")
    log = StoredLog(folder)
    log.append(numbered(lines))
    whole = log.read(1, len(lines))
    log.close()
    path = folder / file
    os.truncate(path, max(0, path.stat().st_size - cut))
    with path.open("ab") as torn:
        torn.write(junk)
    left = {path.name: path.read_bytes() for path in folder.iterdir()}
    looked_at = StoredLog(folder, read_only=True)
    seen = looked_at.read(1, 100)
    looked_at.close()
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == left, "another may be writing it"
    again = StoredLog(folder)
    rest = again.read(1, 100)
    assert seen == rest
    if not junk:
        assert rest == whole[: len(rest)]
        assert cut or rest == whole
    more = numbered([LogLine(0, "more", "Info", 1)], again.count + 1)
    again.append(more)
    assert again.read(1, 100) == rest + more
    again.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_nobody_else_reads_it(tmp_path: Path) -> None:
    lease = LogStore(tmp_path / "logs").open("hub", "jr-1")
    lease.log.append(numbered([LogLine(0, "secret", "Info", 1)]))
    lease.close()
    files = [path for path in (tmp_path / "logs").rglob("*") if path.is_file() and path.name != "lock"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert {stat.S_IMODE(path.parent.stat().st_mode) for path in files} == {0o700}


def test_a_log_that_another_thread_closed_can_be_opened_again(tmp_path: Path) -> None:
    store = LogStore(tmp_path)
    lease = store.open("hub", "jr-1")
    closing = threading.Thread(target=lease.close)
    closing.start()
    closing.join()
    again = store.open("hub", "jr-1")
    assert again.folder == lease.folder, "not a copy for this process alone"
    again.close()


def test_two_at_once_each_have_their_own(tmp_path: Path) -> None:
    store = LogStore(tmp_path)
    first = store.open("hub", "jr-1")
    first.log.append(numbered([LogLine(0, "one", "Info", 1)]))
    second = store.open("hub", "jr-1")
    assert (second.log.count, second.folder == first.folder) == (0, False)
    second.log.append(numbered([LogLine(0, "own", "Info", 1)]))
    second.close()
    assert not second.folder.exists()
    first.close()
    again = store.open("hub", "jr-1")
    assert [line.message for line in again.log.read(1, 9)] == ["one"]
    again.meta.complete = True
    again.meta.digest.take(again.log.read(1, 1)[0]) if again.meta.digest.lines == 0 else None
    again.save()
    copy = store.open("hub", "jr-1")
    assert (copy.log.count, copy.meta.complete) == (1, True), "a complete log is copied"
    copy.close()
    again.close()


def test_a_log_that_another_writes_is_looked_at_where_it_is(tmp_path: Path) -> None:
    store = LogStore(tmp_path)
    assert store.look("hub", "jr-1") is None
    assert not list(tmp_path.iterdir())
    writer = store.open("hub", "jr-1")
    for count in (1, 2, 3):
        writer.log.append(numbered([LogLine(0, str(count), "Error", 1)], count))
        if count == 2:
            writer.meta.digest.take(writer.log.read(1, 1)[0])
            writer.save()
        found = LogStore(tmp_path).look("hub", "jr-1")
        assert found is not None
        assert [line.message for line in found.log.read(1, 9)] == ["1", "2", "3"][:count]
        assert (found.meta.digest.lines, found.meta.digest.errors) == (count, count)
        found.close()
    assert list(tmp_path.iterdir()) == [writer.folder], "no copy"
    writer.close()


def test_what_a_crash_left_uncounted_is_counted(tmp_path: Path) -> None:
    store = LogStore(tmp_path)
    lease = store.open("hub", "jr-1")
    lease.save()
    lease.log.append(numbered([LogLine(0, "no", "Error", 2)]))
    lease.log.close()
    assert lease._lock is not None
    lease._lock.release()
    again = store.open("hub", "jr-1")
    assert (again.meta.digest.lines, again.meta.digest.errors, again.meta.digest.workers) == (1, 1, {2})
    again.close()


def test_the_oldest_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = LogStore(tmp_path)
    for number in range(3):
        lease = store.open("hub", f"jr-{number}")
        lease.log.append(numbered([LogLine(0, "x" * 1000, "Info", 1)]))
        lease.close()
        for file in lease.folder.iterdir():
            os.utime(file, (number + 1, number + 1))
    held = store.open("hub", "jr-0")
    for file in held.folder.iterdir():
        os.utime(file, (1, 1))
    monkeypatch.setattr(log_store, "MOST_BYTES", 3000)
    store.tidy()
    left = sorted(folder.name[:4] for folder in tmp_path.iterdir())
    assert left == ["jr-0", "jr-2"], "the oldest that nobody reads"
    held.close()


def records(first: int, last: int, *, ids: str = "{}", top: bool = False, bottom: bool = False) -> "list[LogRecord]":
    found = [
        record_of({"message": f"line {number}", "eventId": ids.format(number), "timestamp": 1000 + number})
        for number in range(first, last + 1)
    ]
    return [record_of(marker(TOP))] * top + found + [record_of(marker(BOTTOM))] * bottom


@pytest.mark.parametrize(
    ("ids", "page", "complete", "expected"),
    [
        ("{}", records(1, 10, top=True), False, (10, False, False)),
        ("{}", records(8, 12), False, (10, False, False)),
        ("{}", records(8, 9), False, (10, False, False)),  # pages lag behind the stream
        ("{}", records(11, 15), False, (10, False, False)),
        ("{}", records(20, 25), False, (10, True, False)),
        ("{}", records(5, 10, bottom=True), True, (10, False, True)),
        ("{}", records(5, 12, bottom=True), True, (10, False, False)),
        ("{}", records(5, 10, ids="9{}"), False, (10, True, False)),
        ("{}", [*records(5, 8), record_of({"message": "other", "eventId": "9"})], False, None),
        ("{}", records(1, 0, top=True), False, None),
        ("{}", records(1, 4, ids="id-{}"), False, None),
        ("id-{}", records(5, 12, ids="id-{}"), False, (10, False, False)),
        ("id-{}", records(5, 10, ids="id-{}", bottom=True), True, (10, False, True)),
        ("id-{}", records(50, 60, ids="id-{}"), False, None),
    ],
)  # fmt: skip
def test_whether_a_stored_log_is_still_the_servers(
    tmp_path: Path, ids: str, page: "list[LogRecord]", complete: bool, expected: "tuple[int, bool, bool] | None"
) -> None:
    log = StoredLog(tmp_path)
    log.append([LogLine(n, f"line {n}", "Info", 1, 1000 + n, event=ids.format(n)) for n in range(1, 11)])
    found = resume_from(log, page, complete=complete)
    assert (found and (found.after, found.far, found.complete)) == expected
    log.close()


def test_a_log_without_ids_is_read_anew(tmp_path: Path) -> None:
    log = StoredLog(tmp_path)
    log.append([LogLine(1, "line 1", "Info", 1, 1001)])
    assert resume_from(log, [record_of({"message": "line 1"})], complete=False) is None
    log.close()
