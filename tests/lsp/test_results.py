"""Results over the wire: looked into, fetched, paused and resumed, compared, saved as CSV."""

import asyncio
import csv
import io
import shutil
import threading
from pathlib import Path
from typing import Any

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tests.lsp.client import Editor, RpcError, check_error_data
from tests.lsp.conftest import MakeEditor, sign_in
from tests.lsp.test_logs import record, writes
from tests.support.scripted_hub import ScriptedHub, ScriptedJob, scripted_hub

LARGE = 20_000_000


async def ended(
    editor: Editor, hub: ScriptedHub, folders: Path, name: str, content: bytes, summary: str
) -> ScriptedJob:
    """A job that left one file and a summary."""
    script = (folders / "work" / "project" / "main.jl").as_uri()
    job = hub.started((await editor.request("juliahub/submit", {"script": script}))["job"]["id"])
    file = job.folder / "results" / name
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(content)
    (job.folder / "summary").write_text(summary)
    job.ends(result_file=str(file), stored=True)
    await editor.until(lambda: is_done(editor, job.jobname), "the job's end")
    return job


def is_done(editor: Editor, job: str) -> bool:
    told = [view for change in editor.all("juliahub/jobsChanged") for view in change["jobs"] if view["id"] == job]
    return bool(told) and bool(told[-1]["done"])


def cells(compared: dict[str, Any], section: str, key: str) -> "list[str]":
    """The texts of a row."""
    rows = next(one["rows"] for one in compared["sections"] if one["id"] == section)
    return [cell["text"] for row in rows if row["key"] == key for cell in row["cells"]]


async def test_a_table_is_looked_into(signed_in: Editor, hub: ScriptedHub, folders: Path) -> None:
    text = "epoch;loss\n" + "".join(f"{number};{1 / number:.3f}\n" for number in range(1, 400))
    job = await ended(signed_in, hub, folders, "loss.csv", text.encode(), "")
    shown = await signed_in.request("juliahub/previewFile", {"job": job.jobname, "name": "loss.csv"})
    assert (shown["kind"], shown["header"], shown["numeric"]) == ("table", ["epoch", "loss"], [True, True])
    assert (len(shown["lines"]), shown["lines"][1], shown["whole"]) == (200, ["2", "0.500"], False)
    with pytest.raises(RpcError, match=r"none that is called other\.csv") as caught:
        await signed_in.request("juliahub/previewFile", {"job": job.jobname, "name": "other.csv"})
    assert check_error_data(caught.value)["code"] == "no-results"


class Gate:
    """Before a hub: while it is closed, an answer stops after its first megabyte."""

    def __init__(self) -> None:
        self.is_open = threading.Event()

    def before(self, app: ASGIApp) -> ASGIApp:
        async def gated(scope: Scope, receive: Receive, send: Send) -> None:
            sent = 0

            async def hold(message: Message) -> None:
                nonlocal sent
                sent += len(message.get("body", b""))
                await send(message)
                if sent > 1_000_000:
                    await asyncio.to_thread(self.is_open.wait, 60)

            await app(scope, receive, hold)

        return gated


async def test_a_download_is_paused_and_goes_on(
    start: MakeEditor, folders: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    gate = Gate()
    with scripted_hub(tmp_path_factory.mktemp("gated"), before=gate.before) as hub:
        sign_in(hub, folders)
        editor = await start(server=hub.url)
        content = bytes(range(250)) * (LARGE // 250)
        job = await ended(editor, hub, folders, "large.bin", content, "")
        params = {"job": job.jobname, "files": ["large.bin"], "workDoneToken": "download"}
        request, answer = editor.begin("juliahub/downloadResults", params)
        await editor.until(lambda: reported(editor), "the first bytes")
        editor.notify("$/cancelRequest", {"id": request})
        with pytest.raises(RpcError, match=r"of 20\.0 MB are kept") as caught:
            await answer
        gate.is_open.set()
        assert check_error_data(caught.value)["code"] == "cancelled"
        (file,) = (await editor.request("juliahub/results", {"job": job.jobname}))["files"]
        assert 0 < file["arrived"] < LARGE
        assert "uri" not in file
        saved = await editor.request("juliahub/downloadResults", {"job": job.jobname})
        assert [(one["name"], one["size"], one["verified"]) for one in saved["files"]] == [("large.bin", LARGE, True)]
        (file,) = (await editor.request("juliahub/results", {"job": job.jobname}))["files"]
        assert (file["verified"], "arrived" in file) == (True, False)
        await editor.kill()


async def test_a_download_goes_on_in_the_next_daemon(
    start: MakeEditor, folders: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    gate = Gate()
    with scripted_hub(tmp_path_factory.mktemp("gated"), before=gate.before) as hub:
        sign_in(hub, folders)
        first = await start(server=hub.url)
        job = await ended(first, hub, folders, "large.bin", bytes(LARGE), "")
        params = {"job": job.jobname, "workDoneToken": "download"}
        _, answer = first.begin("juliahub/downloadResults", params)
        await first.until(lambda: reported(first), "the first bytes")
        await asyncio.wait_for(on_disk(first, job.jobname), 60)
        await first.kill()
        answer.cancel()
        gate.is_open.set()
        second = await start(server=hub.url)
        (file,) = (await second.request("juliahub/results", {"job": job.jobname}))["files"]
        assert 0 < file["arrived"] < LARGE
        (saved,) = (await second.request("juliahub/downloadResults", params))["files"]
        assert (saved["size"], saved["verified"]) == (LARGE, True)
        assert (
            next(told for told in second.all("$/progress") if told["value"].get("percentage"))["value"]["percentage"]
            > 1
        )
        await second.kill()


async def on_disk(editor: Editor, job: str) -> None:
    """Until some of the job's only file is there: progress is told when bytes come, before they are written."""
    while not (await editor.request("juliahub/results", {"job": job}))["files"][0].get("arrived"):  # noqa: ASYNC110 - nothing tells
        await asyncio.sleep(0.05)


def reported(editor: Editor) -> bool:
    return any(told["token"] == "download" and told["value"].get("percentage") for told in editor.all("$/progress"))


async def test_jobs_are_compared_and_saved(signed_in: Editor, hub: ScriptedHub, folders: Path) -> None:
    one = await ended(signed_in, hub, folders, "a.txt", b"a", '{"fit": {"loss": 0.25}, "note": "=1+1"}')
    other = await ended(signed_in, hub, folders, "a.txt", b"a", '{"fit": {"loss": 0.5}, "note": "=1+1"}')
    jobs = [{"job": one.jobname}, {"job": other.jobname}]
    compared = await signed_in.request("juliahub/compareJobs", {"jobs": [*jobs, jobs[0]]})
    assert [job["id"] for job in compared["jobs"]] == [one.jobname, other.jobname]
    assert cells(compared, "summary", "fit.loss") == ["0.25", "0.5"]
    differing = {row["key"] for section in compared["sections"] for row in section["rows"] if row["differs"]}
    assert "fit.loss" in differing
    assert "note" not in differing
    file = folders / "compared.csv"
    saved = await signed_in.request("juliahub/exportComparison", {"jobs": jobs, "file": file.as_uri()})
    lines = list(csv.reader(io.StringIO(file.read_bytes().decode(), newline="")))
    assert (saved["uri"], saved["lines"]) == (file.as_uri(), len(lines) - 1)
    assert lines[0] == ["Section", "Name", *(f"main.jl ({job.jobname})" for job in (one, other))]
    assert ["Results", "fit.loss", "0.25", "0.5"] in lines
    assert ["Results", "note", "'=1+1", "'=1+1"] in lines


async def test_numbers_of_logs_that_are_here_are_drawn(signed_in: Editor, hub: ScriptedHub, folders: Path) -> None:
    script = (folders / "work" / "project" / "main.jl").as_uri()
    job = hub.started((await signed_in.request("juliahub/submit", {"script": script}))["job"]["id"])
    writes(job, *(record(f"epoch {number}", second=number, epoch=number, loss=8 / number) for number in range(1, 9)))
    (job.folder / "summary").write_text('{"loss": NaN, "epoch": 8}')
    job.ends()
    await signed_in.until(lambda: is_done(signed_in, job.jobname), "the job's end")
    await signed_in.request("juliahub/readLog", {"job": job.jobname})
    compared = await signed_in.request("juliahub/compareJobs", {"jobs": [{"job": job.jobname}]})
    assert compared["jobs"][0]["logHere"]
    (summary,) = (section["rows"] for section in compared["sections"] if section["id"] == "summary")
    loss, epoch = (row["cells"][0] for row in summary)
    trend = {"points": [8 / number for number in range(1, 9)], "first": "8", "last": "1", "count": 8}
    assert loss == {"kind": "text", "text": "NaN", "trend": trend}
    assert (epoch["text"], epoch["trend"]["points"]) == ("8", list(range(1, 9)))
    assert "logged" not in {section["id"] for section in compared["sections"]}


async def test_no_log_is_fetched_to_compare(
    signed_in: Editor, start: MakeEditor, hub: ScriptedHub, folders: Path
) -> None:
    job = await ended(signed_in, hub, folders, "a.txt", b"a", '{"loss": 0.25}')
    await signed_in.kill()
    shutil.rmtree(folders / "cache" / "logs", ignore_errors=True)
    editor = await start(server=hub.url)
    (compared,) = (await editor.request("juliahub/compareJobs", {"jobs": [{"job": job.jobname}]}))["jobs"]
    assert not compared["logHere"]
    assert not (folders / "cache" / "logs").exists()
    await editor.kill()


async def test_a_server_that_is_away_has_a_column_that_says_so(
    signed_in: Editor, hub: ScriptedHub, folders: Path, unused_port: int
) -> None:
    job = await ended(signed_in, hub, folders, "a.txt", b"a", '{"loss": 0.25}')
    away = f"http://127.0.0.1:{unused_port}"
    jobs = [{"server": away, "job": "jr-away"}, {"job": job.jobname}]
    compared = await signed_in.request("juliahub/compareJobs", {"jobs": jobs})
    gone, there = compared["jobs"]
    assert (gone["id"], gone["name"], "job" in gone) == ("jr-away", "jr-away", False)
    assert str(unused_port) in gone["problem"]
    assert (there["job"]["id"], "problem" in there) == (job.jobname, False)
    assert cells(compared, "summary", "loss") == ["", "0.25"]
    unknown = (await signed_in.request("juliahub/compareJobs", {"jobs": [{"job": "jr-nobody"}, jobs[1]]}))["jobs"][0]
    assert (unknown["id"], "jr-nobody" in unknown["problem"]) == ("jr-nobody", True)
    with pytest.raises(RpcError):
        await signed_in.request("juliahub/compareJobs", {"jobs": jobs[:1]})
