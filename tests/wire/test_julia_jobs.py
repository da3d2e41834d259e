"""Real Julia jobs through a real hub process: submit, log, results, stop, limit, restart."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.sync.client import connect

from juliahub_wire import logs
from juliahub_wire.jobs import TERMINAL
from tests.support.hub import RunningHub, running_hub, start_hub, wait_for
from tests.support.submissions import bundle, job, submit, upload

pytestmark = [
    pytest.mark.julia,
    pytest.mark.timeout(300),
    pytest.mark.skipif(shutil.which("julia") is None, reason="needs julia on PATH"),
]

COUNTING = """
for number in 1:300
    println("line ", number)
    number % 10 == 0 && (flush(stdout); sleep(0.01))
end
"""
EXPECTED = [f"line {number}" for number in range(1, 301)]


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    with running_hub(tmp_path_factory.mktemp("hub")) as running:
        yield running


@pytest.fixture
def client(hub: RunningHub) -> Iterator[httpx.Client]:
    with hub.client() as signed_in:
        yield signed_in


def finished(client: httpx.Client, jobname: str) -> dict[str, Any]:
    wait_for(lambda: job(client, jobname)["status"] in TERMINAL, f"{jobname} to end", seconds=120)
    return job(client, jobname)


def whole_log(client: httpx.Client, jobname: str, page_size: int = 97) -> list[logs.LogRecord]:
    """By paging forward from the first line."""
    records: list[logs.LogRecord] = []
    while True:
        query = {"jobname": jobname, "start_time": 0, "event_id": len(records), "nentries": page_size}
        page = logs.decode_page(client.get("/juliaruncloud/get_logs", params=query).text)
        records += [record for record in page if not record.meta]
        if page[-1].is_bottom:
            return records


def printed(records: list[logs.LogRecord]) -> list[str]:
    return [record.message for record in records if "jrun_stream" in record.keywords]


def stream(hub: RunningHub, jobname: str, offset: int, until: str | None = None) -> list[dict[str, Any]]:
    """All records after `offset`, to the bottom or to the first whose message is `until`."""
    url = f"{hub.url.replace('http', 'ws', 1)}/ws/stream_logs?jobname={jobname}&offset={offset}&log_batch=true"
    received: list[dict[str, Any]] = []
    with connect(url, additional_headers={"Authorization": f"Bearer {hub.token}"}, proxy=None, max_size=None) as socket:
        for frame in socket:
            value = json.loads(frame) if frame else []
            for record in value if isinstance(value, list) else [value]:
                if record.get("_meta"):
                    return received
                received.append(record)
                if record["message"] == until:
                    return received
    raise AssertionError("the stream ended without its bottom")


def test_a_script_from_submission_to_results(hub: RunningHub, client: httpx.Client) -> None:
    code = """
    @info "starting" n = parse(Int, ENV["N"])
    println(ENV["JRUN_NAME"], " ", Threads.nthreads())
    write(joinpath(ENV["JULIAHUB_RESULTS_UPLOAD_DIR"], "out.csv"), "1,2\\n")
    ENV["RESULTS"] = "{\\"n\\": 3}"
    """
    jobname = submit(client, {"jobname": "pi", "N": "3", "JULIA_NUM_THREADS": "1"}, usercode=code)
    ended = finished(client, jobname)
    assert (ended["status"], ended["outputs"]) == ("Completed", '{"n": 3}')
    assert ended["starttimestamp"] <= ended["endtimestamp"]
    assert client.get(f"/jobs/{jobname}/files/out.csv?filetype=result").content == b"1,2\n"
    records = whole_log(client, jobname)
    assert printed(records) == [f"{jobname} 1"]
    (info,) = [record for record in records if record.message == "starting"]
    assert (info.metadata["level"], info.keywords["n"]) == ("Info", 3)


def test_a_bundle_runs_in_its_folder_with_its_environment(client: httpx.Client) -> None:
    tar = bundle(
        {
            "Project.toml": '[deps]\nDates = "ade2ca70-3891-5945-98fb-dc099432e06a"\n',
            "Manifest.toml": '[[Dates]]\ndeps = ["Printf"]\nuuid = "ade2ca70-3891-5945-98fb-dc099432e06a"\n\n'
            '[[Printf]]\ndeps = ["Unicode"]\nuuid = "de0858da-6303-5e67-8744-51eddeeeb8d7"\n\n'
            '[[Unicode]]\nuuid = "4ec0a83e-493e-50e2-b9ac-8f72acf5a8f5"\n',
            "helper.jl": "double(x) = 2x\n",
            "data/x.txt": "21",
            "main.jl": 'using Dates\ninclude("helper.jl")\nprintln(double(parse(Int, read("data/x.txt", String))))\n',
        },
        top="my project",
    )
    jobname = submit(client, usercode='include(joinpath(pwd(), "main.jl"))', **upload(client, tar))
    assert finished(client, jobname)["status"] == "Completed"
    assert printed(whole_log(client, jobname)) == ["42"]


def test_pages_and_stream_tell_the_same_story(hub: RunningHub, client: httpx.Client) -> None:
    jobname = submit(client, usercode=COUNTING)
    streamed = stream(hub, jobname, offset=0)
    paged = whole_log(client, jobname)
    assert printed(paged) == EXPECTED
    assert [record["eventId"] for record in streamed] == [str(number) for number in range(1, len(paged) + 1)]
    assert [record["message"] for record in streamed] == [record.message for record in paged]
    assert [record["message"] for record in stream(hub, jobname, offset=100)] == [r.message for r in paged[100:]]


def test_a_killed_job_is_stopped(client: httpx.Client) -> None:
    jobname = submit(client, usercode='println("here"); flush(stdout); sleep(1000)')
    wait_for(lambda: "here" in client.get(f"/juliaruncloud/get_logs?jobname={jobname}").text, "the job to run")
    assert client.get(f"/juliaruncloud/kill_job?jobname={jobname}").json()["status"] is True
    assert finished(client, jobname)["status"] == "Stopped"
    assert printed(whole_log(client, jobname))[0] == "here"


def test_a_job_is_ended_by_its_time_limit_and_keeps_its_log(client: httpx.Client) -> None:
    code = 'ENV["RESULTS"] = "early"; println("here"); flush(stdout); sleep(1000)'
    jobname = submit(client, usercode=code, limit_value="0.001")
    ended = finished(client, jobname)
    assert (ended["status"], ended["outputs"]) == ("Stopped", "")
    log = whole_log(client, jobname)
    assert printed(log)[0] == "here"  # then come Julia's words on being terminated
    assert "time limit" in log[-1].message


def test_a_failing_job_says_why_last(client: httpx.Client) -> None:
    jobname = submit(client, usercode='println("before"); error("no such luck")')
    assert finished(client, jobname)["status"] == "Failed"
    assert "no such luck" in "\n".join(record.message for record in whole_log(client, jobname)[-3:])


def test_the_hub_dies_and_comes_back_while_a_job_runs(tmp_path: Path) -> None:
    """SIGKILL in the middle of the log: the job runs on, is found again, and no line is lost or told twice."""
    code = COUNTING.replace("sleep(0.01)", "sleep(0.1)") + 'ENV["RESULTS"] = "done"'
    try:
        first = start_hub(tmp_path)
        with first.client() as client:
            jobname = submit(client, usercode=code)
        seen = stream(first, jobname, offset=0, until="line 100")
        first.kill()
        second = start_hub(tmp_path)
        assert second.pid != first.pid
        seen += stream(second, jobname, offset=int(seen[-1]["eventId"]))
        with second.client() as client:
            ended = finished(client, jobname)
            assert (ended["status"], ended["outputs"]) == ("Completed", "done")
            assert [record["message"] for record in seen] == [record.message for record in whole_log(client, jobname)]
        assert [r["message"] for r in seen if "jrun_stream" in r["keywords"]] == EXPECTED
    finally:
        with running_hub(tmp_path):
            pass


def test_a_job_ends_while_no_hub_is_there(tmp_path: Path) -> None:
    with running_hub(tmp_path) as first, first.client() as client:
        jobname = submit(client, usercode='println("hi"); ENV["RESULTS"] = "alone"')
        folder = first.data_dir / "jobs" / jobname
        wait_for((folder / "runner.json").exists, "the runner to be there")
        first.kill()
        wait_for((folder / "exit.json").exists, "the job to end by itself", seconds=120)
        with start_hub(tmp_path).client() as again:
            assert finished(again, jobname)["outputs"] == "alone"


@pytest.mark.parametrize("attempt", range(3))
def test_a_hub_killed_right_after_its_answer_has_lost_nothing(tmp_path: Path, attempt: int) -> None:
    with running_hub(tmp_path) as first, first.client() as client:
        jobname = submit(client, usercode='println("hi"); ENV["RESULTS"] = "kept"')
        first.kill()
        with start_hub(tmp_path).client() as again:
            ended = finished(again, jobname)
            assert (ended["status"], ended["outputs"]) == ("Completed", "kept")
            assert printed(whole_log(again, jobname)) == ["hi"]


def test_the_computers_real_julia_is_the_default_image(client: httpx.Client) -> None:
    images = client.get("/juliaruncloud/product_image_groups").json()["image_groups"]["julia"]
    assert [image["type"] for image in images].count("base-cpu") == 1
    code = 'print("julia-", VERSION)'
    jobname = submit(client, usercode=code, image=images[0]["image_key_name"])
    assert finished(client, jobname)["status"] == "Completed"
    assert printed(whole_log(client, jobname)) == [images[0]["image_key_name"]]
