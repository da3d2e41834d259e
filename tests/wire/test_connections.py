"""Clients that are slow, endless or lie about who they are: they cost the hub nothing (docs/localhub.md)."""

import socket
from collections.abc import Callable

import httpx
import pytest
from websockets.sync.client import connect

from localhub import connection
from localhub.services.rate_limits import RateLimit
from localhub.web import requests
from tests.support.scripted_hub import ScriptedHub
from tests.support.submissions import submit

PATIENCE = 20


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From its call on the hub has little patience; good clients are served before, however busy this computer is."""

    def begin() -> None:
        monkeypatch.setattr(connection, "HEAD_SECONDS", 0.3)
        monkeypatch.setattr(requests, "BODY_SECONDS", 0.3)

    return begin


def opened(hub: ScriptedHub) -> socket.socket:
    url = httpx.URL(hub.url)
    return socket.create_connection((url.host, url.port or 80), timeout=PATIENCE)


@pytest.mark.parametrize("said", [b"", b"GET /api", b"GET /api/v1 HTTP/1.1\r\nHost: x\r\nX-Slow: "])
def test_who_does_not_say_what_they_want_is_cut_off(hub: ScriptedHub, soon: Callable[[], None], said: bytes) -> None:
    soon()
    with opened(hub) as client:
        client.sendall(said)
        assert client.recv(1) == b""


def test_a_second_request_that_does_not_come_to_its_end_is_cut_off(hub: ScriptedHub, soon: Callable[[], None]) -> None:
    host = httpx.URL(hub.url).netloc
    with opened(hub) as client:
        client.sendall(b"GET /auth/configuration HTTP/1.1\r\nHost: " + host + b"\r\n\r\n")
        answer = client.recv(65_536)
        assert answer.startswith(b"HTTP/1.1 200")
        soon()
        client.sendall(b"GET /auth")
        rest = b""
        while piece := client.recv(65_536):
            rest += piece
        assert b"HTTP/1.1" not in rest


def test_a_small_body_that_does_not_come_is_not_waited_for(hub: ScriptedHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "BODY_SECONDS", 0.3)
    host = httpx.URL(hub.url).netloc
    with opened(hub) as client:
        client.sendall(b"POST /auth/challenge HTTP/1.1\r\nHost: " + host + b"\r\nContent-Length: 32\r\n\r\nabc")
        assert client.recv(100).startswith(b"HTTP/1.1 400")


def test_a_stream_that_is_open_stays(hub: ScriptedHub, monkeypatch: pytest.MonkeyPatch) -> None:
    with hub.client() as client:
        job = hub.started(submit(client))
    job.runs()
    monkeypatch.setattr(connection, "HEAD_SECONDS", 2.5)
    address = hub.url.replace("http", "ws", 1) + f"/ws/stream_logs?jobname={job.jobname}&offset=0"
    headers = {"Authorization": f"Bearer {hub.token()}"}
    with connect(address, additional_headers=headers, proxy=None) as stream:
        assert [stream.recv(PATIENCE) for _ in range(3)] == [""] * 3, "three seconds of silence"
        job.logs("still here")
        assert "still here" in str(stream.recv(PATIENCE))
    job.ends()


def test_a_head_without_end_is_refused(hub: ScriptedHub) -> None:
    with opened(hub) as client:
        client.sendall(b"GET /api/v1 HTTP/1.1\r\nX-Long: " + b"x" * 2**17)
        answer = b""
        try:
            while piece := client.recv(65_536):
                answer += piece
        except ConnectionResetError:
            pass  # it did not read what it does not want
        assert answer == b"" or answer.startswith(b"HTTP/1.1 400")


def test_no_header_makes_another_address_of_ones_own(hub: ScriptedHub, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else whoever guesses would do so from ever new addresses."""
    monkeypatch.setattr(hub.hub.limits, "sign_ins", RateLimit(3, 3600))
    statuses = []
    for number in range(5):
        claimed = f"203.0.113.{number}"
        headers = {"X-Forwarded-For": claimed, "Forwarded": f"for={claimed}", "X-Real-IP": claimed}
        answer = httpx.post(f"{hub.url}/auth/challenge", content="c" * 32, headers=headers, trust_env=False)
        statuses.append(answer.status_code)
    assert statuses == [200, 200, 200, 429, 429]
