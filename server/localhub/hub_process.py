"""The hub's process from inside: one data directory, one socket, one server, until it is asked to end or is idle."""

import asyncio
import contextlib
import logging
import logging.handlers
import signal
import socket
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import filelock
import uvicorn
from starlette.types import ASGIApp

from . import tls
from .connection import Connection
from .engines.julia_versions import find_julias
from .engines.local import LocalEngine
from .listener import address, listening, local_address, origins
from .owner import owner_name
from .services.files import private_dir
from .services.hub import Hub
from .settings import CannotServe, Settings
from .state_files import StateFiles
from .web.app import create_app
from .web.guard import Guard

LOCK_SECONDS = 10.0
"""How long to wait for a hub that is just leaving the data directory."""

GRACEFUL_SECONDS = 3
TIDY_AFTER_SECONDS = 60
TIDY_EVERY_SECONDS = 24 * 3600
LOG_BYTES = 2_000_000
_LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"

_log = logging.getLogger("localhub")


def run(settings: Settings) -> None:
    """Serve until asked to end. Raises `CannotServe`."""
    try:
        private_dir(settings.data_dir)
        _configure_logging(settings)
        names = _names(settings)
        with _sole_hub(settings.data_dir), listening(settings) as listener:
            asyncio.run(_serve(settings, listener, names))
    except OSError as error:
        raise CannotServe(f"localhub cannot use {settings.data_dir}: {error}.") from error


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


def _names(settings: Settings) -> list[str]:
    """The host names of the certificate. Raises `CannotServe` for one that clients would not accept."""
    if settings.tls_cert is None or settings.tls_key is None:
        return []
    certificate = tls.check(settings.tls_cert, settings.tls_key)
    if settings.name is not None and not certificate.covers(settings.name):
        raise CannotServe(
            f"The certificate {settings.tls_cert} does not name {settings.name}, so clients would refuse it. It names: "
            f"{', '.join(certificate.names) or 'nothing'}."
        )
    return certificate.host_names


async def _serve(settings: Settings, listener: socket.socket, names: list[str]) -> None:
    owner = owner_name()
    hub = Hub.open(
        settings.data_dir,
        LocalEngine(),
        find_julias,
        (owner, f"{owner}@localhost"),
        settings.package_server,
        has_accounts=settings.accounts,
    )
    url = address(settings, listener, names)
    server: uvicorn.Server

    def leave() -> None:
        server.should_exit = True

    guard = create_app(hub, origins(url, settings, listener, names), leave)
    server = _Server(configuration(guard, settings))
    server.config.load()  # whatever keeps us from serving does so before anyone is told of us
    # Julias are looked for while the first client is still getting ready.
    threading.Thread(target=hub.images, name="find-julias", daemon=True).start()
    await hub.runs.recover()
    local_url = local_address(settings, listener)
    state = StateFiles(settings.state_dir, hub, url, local_url, settings.data_dir, settings.tls_cert)
    _on_signals(leave, lambda: _reload_certificate(settings, server.config, state))
    state.publish()
    _log.info("serving %s from %s", url, settings.data_dir)
    if settings.accounts and not hub.accounts.can_anyone_sign_in():
        _log.warning("nobody can sign in yet. Add an account: localhub user add NAME --data %s", settings.data_dir)
    try:
        async with _background(state.keep(), _watch_idle(settings, hub, guard, leave), _tidy(hub)):
            await server.serve(sockets=[listener])
    finally:
        state.withdraw()
    await hub.runs.leave()
    hub.store.close()
    _log.info("left")


class _Server(uvicorn.Server):
    """uvicorn re-raises a signal when it has ended, which would keep us from ending ours in order."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def configuration(app: ASGIApp, settings: Settings) -> uvicorn.Config:
    """How the hub is served."""
    return uvicorn.Config(
        app,
        http=Connection,
        log_config=None,
        access_log=False,  # upload addresses are signed, and a log is no place for them
        lifespan="off",
        server_header=False,
        proxy_headers=settings.public_url is not None,  # else any program here could tell another address than its own
        ws_per_message_deflate=False,  # loopback is faster than zlib
        ws_max_size=2**16,
        timeout_graceful_shutdown=GRACEFUL_SECONDS,
        ssl_certfile=settings.tls_cert,
        ssl_keyfile=settings.tls_key,
    )


def _on_signals(leave: Callable[[], None], reload: Callable[[], None]) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: loop.call_soon_threadsafe(leave))
    if sys.platform != "win32":
        signal.signal(signal.SIGHUP, lambda *_: loop.call_soon_threadsafe(reload))


def _reload_certificate(settings: Settings, configuration: uvicorn.Config, state: StateFiles) -> None:
    """New connections get the certificate that is in the files now; a bad one changes nothing."""
    if settings.tls_cert is None or settings.tls_key is None or configuration.ssl is None:
        return
    try:
        tls.check(settings.tls_cert, settings.tls_key)
        tls.load(configuration.ssl, settings.tls_cert, settings.tls_key)
        state.certificate_changed()
    except (CannotServe, OSError) as error:
        _log.error("the certificate was not reloaded, the one before stays in use: %s", error)
    else:
        _log.info("the certificate was reloaded")


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
    """First when the first client has had its answer, then once a day."""
    await asyncio.sleep(TIDY_AFTER_SECONDS)
    while True:
        await asyncio.to_thread(hub.tidy)
        await asyncio.sleep(TIDY_EVERY_SECONDS)


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
