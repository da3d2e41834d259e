"""Browser sign-in, as the classic flow goes and as it goes wrong (protocol §1.5)."""

import json
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from starlette.responses import PlainTextResponse, Response

from juliahub_ls.errors import ServerUnreachable, SignInFailed, SignInTimedOut
from juliahub_ls.services.progress import Silent
from juliahub_ls.services.sign_in import SignIn
from tests.support.scripted_http import Cut, ScriptedServer

CHALLENGE, CLAIM = "POST /auth/challenge", "POST /auth/claimtoken"
TOKEN = {"token": {"id_token": "i", "access_token": "a", "user_name": "ada", "extra": "kept"}}
PENDING = {"expiry": 4_000_000_000}


class Browser:
    """Remembers what it was shown."""

    def __init__(self) -> None:
        self.shown: list[str] = []

    async def open(self, url: str) -> None:
        self.shown.append(url)


class Reports:
    """Remembers what was said."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def report(self, message: str, fraction: "float | None" = None) -> None:
        self.said.append(message)


def sign_in(server: ScriptedServer, http: httpx.AsyncClient) -> SignIn:
    return SignIn("hub", server.url, http, poll_seconds=0)


async def test_the_flow(server: ScriptedServer, http: httpx.AsyncClient) -> None:
    browser, reports = Browser(), Reports()
    server.on(CHALLENGE, PlainTextResponse("RESPONSE1"))
    server.on(CLAIM, PENDING, PENDING, TOKEN)
    table = await sign_in(server, http).run(browser.open, reports)
    assert (table.bearer(), table.model_dump()["extra"]) == ("i", "kept")
    assert browser.shown == [f"{server.url}/auth/response?RESPONSE1"]
    challenge = server.bodies[0].decode()
    assert len(challenge) == 32
    assert challenge.isalnum()
    assert json.loads(server.bodies[1]) == {"challenge": challenge, "response": "RESPONSE1"}
    assert reports.said[0].startswith("Waiting for your approval in the browser, ")
    assert challenge not in browser.shown[0]


async def test_two_attempts_have_two_challenges(server: ScriptedServer, http: httpx.AsyncClient) -> None:
    server.on(CHALLENGE, PlainTextResponse("R"))
    server.on(CLAIM, TOKEN)
    for _ in range(2):
        await sign_in(server, http).run(Browser().open, Silent())
    assert server.bodies[0] != server.bodies[2]


async def test_the_servers_expiry_ends_it(server: ScriptedServer, http: httpx.AsyncClient) -> None:
    server.on(CHALLENGE, PlainTextResponse("R"))
    server.on(CLAIM, PENDING, {"expiry": time.time() - 1})
    with pytest.raises(SignInTimedOut):
        await sign_in(server, http).run(Browser().open, Silent())


ODD: "dict[str, Callable[[], Any]]" = {
    "another object": lambda: {"status": "wait"},
    "no bearer": lambda: {"token": {"user_name": "ada"}},
    "garbage": lambda: PlainTextResponse("<html>"),
    "a list": lambda: [1],
    "cut": lambda: Cut(b"{", 50),
    "bad gzip": lambda: Response(b"garbage", headers={"Content-Encoding": "gzip"}),
}


@pytest.mark.parametrize("case", sorted(ODD))
async def test_twenty_failures_are_borne_and_no_more(
    server: ScriptedServer, http: httpx.AsyncClient, case: str
) -> None:
    server.on(CHALLENGE, PlainTextResponse("R"))
    server.on(CLAIM, *(ODD[case]() for _ in range(20)), TOKEN)
    assert (await sign_in(server, http).run(Browser().open, Silent())).bearer() == "i"
    server.on(CLAIM, ODD[case]())
    with pytest.raises(SignInFailed):
        await sign_in(server, http).run(Browser().open, Silent())
    assert server.seen.count(CLAIM) == 21 + 21


@pytest.mark.parametrize("status", [400, 401, 404, 500])
async def test_a_refused_claim_ends_it_at_once(server: ScriptedServer, http: httpx.AsyncClient, status: int) -> None:
    server.on(CHALLENGE, PlainTextResponse("R"))
    server.on(CLAIM, Response(status_code=status))
    with pytest.raises(SignInFailed, match=str(status)):
        await sign_in(server, http).run(Browser().open, Silent())
    assert server.seen.count(CLAIM) == 1


@pytest.mark.parametrize(
    "answer",
    [
        Response(status_code=404),
        Response(status_code=501),
        PlainTextResponse(""),
        PlainTextResponse("<html>a page</html>"),
        PlainTextResponse("two words"),
        PlainTextResponse("é"),
    ],
)
async def test_no_challenge_no_page(server: ScriptedServer, http: httpx.AsyncClient, answer: Response) -> None:
    browser = Browser()
    server.on(CHALLENGE, answer)
    with pytest.raises(SignInFailed):
        await sign_in(server, http).run(browser.open, Silent())
    assert browser.shown == []


async def test_a_server_that_is_down(http: httpx.AsyncClient, unused_port: int) -> None:
    attempt = SignIn("hub", f"http://127.0.0.1:{unused_port}", http, poll_seconds=0)
    with pytest.raises(ServerUnreachable):
        await attempt.run(Browser().open, Silent())
