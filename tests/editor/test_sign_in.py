"""Signing in from VS Code to a served hub with accounts, on the hub's real page, and out again."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from juliahub_wire import paths
from localhub.domain.permissions import Role
from tests.editor.host import Host, free_port
from tests.support.hub import hub_environment, localhub, wait_for
from tests.support.scripted_hub import scripted_hub
from tests.support.served_hub import served

pytestmark = [pytest.mark.editor, pytest.mark.timeout(900)]

NAME, PASSWORD = "ada", "correct horse"


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A hub's address, and in the environment how to end it and to start it again.

    It is served without TLS, which clients accept on this computer alone.
    """
    data, port = tmp_path / "data", free_port()
    url, options = f"http://127.0.0.1:{port}", ("--port", str(port), "--data", str(data))
    monkeypatch.setenv("HUB_COMMAND", json.dumps([sys.executable, "-m", "localhub", "serve", *options]))
    monkeypatch.setenv("PYTHONPATH", hub_environment()["PYTHONPATH"])
    with served(*options, printed=tmp_path / "printed") as process:
        monkeypatch.setenv("HUB_PID", str(process.pid))

        def answers() -> bool:
            assert process.poll() is None, (tmp_path / "printed").read_text()
            try:
                return httpx.get(f"{url}/auth/configuration", trust_env=False).status_code == 200
            except httpx.TransportError:
                return False

        wait_for(answers, "the hub to serve")
        added = localhub("user", "add", NAME, "--full-name", "Ada Example", "--data", str(data), typed=PASSWORD)
        assert added.returncode == 0, added.stderr
        yield url


def test_sign_in_and_out(host: Host, hub: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The account is in the Servers view and the Accounts menu until signed out.

    Refused, without a browser, from a failed run: a sentence with a button. A hub that goes away is shown as offline
    until it is back.
    """
    for name, value in {"HUB": hub, "NAME": NAME, "PASSWORD": PASSWORD}.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "main.jl").write_text("println(1)\n")
    host.play("sign-in", tmp_path / "work")
    logs = host.client_log() + "".join(path.read_text(errors="replace") for path in host.run.glob("data/logs/**/*.log"))
    assert "eyJ" not in logs, "no token in any log"


class KnowsNoCodes:
    """Before a hub: as an older server it tells of no way to sign in, which leaves the classic one (protocol §1.5)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        configuration = scope["type"] == "http" and scope["path"] == paths.AUTH_CONFIGURATION
        await (Response(status_code=404) if configuration else self._app)(scope, receive, send)


def test_a_server_that_knows_no_codes(host: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The notification has a link and no code."""
    (tmp_path / "work").mkdir()
    with scripted_hub(tmp_path / "data", has_accounts=True, before=KnowsNoCodes) as hub:
        hub.hub.accounts.add(NAME, "ada@example.org", "Ada Example", Role.USER, PASSWORD)
        for name, value in {"HUB": hub.url, "NAME": NAME, "PASSWORD": PASSWORD}.items():
            monkeypatch.setenv(name, value)
        host.play("sign-in-classic", tmp_path / "work")
