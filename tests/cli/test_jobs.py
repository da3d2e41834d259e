"""Submitting, listing, logs and results against a real hub whose jobs the test plays by hand: shapes and exit codes."""

import io
import tarfile
from pathlib import Path

import pytest

from juliahub_ls.lsp.protocol.jobs import JobResult, JobsResult, SubmitResult
from juliahub_ls.lsp.protocol.logs import LogLine
from juliahub_ls.lsp.protocol.results import CompareJobsResult, DownloadResultsResult, ResultsResult
from tests.support.cli import Cli
from tests.support.payload_shapes import assert_shape, without_type
from tests.support.scripted_hub import ScriptedHub, ScriptedJob


@pytest.fixture
def job(signed_in: Cli, hub: ScriptedHub) -> ScriptedJob:
    """A submitted job that runs."""
    ran = signed_in.run("submit", "hello.jl", "--name", "greeting", "--env", "N=3", "--json")
    assert ran.code == 0, ran.stdout
    job = hub.started(ran.document["job"]["id"])
    job.runs()
    return job


def results_of(job: ScriptedJob, **files: str) -> Path:
    """A result archive as the runner makes it; its path."""
    archive = job.folder / "results.tar"
    with tarfile.open(archive, "w") as tar:
        for name, text in files.items():
            member = tarfile.TarInfo(name.replace("_", "."))
            member.size = len(text)
            tar.addfile(member, io.BytesIO(text.encode()))
    return archive


def test_submit_tells_what_was_accepted(signed_in: Cli, hub: ScriptedHub) -> None:
    ran = signed_in.run("submit", "hello.jl", "--name", "greeting", "--env", "N=3", "--env", "K=a=b", "--json")
    assert (ran.code, ran.stderr) == (0, "")
    assert_shape(SubmitResult, ran.document)
    view = ran.document["job"]
    assert (view["name"], view["inputs"]) == ("greeting", {"N": "3", "K": "a=b"})
    spec = hub.engine.specs[view["id"]]
    assert (spec.nodes, spec.processes_per_node) == (1, 1)


def test_submit_asks_for_the_cluster_that_was_wanted(signed_in: Cli, hub: ScriptedHub) -> None:
    options = ["--nodes", "3", "--processes-per-node", "2", "--time-limit", "2", "--julia", "1.9"]
    ran = signed_in.run("submit", "hello.jl", *options)
    assert ran.code == 0, ran.stderr
    assert "3 nodes × 2 processes: 1 master + 5 workers, at most 2 h" in ran.stdout
    jobname = ran.stdout.strip().splitlines()[-1].split()[2]
    spec = hub.engine.specs[jobname]
    assert (spec.nodes, spec.processes_per_node, list(spec.julia)) == (3, 2, ["/opt/julia-1.9.0"])


def test_submit_shows_the_bundle_and_what_stays_home(signed_in: Cli, hub: ScriptedHub) -> None:
    folder = signed_in.folder / "project"
    (folder / "data").mkdir(parents=True)
    (folder / "Project.toml").write_text('name = "Pi"\n')
    (folder / "main.jl").write_text("println(1)\n")
    (folder / ".env").write_text("SECRET=1\n")
    (folder / ".juliabundleignore").write_text("data/\n")
    ran = signed_in.run("submit", "project/main.jl")
    assert ran.code == 0, ran.stderr
    assert "Environment  Pi, 0 dependencies" in ran.stdout
    assert "looks like a secret" in ran.stdout
    assert "data/  .juliabundleignore:1" in ran.stdout
    assert ran.stdout.strip().splitlines()[-1].startswith("juliahub logs jr-")


def test_what_is_sent_along(signed_in: Cli, hub: ScriptedHub) -> None:
    folder = signed_in.folder / "project"
    folder.mkdir()
    (folder / "Project.toml").write_text("[deps]\n")
    (folder / "main.jl").write_text("println(1)\n")
    documents = {
        send: signed_in.run("submit", "project/main.jl", "--send", send, "--json").document
        for send in ("folder", "environment", "project", "script")
    }
    assert [send for send, document in documents.items() if "bundleSha256" in document] == ["folder"]
    projects = {send: hub.engine.specs[document["job"]["id"]].project for send, document in documents.items()}
    assert [send for send, project in projects.items() if project] == ["folder", "environment", "project"]


def test_a_job_through_its_life(signed_in: Cli, hub: ScriptedHub, job: ScriptedJob) -> None:
    running = signed_in.run("job", job.jobname, "--json").document
    assert_shape(JobResult, running)
    assert (running["job"]["label"], running["job"]["done"]) == ("Running", False)

    extended = signed_in.run("extend", job.jobname, "2", "--json")
    assert_shape(JobResult, extended.document)
    assert extended.document["job"]["timeLimit"] == 3

    stopping = signed_in.run("cancel", job.jobname, "--json")
    assert_shape(JobResult, stopping.document)
    assert stopping.document["job"]["label"] == "Stopping…"
    assert job.jobname in hub.engine.stopped

    job.ends("Stopped", reason="Stopped by the user.")
    ended = signed_in.run("cancel", job.jobname)
    assert ended.code == 0
    assert f"({job.jobname}) has ended: Stopped" in ended.stdout


def test_jobs_lists_the_newest_first(signed_in: Cli, job: ScriptedJob) -> None:
    newer = signed_in.run("submit", "hello.jl", "--json").document["job"]["id"]
    ran = signed_in.run("jobs", "--limit", "2", "--json")
    assert ran.code == 0
    assert_shape(JobsResult, ran.document)
    assert [view["id"] for view in ran.document["jobs"]] == [newer, job.jobname]
    lines = signed_in.run("jobs", "-n", "2").stdout.splitlines()
    assert lines[0].split() == ["Job", "Name", "State", "Result", "Submitted"]
    assert [line.split()[1] for line in lines[1:]] == [newer, job.jobname]
    assert all(line == line.rstrip() for line in lines)


def test_jobs_tells_why_one_failed(signed_in: Cli, job: ScriptedJob) -> None:
    records = '{"message":"Out of memory.","timestamp":"2026-01-01T00:00:00.000Z","metadata":{"level":"Error"}}\n'
    (job.folder / "log.jsonl").write_text(records)
    job.ends("Failed", exit_code=1)
    views = signed_in.run("jobs", "--json").document["jobs"]
    mine = next(view for view in views if view["id"] == job.jobname)
    assert mine["reason"] == "Out of memory."
    assert "Failed" in mine["label"]


def test_logs_gives_every_line_once_and_in_order(signed_in: Cli, job: ScriptedJob) -> None:
    job.logs(*(f"line {number}" for number in range(2500)))
    unfinished = signed_in.run("logs", job.jobname, "--json")
    assert unfinished.code == 0
    lines = [event for event in unfinished.events if event["type"] == "line"]
    assert [line["id"] for line in lines] == list(range(1, 2501))
    assert [line["message"] for line in lines] == [f"line {number}" for number in range(2500)]
    assert_shape(LogLine, without_type(lines[0]))
    assert unfinished.events[-1] == {"type": "state", "state": "live", "last": 2500}
    job.ends()
    assert signed_in.run("logs", job.jobname, "--json").events[-1]["state"] == "complete"


def test_logs_can_be_filtered(signed_in: Cli, job: ScriptedJob) -> None:
    def record(message: str, level: str, worker: int) -> str:
        keywords = f'{{"jrun_worker_id":{worker},"epoch":{worker}}}'
        return f'{{"message":"{message}","metadata":{{"level":"{level}"}},"keywords":{keywords}}}\n'

    log = record("loss=1", "Info", 1) + record("loss=x", "Warn", 2) + record("loss=3", "Error", 3)
    (job.folder / "log.jsonl").write_text(log)
    job.ends()

    def messages(*options: str) -> list[str]:
        ran = signed_in.run("logs", job.jobname, *options, "--json")
        return [event["message"] for event in ran.events if event["type"] == "line"]

    assert messages() == ["loss=1", "loss=x", "loss=3"]
    assert messages("--grep", r"loss=\d") == ["loss=1", "loss=3"]
    assert messages("--level", "warn") == messages("--level", "WARNING") == ["loss=x", "loss=3"]
    assert messages("--worker", "3") == ["loss=3"]
    assert messages("--worker", "3", "--grep", "x") == []
    plain = signed_in.run("logs", job.jobname, "--level", "warn").stdout.splitlines()
    assert [line.split("│ ")[1] for line in plain] == ["Warning: loss=x  epoch=2", "Error: loss=3  epoch=3"]


def test_results_are_shown_saved_and_checked(signed_in: Cli, job: ScriptedJob) -> None:
    (job.folder / "summary").write_text('{"pi": 3.14, "method": "darts"}')
    archive = results_of(job, pi_csv="n,pi\n", plot_svg="<svg/>")
    job.ends(result_file=str(archive))
    shown = signed_in.run("results", job.jobname, "--json")
    assert shown.code == 0
    assert_shape(ResultsResult, shown.document)
    assert shown.document["summary"] == {"pi": 3.14, "method": "darts"}

    saved = signed_in.run("results", job.jobname, "-o", "out", "--json")
    assert saved.code == 0
    assert_shape(DownloadResultsResult, saved.document)
    assert {file["name"]: file["verified"] for file in saved.document["files"]} == {"pi.csv": True, "plot.svg": True}
    assert (signed_in.folder / "out" / "pi.csv").read_text() == "n,pi\n"

    told = signed_in.run("results", job.jobname, "-o", "out").stdout
    assert [line.split() for line in told.splitlines()[2:4]] == [["pi", "3.14"], ["method", "darts"]]
    assert "out/pi.csv" in told
    assert told.count("hash checked") == 2


def test_a_job_without_result_files_says_so(signed_in: Cli, job: ScriptedJob) -> None:
    early = signed_in.run("results", job.jobname, "-o", "out", "--json")
    assert (early.code, early.error["code"]) == (2, "no-results")
    assert "It has not ended yet." in early.error["message"]
    job.ends()
    assert signed_in.run("results", job.jobname).stdout.splitlines()[-1] == "It left no results."


def test_nested_results_and_the_files_in_archives(signed_in: Cli, job: ScriptedJob) -> None:
    (job.folder / "summary").write_text('{"pi": 3.14, "fit": {"steps": [1, 2], "how": "adam"}}')
    job.ends(result_file=str(results_of(job, pi_csv="n,pi\n", plot_svg="<svg/>")))
    told = signed_in.run("results", job.jobname).stdout.splitlines()
    assert [line.split() for line in told[2:6]] == [
        ["pi", "3.14"], ["fit", "2", "entries"], ["steps", "[1,", "2]"], ["how", "adam"]
    ]  # fmt: skip
    listed = signed_in.run("results", job.jobname, "--files").stdout.splitlines()
    assert listed[0].split() == ["File", "Size", "SHA-256"]
    assert len(listed[1].split()[-1]) == 64
    assert [line.split()[0] for line in listed[2:]] == ["pi.csv", "plot.svg"]


def test_jobs_side_by_side(signed_in: Cli, hub: ScriptedHub) -> None:
    ids = []
    for number, loss in enumerate(("0.5", "0.25")):
        ran = signed_in.run("submit", "hello.jl", "--name", f"fit {number}", "--env", f"N={number}", "--json")
        job = hub.started(ran.document["job"]["id"])
        job.runs()
        (job.folder / "summary").write_text(f'{{"loss": {loss}, "how": "=adam"}}')
        job.ends()
        ids.append(job.jobname)
    ran = signed_in.run("compare", *ids, "--csv", "both.csv")
    assert ran.code == 0, ran.stderr
    lines = {line.strip("● ").split("  ")[0]: line for line in ran.stdout.splitlines()}
    assert lines["loss"].split() == ["●", "loss", "0.5", "0.25"]
    assert lines["how"].split() == ["how", "=adam", "=adam"]
    assert lines["N"].startswith("●")
    assert "Saved both.csv" in ran.stdout
    assert f"Numbers that {', '.join(ids)} logged are not shown" in ran.stdout
    written = (signed_in.folder / "both.csv").read_bytes().decode().split("\r\n")
    assert written[0] == f"Section,Name,fit 0 ({ids[0]}),fit 1 ({ids[1]})"
    assert "Results,loss,0.5,0.25" in written
    assert "Results,how,'=adam,'=adam" in written
    document = signed_in.run("compare", *ids, "--json").document
    assert_shape(CompareJobsResult, document)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here to stand for a full disk")
def test_a_full_disk_while_saving_results(signed_in: Cli, job: ScriptedJob) -> None:
    archive = results_of(job, data_bin="x" * 100_000)
    job.ends(result_file=str(archive))
    name = signed_in.run("results", job.jobname, "--json").document["files"][0]["name"]
    (signed_in.folder / "out").mkdir()
    part = signed_in.folder / "out" / f"{name}.part"
    part.symlink_to("/dev/full")
    ran = signed_in.run("results", job.jobname, "-o", "out", "--json")
    assert (ran.code, ran.error["code"]) == (4, "disk-full")
    part.unlink()
    assert signed_in.run("results", job.jobname, "-o", "out").code == 0
