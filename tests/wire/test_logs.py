"""Log pages and streams over the wire (protocol §8)."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import psutil
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from juliahub_wire import logs
from tests.support.scripted_hub import ScriptedHub, ScriptedJob
from tests.support.submissions import submit
from tests.unit.localhub.test_job_log import julia_unescape


@pytest.fixture
def job(hub: ScriptedHub, client: httpx.Client) -> Iterator[ScriptedJob]:
    """A running job without a line."""
    scripted = hub.started(submit(client))
    scripted.runs()
    yield scripted
    scripted.ends()


@contextmanager
def streaming(hub: ScriptedHub, job: ScriptedJob, **query: object) -> Iterator[ClientConnection]:
    options = "".join(f"&{name}={value}" for name, value in query.items())
    url = f"{hub.url.replace('http', 'ws', 1)}/ws/stream_logs?jobname={job.jobname}&log_out_type=json{options}"
    headers = {"Authorization": f"Bearer {hub.token()}"}
    with connect(url, additional_headers=headers, max_size=None, proxy=None) as socket:
        yield socket


def records(socket: ClientConnection, count: int) -> list[dict[str, Any]]:
    """The next records, keep-alives left out."""
    received: list[dict[str, Any]] = []
    while len(received) < count:
        frame = socket.recv(timeout=20)
        if frame:
            value = json.loads(frame)
            received += value if isinstance(value, list) else [value]
    return received


def page(client: httpx.Client, job: ScriptedJob, **query: object) -> list[logs.LogRecord]:
    answer = client.get("/juliaruncloud/get_logs", params={"jobname": job.jobname, **query})
    assert answer.status_code == 200, answer.text
    return logs.decode_page(answer.text)


def end(job: ScriptedJob, client: httpx.Client) -> None:
    from tests.wire.test_jobs import wait_for_status

    job.ends()
    wait_for_status(client, job.jobname, "Completed")


NASTY = ['say "hi"', "back\\slash\\n", "tab\tand \x1b[31mred", "snow ☃ and 😀", "\\u0041 \\/", "", "  ", "</script>"]


def test_a_page_is_a_json_string_that_julia_can_unescape(client: httpx.Client, job: ScriptedJob) -> None:
    job.logs(*NASTY)
    end(job, client)
    body = client.get(f"/juliaruncloud/get_logs?jobname={job.jobname}&log_output_type=content&log_out_type=json").text
    assert isinstance(json.loads(body), str)
    assert not body.endswith("\n")
    array = json.loads(julia_unescape(body[1:-1]))
    assert array[0] == {"message": "", "_meta": True, "end": "top"}
    assert array[-1] == {"message": "", "_meta": True, "end": "bottom"}
    assert [record["message"] for record in array[1:-1]] == NASTY
    assert [record["eventId"] for record in array[1:-1]] == [str(number) for number in range(1, len(NASTY) + 1)]


def test_a_log_without_a_line_has_its_top(client: httpx.Client, job: ScriptedJob) -> None:
    assert [record.end for record in page(client, job)] == ["top"]


def test_paging_reaches_every_line_once_in_both_directions(client: httpx.Client, job: ScriptedJob) -> None:
    job.logs(*(f"line {number}" for number in range(1, 2501)))
    end(job, client)
    newest = page(client, job, nentries=700)
    assert newest[-1].is_bottom
    backward = [record for record in newest if not record.meta]
    while not newest[0].is_top:
        newest = page(client, job, nentries=700, end_time=0, event_id=backward[0].event_id)
        backward = [record for record in newest if not record.meta] + backward
    forward: list[logs.LogRecord] = []
    while not (newest := page(client, job, nentries=700, start_time=0, event_id=len(forward)))[-1].is_bottom:
        forward += [record for record in newest if not record.meta]
    forward += [record for record in newest if not record.meta]
    expected = [(str(number), f"line {number}") for number in range(1, 2501)]
    assert [(record.event_id, record.message) for record in backward] == expected
    assert [(record.event_id, record.message) for record in forward] == expected


@pytest.mark.parametrize(
    "query",
    [
        "jobname={job}&start_time=1&end_time=1&event_id=1",
        "jobname={job}&start_time=1",
        "jobname={job}&event_id=x&start_time=1",
        "jobname={job}&nentries=x",
        "",
    ],
)
def test_a_page_that_cannot_be_is_refused(client: httpx.Client, job: ScriptedJob, query: str) -> None:
    assert client.get(f"/juliaruncloud/get_logs?{query.format(job=job.jobname)}").status_code == 400


def test_an_unknown_jobs_log_is_forbidden_in_the_known_words(client: httpx.Client) -> None:
    answer = client.get("/juliaruncloud/get_logs?jobname=jr-unknown")
    assert (answer.status_code, answer.text) == (403, '"User does not have access to this job."')


@pytest.mark.parametrize("batch", [False, True])
def test_a_stream_with_an_offset_gives_all_that_follows_and_ends(
    hub: ScriptedHub, client: httpx.Client, job: ScriptedJob, batch: bool
) -> None:
    job.logs(*(f"line {number}" for number in range(1, 1301)))
    with streaming(hub, job, offset=100, log_batch=str(batch).lower()) as socket:
        received = records(socket, 1200)
        job.logs("later", *NASTY)
        received += records(socket, 1 + len(NASTY))
        job.ends()
        assert records(socket, 1) == [logs.marker(logs.BOTTOM)]
    assert [record["eventId"] for record in received] == [str(number) for number in range(101, 1302 + len(NASTY))]
    assert [record["message"] for record in received[1200:]] == ["later", *NASTY]


def test_single_frames_are_objects_and_batches_are_arrays(hub: ScriptedHub, job: ScriptedJob) -> None:
    job.logs("a", "b")
    with streaming(hub, job, offset=0) as socket:
        assert isinstance(json.loads(socket.recv(timeout=10)), dict)
    with streaming(hub, job, offset=0, log_batch="true") as socket:
        assert [record["message"] for record in json.loads(socket.recv(timeout=10))] == ["a", "b"]


@pytest.mark.parametrize("offset", [{}, {"offset": -1}])
def test_a_stream_without_an_offset_tails(hub: ScriptedHub, job: ScriptedJob, offset: dict[str, int]) -> None:
    job.logs("before")
    with streaming(hub, job, **offset) as socket:
        assert socket.recv(timeout=10) == ""
        job.logs("after")
        assert records(socket, 1)[0]["message"] == "after"


def test_a_quiet_stream_is_kept_alive(hub: ScriptedHub, job: ScriptedJob) -> None:
    with streaming(hub, job, offset=0, refresh_interval=1) as socket:
        assert [socket.recv(timeout=10), socket.recv(timeout=10)] == ["", ""]


def test_half_a_line_waits_for_its_end(hub: ScriptedHub, job: ScriptedJob) -> None:
    with streaming(hub, job, offset=0) as socket, (job.folder / "log.jsonl").open("a") as log:
        log.write('{"message": "ha')
        log.flush()
        assert socket.recv(timeout=10) == ""
        log.write('lf"}\n')
        log.flush()
        assert records(socket, 1)[0]["message"] == "half"


def test_a_finished_job_streams_to_its_bottom(hub: ScriptedHub, client: httpx.Client, job: ScriptedJob) -> None:
    job.logs("a")
    end(job, client)
    with streaming(hub, job, offset=0) as socket:
        assert [record.get("end") for record in records(socket, 2)] == [None, "bottom"]
    with streaming(hub, job) as socket:
        assert records(socket, 1) == [logs.marker(logs.BOTTOM)]


def test_the_bottom_comes_only_when_the_job_has_ended_for_everyone(
    hub: ScriptedHub, client: httpx.Client, job: ScriptedJob
) -> None:
    from tests.support.submissions import job as details

    with streaming(hub, job, offset=0) as socket:
        job.ends()
        assert records(socket, 1)[0]["end"] == "bottom"
        assert details(client, job.jobname)["status"] == "Completed"


@pytest.mark.parametrize("query", ["jobname=jr-unknown", "", "jobname={job}&offset=x"])
def test_a_stream_that_cannot_be_is_refused(hub: ScriptedHub, job: ScriptedJob, query: str) -> None:
    url = f"{hub.url.replace('http', 'ws', 1)}/ws/stream_logs?{query.format(job=job.jobname)}"
    with pytest.raises(InvalidStatus) as refused:
        connect(url, additional_headers={"Authorization": f"Bearer {hub.token()}"}, proxy=None)
    assert refused.value.response.status_code == (400 if "offset" in query else 403)


def test_many_streams_follow_one_log(hub: ScriptedHub, job: ScriptedJob) -> None:
    seen: list[list[str]] = []

    def follow() -> None:
        with streaming(hub, job, offset=0, log_batch="true") as socket:
            seen.append([record["message"] for record in records(socket, 300)])

    threads = [threading.Thread(target=follow) for _ in range(6)]
    for thread in threads:
        thread.start()
    for start in range(0, 300, 10):
        job.logs(*(str(number) for number in range(start, start + 10)))
    for thread in threads:
        thread.join(timeout=30)
    assert seen == [[str(number) for number in range(300)]] * 6


def test_a_reader_that_does_not_read_costs_no_memory(hub: ScriptedHub, job: ScriptedJob) -> None:
    """60 MB of log: one client takes nothing, another reads it all; what the first has not taken stays on disk."""
    with (
        streaming(hub, job, offset=0, log_batch="true") as slow,
        streaming(hub, job, offset=0, log_batch="true") as fast,
    ):
        slow.recv(timeout=10)
        before = psutil.Process().memory_info().rss
        for number in range(60):
            job.logs(*(["x" * 1000] * 1000))
            received = records(fast, 1000)
            assert received[-1]["eventId"] == str((number + 1) * 1000)
        assert psutil.Process().memory_info().rss - before < 40_000_000
        slow.close_socket()


def test_streams_end_when_their_client_goes(hub: ScriptedHub, job: ScriptedJob) -> None:
    from tests.support.hub import wait_for

    watch = hub.hub.runs.watch
    with streaming(hub, job, offset=0) as socket:
        wait_for(lambda: watch._followers, "the stream to follow its log")
        socket.close()
    wait_for(lambda: not watch._followers, "the stream to end")
    with pytest.raises(ConnectionClosed):
        socket.recv(timeout=1)
