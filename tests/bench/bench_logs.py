"""A log of a million lines: how soon its end is seen, when it is stored, how fast filters are, what it costs."""

import asyncio
import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil

from .bench_jobs import HELLO, _run, own_hub
from .editor import Editor
from .harness import Row, bounded, row, seconds

LINES = 1_000_000
FILTERS = ("level>=error", "worker:3 level>=warn", '"line 999999 "', "text", "epoch>999990", r"/loss=0\.12\d*5 /")
PINGS_SECONDS = 0.02


def rows(work: Path) -> list[Row]:
    """All of it against one embedded localhub of its own."""
    with own_hub(work):
        return asyncio.run(_rows(work))


async def _rows(work: Path) -> list[Row]:
    async with Editor() as editor:
        job = await _run(editor, work, "hello.jl", HELLO)
        log = work / "hub-data" / "jobs" / job / "log.jsonl"
    await asyncio.to_thread(_grow, log)
    await asyncio.to_thread(shutil.rmtree, work / "cache" / "logs")  # nothing of it is stored yet
    async with Editor() as editor:
        process = psutil.Process(editor.process.pid)
        await editor.request("juliahub/jobs", {})
        before = process.memory_info().rss
        first, stored, answers = await _open(editor, job)
        peak = process.memory_info().rss
        again = await _first_lines(editor, job)
        copied = seconds(lambda: subprocess.run(["cat", str(log)], stdout=subprocess.DEVNULL, check=True))
        filters = [await _filtered(editor, job, query, log) for query in FILTERS]
        after = process.memory_info().rss
    async with Editor() as editor:
        reopened = await _first_lines(editor, job)
    name = f"log of {LINES:,} lines"
    return [
        bounded(f"{name}: first lines", first, "s", 2.0),
        row(f"{name}: all stored", stored, "cat of its file", copied, None),
        bounded(f"{name}: request round trip meanwhile, p99", answers, "ms", 20),
        bounded(f"{name}: opened again", again, "s", 2.0),
        bounded(f"{name}: opened by the next daemon", reopened, "s", 2.0),
        bounded(f"{name}: memory that reading took", (peak - before) / 1e6, "MB", None),
        bounded(f"{name}: memory after all filters", (after - before) / 1e6, "MB", None),
        *filters,
    ]


def _grow(log: Path) -> None:
    """Lines as a training run on eight workers writes them."""
    with log.open("a") as file:
        file.writelines(_line(number) for number in range(1, LINES + 1))


def _line(number: int) -> str:
    loss = 1 / (1 + number / 10_000)
    level = "Error" if number % 100_000 == 0 else "Warn" if number % 1000 == 0 else "Info"
    record = {
        "message": f"line {number} loss={loss:.6f} and some text that a training run writes as it goes",
        "timestamp": f"2026-11-22T{10 + number // 360_000:02}:{number // 6000 % 60:02}:{number // 100 % 60:02}.000Z",
        "keywords": {"epoch": number, "loss": loss, "jrun_worker_id": number % 8 + 1},
        "metadata": {"level": level, "_module": "Main", "filepath": "/job/train.jl", "line": 17, "group": "code"},
    }
    return json.dumps(record) + "\n"


async def _open(editor: Editor, job: str) -> tuple[float, float, float]:
    """Seconds to the first lines and until all is stored; the 99th percentile of other requests' answers (ms)."""
    pings: list[float] = []
    stored = asyncio.Event()
    seen = _watch(editor, stored)
    began = time.perf_counter()
    await editor.request("juliahub/openLog", {"job": job})
    while not stored.is_set():
        asked = time.perf_counter()
        await editor.request("juliahub/closeLog", {"log": "none"})
        pings.append((time.perf_counter() - asked) * 1000)
        await asyncio.sleep(PINGS_SECONDS)
    return seen[0] - began, time.perf_counter() - began, sorted(pings)[int(len(pings) * 0.99)]


async def _first_lines(editor: Editor, job: str) -> float:
    complete = asyncio.Event()
    seen = _watch(editor, complete)
    began = time.perf_counter()
    log = await editor.request("juliahub/openLog", {"job": job})
    await asyncio.wait_for(complete.wait(), 120)
    await editor.request("juliahub/closeLog", log)
    return seen[0] - began


def _watch(editor: Editor, complete: asyncio.Event) -> list[float]:
    seen: list[float] = []

    def lines(params: Any) -> None:
        seen.append(time.perf_counter())

    def state(params: Any) -> None:
        if params["state"] in ("complete", "failed"):
            complete.set()

    editor.on |= {"juliahub/logLines": lines, "juliahub/logState": state}
    return seen


async def _filtered(editor: Editor, job: str, query: str, log: Path) -> Row:
    """The first page of a filter, which looks at the whole log; beside `rg` with JSON's own text over the file."""
    began = time.perf_counter()
    await editor.request(
        "juliahub/readLog", {"job": job, "filter": {"query": query}, "before": LINES * 2, "limit": 500}
    )
    ours = time.perf_counter() - began
    pattern = next(_peers(query))
    peer = seconds(lambda: subprocess.run(["rg", "-c", pattern, str(log)], stdout=subprocess.DEVNULL, check=False))
    return row(f"filter {query}", ours, f"rg -c '{pattern}'", peer, None)


def _peers(query: str) -> Iterator[str]:
    """What one would search the file for."""
    yield {
        "level>=error": '"level": "Error"',
        "worker:3 level>=warn": '"jrun_worker_id": 3.*"level": "(Warn|Error)"',
        "epoch>999990": '"epoch": (99999[1-9]|1000000)',
    }.get(query, query.strip('"/').replace("\\d*5 ", "[0-9]*5 "))
