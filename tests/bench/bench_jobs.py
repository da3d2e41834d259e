"""Jobs on this computer.

What submitting costs beyond Julia itself, how soon a line is seen, how many lines a second, results.
"""

import asyncio
import hashlib
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil

from .editor import Editor
from .harness import Row, bounded, row, seconds

HELLO = 'println("hi")\n'
TICKS = """
sleep(2)  # the log is open by then
for i in 1:200
    println("tick ", time())
    sleep(0.02)
end
"""
LINES = 200_000
FLOOD = f"""
for i in 1:{LINES}
    println("line ", i, " of a log that a job writes as fast as it can")
end
"""
RESULT_BYTES = 1 << 30
RESULT = """
path = joinpath(ENV["JULIAHUB_RESULTS_UPLOAD_DIR"], "big.bin")
block = rand(UInt8, 1 << 20)
open(path, "w") do io
    for _ in 1:1024; write(io, block); end
end
"""
REPEATS = 5


def rows(work: Path) -> list[Row]:
    """All of it against one embedded localhub of its own."""
    with own_hub(work):
        return [submit_overhead(work), *asyncio.run(log_rows(work)), *asyncio.run(download_rows(work))]


def submit_overhead(work: Path) -> Row:
    """Submit and follow `println("hi")` with the CLI, beside `julia -e`; the bar is 1.0 s more."""
    script = work / "hello.jl"
    script.write_text(HELLO)

    def ours() -> None:
        command = [sys.executable, "-m", "juliahub_ls.cli.main", "submit", str(script), "--follow", "--json"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)

    def peer() -> None:
        subprocess.run(["julia", "-e", HELLO], check=True, stdout=subprocess.DEVNULL)

    ours()
    peer()
    extra = statistics.median(seconds(ours) - seconds(peer) for _ in range(REPEATS))
    return bounded("submit and finish println(“hi”): beyond julia -e", extra, "s", 1.0)


async def log_rows(work: Path) -> list[Row]:
    """From `println` in a job to the editor's client: delay of single lines, and throughput of many."""
    async with Editor() as editor:
        ticks = await _follow(editor, work, "ticks.jl", TICKS)
        delays = [seen - float(message.split()[1]) for seen, message in ticks if message.startswith("tick ")]
        flood = await _follow(editor, work, "flood.jl", FLOOD)
        seen = [(at, message) for at, message in flood if message.startswith("line ")]
        kept = [message for _, message in seen] == [
            f"line {i} of a log that a job writes as fast as it can" for i in range(1, LINES + 1)
        ]
        rate = (len(seen) - 1) / (seen[-1][0] - seen[0][0]) if kept else 0.0
    return [
        bounded("println to notification, p50", statistics.median(delays) * 1000, "ms", 50),
        bounded("println to notification, p99", sorted(delays)[int(len(delays) * 0.99)] * 1000, "ms", 250),
        bounded("log lines, job to client, every one kept", rate, "lines/s", 50_000, at_least=True),
    ]


async def download_rows(work: Path) -> list[Row]:
    """1 GiB of results through the daemon, beside the same bytes from the same server by `curl`: as they are, and with
    their SHA-256 taken, which the daemon always does.
    """
    async with Editor() as editor:
        job = await _run(editor, work, "result.jl", RESULT)
        directory = work / "downloaded"
        began = time.perf_counter()
        params = {"job": job, "directory": directory.as_uri()}
        answer = await editor.request("juliahub/downloadResults", params)
        ours = time.perf_counter() - began
        assert answer["files"][0]["verified"], "the hash was checked"
        url, token = _file_url(job)
        headers = work / "headers"
        headers.write_text(f"Authorization: Bearer {token}\n")
        command = ["curl", "-sf", "-H", f"@{headers}", "-o", str(work / "curl.bin"), url]
        peer = await asyncio.to_thread(seconds, lambda: subprocess.run(command, check=True))
        piped = f"curl -sf -H @{headers} '{url}' | tee {work / 'piped.bin'} | sha256sum >&2"
        checked = await asyncio.to_thread(seconds, lambda: subprocess.run(["sh", "-c", piped], check=True))
        same = _sha256(work / "curl.bin") == _sha256(next(directory.iterdir()))
        assert same, "both got the same bytes"
        memory = psutil.Process(editor.process.pid).memory_info().rss
    return [
        row("download 1 GiB of results, verified", ours, "curl, not verified", peer, 1.2),
        row("download 1 GiB of results, verified", ours, "curl | tee | sha256sum", checked, None),
        bounded("daemon's memory after that", memory / 1e6, "MB", None),
    ]


@contextmanager
def own_hub(work: Path) -> Iterator[None]:
    """An embedded hub in folders of its own, so that the user's is left alone."""
    names = {
        "LOCALHUB_STATE_DIR": "hub-state",
        "LOCALHUB_DATA_DIR": "hub-data",
        "JULIAHUB_CONFIG_DIR": "config",
        "JULIAHUB_CACHE_DIR": "cache",
    }
    before = {name: os.environ.get(name) for name in names}
    os.environ.update({name: str(work / folder) for name, folder in names.items()})
    subprocess.run([sys.executable, "-m", "localhub", "start"], check=True, stdout=subprocess.DEVNULL)
    try:
        yield
    finally:
        subprocess.run([sys.executable, "-m", "localhub", "stop"], check=True, stdout=subprocess.DEVNULL)
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


async def _run(editor: Editor, work: Path, name: str, code: str) -> str:
    """Submit a script and wait for its end; the job's id."""
    ended = asyncio.Event()
    done: set[str] = set()

    def changed(params: dict[str, Any]) -> None:
        done.update(job["id"] for job in params["jobs"] if job["done"])
        ended.set()

    editor.on["juliahub/jobsChanged"] = changed
    job = await _submit(editor, work, name, code)
    while job not in done:
        ended.clear()
        await asyncio.wait_for(ended.wait(), 300)
    return job


async def _follow(editor: Editor, work: Path, name: str, code: str) -> list[tuple[float, str]]:
    """Submit a script and follow its log: when each line was seen (Unix seconds), and its text."""
    seen: list[tuple[float, str]] = []
    complete = asyncio.Event()

    def lines(params: dict[str, Any]) -> None:
        now = time.time()
        seen.extend((now, line["message"]) for line in params["lines"])

    def state(params: dict[str, Any]) -> None:
        if params["state"] == "complete":
            complete.set()

    editor.on |= {"juliahub/logLines": lines, "juliahub/logState": state}
    job = await _submit(editor, work, name, code)
    await editor.request("juliahub/openLog", {"job": job})
    await asyncio.wait_for(complete.wait(), 300)
    return seen


async def _submit(editor: Editor, work: Path, name: str, code: str) -> str:
    script = work / name
    await asyncio.to_thread(script.write_text, code)
    answer = await editor.request("juliahub/submit", {"script": script.as_uri()})
    job: str = answer["job"]["id"]
    return job


def _file_url(job: str) -> tuple[str, str]:
    from juliahub_ls.services.token_store import TokenStore
    from juliahub_wire.hub_state import AUTH_FILE, read_state, state_dir

    state, stored = read_state(state_dir()), TokenStore(state_dir() / AUTH_FILE).read()
    assert state is not None
    assert stored is not None
    token = stored.table.bearer() or ""
    found = httpx.get(f"{state.url}/api/rest/jobs/{job}", headers={"Authorization": f"Bearer {token}"}).json()
    name = next(file["name"] for file in found["details"][0]["files"] if file["type"] == "result")
    return f"{state.url}/jobs/{job}/files/{name}?filetype=result", token


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        digest = hashlib.sha256()
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()
