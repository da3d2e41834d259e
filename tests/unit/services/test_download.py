"""A download's thread and connection: what has come is given out, and nothing holds on to them when nobody waits."""

import asyncio
import os
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

import juliahub_ls
from juliahub_ls.services import trust
from juliahub_ls.services.download import Download

FOR_EVER = httpx.Timeout(3600)
"""What ends by itself only then, ends in time only because it is ended."""
Heard = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Any]


@pytest.fixture(autouse=True)
def plain_trust(monkeypatch: pytest.MonkeyPatch) -> None:
    context = ssl.create_default_context()
    monkeypatch.setattr(trust, "trusted_by_sockets", lambda: context)


@asynccontextmanager
async def listening(heard: Heard) -> AsyncIterator[str]:
    """The host and port of a server that only does what a test says."""
    server = await asyncio.start_server(heard, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    try:
        yield f"{host}:{port}"
    finally:
        server.close()


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_the_connection_ends_with_a_cancelled_download(scheme: str) -> None:
    """Also amid TLS's first words: the server answers nothing at all."""
    connected, ended = asyncio.Event(), asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        connected.set()
        await reader.read()
        ended.set()
        writer.close()

    async with listening(silent) as place:
        download = Download("hub", FOR_EVER)
        opening = asyncio.create_task(download.open(f"{scheme}://{place}/x", {}))
        await asyncio.wait_for(connected.wait(), 60)
        opening.cancel()
        await asyncio.gather(opening, return_exceptions=True)
        await download.aclose()
        await asyncio.wait_for(ended.wait(), 60)


async def test_who_is_connected_after_the_download_was_closed_asks_for_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    connecting, go_on, connect = threading.Event(), threading.Event(), socket.create_connection
    asked: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    def slowly(*args: Any, **options: Any) -> socket.socket:
        connecting.set()
        go_on.wait()
        return connect(*args, **options)

    async def note(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.set_result(await reader.read(1))
        writer.close()

    monkeypatch.setattr(socket, "create_connection", slowly)
    async with listening(note) as place:
        download = Download("hub", FOR_EVER)
        opening = asyncio.create_task(download.open(f"http://{place}/x", {}))
        await asyncio.to_thread(connecting.wait)
        opening.cancel()
        await asyncio.gather(opening, return_exceptions=True)
        await download.aclose()
        go_on.set()
        assert await asyncio.wait_for(asked, 60) == b""


NEVER_CONNECTED = """
import asyncio, socket, threading
import httpx
from juliahub_ls.services.download import Download

connecting = threading.Event()

def never(*args, **options):
    connecting.set()
    threading.Event().wait()

socket.create_connection = never

async def main():
    download = Download("hub", httpx.Timeout(3600))
    opening = asyncio.create_task(download.open("http://127.0.0.1:9/x", {}))
    await asyncio.to_thread(connecting.wait)
    opening.cancel()
    await asyncio.gather(opening, return_exceptions=True)
    await download.aclose()

asyncio.run(main())
print("over")
"""


def test_a_process_ends_while_a_download_connects(tmp_path: Path) -> None:
    script = tmp_path / "main.py"
    script.write_text(NEVER_CONNECTED)
    environ = os.environ | {"PYTHONPATH": str(Path(juliahub_ls.__file__).parent.parent)}
    command = [sys.executable, str(script)]
    ended = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=120, check=False)
    assert (ended.stdout, ended.stderr, ended.returncode) == ("over\n", "", 0)


async def test_what_has_come_is_given_out_while_the_rest_is_waited_for() -> None:
    """The server sends its second half when the first one has been taken."""
    taken = asyncio.Event()

    async def in_halves(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n" + b"a" * 100_000)
        await taken.wait()
        writer.write(b"b" * 100_000)
        await writer.drain()
        writer.close()

    async with listening(in_halves) as place:
        download = Download("hub", FOR_EVER)
        await download.open(f"http://{place}/x", {})
        content = b""

        async def take() -> None:
            nonlocal content
            async for pieces in download.chunks():
                content += b"".join(pieces)
                if len(content) == 100_000:
                    taken.set()

        await asyncio.wait_for(take(), 60)
        await download.aclose()
    assert content == b"a" * 100_000 + b"b" * 100_000
