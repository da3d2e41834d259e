"""Logs as an editor sees them: a window of what the daemon has stored, filtered, read backwards, plotted and saved."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.lsp.client import Editor, RpcError
from tests.lsp.conftest import MakeEditor
from tests.lsp.test_jobs import lines, states, submitted
from tests.support.scripted_hub import ScriptedHub, ScriptedJob

PAGE = 10_000


def record(message: str, level: str = "Info", worker: int = 1, second: int = 0, **keywords: object) -> str:
    metadata = {"level": level, "_module": "Main", "group": "code", "filepath": "/job/fit.jl", "line": 17}
    time = f"2026-11-22T10:{second // 60:02}:{second % 60:02}.000Z"
    own = {"jrun_worker_id": worker} | keywords
    return json.dumps({"message": message, "timestamp": time, "keywords": own, "metadata": metadata}) + "\n"


def writes(job: ScriptedJob, *records: str) -> None:
    with (job.folder / "log.jsonl").open("a") as log:
        log.writelines(records)


def training(job: ScriptedJob, epochs: int = 20) -> None:
    """A log with phases, two workers, a falling loss, a warning and an error."""
    writes(job, record("Running", jrun_phase="code"))
    for epoch in range(1, epochs + 1):
        writes(job, record(f"epoch {epoch}", worker=epoch % 2 + 1, second=epoch, epoch=epoch, loss=1 / epoch))
    writes(job, record("slow", "Warn", second=90), record("Out of memory\nin fit", "Error", 2, second=91))


def told(editor: Editor, log: str) -> "list[dict[str, Any]]":
    return [batch for batch in editor.all("juliahub/logLines") if batch["log"] == log]


async def opened(editor: Editor, job: ScriptedJob, until: str = "complete", **params: Any) -> str:
    log: str = (await editor.request("juliahub/openLog", {"job": job.jobname, **params}))["log"]
    await editor.until(lambda: until in states(editor, log), until)
    return log


async def test_a_long_log_opens_at_its_end(
    signed_in: Editor, hub: ScriptedHub, folders: Path, start: MakeEditor
) -> None:
    job = await submitted(signed_in, hub, folders)
    signed_in.process.kill()
    await signed_in.process.wait()
    count = 2 * PAGE + 500
    job.logs(*(f"line {number}" for number in range(1, count + 1)))
    job.ends()
    editor = await start(server=hub.url)
    log = await opened(editor, job, tail=100)
    resets = [batch for batch in told(editor, log) if batch["reset"]]
    assert "earlier" not in resets[0], "the end comes first"
    assert resets[0]["lines"][-1]["message"] == f"line {count}"
    assert resets[-1]["earlier"] == count - 100
    assert [line["id"] for line in resets[-1]["lines"]] == list(range(count - 99, count + 1))
    reading = [state["stored"] for state in editor.all("juliahub/logState") if state["state"] == "reading"]
    assert reading == sorted(reading)
    page = await editor.request("juliahub/readLog", {"job": job.jobname, "before": count - 99, "limit": 3})
    assert ([line["id"] for line in page["lines"]], page["earlier"], page["complete"]) == (
        [count - 102, count - 101, count - 100],
        count - 103,
        False,
    )


async def test_a_stored_log_opens_at_once_and_goes_on(
    signed_in: Editor, hub: ScriptedHub, folders: Path, start: MakeEditor
) -> None:
    job = await submitted(signed_in, hub, folders)
    job.runs()
    job.logs("one", "two")
    first = await opened(signed_in, job, "live")
    await signed_in.until(
        lambda: [line["message"] for line in lines(signed_in, first)] == ["one", "two"], "what there is"
    )
    signed_in.process.kill()
    await signed_in.process.wait()
    job.logs("three")
    again = await start(server=hub.url)
    log = await opened(again, job, "live")
    job.logs("four")
    job.ends()
    await again.until(lambda: "complete" in states(again, log), "the end")
    window = told(again, log)
    last = max(place for place, batch in enumerate(window) if batch["reset"])
    messages = [line["message"] for batch in window[last:] for line in batch["lines"]]
    assert messages == ["one", "two", "three", "four"]


async def test_a_filter_with_lines_around(signed_in: Editor, hub: ScriptedHub, folders: Path) -> None:
    job = await submitted(signed_in, hub, folders)
    job.runs()
    training(job)
    wanted = {"query": "epoch>18 worker:2 OR level>=warn"}
    whole = await opened(signed_in, job, "live", filter=wanted, context=1)
    await signed_in.until(lambda: len(lines(signed_in, whole)) == 5, "what is there")
    log = await opened(signed_in, job, "live", filter=wanted, context=1, tail=4)
    shown = [(line["id"], line.get("isContext", False)) for line in lines(signed_in, log)]
    assert shown == [(20, False), (21, True), (22, False), (23, False)]
    assert (told(signed_in, log)[0]["earlier"], told(signed_in, log)[-1]["matches"]) == (1, 3)
    writes(job, record("after"), record("more"), record("loud", "Warn"))
    await signed_in.until(lambda: len(lines(signed_in, log)) == 7, "what came")
    assert [(line["id"], line.get("isContext", False)) for line in lines(signed_in, log)][4:] == [
        (24, True), (25, True), (26, False)
    ]  # fmt: skip
    assert told(signed_in, log)[-1]["matches"] == 4
    page = await signed_in.request(
        "juliahub/readLog", {"job": job.jobname, "filter": wanted, "context": 1, "before": 20, "limit": 9}
    )
    assert [(line["id"], line.get("isContext")) for line in page["lines"]] == [(19, True)]
    job.ends()


async def test_a_filter_that_is_none(signed_in: Editor, hub: ScriptedHub, folders: Path) -> None:
    job = await submitted(signed_in, hub, folders)
    job.ends()
    for method in ("openLog", "readLog", "logSummary"):
        with pytest.raises(RpcError, match="no level “loud”"):
            await signed_in.request(f"juliahub/{method}", {"job": job.jobname, "filter": {"query": "level:loud"}})
    params = {"job": job.jobname, "query": "“é” level:loud", "position": 9}
    answer = await signed_in.request("juliahub/completeFilter", params)
    assert "no level “loud”" in answer["problem"]


async def test_an_outline_and_a_plot(signed_in: Editor, hub: ScriptedHub, folders: Path) -> None:
    job = await submitted(signed_in, hub, folders)
    training(job)
    job.ends()
    await opened(signed_in, job)
    summary = await signed_in.request("juliahub/logSummary", {"job": job.jobname})
    assert (summary["records"], summary["warnings"], summary["errors"], summary["firstError"]) == (23, 1, 1, 23)
    assert (summary["workers"], summary["modules"], summary["complete"]) == ([1, 2], ["Main"], True)
    assert summary["keywords"] == [{"name": name, "numeric": True, "count": 20} for name in ("epoch", "loss")]
    marks = [(mark["id"], mark["kind"], mark["text"]) for mark in summary["marks"]]
    assert marks == [
        (1, "stage", "Running"), (2, "worker", "Worker 2"), (22, "warning", "slow"), (23, "error", "Out of memory")
    ]  # fmt: skip
    series = await signed_in.request("juliahub/logSeries", {"job": job.jobname, "keywords": ["loss"]})
    assert [(one["keyword"], one["worker"], one["count"]) for one in series["series"]] == [
        ("loss", 1, 10), ("loss", 2, 10)
    ]  # fmt: skip
    assert [point["value"] for point in series["series"][0]["points"]] == [1 / epoch for epoch in range(2, 21, 2)]
    thin = await signed_in.request("juliahub/logSeries", {"job": job.jobname, "keywords": ["loss"], "points": 4})
    points = thin["series"][0]["points"]
    assert len(points) <= 4
    assert (points[0]["value"], points[-1]["value"]) == (1 / 2, 1 / 20), "the ends are kept"
    params = {"job": job.jobname, "query": "worker:", "position": 7}
    offered = (await signed_in.request("juliahub/completeFilter", params))["completions"]
    assert [(one["text"], one["start"], one["end"]) for one in offered] == [("1", 7, 7), ("2", 7, 7)]


async def test_a_log_in_a_file(signed_in: Editor, hub: ScriptedHub, folders: Path) -> None:
    job = await submitted(signed_in, hub, folders)
    training(job)
    job.ends()
    await opened(signed_in, job)
    file = folders / "job.log"
    answer = await signed_in.request(
        "juliahub/saveLog", {"job": job.jobname, "file": file.as_uri(), "format": "text", "workDoneToken": "save"}
    )
    assert answer == {"uri": file.as_uri(), "records": 23, "complete": True}
    text = file.read_text().splitlines()
    assert text[0] == "● Running"
    assert text[-1].endswith("│ in fit")
    wanted = {"query": "level>=warn"}
    await signed_in.request(
        "juliahub/saveLog", {"job": job.jobname, "file": file.as_uri(), "format": "jsonl", "filter": wanted}
    )
    saved = [json.loads(line) for line in file.read_text().splitlines()]
    assert [(line["id"], line["level"]) for line in saved] == [(22, "Warn"), (23, "Error")]
    assert not list(folders.glob(".job.log*")), "nothing is left beside it"  # noqa: ASYNC240
    missing = (folders / "none" / "job.log").as_uri()
    with pytest.raises(RpcError, match="cannot be used"):
        await signed_in.request("juliahub/saveLog", {"job": job.jobname, "file": missing, "format": "text"})
