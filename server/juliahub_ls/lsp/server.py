"""The language server: pygls with our methods, each also a command.

Start-up imports nothing that a first request does not need.
"""

import asyncio
import importlib
import os
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import cattrs
from lsprotocol import converters, types
from pygls.lsp.server import LanguageServer
from pygls.protocol import (
    JsonRPCNotification,
    JsonRPCRequestMessage,
    JsonRPCResponseMessage,
    LanguageServerProtocol,
)

from juliahub_ls import __version__
from juliahub_ls.lsp.error_mapping import to_rpc_error

if TYPE_CHECKING:
    from juliahub_ls.lsp.session import Session

FEATURES = {
    "environments": ("environments", "environmentFor"),
    "bundles": ("bundlePlan", "writeBundle"),
    "servers": ("servers", "selectServer", "signIn", "signOut", "nodes", "images"),
    "jobs": ("submit", "jobs", "job", "stopJob", "extendJob"),
    "logs": ("openLog", "closeLog", "readLog"),
    "results": ("results", "downloadResults"),
}
"""Which file of `features/` answers which method; imported when first asked, or in the background after start-up."""


class JuliaHubServer(LanguageServer):
    """One editor's daemon. `session` is there once the editor has initialized us."""

    def __init__(self) -> None:
        super().__init__("juliahub-ls", __version__, protocol_cls=_PlainProtocol, converter_factory=_converter)
        self.options: object = None
        self.session_: Session | None = None
        self.shut_down = False
        """Whether the editor took its leave; the exit code tells."""
        self._starting: asyncio.Task[None] | None = None
        self._opening = asyncio.Lock()
        _register_life_cycle(self)
        for feature, names in FEATURES.items():
            for name in names:
                _register_method(self, feature, f"juliahub/{name}")

    async def session(self) -> "Session":
        """The services behind this editor, made at the first call, off the loop where it is slow."""
        async with self._opening:
            if self.session_ is None:
                module = await asyncio.to_thread(importlib.import_module, "juliahub_ls.lsp.session")
                session: Session = module.Session(self, self.options, os.environ)
                await session.open()
                self.session_ = session
            return self.session_

    def start_up(self) -> None:
        """Make ready in the background what the first requests will want."""
        self._starting = asyncio.create_task(self._start_up(), name="start up")

    async def _start_up(self) -> None:
        session = await self.session()
        for feature in FEATURES:
            await asyncio.to_thread(importlib.import_module, f"juliahub_ls.lsp.features.{feature}")
        session.watch_jobs()

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Faults are logged (by pygls itself); a message box on every one helps nobody."""


def _register_life_cycle(server: JuliaHubServer) -> None:
    @server.feature(types.INITIALIZE)
    def initialize(params: types.InitializeParams) -> None:
        server.options = params.initialization_options

    @server.feature(types.INITIALIZED)
    def initialized(_params: types.InitializedParams) -> None:
        server.start_up()

    @server.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    async def folders_changed(_params: types.DidChangeWorkspaceFoldersParams) -> None:
        await (await server.session()).folders_changed()

    @server.feature(types.SHUTDOWN)
    async def shutdown(*_args: object) -> None:
        server.shut_down = True
        if server.session_ is not None:
            await server.session_.aclose()


def _register_method(server: JuliaHubServer, feature: str, method: str) -> None:
    async def request(params: Any) -> Any:
        return await _answer(server, feature, method, params)

    async def command(*arguments: _Parameters) -> Any:
        return await _answer(server, feature, method, arguments[0] if arguments else {})

    server.feature(method)(request)
    server.command(method)(command)


async def _answer(server: JuliaHubServer, feature: str, method: str, params: Any) -> Any:
    """Decode, call the feature's handler, and let nothing out but results and our own errors."""
    try:
        session = await server.session()
        module = await asyncio.to_thread(importlib.import_module, f"juliahub_ls.lsp.features.{feature}")
        handler: Callable[[Session, Any], Awaitable[Any]] = module.HANDLERS[method]
        return await handler(session, session.decode(method, params))
    except asyncio.CancelledError:
        raise to_rpc_error(asyncio.CancelledError()) from None
    except Exception as error:  # noqa: BLE001 - the boundary: a fault in one request ends that request only
        raise to_rpc_error(error) from None


class _Parameters(dict[str, Any]):
    """A command's one argument. A class, as pygls asks for one, which `Any` is not on Python 3.10."""


class _PlainProtocol(LanguageServerProtocol):
    """Our own payloads are plain JSON already: they are written as they are, not walked through once more."""

    def _serialize_message(self, data: Any) -> dict[str, Any]:
        if isinstance(data, JsonRPCNotification):
            return {"jsonrpc": data.jsonrpc, "method": data.method, "params": data.params}
        if isinstance(data, JsonRPCResponseMessage):
            return {"jsonrpc": data.jsonrpc, "id": data.id, "result": data.result}
        message: dict[str, Any] = super()._serialize_message(data)
        return message


def _converter() -> cattrs.Converter:
    """The LSP types' converter; params and results of methods it does not know stay plain JSON."""
    converter = converters.get_converter()
    for kind in (JsonRPCRequestMessage, JsonRPCNotification, JsonRPCResponseMessage):
        converter.register_structure_hook(kind, _plain)
    return converter


def _plain(message: dict[str, Any], kind: type) -> Any:
    fields = {name: message.get(name) for name in kind.__annotations__}
    return kind(**fields)
