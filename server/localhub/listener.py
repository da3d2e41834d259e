"""The socket a hub listens on, and the addresses it answers under."""

import contextlib
import socket
from collections.abc import Iterator, Sequence

from .services.files import write_atomic
from .settings import LOOPBACK, LOOPBACK_NAMES, CannotServe, Settings

_BACKLOG = 1024
_FIRST_FREE_PORT = 1024
_DEFAULT_PORTS = {"http": 80, "https": 443}
_EVERYWHERE = {"0.0.0.0": LOOPBACK, "::": "::1"}  # noqa: S104 - known, not chosen


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


def address(settings: Settings, listener: socket.socket, names: Sequence[str] = ()) -> str:
    """The URL clients are told; `names` are those of the certificate. Raises `CannotServe`."""
    if settings.public_url is not None:
        return settings.public_url.rstrip("/")
    host = settings.name or next((name for name in names if not is_loopback(name)), settings.host)
    if host in _EVERYWHERE:
        raise CannotServe(f"With --host {host} say under which name clients come: --name hub.example.org.")
    return _url(settings, host, listener)


def local_address(settings: Settings, listener: socket.socket) -> str:
    """The URL under which this computer itself reaches the hub, whatever its name servers say."""
    return _url(settings, _EVERYWHERE.get(settings.host, settings.host), listener)


def origins(url: str, settings: Settings, listener: socket.socket, names: Sequence[str] = ()) -> list[str]:
    """Every origin this hub answers under.

    Its address, the one it listens on, the names of its certificate, and those of this computer's loopback.
    """
    hosts = (_EVERYWHERE.get(settings.host, settings.host), *names, LOOPBACK, "localhost", "::1")
    return [url, *(_url(settings, host, listener) for host in hosts)]


def is_loopback(host: str) -> bool:
    """Whether that name or address means the very computer that uses it."""
    return host in LOOPBACK_NAMES or host.startswith("127.") or host.endswith(".localhost")


def _url(settings: Settings, host: str, listener: socket.socket) -> str:
    scheme, port = "http" if settings.tls_cert is None else "https", listener.getsockname()[1]
    bracketed = f"[{host}]" if ":" in host else host
    return f"{scheme}://{bracketed}" + ("" if port == _DEFAULT_PORTS[scheme] else f":{port}")


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
        raise CannotServe(f"localhub cannot listen on {host}, port {port}: {_why_not(error, port)}") from error
    return listener


def _why_not(error: OSError, port: int) -> str:
    if isinstance(error, PermissionError) and port < _FIRST_FREE_PORT:
        return (
            f"only an administrator may use ports below {_FIRST_FREE_PORT}. Choose another port with --port, or allow "
            "this program that one."
        )
    return f"{error.strerror or error}. Choose another port with --port, or end the program that uses this one."
