"""localhub's sign-in page in real Chromium: approve, refuse, let it lapse; and what other pages cannot do."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from localhub.services import sign_in as sign_in_module
from tests.editor.host import HERE, NODE_SECONDS
from tests.support.scripted_hub import ScriptedHub, scripted_hub
from tests.support.served_hub import ServedHub, served_hub

pytestmark = [pytest.mark.editor, pytest.mark.timeout(900)]

NAME, PASSWORD = "ada", "correct horse"
GRANT = "urn:ietf:params:oauth:grant-type:device_code"


@pytest.fixture(scope="module")
def hub(browser_ready: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedHub]:
    """A served hub with TLS under a name, and one account."""
    with served_hub(tmp_path_factory.mktemp("served")) as running:
        assert running.command("user", "add", NAME, "--full-name", "Ada Example", typed=PASSWORD).returncode == 0
        yield running


@pytest.fixture
def device(hub: ServedHub) -> Iterator[httpx.Client]:
    with hub.client() as client:
        client.headers["User-Agent"] = "a laptop on the train"
        yield client


def begin(device: httpx.Client, client_id: str = "test-device") -> dict[str, str]:
    return dict(device.post("/auth/device/code", data={"client_id": client_id}).json())


def poll(device: httpx.Client, codes: dict[str, str]) -> dict[str, str]:
    form = {"client_id": "test-device", "device_code": codes["device_code"], "grant_type": GRANT}
    return dict(device.post("/auth/token", data=form).json())


def play(scenario: str, page: str, code: str = "", **more: str) -> None:
    """Run a scenario of `sign-in-page.test.mjs`."""
    given = {"SCENARIO": scenario, "PAGE": page, "NAME": NAME, "PASSWORD": PASSWORD, "CODE": code, **more}
    command = ["node", "--test", "--test-reporter=spec", str(HERE / "sign-in-page.test.mjs")]
    played = subprocess.run(command, env={**os.environ, **given}, capture_output=True, text=True, timeout=NODE_SECONDS)
    if played.returncode != 0:
        pytest.fail(played.stdout + played.stderr, pytrace=False)


def test_approve(device: httpx.Client) -> None:
    codes, others = begin(device), begin(device)
    play(
        "approve",
        codes["verification_uri_complete"],
        codes["user_code"],
        SECOND_PAGE=others["verification_uri_complete"],
    )
    assert poll(device, codes)["user_name"] == NAME
    assert poll(device, others)["error"] == "authorization_pending", "looking at it decides nothing"


def test_refuse_a_challenge(hub: ServedHub, device: httpx.Client) -> None:
    response = device.post("/auth/challenge", content="c" * 32).text
    play("refuse", f"{hub.url}/auth/response?{response}")
    answer = device.post("/auth/claimtoken", json={"challenge": "c" * 32, "response": response})
    assert (answer.status_code, "refused" in answer.text) == (400, True)


def test_refuse(device: httpx.Client) -> None:
    codes = begin(device)
    play("refuse", codes["verification_uri_complete"])
    assert poll(device, codes)["error"] == "access_denied"


def test_type_the_code(device: httpx.Client) -> None:
    codes = begin(device)
    play("typeTheCode", codes["verification_uri"], codes["user_code"])
    assert poll(device, codes)["user_name"] == NAME


def test_a_wrong_password(device: httpx.Client) -> None:
    codes = begin(device)
    play("wrongPassword", codes["verification_uri_complete"])
    assert poll(device, codes)["error"] == "authorization_pending"


def test_other_pages_can_approve_nothing(device: httpx.Client) -> None:
    codes = begin(device)
    play("otherPages", codes["verification_uri_complete"])
    assert poll(device, codes)["error"] == "authorization_pending"


def test_revoke(hub: ServedHub, device: httpx.Client) -> None:
    codes = begin(device, "lost-laptop")
    play("typeTheCode", codes["verification_uri"], codes["user_code"])
    token = poll(device, codes)["access_token"]
    play("account", f"{hub.url}/account", "lost-laptop")
    with hub.client(token) as revoked:
        assert revoked.get("/api/v1").status_code == 401


@pytest.fixture
def here(browser_ready: None, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[ScriptedHub]:
    """A hub in this process, whose clock and codes a test can hold."""
    with scripted_hub(tmp_path / "hub", has_accounts=request.param) as running:
        if request.param:
            from localhub.domain.permissions import Role

            running.hub.accounts.add(NAME, "ada@example.org", "Ada Example", Role.USER, PASSWORD)
        yield running


@pytest.mark.parametrize("here", [True], indirect=True, ids=["served"])
def test_let_it_lapse(here: ScriptedHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_in_module, "DEVICE_SECONDS", 6)
    with httpx.Client(base_url=here.url, trust_env=False) as device:
        codes = begin(device)
        play("lapse", codes["verification_uri_complete"])
        assert poll(device, codes)["error"] == "expired_token"


@pytest.mark.parametrize("here", [False], indirect=True, ids=["embedded"])
def test_the_embedded_hub_asks_for_its_owners_code(here: ScriptedHub) -> None:
    with httpx.Client(base_url=here.url, trust_env=False) as device, here.client() as owner:
        codes = begin(device)
        code = owner.post("/localhub/sign_in_code").json()["code"]
        play("oneTimeCode", codes["verification_uri_complete"], code)
        assert poll(device, codes)["user_name"] == "ada"
