"""A bare LSP client that costs next to nothing a message: a figure is the daemon's, not the measuring client's."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from typing import Any

READ_LIMIT = 1 << 26


class Editor:
    """Use as an async context manager: a running, initialized daemon. `on` sets what a notification calls."""

    def __init__(self) -> None:
        self.on: dict[str, Callable[[Any], None]] = {}
        self._answers: dict[int, asyncio.Future[Any]] = {}

    async def __aenter__(self) -> "Editor":
        command = (sys.executable, "-m", "juliahub_ls")
        self.process: Process = await asyncio.create_subprocess_exec(
            *command, stdin=PIPE, stdout=PIPE, limit=READ_LIMIT
        )
        self._reading = asyncio.create_task(self._read())
        await self.request("initialize", {"processId": None, "rootUri": None, "capabilities": {}})
        self._send({"method": "initialized", "params": {}})
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.request("shutdown", None)
        self._send({"method": "exit"})
        await self.process.wait()
        await self._reading

    async def request(self, method: str, params: Any) -> Any:
        """One request's result. Raises `RuntimeError` with the daemon's sentence."""
        number = len(self._answers) + 1
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        self._send({"id": number, "method": method, "params": params})
        return await answer

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0"} | message).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))

    async def _read(self) -> None:
        assert self.process.stdout is not None
        while header := await self.process.stdout.readline():
            while (line := await self.process.stdout.readline()).strip():
                header = line if line.startswith(b"Content-Length") else header
            body = await self.process.stdout.readexactly(int(header.split(b":")[1]))
            self._take(json.loads(body))

    def _take(self, message: dict[str, Any]) -> None:
        if "method" in message:
            self.on.get(message["method"], _ignore)(message.get("params"))
        elif "error" in message:
            self._answers[message["id"]].set_exception(RuntimeError(message["error"]["message"]))
        else:
            self._answers[message["id"]].set_result(message["result"])


def _ignore(_params: Any) -> None:
    """A notification that nobody waits for."""
