"""Section 8: logs."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from juliahub_wire import julia_text
from tests.support.hub import wait_for
from tests.support.scripted_hub import ScriptedHub, ScriptedJob
from tests.support.submissions import job, submit

from .support import is_text, rows

LINES = ['say "hi"', "back\\slash", "Δ 😀", "a/b", "\ttab", ""]
QUERY = "log_output_type=content&log_out_type=json"


@pytest.fixture(scope="module")
def finished(hub: ScriptedHub) -> str:
    """A job that has printed six lines and ended."""
    with hub.client() as client:
        scripted = hub.started(submit(client))
        scripted.runs()
        scripted.logs(*LINES)
        scripted.ends()
        wait_for(lambda: job(client, scripted.jobname)["status"] == "Completed", "the job to end")
    return scripted.jobname


@pytest.fixture
def running(hub: ScriptedHub, client: httpx.Client) -> Iterator[ScriptedJob]:
    scripted = hub.started(submit(client))
    scripted.runs()
    yield scripted
    scripted.ends()


def page(client: httpx.Client, jobname: str, options: str = "") -> list[dict[str, Any]]:
    """A page, decoded the way JuliaHub.jl does: strip the quotes, unescape by hand, parse."""
    body = client.get(f"/juliaruncloud/get_logs?jobname={jobname}&{QUERY}{options}").text
    return list(json.loads(julia_text.unescape(body[1:-1])))


def messages(records: list[dict[str, Any]]) -> list[str]:
    return [record["message"] for record in records if "_meta" not in record]


# 8.1 Batch API


@rows(
    "options, first, last",
    [
        ("neither time: the last page", "", 0, 6),
        ("neither time, nentries", "&nentries=2", 4, 6),
        ("end_time and event_id: the page before, exclusive", "&end_time=1&event_id=3", 0, 2),
        ("start_time and event_id: the page after, exclusive", "&start_time=1&event_id=3", 3, 6),
        ("start_time after the end: an empty page", "&start_time=1&event_id=6", 6, 6),
    ],
)
def test_8_1_queries(client: httpx.Client, finished: str, options: str, first: int, last: int) -> None:
    assert messages(page(client, finished, options)) == LINES[first:last]


def test_8_1_the_body_is_a_json_string_and_nothing_else(client: httpx.Client, finished: str) -> None:
    body = client.get(f"/juliaruncloud/get_logs?jobname={finished}&{QUERY}").text
    assert (body[0], body[-1]) == ('"', '"')
    assert isinstance(json.loads(body), str)
    assert "\\/" not in body
    assert "Δ 😀" in body, "non-ASCII raw"


@rows(
    "key, is_right",
    [
        ("message", "message", is_text),
        (
            "timestamp",
            "timestamp",
            lambda value: re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z?", str(value)) is not None,
        ),
        ("eventId reads as an integer", "eventId", lambda value: int(value) > 0),
    ],
)
def test_8_1_fields(client: httpx.Client, finished: str, key: str, is_right: Callable[[Any], bool]) -> None:
    for record in page(client, finished):
        if "_meta" not in record:
            assert is_right(record[key])


TOP = {"message": "", "_meta": True, "end": "top"}
BOTTOM = {"message": "", "_meta": True, "end": "bottom"}


def test_8_1_markers_of_a_finished_job(client: httpx.Client, finished: str) -> None:
    records = page(client, finished)
    assert (records[0], records[-1]) == (TOP, BOTTOM)
    assert [record for record in records[1:-1] if "_meta" in record] == []


def test_8_1_markers_of_a_running_job(client: httpx.Client, running: ScriptedJob) -> None:
    assert page(client, running.jobname) == [TOP]
    running.logs("first")
    wait_for(lambda: messages(page(client, running.jobname)) == ["first"], "the line to be there")
    assert page(client, running.jobname)[-1] != BOTTOM


@rows(
    "path, status, words",
    [
        ("200", "jobname={job}", 200, ""),
        ("400 jobname missing", "", 400, "jobname"),
        ("400 both times", "jobname={job}&start_time=1&end_time=1&event_id=1", 400, ""),
        ("403 unknown job", "jobname=jr-unknown", 403, '"User does not have access to this job."'),
    ],
)
def test_8_1_statuses(client: httpx.Client, finished: str, path: str, status: int, words: str) -> None:
    answer = client.get("/juliaruncloud/get_logs?" + path.format(job=finished))
    assert answer.status_code == status
    assert words in answer.text


def test_8_1_401(stranger: httpx.Client, finished: str) -> None:
    assert stranger.get(f"/juliaruncloud/get_logs?jobname={finished}").status_code == 401


# 8.2 Streaming


def frames(hub: ScriptedHub, jobname: str, options: str, count: int) -> list[Any]:
    """That many frames, keep-alives as empty text."""
    url = f"{hub.url.replace('http', 'ws', 1)}/ws/stream_logs?jobname={jobname}&refresh_interval=1&log_out_type=json"
    headers = {"Authorization": f"Bearer {hub.token()}"}
    with connect(url + options, additional_headers=headers, proxy=None) as socket:
        received = [socket.recv(timeout=20) for _ in range(count)]
    return [json.loads(frame) if frame else frame for frame in received]


def test_8_2_one_object_a_frame_and_the_bottom_at_last(hub: ScriptedHub, finished: str) -> None:
    received = frames(hub, finished, "&offset=0", 7)
    assert messages(received) == LINES
    assert received[-1] == BOTTOM


def test_8_2_offset_is_after_that_event_id(hub: ScriptedHub, finished: str) -> None:
    assert messages(frames(hub, finished, "&offset=4", 3)) == LINES[4:]


def test_8_2_without_offset_from_the_present_end(hub: ScriptedHub, finished: str) -> None:
    assert frames(hub, finished, "", 1) == [BOTTOM]


def test_8_2_keep_alives_are_empty_text(hub: ScriptedHub, running: ScriptedJob) -> None:
    assert frames(hub, running.jobname, "&offset=0", 1) == [""]


@rows("job, token, status", [("unknown job", "jr-x", True, 403), ("no token", "jr-x", False, 401)])
def test_8_2_refused(hub: ScriptedHub, job: str, token: bool, status: int) -> None:
    headers = {"Authorization": f"Bearer {hub.token()}"} if token else {}
    url = f"{hub.url.replace('http', 'ws', 1)}/ws/stream_logs?jobname={job}"
    with pytest.raises(InvalidStatus) as refused:
        connect(url, additional_headers=headers, proxy=None)
    assert refused.value.response.status_code == status


def test_8_2_anothers_log_is_not_streamed(hub: ScriptedHub, finished: str) -> None:
    url = f"{hub.url.replace('http', 'ws', 1)}/ws/stream_logs?jobname={finished}&offset=0"
    headers = {"Authorization": f"Bearer {hub.token('eve')}"}
    with pytest.raises(InvalidStatus) as refused:
        connect(url, additional_headers=headers, proxy=None)
    assert refused.value.response.status_code == 403


# 8.3 Kafka API


@pytest.mark.parametrize("method", ["HEAD", "GET"])
def test_8_3_answers_404(client: httpx.Client, finished: str, method: str) -> None:
    assert client.request(method, f"/juliaruncloud/get_logs_v2?jobname={finished}").status_code == 404
