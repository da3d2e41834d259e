"""The language server: pygls with our methods, each also a command.

Start-up imports nothing that a first request does not need.
"""

import asyncio
import gc
import importlib
import os
import sys
import threading
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, BinaryIO

from lsprotocol import types
from pygls.io_ import StdoutWriter, run_async
from pygls.lsp.server import LanguageServer

from juliahub_ls import __version__
from juliahub_ls.lsp.documents import Documents
from juliahub_ls.lsp.error_mapping import to_rpc_error
from juliahub_ls.lsp.json_rpc import PlainProtocol, encoded, plain_converter
from juliahub_ls.lsp.standard_input import StandardInput

if TYPE_CHECKING:
    from juliahub_ls.lsp.session import Session

FEATURES = {
    "environments": (
        "environments",
        "environment",
        "environmentFor",
        "chooseEnvironment",
        "setActiveEnvironment",
        "mendEnvironment",
    ),
    "bundles": ("bundlePlan", "bundleFolder", "setBundleRule", "writeBundle"),
    "servers": ("servers", "selectServer", "signIn", "signOut", "nodes", "images"),
    "forms": ("form", "configurations", "saveConfiguration"),
    "jobs": ("submit", "preflight", "jobs", "job", "submission", "stopJob", "extendJob"),
    "logs": ("openLog", "closeLog", "readLog", "logSummary", "logSeries", "completeFilter", "saveLog"),
    "results": ("results", "downloadResults", "previewFile", "compareJobs", "exportComparison"),
    "datasets": ("datasets", "downloadDataset", "uploadDataset", "projects"),
}
"""Which file of `features/` answers which method; imported when first asked, or in the background after start-up."""

EDITING: dict[str, tuple[str, Any]] = {
    types.TEXT_DOCUMENT_HOVER: ("hover", None),
    types.TEXT_DOCUMENT_COMPLETION: ("completion", types.CompletionOptions(trigger_characters=["[", "=", '"', "/"])),
    types.TEXT_DOCUMENT_DOCUMENT_LINK: ("links", None),
    types.TEXT_DOCUMENT_INLAY_HINT: ("hints", None),
    types.TEXT_DOCUMENT_CODE_ACTION: (
        "actions",
        types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix]),
    ),
}
"""What LSP itself has for Julia's TOML files and ours: method → the file of `features/` that answers, its options."""


class JuliaHubServer(LanguageServer):
    """One editor's daemon. `session` is there once the editor has initialized us."""

    protocol: PlainProtocol

    def __init__(self) -> None:
        super().__init__("juliahub-ls", __version__, protocol_cls=PlainProtocol, converter_factory=plain_converter)
        self.options: object = None
        self.documents = Documents()
        self.session_: Session | None = None
        self.shut_down = False
        """Whether the editor took its leave; the exit code tells."""
        self._starting: asyncio.Task[None] | None = None
        self._opening = asyncio.Lock()
        self._loaded: dict[str, Any] = {}
        _register_life_cycle(self)
        _register_documents(self)
        for feature, names in FEATURES.items():
            for name in names:
                _register_method(self, feature, f"juliahub/{name}")
        for method, (feature, options) in EDITING.items():
            _register_editing(self, feature, method, options)

    def start_io(self, stdin: BinaryIO | None = None, stdout: BinaryIO | None = None) -> None:
        """Serve until the editor leaves: as pygls does, with a reader that keeps no request waiting."""
        self._stop_event = threading.Event()
        reader = StandardInput((stdin or sys.stdin.buffer).fileno())
        self.protocol.set_writer(StdoutWriter(stdout or sys.stdout.buffer))
        try:
            asyncio.run(run_async(self._stop_event, reader, self.protocol, error_handler=self.report_server_error))
        except (BrokenPipeError, KeyboardInterrupt, SystemExit):
            """The editor is gone, or said that it goes."""
        finally:
            self.shutdown()  # type: ignore[no-untyped-call]

    async def feature_of(self, name: str) -> Any:
        """A file of `features/`, imported off the loop the first time."""
        if name not in self._loaded:
            module = f"juliahub_ls.lsp.features.{name}"
            self._loaded[name] = await asyncio.to_thread(importlib.import_module, module)
        return self._loaded[name]

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
        try:
            session = await self.session()
            for feature in [*FEATURES, *(feature for feature, _ in EDITING.values())]:
                await self.feature_of(feature)
        finally:
            gc.freeze()  # what is loaded stays: no search for garbage looks at it and keeps a request waiting
            gc.enable()
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
        (await server.session()).folders_changed()

    @server.feature(types.SHUTDOWN)
    async def shutdown(*_args: object) -> None:
        server.shut_down = True
        if server.session_ is not None:
            await server.session_.aclose()


def _register_documents(server: JuliaHubServer) -> None:
    """The text of our files is followed at once; what it means is worked out by the session, as soon as there is one.

    pygls's own documents are left empty: see `PlainProtocol`.
    """

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: types.DidOpenTextDocumentParams) -> None:
        if (document := server.documents.open(params.text_document)) and server.session_:
            server.session_.live.changed(document.path)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def changed(params: types.DidChangeTextDocumentParams) -> None:
        if (document := server.documents.change(params)) and server.session_:
            server.session_.live.changed(document.path)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: types.DidCloseTextDocumentParams) -> None:
        if (document := server.documents.close(params.text_document.uri)) and server.session_:
            server.session_.live.closed(document)


def _register_method(server: JuliaHubServer, feature: str, method: str) -> None:
    async def request(params: Any) -> Any:
        return await _answer(server, feature, method, params)

    async def command(*arguments: _Parameters) -> Any:
        return await _answer(server, feature, method, arguments[0] if arguments else {})

    server.feature(method)(request)
    server.command(method)(command)


def _register_editing(server: JuliaHubServer, feature: str, method: str, options: Any) -> None:
    async def request(params: Any) -> Any:
        try:
            session = await server.session()
            module = await server.feature_of(feature)
            return await encoded(await module.answer(session, params))
        except Exception as error:  # noqa: BLE001 - the boundary: a fault in one request ends that request only
            raise to_rpc_error(error) from None

    server.feature(method, options)(request)


async def _answer(server: JuliaHubServer, feature: str, method: str, params: Any) -> Any:
    """Decode, call the feature's handler, and let nothing out but results and our own errors."""
    try:
        session = await server.session()
        module = await server.feature_of(feature)
        handler: Callable[[Session, Any], Awaitable[Any]] = module.HANDLERS[method]
        return await encoded(await handler(session, session.decode(method, params)))
    except asyncio.CancelledError:
        raise to_rpc_error(asyncio.CancelledError()) from None
    except Exception as error:  # noqa: BLE001 - the boundary: a fault in one request ends that request only
        raise to_rpc_error(error) from None


class _Parameters(dict[str, Any]):
    """A command's one argument. A class, as pygls asks for one, which `Any` is not on Python 3.10."""
