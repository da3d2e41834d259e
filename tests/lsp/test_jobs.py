"""Jobs as an editor follows them: against a hub whose jobs are played by hand, and with real Julia on this computer."""

import shutil
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from localhub.services.models import JobRow
from tests.lsp.client import Editor, RpcError, check_error_data
from tests.lsp.conftest import MakeEditor, sign_in
from tests.support.hub import stop_hub
from tests.support.scripted_hub import ScriptedHub, ScriptedJob, scripted_hub

EXAMPLE = Path(__file__).parents[2] / "examples" / "monte-carlo-pi"


async def submitted(editor: Editor, hub: ScriptedHub, folders: Path, **params: Any) -> ScriptedJob:
    script = (folders / "work" / "project" / "main.jl").as_uri()
    return hub.started((await editor.request("juliahub/submit", {"script": script, **params}))["job"]["id"])


def lines(editor: Editor, log: str) -> "list[dict[str, Any]]":
    """The lines of an open log, in the order of their coming."""
    return [line for told in editor.all("juliahub/logLines") if told["log"] == log for line in told["lines"]]


def states(editor: Editor, log: str) -> "list[str]":
    """The states of an open log."""
    return [told["state"] for told in editor.all("juliahub/logState") if told["log"] == log]


def views(editor: Editor, job: str) -> "list[dict[str, Any]]":
    """What was told of a job, in order."""
    return [view for told in editor.all("juliahub/jobsChanged") for view in told["jobs"] if view["id"] == job]


async def test_a_log_from_first_to_last(signed_in: Editor, hub: ScriptedHub, folders: Path) -> None:
    job = await submitted(signed_in, hub, folders)
    job.runs()
    job.logs(*(f"line {number}" for number in range(1, 1201)))
    log = (await signed_in.request("juliahub/openLog", {"job": job.jobname}))["log"]
    await signed_in.until(lambda: len(lines(signed_in, log)) == 1200, "what was there")
    job.logs("line 1201")
    await signed_in.until(lambda: len(lines(signed_in, log)) == 1201, "what came")
    job.ends()
    await signed_in.until(lambda: "complete" in states(signed_in, log), "the end")
    assert [line["message"] for line in lines(signed_in, log)] == [f"line {number}" for number in range(1, 1202)]
    assert [line["id"] for line in lines(signed_in, log)] == list(range(1, 1202))
    assert states(signed_in, log) == ["live", "complete"]
    assert max(len(told["lines"]) for told in signed_in.all("juliahub/logLines")) <= 500
    page = await signed_in.request("juliahub/readLog", {"job": job.jobname, "after": 1195, "limit": 3})
    assert ([line["id"] for line in page["lines"]], page["complete"]) == ([1196, 1197, 1198], False)
    rest = await signed_in.request("juliahub/readLog", {"job": job.jobname, "after": 1198})
    assert ([line["id"] for line in rest["lines"]], rest["complete"]) == ([1199, 1200, 1201], True)


async def test_a_filtered_log(signed_in: Editor, hub: ScriptedHub, folders: Path) -> None:
    job = await submitted(signed_in, hub, folders)
    job.logs("loss=3", "gain=1", "loss=2")
    job.ends()
    wanted = {"pattern": r"loss=\d", "level": "info", "worker": 1}
    log = (await signed_in.request("juliahub/openLog", {"job": job.jobname, "filter": wanted}))["log"]
    await signed_in.until(lambda: "complete" in states(signed_in, log), "the end")
    assert [line["id"] for line in lines(signed_in, log)] == [1, 3]


async def test_a_closed_log_is_silent(signed_in: Editor, hub: ScriptedHub, folders: Path) -> None:
    job = await submitted(signed_in, hub, folders)
    job.runs()
    logs = [(await signed_in.request("juliahub/openLog", {"job": job.jobname}))["log"] for _ in range(2)]
    job.logs("one")
    await signed_in.until(lambda: all(lines(signed_in, log) for log in logs), "the first line")
    await signed_in.request("juliahub/closeLog", {"log": logs[0]})
    job.logs("two")
    job.ends()
    await signed_in.until(lambda: "complete" in states(signed_in, logs[1]), "the end")
    assert [len(lines(signed_in, log)) for log in logs] == [1, 2]


async def test_a_job_is_followed_to_its_end(signed_in: Editor, hub: ScriptedHub, folders: Path) -> None:
    job = await submitted(signed_in, hub, folders, name="pi sweep", env={"N": "10"})
    job.runs()
    job.logs("working")
    await signed_in.until(lambda: views(signed_in, job.jobname)[-1]["status"] == "Running", "the job to run")
    (job.folder / "summary").write_text('{"pi": 3.14, "loss": NaN}')
    job.ends()
    await signed_in.until(lambda: views(signed_in, job.jobname)[-1]["done"], "its end")
    last = views(signed_in, job.jobname)[-1]
    assert (last["name"], last["status"], last["succeeded"]) == ("pi sweep", "Completed", True)
    assert last["inputs"] == {"N": "10"}
    assert last["summary"] == {"pi": 3.14, "loss": "nan"}


async def test_a_stopped_job(signed_in: Editor, hub: ScriptedHub, folders: Path) -> None:
    job = await submitted(signed_in, hub, folders)
    job.runs()
    job.logs("working")
    await signed_in.until(lambda: views(signed_in, job.jobname)[-1]["status"] == "Running", "the job to run")
    stopped = await signed_in.request("juliahub/stopJob", {"job": job.jobname})
    assert (stopped["job"]["label"], stopped["job"]["done"]) == ("Stopping…", False)
    assert job.jobname in hub.engine.stopped
    job.ends("Stopped", reason="Stopped by you.")
    await signed_in.until(lambda: views(signed_in, job.jobname)[-1]["done"], "its end")
    assert views(signed_in, job.jobname)[-1]["label"].startswith("Stopped")


async def test_more_time(signed_in: Editor, hub: ScriptedHub, folders: Path) -> None:
    job = await submitted(signed_in, hub, folders)
    job.runs()
    job.logs("working")
    await signed_in.until(lambda: views(signed_in, job.jobname)[-1]["status"] == "Running", "the job to run")
    extended = await signed_in.request("juliahub/extendJob", {"job": job.jobname, "hours": 1})
    assert extended["job"]["timeLimit"] == 2.0
    job.ends()


async def test_no_results_yet(signed_in: Editor, hub: ScriptedHub, folders: Path) -> None:
    job = await submitted(signed_in, hub, folders)
    assert (await signed_in.request("juliahub/results", {"job": job.jobname}))["files"] == []
    with pytest.raises(RpcError, match="has not ended yet") as caught:
        await signed_in.request("juliahub/downloadResults", {"job": job.jobname})
    assert check_error_data(caught.value)["code"] == "no-results"
    job.ends()


@pytest.fixture
async def here(start: MakeEditor, folders: Path) -> AsyncIterator[Editor]:
    """A daemon that runs jobs on this computer; its hub is stopped at the end."""
    if shutil.which("julia") is None:
        pytest.skip("there is no Julia on the PATH")
    shutil.copytree(EXAMPLE, folders / "work" / "example", ignore=shutil.ignore_patterns("scratch", "results"))
    shutil.copytree(EXAMPLE.parent / "Dartboard", folders / "work" / "Dartboard")
    yield await start()
    stop_hub(folders / "hub")


@pytest.mark.julia
@pytest.mark.timeout(600)
async def test_the_example_on_this_computer(here: Editor, folders: Path) -> None:
    script = (folders / "work" / "example" / "main.jl").as_uri()
    params = {"script": script, "nodes": 2, "processesPerNode": 2}
    done = await here.request("juliahub/submit", params, seconds=120)
    assert done["bundleFiles"] > 5
    job = done["job"]["id"]
    log = (await here.request("juliahub/openLog", {"job": job}))["log"]
    await here.until(lambda: "complete" in states(here, log), "the log's end", 480)
    ids = [line["id"] for line in lines(here, log)]
    assert ids == list(range(1, len(ids) + 1))
    await here.until(lambda: views(here, job) and views(here, job)[-1]["done"], "the job's end", 60)
    last = views(here, job)[-1]
    assert last["status"] == "Completed", "\n".join(line["message"] for line in lines(here, log))
    assert (last["workersJoined"], last["workersExpected"]) == (3, 3)
    assert abs(last["summary"]["pi"] - 3.14159) < 0.1
    assert any("progress" in view for view in views(here, job))
    saved = await here.request("juliahub/downloadResults", {"job": job})
    assert all(file["verified"] for file in saved["files"])
    assert "estimates.csv" in {Path(file["name"]).name for file in saved["files"]}


@pytest.mark.julia
@pytest.mark.timeout(300)
async def test_stopping_on_this_computer(here: Editor, folders: Path) -> None:
    script = folders / "work" / "endless.jl"
    script.write_text('println("up"); flush(stdout)\nwhile true sleep(0.1) end\n')
    params = {"script": script.as_uri(), "bundle": False}
    job = (await here.request("juliahub/submit", params, seconds=120))["job"]["id"]
    log = (await here.request("juliahub/openLog", {"job": job}))["log"]
    await here.until(lambda: "up" in [line["message"] for line in lines(here, log)], "the script to run", 200)
    stopped = await here.request("juliahub/stopJob", {"job": job})
    assert stopped["job"]["label"] in ("Stopping…", "Stopped by you")
    await here.until(lambda: views(here, job)[-1]["done"], "its end", 60)
    last = views(here, job)[-1]
    assert (last["status"], last["label"]) == ("Stopped", "Stopped by you")


def notices(editor: Editor, job: str) -> "list[dict[str, Any]]":
    """What was said of a job unasked."""
    return [told for told in editor.all("juliahub/jobNotice") if told["job"]["id"] == job]


async def test_the_end_of_a_job_is_told_once(signed_in: Editor, hub: ScriptedHub, folders: Path) -> None:
    job = await submitted(signed_in, hub, folders, name="pi")
    job.runs()
    job.ends()
    await signed_in.until(lambda: notices(signed_in, job.jobname), "the end")
    await signed_in.request("juliahub/jobs", {})
    (told,) = notices(signed_in, job.jobname)
    assert told["kind"] == "ended"
    assert told["message"].startswith("pi finished in 0:0")


async def test_an_end_that_nobody_saw_is_told_by_the_next_daemon(
    start: MakeEditor, hub: ScriptedHub, token: str, folders: Path
) -> None:
    first = await start(server=hub.url)
    job = await submitted(first, hub, folders, name="pi")
    job.runs()
    await first.kill()
    job.logs("no such luck")
    job.ends("Failed")
    second = await start(server=hub.url)
    await second.until(lambda: notices(second, job.jobname), "the end")
    assert notices(second, job.jobname)[0]["message"].startswith("pi — Failed after 0:0")
    third = await start(server=hub.url)
    listed = (await third.request("juliahub/jobs", {}))["jobs"]
    assert [view["done"] for view in listed if view["id"] == job.jobname] == [True]
    assert notices(third, job.jobname) == []


async def test_an_end_is_not_told_to_who_asked_for_it_quietly(
    signed_in: Editor, hub: ScriptedHub, folders: Path
) -> None:
    stopped, other = [await submitted(signed_in, hub, folders) for _ in range(2)]
    with pytest.raises(RpcError):
        await signed_in.request("juliahub/stopJob", {"job": "jr-nobody", "quiet": True})
    await signed_in.request("juliahub/stopJob", {"job": stopped.jobname, "quiet": True})
    stopped.ends("Stopped")
    await signed_in.until(lambda: views(signed_in, stopped.jobname)[-1]["done"], "its end")
    other.ends()
    await signed_in.until(lambda: notices(signed_in, other.jobname), "the other's end")
    assert notices(signed_in, stopped.jobname) == []


async def test_the_last_known_jobs_outlive_the_daemon(start: MakeEditor, folders: Path) -> None:
    with scripted_hub(folders / "own hub") as hub:
        sign_in(hub, folders)
        first = await start(server=hub.url)
        job = await submitted(first, hub, folders, name="pi")
        job.ends()
        await first.until(lambda: views(first, job.jobname)[-1]["done"], "its end")
        await first.request("juliahub/jobs", {})
        await first.kill()
    second = await start(server=hub.url)
    found = await second.request("juliahub/jobs", {})
    assert [(view["name"], view["succeeded"]) for view in found["jobs"]] == [("pi", True)]
    assert found["offlineSince"] > 0


async def test_older_jobs_are_a_larger_page(signed_in: Editor, hub: ScriptedHub, folders: Path) -> None:
    jobs = [await submitted(signed_in, hub, folders) for _ in range(3)]
    page = await signed_in.request("juliahub/jobs", {"limit": 2})
    assert ([view["id"] for view in page["jobs"]], page["more"]) == ([job.jobname for job in jobs[:0:-1]], True)
    assert (await signed_in.request("juliahub/jobs", {"limit": 1000}))["more"] is False
    for job in jobs:
        job.ends()


async def test_a_job_from_elsewhere_is_met(
    start: MakeEditor, hub: ScriptedHub, token: str, folders: Path, environ: "dict[str, str]"
) -> None:
    """Another daemon submits; this one, which looks again soon, tells of it without being asked."""
    here = await start(server=hub.url)
    await here.request("juliahub/jobs", {})
    there = await start(server=hub.url)
    job = await submitted(there, hub, folders, name="from elsewhere")
    await here.until(lambda: views(here, job.jobname), "the other's job", seconds=60)
    job.ends()
    await here.until(lambda: views(here, job.jobname)[-1]["done"], "its end")


async def test_a_limit_that_comes_near_is_told(signed_in: Editor, hub: ScriptedHub, folders: Path) -> None:
    job = await submitted(signed_in, hub, folders, name="pi")
    job.runs()
    await signed_in.until(lambda: "deadline" in views(signed_in, job.jobname)[-1], "its start")
    view = views(signed_in, job.jobname)[-1]
    assert view["deadline"] - view["started"] == 3_600_000
    hub.hub.runs.extend(job.jobname, -59 / 60 + 1 / 3600)  # a minute and a second are left
    await signed_in.request("juliahub/job", {"job": job.jobname})
    await signed_in.until(lambda: notices(signed_in, job.jobname), "the notice")
    (told,) = notices(signed_in, job.jobname)
    assert (told["kind"], told["minutesLeft"]) == ("deadline", 1)
    assert told["message"] == "pi reaches its time limit in 1 minute and is stopped then."
    job.ends()


async def test_a_long_wait_is_told(signed_in: Editor, hub: ScriptedHub, folders: Path) -> None:
    job = await submitted(signed_in, hub, folders, name="pi")
    with hub.hub.store.session() as session:  # ten minutes are over in a second
        submitted_at = time.time() - 10 * 60 + 1
        session.execute(update(JobRow).where(JobRow.jobname == job.jobname).values(submitted_at=submitted_at))
    await signed_in.request("juliahub/job", {"job": job.jobname})
    await signed_in.until(lambda: notices(signed_in, job.jobname), "the notice")
    (told,) = notices(signed_in, job.jobname)
    assert (told["kind"], told["message"]) == ("waiting", "pi has been waiting for a machine for 10 minutes.")
    job.ends()
