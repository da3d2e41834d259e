"""The hub's process from inside: one data directory, one socket, one server, until it is asked to end or is idle."""

import asyncio
import contextlib
import getpass
import logging
import logging.handlers
import os
import signal
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import filelock
import tomli_w
import uvicorn
from juliahub_wire.hub_state import AUTH_FILE, STATE_FILE, HubState

from .engines.julia_versions import find_julias
from .engines.local import LocalEngine
from .services.files import private_dir, write_atomic
from .services.hub import Hub
from .version import version
from .web.app import create_app
from .web.guard import Guard

LOOPBACK = "127.0.0.1"
LOCK_SECONDS = 10.0
"""How long to wait for a hub that is just leaving the data directory."""

RENEW_AFTER_SECONDS = 6 * 3600
GRACEFUL_SECONDS = 3
LOG_BYTES = 2_000_000
_LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"

_log = logging.getLogger("localhub")


class CannotServe(Exception):
    """Why this hub cannot start, in a sentence."""


@dataclass(frozen=True)
class Settings:
    """How to serve.

    `port` None: the one used last, else a free one. `public_url`: the address clients use when it is not the one we
    listen on. `idle_seconds` None: never leave.
    """

    data_dir: Path
    state_dir: Path
    host: str = LOOPBACK
    port: int | None = None
    tls_cert: Path | None = None
    tls_key: Path | None = None
    public_url: str | None = None
    package_server: str | None = None
    idle_seconds: float | None = None
    log_to_terminal: bool = False


def run(settings: Settings) -> None:
    """Serve until asked to end. Raises `CannotServe`."""
    private_dir(settings.data_dir)
    _configure_logging(settings)
    with _sole_hub(settings.data_dir), _listening(settings) as listener:
        asyncio.run(_serve(settings, listener))


@contextlib.contextmanager
def _sole_hub(data_dir: Path) -> Iterator[None]:
    lock = filelock.FileLock(data_dir / "hub.lock", timeout=LOCK_SECONDS)
    try:
        lock.acquire()
    except filelock.Timeout:
        raise CannotServe(
            f"Another localhub serves {data_dir}. Stop it with “localhub stop”, or choose another --data directory."
        ) from None
    try:
        yield
    finally:
        lock.release()


@contextlib.contextmanager
def _listening(settings: Settings) -> Iterator[socket.socket]:
    """Bind before anything is told about us, so that the port is ours from then on."""
    remembered = settings.data_dir / "port"
    listener = _bind(settings, remembered)
    listener.listen(1024)
    if settings.port is None:
        write_atomic(remembered, str(listener.getsockname()[1]).encode())
    with listener:
        yield listener


def _bind(settings: Settings, remembered: Path) -> socket.socket:
    if settings.port is not None:
        return _bound(settings.host, settings.port)
    with contextlib.suppress(OSError, ValueError, CannotServe):
        return _bound(settings.host, int(remembered.read_text()))
    return _bound(settings.host, 0)


def _bound(host: str, port: int) -> socket.socket:
    listener: socket.socket | None = None
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        # Windows lets two programs share a port with SO_REUSEADDR; elsewhere it only skips the wait after a restart.
        option = getattr(socket, "SO_EXCLUSIVEADDRUSE", socket.SO_REUSEADDR)
        listener.setsockopt(socket.SOL_SOCKET, option, 1)
        listener.bind(address)
    except (OSError, OverflowError) as error:
        if listener is not None:
            listener.close()
        reason = getattr(error, "strerror", None) or str(error)
        raise CannotServe(
            f"localhub cannot listen on {host}, port {port} ({reason}). Choose another with --port, or stop the "
            "program that uses it."
        ) from error
    return listener


def _url(settings: Settings, listener: socket.socket) -> str:
    if settings.public_url is not None:
        return settings.public_url.rstrip("/")
    scheme = "http" if settings.tls_cert is None else "https"
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"{scheme}://{host}:{listener.getsockname()[1]}"


def _origins(url: str, listener: socket.socket) -> list[str]:
    """The addresses this hub answers under: its own, and every name of this computer's loopback."""
    scheme, port = url.partition(":")[0], listener.getsockname()[1]
    return [url, *(f"{scheme}://{name}:{port}" for name in (LOOPBACK, "localhost", "[::1]"))]


async def _serve(settings: Settings, listener: socket.socket) -> None:
    owner = getpass.getuser()
    hub = Hub.open(
        settings.data_dir, LocalEngine(), find_julias, (owner, f"{owner}@localhost"), settings.package_server
    )
    url = _url(settings, listener)
    server: uvicorn.Server

    def leave() -> None:
        server.should_exit = True

    guard = create_app(hub, _origins(url, listener), leave)
    server = _Server(_configuration(guard, settings))
    _on_signals(leave)
    # Julias are looked for while the first client is still getting ready.
    threading.Thread(target=hub.images, name="find-julias", daemon=True).start()
    await hub.runs.recover()
    async with (
        _State(settings, hub, url).published(),
        _background(_watch_idle(settings, hub, guard, leave), _tidy(hub)),
    ):
        _log.info("serving %s from %s", url, settings.data_dir)
        await server.serve(sockets=[listener])
    await hub.runs.leave()
    hub.store.close()
    _log.info("left")


class _Server(uvicorn.Server):
    """uvicorn re-raises a signal when it has ended, which would keep us from ending ours in order."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _configuration(guard: Guard, settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        guard,
        log_config=None,
        access_log=False,  # upload addresses are signed, and a log is no place for them
        lifespan="off",
        server_header=False,
        ws_per_message_deflate=False,  # loopback is faster than zlib
        ws_max_size=2**16,
        timeout_graceful_shutdown=GRACEFUL_SECONDS,
        ssl_certfile=settings.tls_cert,
        ssl_keyfile=settings.tls_key,
    )


def _on_signals(leave: Callable[[], None]) -> None:
    if threading.current_thread() is not threading.main_thread():
        return
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: loop.call_soon_threadsafe(leave))


class _State:
    """What tells clients of this computer about us: the state file, and a token that is always good for hours."""

    def __init__(self, settings: Settings, hub: Hub, url: str) -> None:
        self._folder = settings.state_dir
        self._data_dir = settings.data_dir
        self._hub = hub
        self._url = url

    @contextlib.asynccontextmanager
    async def published(self) -> Any:
        """Both files are there while the context lasts."""
        private_dir(self._folder)
        self._write_token()
        self._write_state()
        try:
            async with _background(self._keep_token_fresh()):
                yield
        finally:
            (self._folder / STATE_FILE).unlink(missing_ok=True)

    def _write_token(self) -> None:
        table = self._hub.tokens.issue(self._hub.owner, self._url)
        write_atomic(self._folder / AUTH_FILE, tomli_w.dumps(table).encode())

    def _write_state(self) -> None:
        import psutil

        state = HubState(
            url=self._url,
            pid=os.getpid(),
            create_time=psutil.Process().create_time(),
            version=version(),
            data_dir=str(self._data_dir),
        )
        write_atomic(self._folder / STATE_FILE, state.model_dump_json().encode())

    async def _keep_token_fresh(self) -> None:
        """By the wall clock, looked at often: a laptop may have slept for a day."""
        renewed_at = time.time()
        while True:
            await asyncio.sleep(30)
            if not 0 <= time.time() - renewed_at < RENEW_AFTER_SECONDS:
                await asyncio.to_thread(self._write_token)
                renewed_at = time.time()


async def _watch_idle(settings: Settings, hub: Hub, guard: Guard, leave: Callable[[], None]) -> None:
    """Leave after a time without requests, open streams and live jobs."""
    limit = settings.idle_seconds
    if limit is None:
        return
    busy_until = time.monotonic()
    while True:
        await asyncio.sleep(min(1.0, limit / 4))
        if hub.runs.live:
            busy_until = time.monotonic()
        if min(guard.idle_seconds, time.monotonic() - busy_until) >= limit:
            _log.info("idle for %s s", limit)
            leave()
            return


async def _tidy(hub: Hub) -> None:
    """Once, when the first client has had its answer."""
    await asyncio.sleep(60)
    await asyncio.to_thread(hub.tidy)


@contextlib.asynccontextmanager
async def _background(*work: Awaitable[None]) -> Any:
    """Run these beside the context; a failure is logged and ends only the one that failed."""
    tasks = [asyncio.ensure_future(_logged(each)) for each in work]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _logged(work: Awaitable[None]) -> None:
    try:
        await work
    except Exception:  # noqa: BLE001 - logged; the hub goes on without it
        _log.exception("background work failed")


def _configure_logging(settings: Settings) -> None:
    folder = private_dir(settings.data_dir / "logs")
    handlers: list[logging.Handler] = [
        logging.handlers.RotatingFileHandler(folder / "hub.log", maxBytes=LOG_BYTES, backupCount=2, encoding="utf-8")
    ]
    if settings.log_to_terminal:
        handlers.append(logging.StreamHandler())
    logging.basicConfig(level=logging.INFO, format=_LOG_FORMAT, handlers=handlers, force=True)
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
