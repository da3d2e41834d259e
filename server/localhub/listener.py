"""The socket a hub listens on, and the addresses it answers under."""

import contextlib
import socket
from collections.abc import Iterator

from .services.files import write_atomic
from .settings import LOOPBACK, CannotServe, Settings

_BACKLOG = 1024


@contextlib.contextmanager
def listening(settings: Settings) -> Iterator[socket.socket]:
    """Bind before anyone is told about us: the port is ours from then on. Raises `CannotServe`.

    Without a chosen port the last one is taken again if it is free, so that addresses stay valid over a restart.
    """
    remembered = settings.data_dir / "port"
    if settings.port is not None:
        listener = _bound(settings.host, settings.port)
    else:
        try:
            listener = _bound(settings.host, int(remembered.read_text()))
        except (OSError, ValueError, CannotServe):
            listener = _bound(settings.host, 0)
        write_atomic(remembered, str(listener.getsockname()[1]).encode())
    with listener:
        listener.listen(_BACKLOG)
        yield listener


def address(settings: Settings, listener: socket.socket) -> str:
    """The URL clients are told."""
    if settings.public_url is not None:
        return settings.public_url.rstrip("/")
    scheme = "http" if settings.tls_cert is None else "https"
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"{scheme}://{host}:{listener.getsockname()[1]}"


def origins(url: str, settings: Settings, listener: socket.socket) -> list[str]:
    """Every origin this hub answers under: its address, and the names of this computer's loopback."""
    scheme, port = "http" if settings.tls_cert is None else "https", listener.getsockname()[1]
    return [url, *(f"{scheme}://{name}:{port}" for name in (LOOPBACK, "localhost", "[::1]"))]


def _bound(host: str, port: int) -> socket.socket:
    listener: socket.socket | None = None
    try:
        family, kind, protocol, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        # On Windows SO_REUSEADDR lets two programs share a port; elsewhere it only skips the wait after a restart.
        option = getattr(socket, "SO_EXCLUSIVEADDRUSE", socket.SO_REUSEADDR)
        listener.setsockopt(socket.SOL_SOCKET, option, 1)
        listener.bind(where)
    except OSError as error:
        if listener is not None:
            listener.close()
        raise CannotServe(
            f"localhub cannot listen on {host}, port {port}: {error.strerror or error}. Choose another port with "
            "--port, or end the program that uses this one."
        ) from error
    return listener
