"""Ways to a server: HTTP/2 where it is offered, an organisation's proxy, and past it where NO_PROXY says so."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import lru_cache
from pathlib import Path

import h2.config
import h2.connection
import h2.events
import httpx
import pytest
import trustme
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from juliahub_ls import errors
from juliahub_ls.services import transport, trust
from juliahub_ls.services.account import Account
from juliahub_ls.services.hub_client import HubClient
from juliahub_ls.services.token_store import TokenStore

ANSWER = b'{"api_version": "0.2.0", "username": "ada"}'
NAME = "hub.invalid"
Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def listening(handler: Handler, context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """A server on loopback; its port."""
    server = await asyncio.start_server(handler, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


async def speaks_http_2(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answers every request with `ANSWER`."""
    connection = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
    connection.initiate_connection()
    writer.write(connection.data_to_send())
    while received := await reader.read(65_536):
        for event in connection.receive_data(received):
            if isinstance(event, h2.events.StreamEnded):
                connection.send_headers(event.stream_id, [(":status", "200"), ("content-type", "application/json")])
                connection.send_data(event.stream_id, ANSWER, end_stream=True)
        writer.write(connection.data_to_send())
    writer.close()


@pytest.mark.parametrize("offered", [["h2", "http/1.1"], ["h2"]])
async def test_http_2_where_it_is_offered(
    store: TokenStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, offered: list[str]
) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    monkeypatch.setattr(trust, "trusted", lru_cache(trust.trusted.__wrapped__))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    context.set_alpn_protocols(offered)
    versions: list[str] = []

    async def note(response: httpx.Response) -> None:
        versions.append(response.http_version)

    async with listening(speaks_http_2, context) as port, transport.make_client() as http:
        http.event_hooks["response"] = [note]
        client = HubClient("hub", f"https://127.0.0.1:{port}", Account("hub", store, http), http)
        answers = await asyncio.gather(*(client.api_version() for _ in range(10)))
    assert {answer.username for answer in answers} == {"ada"}
    assert set(versions) == {"HTTP/2"}


class Proxy:
    """Lets nothing through; `asked` for what."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        head = await reader.readuntil(b"\r\n\r\n")
        self.asked.append(head.split(b"\r\n")[0].decode())
        writer.write(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        writer.close()


@asynccontextmanager
async def behind_proxy(monkeypatch: pytest.MonkeyPatch, exempt: str) -> AsyncIterator[Proxy]:
    """A proxy that the environment names for every host but `exempt`."""
    proxy = Proxy()
    async with listening(proxy) as port:
        for variable in ("HTTPS_PROXY", "https_proxy"):
            monkeypatch.setenv(variable, f"http://127.0.0.1:{port}")
        for variable in ("NO_PROXY", "no_proxy"):
            monkeypatch.setenv(variable, exempt)
        yield proxy


@pytest.mark.parametrize(("exempt", "asked"), [("", True), ("other.invalid", True), (NAME, False), (".invalid", False)])
async def test_an_organisations_proxy(
    store: TokenStore, monkeypatch: pytest.MonkeyPatch, exempt: str, asked: bool
) -> None:
    """Requests and WebSockets go through it alike; it is told the server's name and never the token."""
    async with behind_proxy(monkeypatch, exempt) as proxy, transport.make_client() as http:
        client = HubClient("hub", f"https://{NAME}", Account("hub", store, http), http)
        with pytest.raises(errors.ServerUnreachable):
            await client.send("GET", "/api/v1")
        requested, proxy.asked = proxy.asked, []
        url, headers = await client.stream_request("jr-1", None)
        with pytest.raises((OSError, WebSocketException)):
            await connect(url, additional_headers=headers, ssl=trust.trusted_by_sockets())
    expected = [f"CONNECT {NAME}:443 HTTP/1.1"] if asked else []
    assert (requested, proxy.asked) == (expected, expected)


@pytest.mark.parametrize(("exempt", "asked"), [("", True), (NAME, False)])
async def test_files_go_the_same_way(
    store: TokenStore, monkeypatch: pytest.MonkeyPatch, exempt: str, asked: bool
) -> None:
    async with behind_proxy(monkeypatch, exempt) as proxy, transport.make_client() as http:
        client = HubClient("hub", f"https://{NAME}", Account("hub", store, http), http)
        with pytest.raises(errors.ServerUnreachable):
            await client.download("jr-1", "a.bin", "result", 0)
    assert proxy.asked == ([f"CONNECT {NAME}:443 HTTP/1.1"] if asked else [])
