"""How fast the daemon starts and answers.

Beside a bare pygls server with one command, while a bundle is written, and while a home folder is opened.
"""

import asyncio
import statistics
import subprocess
import sys
import time
from pathlib import Path

from lsprotocol import types
from pygls.lsp.client import LanguageClient

from .bench_scan import make_tree
from .harness import Row, bounded, row

BARE = """
from pygls.lsp.server import LanguageServer
server = LanguageServer("bare", "1")
@server.command("hello")
def hello(*args): return 42
server.start_io()
"""
HOME_FILES = 200_000
STARTS = 7
ROUND_TRIPS = 1000


def rows(work: Path) -> list[Row]:
    """Start-up against the bare server.

    The round trip idle, while a bundle of 20,000 files is planned and written, and while a folder of 200,000 files is
    searched for environments and then watched.
    """
    bare_script = work / "bare.py"
    bare_script.write_text(BARE)
    ours, bare = [], []
    for _ in range(STARTS):
        bare.append(asyncio.run(_start_time([sys.executable, str(bare_script)])))
        ours.append(asyncio.run(_start_time([sys.executable, "-m", "juliahub_ls"])))
    start = row(
        "daemon: spawn to initialize answered", statistics.median(ours), "bare pygls", statistics.median(bare), 1.2
    )
    idle, busy = asyncio.run(_round_trips(work))
    home = asyncio.run(_opening(make_tree(work / "home", HOME_FILES)))
    return [
        start,
        bounded("daemon: round trip p99, idle", _p99(idle) * 1000, "ms", None),
        bounded("daemon: round trip p99 while a bundle is written", _p99(busy) * 1000, "ms", 20),
        bounded("daemon: round trip p99 while 200,000 files are opened", _p99(home) * 1000, "ms", 20),
    ]


async def _start_time(command: list[str]) -> float:
    client = LanguageClient("bench", "1")
    began = time.perf_counter()
    await client.start_io(*command)
    await client.initialize_async(types.InitializeParams(capabilities=types.ClientCapabilities()))
    took = time.perf_counter() - began
    await client.shutdown_async(None)
    client.exit(None)
    await client.stop()
    return took


async def _round_trips(work: Path) -> tuple[list[float], list[float]]:
    folder = work / "many"
    await asyncio.to_thread(subprocess.run, [sys.executable, "-c", _MAKE_FILES, str(folder)], check=True)
    client = LanguageClient("bench", "1")
    await client.start_io(sys.executable, "-m", "juliahub_ls")
    await client.initialize_async(types.InitializeParams(capabilities=types.ClientCapabilities()))
    client.initialized(types.InitializedParams())
    send = client.protocol.send_request_async
    await send("juliahub/servers", {})
    idle = [await _round_trip(client) for _ in range(ROUND_TRIPS)]
    bundling = asyncio.ensure_future(
        send("juliahub/writeBundle", {"directory": folder.as_uri(), "output": (work / "many.tar").as_uri()})
    )
    busy = []
    while not bundling.done():
        busy.append(await _round_trip(client))
    await bundling
    await client.shutdown_async(None)
    client.exit(None)
    await client.stop()
    return idle, busy


async def _opening(home: Path) -> list[float]:
    """Round trips from the moment a daemon hears of a folder until it knows the environments, and some more."""
    client = LanguageClient("bench", "1")
    await client.start_io(sys.executable, "-m", "juliahub_ls")
    folder = types.WorkspaceFolder(uri=home.as_uri(), name="home")
    await client.initialize_async(
        types.InitializeParams(capabilities=types.ClientCapabilities(), workspace_folders=[folder])
    )
    client.initialized(types.InitializedParams())
    scanning = asyncio.ensure_future(client.protocol.send_request_async("juliahub/environments", {}))
    trips = []
    while not scanning.done() or len(trips) < ROUND_TRIPS:
        trips.append(await _round_trip(client))
    found = await scanning
    assert len(found.environments) == HOME_FILES // 1000
    await client.shutdown_async(None)
    client.exit(None)
    await client.stop()
    return trips


async def _round_trip(client: LanguageClient) -> float:
    began = time.perf_counter()
    await client.protocol.send_request_async("juliahub/servers", {})
    return time.perf_counter() - began


def _p99(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.99)]


_MAKE_FILES = """
import pathlib, sys
root = pathlib.Path(sys.argv[1])
for i in range(200):
    folder = root / f"d{i:03}"
    folder.mkdir(parents=True, exist_ok=True)
    for j in range(100):
        (folder / f"f{j:03}.jl").write_bytes(b"x" * 3600)
(root / "Project.toml").write_text("[deps]\\n")
"""
