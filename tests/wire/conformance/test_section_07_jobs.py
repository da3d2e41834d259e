"""Section 7: jobs."""

import base64
import json
import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from juliahub_wire import julia_text
from tests.support.hub import wait_for
from tests.support.scripted_hub import ScriptedHub
from tests.support.submissions import job, submit

from .support import is_integer, is_text, rows

TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00")
MICROSECONDS = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00")


def is_instant(value: object) -> bool:
    return isinstance(value, str) and TIMESTAMP.fullmatch(value) is not None


@pytest.fixture(scope="module")
def finished(hub: ScriptedHub) -> str:
    """A script job with an environment, a summary and a result."""
    with hub.client() as client:
        jobname = submit(client, {"jobname": "pi", "N": "1000"}, projecttoml="[deps]\n", manifesttoml="# m\n")
        scripted = hub.started(jobname)
        scripted.runs()
        (scripted.folder / "summary").write_text('{"pi": 3.14}')
        (scripted.folder / "results" / "out.csv").write_text("1,2")
        scripted.ends(result_file=str(scripted.folder / "results" / "out.csv"))
        wait_for(lambda: job(client, jobname)["status"] == "Completed", "the job to end")
    return jobname


# 7.1 Endpoints


def test_7_1_list_is_bare_newest_first_at_most_twenty(client: httpx.Client, hub: ScriptedHub) -> None:
    names = [submit(client) for _ in range(21)]
    listed = [each["jobname"] for each in client.get("/juliaruncloud/get_jobs").json()]
    assert listed == names[::-1][:20]
    assert len(client.get("/juliaruncloud/get_jobs?limit=999999999").json()) >= 21
    assert len(client.get("/juliaruncloud/get_jobs?limit=3").json()) == 3
    for name in names:
        hub.started(name).ends()


def test_7_1_get(client: httpx.Client, finished: str) -> None:
    headers = {"X-Hasura-Role": "jhuser", "X-JuliaHub-Ensure-JS": "true"}
    answer = client.get(f"/api/rest/jobs/{finished}", headers=headers).json()
    assert [details["jobname"] for details in answer["details"]] == [finished]


@rows("path", [("unknown", "jr-unknown"), ("with an encoded slash", "a%2Fb"), ("not ASCII", "%CE%94")])
def test_7_1_get_unknown(client: httpx.Client, path: str) -> None:
    answer = client.get(f"/api/rest/jobs/{path}")
    assert (answer.status_code, answer.json()) == (200, {"details": []})


def test_7_1_kill(client: httpx.Client, hub: ScriptedHub) -> None:
    jobname = submit(client)
    scripted = hub.started(jobname)
    answer = client.get(f"/juliaruncloud/kill_job?jobname={jobname}")
    assert answer.json() == {"status": True, "message": f"Job {jobname} stopped successfully"}
    scripted.ends("Stopped", stored=False)


def test_7_1_kill_unknown(client: httpx.Client) -> None:
    assert client.get("/juliaruncloud/kill_job?jobname=jr-unknown").status_code == 403


def test_7_1_extend(client: httpx.Client, hub: ScriptedHub) -> None:
    jobname = submit(client, limit_value="1")
    body = json.dumps({"jobname": jobname, "extendby": 2})
    answer = client.post("/juliaruncloud/extend_job_time_limit", content=body)
    assert answer.json() == {"success": True, "message": ""}
    assert job(client, jobname)["limit_value"] == 3
    hub.started(jobname).ends()


def test_7_1_extend_unknown(client: httpx.Client) -> None:
    body = json.dumps({"jobname": "jr-unknown", "extendby": 1})
    assert client.post("/juliaruncloud/extend_job_time_limit", content=body).status_code == 403


@rows(
    "method, path, body, status, is_right",
    [
        ("list", "GET", "get_jobs?limit=1000", None, 200, lambda answer, name: name not in answer.text),
        ("kill", "GET", "kill_job?jobname={job}", None, 403, lambda answer, name: True),
        (
            "extend",
            "POST",
            "extend_job_time_limit",
            '{{"jobname": "{job}", "extendby": 1}}',
            403,
            lambda answer, name: True,
        ),
        ("logs", "GET", "get_logs?jobname={job}", None, 403, lambda answer, name: True),
    ],
)
def test_7_1_nothing_of_another_users(
    eve: httpx.Client,
    finished: str,
    method: str,
    path: str,
    body: str | None,
    status: int,
    is_right: Callable[[httpx.Response, str], bool],
) -> None:
    content = None if body is None else body.format(job=finished)
    answer = eve.request(method, "/juliaruncloud/" + path.format(job=finished), content=content)
    assert answer.status_code == status
    assert is_right(answer, finished)


def test_7_1_another_users_job_is_unknown(eve: httpx.Client, finished: str) -> None:
    assert eve.get(f"/api/rest/jobs/{finished}").json() == {"details": []}
    for kind in ("input", "source", "project", "result"):
        assert eve.get(f"/jobs/{finished}/files/code.jl?filetype={kind}").status_code == 403


# 7.2 Job object


@rows(
    "key, is_right",
    [
        ("jobname", "jobname", lambda value: re.fullmatch("jr-[a-z0-9]{10}", str(value)) is not None),
        ("status", "status", lambda value: value == "Completed"),
        ("outputs", "outputs", lambda value: value == '{"pi": 3.14}'),
        ("inputs", "inputs", lambda value: json.loads(str(value)) == {"jobname": "pi", "N": "1000"}),
        ("submittimestamp", "submittimestamp", is_instant),
        ("starttimestamp", "starttimestamp", is_instant),
        ("endtimestamp", "endtimestamp", is_instant),
        ("jobname_alias", "jobname_alias", lambda value: value == "pi"),
        ("files", "files", lambda value: isinstance(value, list)),
        ("id", "id", is_integer),
        ("limit_type", "limit_type", lambda value: value == "time"),
        ("sysimage_build", "sysimage_build", lambda value: value is False),
    ],
)
def test_7_2_fields(client: httpx.Client, finished: str, key: str, is_right: Callable[[object], bool]) -> None:
    assert is_right(job(client, finished)[key])


def test_7_2_proxy_link_is_absent_rather_than_null(client: httpx.Client, finished: str) -> None:
    assert "proxy_link" not in job(client, finished)


def test_7_2_a_new_job_has_its_keys_and_no_outputs(client: httpx.Client, hub: ScriptedHub) -> None:
    details = job(client, submit(client))
    assert details["outputs"] == ""
    assert {"inputs", "submittimestamp", "starttimestamp", "endtimestamp"} <= set(details)
    hub.started(details["jobname"]).ends()


@pytest.mark.parametrize("value", ['say "hi"', "two\nlines", "back\\slash", "Δ😀", "a/b", "\t\x01"])
def test_7_2_inputs_survive_unescaping_by_hand(client: httpx.Client, hub: ScriptedHub, value: str) -> None:
    jobname = submit(client, {"V": value})
    text = job(client, jobname)["inputs"]
    assert json.loads(julia_text.unescape(text)) == {"V": value}
    hub.started(jobname).ends()


# 7.3 Status values


@rows("end", [("Completed", "Completed"), ("Failed", "Failed"), ("Stopped", "Stopped")])
def test_7_3_transitions(client: httpx.Client, hub: ScriptedHub, end: str) -> None:
    jobname = submit(client)
    assert job(client, jobname)["status"] == "Submitted"
    scripted = hub.started(jobname)
    scripted.runs()
    wait_for(lambda: job(client, jobname)["status"] == "Running", "the job to run")
    scripted.ends(end)
    wait_for(lambda: job(client, jobname)["status"] == end, "the job to end")


# 7.4 Job files

EXPECTED = {
    ("code.jl", "input"),
    ("code.jl", "source"),
    ("Project.toml", "project"),
    ("Manifest.toml", "project"),
    ("out.csv", "result"),
}


def test_7_4_the_files_of_a_script_job(client: httpx.Client, finished: str) -> None:
    assert {(file["name"], file["type"]) for file in job(client, finished)["files"]} == EXPECTED


@rows(
    "key, is_right",
    [
        ("name", "name", is_text),
        ("type", "type", lambda value: value in ("input", "source", "project", "result")),
        ("size", "size", is_integer),
        ("hash.algorithm", "hash", lambda value: value["algorithm"] == "sha2_256"),
        ("hash.value: base64 of 32 bytes", "hash", lambda value: len(base64.b64decode(value["value"])) == 32),
        ("upload_timestamp", "upload_timestamp", lambda value: MICROSECONDS.fullmatch(str(value)) is not None),
    ],
)
def test_7_4_fields(client: httpx.Client, finished: str, key: str, is_right: Callable[[Any], bool]) -> None:
    for file in job(client, finished)["files"]:
        assert is_right(file[key])


# 7.5 Results


def test_7_5_results_set_before_a_failure_are_stored(client: httpx.Client, hub: ScriptedHub) -> None:
    jobname = submit(client)
    scripted = hub.started(jobname)
    (scripted.folder / "summary").write_text("half" * 400)
    scripted.ends("Failed")
    wait_for(lambda: job(client, jobname)["status"] == "Failed", "the job to end")
    assert job(client, jobname)["outputs"] == ("half" * 400)[:1000]
