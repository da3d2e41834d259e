"""A typed editor for tests: the daemon as a process over stdio, every answer checked against `lsp/protocol.py`."""

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from juliahub_ls.lsp.protocol import NOTIFICATIONS, REQUESTS
from juliahub_ls.lsp.protocol.common import ErrorData

SERVER = Path(__file__).parents[2] / "server"
SECONDS = 30.0
VSCODE: Mapping[str, Any] = {
    "general": {"positionEncodings": ["utf-8", "utf-16"]},
    "window": {"workDoneProgress": True, "showDocument": {"support": True}},
    "workspace": {
        "inlayHint": {"refreshSupport": True},
        "workspaceEdit": {"documentChanges": True, "resourceOperations": ["create"]},
    },
}
"""What VS Code can do, as far as the daemon asks. The order of encodings tempts it to another than ours."""


class RpcError(Exception):
    """An error answer. `data` is checked `ErrorData` for our own methods."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(f"{error['code']}: {error['message']}")
        self.code: int = error["code"]
        self.message: str = error["message"]
        self.data: Any = error.get("data")


class Editor:
    """Speaks JSON-RPC to one daemon. `notifications` are all that came, in order; `raw` is every byte it wrote."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.notifications: list[tuple[str, Any]] = []
        self.raw = bytearray()
        self.stderr = bytearray()
        self.capabilities: dict[str, Any] = {}
        self.browser: Callable[[str], None] = lambda _url: None
        """What happens in the browser that the daemon asks for, before it hears that the page is shown."""
        self.edits: list[dict[str, Any]] = []
        """Every `WorkspaceEdit` that the daemon asked for."""
        self.takes_edits = True
        self.asked: list[str] = []
        """The methods of all that the daemon asked for, in order."""
        self._next_id = 0
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._news = asyncio.Event()
        self._tasks = [asyncio.create_task(self._read()), asyncio.create_task(self._read_stderr())]

    @classmethod
    async def start(cls, environ: Mapping[str, str]) -> "Editor":
        """Spawn the daemon with this environment."""
        command = [sys.executable, "-m", "juliahub_ls", "--stdio"]
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, stderr=pipe, env=environ)
        return cls(process)

    async def initialize(
        self, *folders: Path, options: object = None, capabilities: Mapping[str, Any] = VSCODE
    ) -> dict[str, Any]:
        """The handshake; the initialize result."""
        params = {
            "processId": os.getpid(),
            "rootUri": None,
            "capabilities": capabilities,
            "workspaceFolders": [{"uri": folder.as_uri(), "name": folder.name} for folder in folders],
            "initializationOptions": options,
        }
        result: dict[str, Any] = await self.send_request("initialize", params)
        self.capabilities = result["capabilities"]
        self.notify("initialized", {})
        return result

    async def request(self, method: str, params: Mapping[str, Any] | None = None, seconds: float = SECONDS) -> Any:
        """One of our requests; its answer is checked to be exactly what `protocol.py` says."""
        return _exactly(REQUESTS[method][1], await self.begin(method, params or {}, seconds)[1])

    async def command(self, method: str, params: Mapping[str, Any] | None = None) -> Any:
        """The same through `workspace/executeCommand`."""
        arguments = [] if params is None else [params]
        answer = await self.send_request("workspace/executeCommand", {"command": method, "arguments": arguments})
        return _exactly(REQUESTS[method][1], answer)

    async def send_request(self, method: str, params: Any) -> Any:
        """Any request."""
        return await self.begin(method, params)[1]

    def begin(self, method: str, params: Any, seconds: float = SECONDS) -> "tuple[int, asyncio.Future[Any]]":
        """Send a request; its id and the answer to come, bounded by a deadline."""
        self._next_id += 1
        identifier = self._next_id
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[identifier] = answer
        self.write({"jsonrpc": "2.0", "id": identifier, "method": method, "params": params})
        return identifier, asyncio.ensure_future(asyncio.wait_for(answer, seconds))

    def notify(self, method: str, params: Any) -> None:
        """Any notification."""
        self.write({"jsonrpc": "2.0", "method": method, "params": params})

    def write(self, message: Any) -> None:
        """A frame."""
        self.write_raw(json.dumps(message).encode())

    def write_raw(self, body: bytes) -> None:
        """A frame with any content."""
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))

    def all(self, method: str) -> list[Any]:
        """The parameters of every notification of that method so far."""
        return [params for name, params in self.notifications if name == method]

    async def until(self, condition: Callable[[], Any], what: str, seconds: float = SECONDS) -> Any:
        """The condition's first true value, looked at after each message. Fails when it does not come in time."""
        deadline = asyncio.get_running_loop().time() + seconds
        while not (value := condition()):
            self._news.clear()
            remaining = deadline - asyncio.get_running_loop().time()
            try:
                await asyncio.wait_for(self._news.wait(), max(remaining, 0))
            except asyncio.TimeoutError:
                raise AssertionError(f"waited {seconds:.0f} s for {what}; stderr: {self.stderr.decode()}") from None
        return value

    async def shut_down(self) -> int:
        """The orderly end; the exit code."""
        await self.send_request("shutdown", None)
        self.notify("exit", None)
        return await self.ended()

    async def ended(self) -> int:
        """The exit code, once the process has ended by itself."""
        code = await asyncio.wait_for(self.process.wait(), SECONDS)
        await asyncio.gather(*self._tasks)
        return code

    async def kill(self) -> None:
        """End the process, however it stands."""
        if self.process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self.process.kill()
        await self.process.wait()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _read(self) -> None:
        assert self.process.stdout is not None
        while message := await self._message(self.process.stdout):
            self._take(message)
            self._news.set()
        for answer in self._waiting.values():
            answer.cancel()

    async def _message(self, stream: asyncio.StreamReader) -> Any:
        try:
            head = await stream.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            return None
        sizes = [line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
        body = await stream.readexactly(int(sizes[0].split(b":")[1]))
        self.raw += body
        return json.loads(body, parse_constant=_no_constant)

    def _take(self, message: dict[str, Any]) -> None:
        if "method" in message and "id" in message:
            self._answer(message)
        elif "method" in message:
            kind = NOTIFICATIONS.get(message["method"])
            params = _exactly(kind, message["params"]) if kind else message["params"]
            self.notifications.append((message["method"], params))
        elif (answer := self._waiting.pop(_identifier(message), None)) and not answer.done():
            if "error" in message and message["error"] is not None:
                answer.set_exception(RpcError(message["error"]))
            else:
                answer.set_result(message.get("result"))

    def _answer(self, request: dict[str, Any]) -> None:
        """What an editor answers to the daemon's own requests."""
        result: Any = None
        self.asked.append(request["method"])
        if request["method"] == "window/showDocument":
            self.browser(request["params"]["uri"])
            result = {"success": True}
        if request["method"] == "workspace/applyEdit":
            self.edits.append(request["params"]["edit"])
            result = {"applied": self.takes_edits}
        self.write({"jsonrpc": "2.0", "id": request["id"], "result": result})

    async def _read_stderr(self) -> None:
        assert self.process.stderr is not None
        while chunk := await self.process.stderr.read(65536):
            self.stderr += chunk


def check_error_data(error: RpcError) -> Any:
    """The error's `data`, checked to be exactly `ErrorData`."""
    return _exactly(ErrorData, error.data)


def _exactly(kind: type, value: Any) -> Any:
    """`value`, which must be of the type and have nothing beside it: what validation keeps is all there was."""
    kept = TypeAdapter(kind).validate_python(value, strict=True)
    assert kept == value, f"{kind.__name__} has fields that the protocol does not know: {value}"
    return kept


def _identifier(message: dict[str, Any]) -> int:
    """The request an answer is to; 0, which none has, for an odd one."""
    identifier = message["id"]
    return identifier if isinstance(identifier, int) else 0


def _no_constant(name: str) -> Any:
    raise AssertionError(f"{name} is not JSON")
