"""A hub that is served under a name of its own with TLS: the real command in the foreground, the name mapped here."""

import signal
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import tomli
import trustme

from juliahub_wire.hub_state import read_state
from tests.support.hub import free_port, hub_environment, localhub, wait_for

NAME = "hub.example.dev"


@dataclass(frozen=True)
class ServedHub:
    """`url` is what its clients use. `folder` holds its data, its certificate and what it printed."""

    url: str
    folder: Path
    pid: int

    @property
    def printed(self) -> str:
        """What it wrote to its terminal so far."""
        return (self.folder / "printed").read_text()

    def client(self, token: str | None = None) -> httpx.Client:
        """A client that finds the hub by its name and trusts its authority alone."""
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        context = ssl.create_default_context(cafile=str(self.folder / "ca.pem"))
        return httpx.Client(
            base_url=self.url, headers=headers, transport=_Mapped(verify=context), timeout=30, trust_env=False
        )

    def owner_token(self) -> str:
        """The access token of who runs it."""
        return str(tomli.loads((self.folder / "data" / "state" / "auth.toml").read_text())["access_token"])

    def command(self, *arguments: str, typed: str = "") -> "subprocess.CompletedProcess[str]":
        """`localhub …` on its data."""
        return localhub(*arguments, "--data", str(self.folder / "data"), typed=typed)

    def hang_up(self) -> None:
        """SIGHUP."""
        psutil.Process(self.pid).send_signal(signal.SIGHUP)


class _Mapped(httpx.HTTPTransport):
    """Connects to loopback whatever the name, and asks for the name in the TLS handshake."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """As the base class."""
        mapped = httpx.Request(
            request.method,
            request.url.copy_with(host="127.0.0.1"),
            headers=request.headers,
            stream=request.stream,
            extensions={**request.extensions, "sni_hostname": request.url.host},
        )
        return super().handle_request(mapped)


def write_certificate(authority: trustme.CA, folder: Path, *names: str) -> tuple[str, ...]:
    """A certificate for these names in the folder; returns the options that name it."""
    issued = authority.issue_cert(*names)
    issued.cert_chain_pems[0].write_to_path(folder / "cert.pem")
    issued.private_key_pem.write_to_path(folder / "key.pem")
    authority.cert_pem.write_to_path(folder / "ca.pem")
    return ("--tls-cert", str(folder / "cert.pem"), "--tls-key", str(folder / "key.pem"))


@contextmanager
def served(*options: str, printed: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """`localhub serve` with these options for the length of the context."""
    command = [sys.executable, "-m", "localhub", "serve", *options]
    with (
        printed.open("wb") as output,
        subprocess.Popen(command, env=hub_environment(), stdout=output, stderr=output) as process,
    ):
        try:
            yield process
        finally:
            process.terminate()
            process.wait(timeout=30)


@contextmanager
def served_hub(folder: Path, authority: trustme.CA | None = None, *options: str) -> Iterator[ServedHub]:
    """A served hub over this folder, ready."""
    port = str(free_port())
    tls = write_certificate(authority or trustme.CA(), folder, NAME)
    where = ("--port", port, "--data", str(folder / "data"))
    with served(*where, *tls, *options, printed=folder / "printed") as process:

        def ready() -> str | None:
            assert process.poll() is None, (folder / "printed").read_text()
            state = read_state(folder / "data" / "state")
            return None if state is None or state.pid != process.pid else state.url

        yield ServedHub(wait_for(ready, "the hub to serve"), folder, process.pid)
