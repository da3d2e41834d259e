"""The life of a job as a client sees it: list, status, results, stop, extend (protocol §7)."""

import json
import time
from pathlib import Path

import httpx
import pytest

from tests.support.hub import wait_for
from tests.support.scripted_hub import ScriptedHub, scripted_hub
from tests.support.submissions import job, submit


def wait_for_status(client: httpx.Client, jobname: str, status: str) -> dict[str, object]:
    wait_for(lambda: job(client, jobname)["status"] == status, f"{jobname} to be {status}")
    return job(client, jobname)


def extend(client: httpx.Client, jobname: str, hours: object) -> httpx.Response:
    """As JuliaHub.jl does: JSON without a content type."""
    content = json.dumps({"jobname": jobname, "extendby": hours})
    return client.post("/juliaruncloud/extend_job_time_limit", content=content)


def test_a_job_goes_from_submitted_to_completed(hub: ScriptedHub, client: httpx.Client) -> None:
    jobname = submit(client)
    scripted = hub.started(jobname)
    assert job(client, jobname)["status"] == "Submitted"
    scripted.runs()
    running = wait_for_status(client, jobname, "Running")
    assert running["starttimestamp"]
    assert running["endtimestamp"] is None
    result = scripted.folder / "results" / "out.csv"
    result.write_text("1,2")
    (scripted.folder / "summary").write_text('{"pi": 3.14}' + " " * 2000)
    scripted.ends(result_file=str(result))
    ended = wait_for_status(client, jobname, "Completed")
    assert ended["outputs"] == ('{"pi": 3.14}' + " " * 2000)[:1000]
    assert ended["endtimestamp"]
    assert client.get(f"/jobs/{jobname}/files/out.csv?filetype=result").content == b"1,2"
    left_over = scripted.folder / "work", scripted.folder / "results"
    wait_for(lambda: not any(folder.exists() for folder in left_over), "what only the job needed to be removed")


def test_what_a_dying_hub_left_behind_is_tidied(hub: ScriptedHub, client: httpx.Client) -> None:
    ended, live = hub.started(submit(client)), hub.started(submit(client))
    ended.ends()
    wait_for_status(client, ended.jobname, "Completed")
    (ended.folder / "work" / "left").mkdir(parents=True)
    hub.hub.tidy()
    assert not (ended.folder / "work").exists()
    assert (live.folder / "work").exists()
    live.ends()


def test_a_job_cut_off_by_its_limit_keeps_no_outputs(hub: ScriptedHub, client: httpx.Client) -> None:
    scripted = hub.started(submit(client))
    (scripted.folder / "summary").write_text("half")
    scripted.ends("Stopped", reason="time limit", stored=False)
    assert wait_for_status(client, scripted.jobname, "Stopped")["outputs"] == ""


def test_results_set_before_a_failure_are_kept(hub: ScriptedHub, client: httpx.Client) -> None:
    scripted = hub.started(submit(client))
    (scripted.folder / "summary").write_text("before")
    scripted.ends("Failed", reason="it threw")
    assert wait_for_status(client, scripted.jobname, "Failed")["outputs"] == "before"


def test_a_result_that_has_gone_is_said_in_the_log(hub: ScriptedHub, client: httpx.Client) -> None:
    scripted = hub.started(submit(client))
    scripted.ends(result_file=str(scripted.folder / "results" / "gone"))
    wait_for_status(client, scripted.jobname, "Completed")
    assert "results were not stored" in client.get(f"/juliaruncloud/get_logs?jobname={scripted.jobname}").text


def test_the_list_is_bare_newest_first_and_limited(tmp_path: Path) -> None:
    with scripted_hub(tmp_path / "hub") as hub, hub.client() as client:
        assert client.get("/juliaruncloud/get_jobs").json() == []
        names = [submit(client) for _ in range(22)]
        listed = client.get("/juliaruncloud/get_jobs").json()
        assert [each["jobname"] for each in listed] == names[::-1][:20]
        for limit, count in ((3, 3), (999_999_999, 22)):
            assert len(client.get(f"/juliaruncloud/get_jobs?limit={limit}").json()) == count
        for bad in ("0", "-1", "x"):
            assert client.get(f"/juliaruncloud/get_jobs?limit={bad}").status_code == 400


def test_an_unknown_job(client: httpx.Client) -> None:
    for name in ("jr-unknown", "x", "%2F..%2F", "ü"):
        assert client.get(f"/api/rest/jobs/{name}").json() == {"details": []}
    assert client.get("/juliaruncloud/kill_job?jobname=jr-unknown").status_code == 403
    assert client.get("/juliaruncloud/kill_job").status_code == 403
    assert extend(client, "jr-unknown", 1).status_code == 403


def test_stopping_a_job(hub: ScriptedHub, client: httpx.Client) -> None:
    jobname = submit(client)
    scripted = hub.started(jobname)
    scripted.runs()
    for _ in range(2):
        answer = client.get(f"/juliaruncloud/kill_job?jobname={jobname}").json()
        assert answer == {"status": True, "message": f"Job {jobname} stopped successfully"}
    assert jobname in hub.engine.stopped
    scripted.ends("Stopped", stored=False)
    wait_for_status(client, jobname, "Stopped")
    assert client.get(f"/juliaruncloud/kill_job?jobname={jobname}").json()["status"] is True
    assert job(client, jobname)["status"] == "Stopped"


def test_a_time_limit_is_moved(hub: ScriptedHub, client: httpx.Client) -> None:
    jobname = submit(client, limit_value="0.25")
    scripted = hub.started(jobname)
    scripted.runs()
    assert extend(client, jobname, 0.5).json() == {"success": True, "message": ""}
    assert 2690 < (hub.engine.deadlines[jobname] or 0) - time.time() <= 2700
    assert job(client, jobname)["limit_value"] == 0.75
    scripted.ends()
    wait_for_status(client, jobname, "Completed")
    refused = extend(client, jobname, 1).json()
    assert refused["success"] is False
    assert "has ended" in refused["message"]


@pytest.mark.parametrize("hours", [0, -1, 1e9, float("nan"), float("inf")])
def test_a_limit_out_of_range_is_refused(client: httpx.Client, hours: float) -> None:
    jobname = submit(client)
    answer = extend(client, jobname, hours)
    assert (answer.status_code, answer.json()["success"]) in ((200, False), (400, False))
    assert job(client, jobname)["limit_value"] == 1


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"jobname": "x"}', '{"jobname": 1, "extendby": "long"}'])
def test_an_extension_that_is_none_is_refused(client: httpx.Client, body: str) -> None:
    answer = client.post("/juliaruncloud/extend_job_time_limit", content=body)
    assert (answer.status_code in (200, 400), answer.json()["success"]) == (True, False)


def test_a_job_without_a_limit_has_none_to_move(hub: ScriptedHub, client: httpx.Client) -> None:
    jobname = submit(client, limit_type="unlimited", limit_value=None, effective_time_limit=None)
    hub.started(jobname)
    assert hub.engine.deadlines[jobname] is None
    assert job(client, jobname)["limit_type"] == "unlimited"
    assert extend(client, jobname, 1).json()["success"] is False


def test_jobs_are_found_again_by_the_next_hub(tmp_path: Path) -> None:
    """One ran on and ended, one still runs, one was asked to stop, one never started: all go on where they were."""
    with scripted_hub(tmp_path / "hub") as first, first.client() as client:
        names = [submit(client, limit_value="2") for _ in range(3)]
        ended, running, stopping = (first.started(name) for name in names)
        for scripted in (ended, running, stopping):
            scripted.runs()
        wait_for_status(client, stopping.jobname, "Running")
    ended.logs("written while no hub was there")
    ended.ends()
    with scripted_hub(tmp_path / "hub") as second, second.client() as client:
        wait_for_status(client, ended.jobname, "Completed")
        assert "written while no hub was there" in client.get(f"/juliaruncloud/get_logs?jobname={ended.jobname}").text
        wait_for_status(client, running.jobname, "Running")
        wait_for(lambda: running.jobname in second.engine.deadlines, "the time limit to be set again")
        client.get(f"/juliaruncloud/kill_job?jobname={stopping.jobname}")
        wait_for(lambda: stopping.jobname in second.engine.stopped, "the job to be asked to stop")
        assert second.engine.specs == {}


def test_a_job_that_was_accepted_and_not_started_starts_at_the_next_hub(tmp_path: Path) -> None:
    with scripted_hub(tmp_path / "hub") as first, first.client() as client:
        jobname = submit(client)
        first.started(jobname)
    with scripted_hub(tmp_path / "hub") as second, second.client() as client:
        second.started(jobname)
        assert job(client, jobname)["status"] == "Submitted"
