"""Browser sign-in, as both flows go and as they go wrong (protocol §1.5, §1.6)."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
from starlette.responses import JSONResponse, PlainTextResponse, Response

from juliahub_ls.config import Settings
from juliahub_ls.errors import ServerUnreachable, SignInFailed, SignInRequired, SignInTimedOut, TokenRefused
from juliahub_ls.services.accounts import Accounts
from juliahub_ls.services.connections import Connections
from juliahub_ls.services.progress import Progress, Silent
from juliahub_ls.services.servers import Servers
from juliahub_ls.services.sign_in import Approval, Attempt, Flow, SignedInElsewhere
from juliahub_ls.services.this_computer import ThisComputer
from juliahub_wire.auth import TokenTable
from tests.support.scripted_http import Cut, ScriptedServer

CHALLENGE, CLAIM = "POST /auth/challenge", "POST /auth/claimtoken"
TOKEN = {"token": {"id_token": "i", "access_token": "a", "user_name": "ada", "extra": "kept"}}
PENDING = {"expiry": 4_000_000_000}


class Person:
    """Remembers what it was shown."""

    def __init__(self) -> None:
        self.shown: list[Approval] = []

    async def ask(self, approval: Approval) -> None:
        self.shown.append(approval)


class Reports:
    """Remembers what was said."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def report(self, message: str, fraction: "float | None" = None) -> None:
        self.said.append(message)


def attempt(
    server: ScriptedServer,
    http: httpx.AsyncClient,
    person: Person | None = None,
    reports: Progress | None = None,
    elsewhere: SignedInElsewhere = lambda: None,
) -> Attempt:
    """An attempt that asks again at once."""
    return Attempt("hub", server.url, http, (person or Person()).ask, reports or Silent(), elsewhere, poll_seconds=0)


def bodies(server: ScriptedServer, call: str) -> list[bytes]:
    return [body for seen, body in zip(server.seen, server.bodies, strict=True) if seen == call]


async def test_the_flow(server: ScriptedServer, http: httpx.AsyncClient) -> None:
    person, reports = Person(), Reports()
    server.on(CHALLENGE, PlainTextResponse("RESPONSE1"))
    server.on(CLAIM, PENDING, PENDING, TOKEN)
    table = await attempt(server, http, person, reports).sign_in()
    assert (table.bearer(), table.model_dump()["extra"]) == ("i", "kept")
    assert person.shown == [Approval(f"{server.url}/auth/response?RESPONSE1")]
    challenge = bodies(server, CHALLENGE)[0].decode()
    assert len(challenge) == 32
    assert challenge.isalnum()
    assert json.loads(bodies(server, CLAIM)[0]) == {"challenge": challenge, "response": "RESPONSE1"}
    assert reports.said[0].startswith("Waiting for your approval in the browser, ")
    assert challenge not in person.shown[0].url


async def test_two_attempts_have_two_challenges(server: ScriptedServer, http: httpx.AsyncClient) -> None:
    server.on(CHALLENGE, PlainTextResponse("R"))
    server.on(CLAIM, TOKEN)
    for _ in range(2):
        await attempt(server, http).sign_in()
    first, second = bodies(server, CHALLENGE)
    assert first != second


async def test_the_servers_expiry_ends_it(server: ScriptedServer, http: httpx.AsyncClient) -> None:
    server.on(CHALLENGE, PlainTextResponse("R"))
    server.on(CLAIM, PENDING, {"expiry": time.time() - 1})
    with pytest.raises(SignInTimedOut):
        await attempt(server, http).sign_in()


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
    assert (await attempt(server, http).sign_in()).bearer() == "i"
    server.on(CLAIM, ODD[case]())
    with pytest.raises(SignInFailed):
        await attempt(server, http).sign_in()
    assert server.seen.count(CLAIM) == 21 + 21


@pytest.mark.parametrize("status", [400, 401, 404, 500])
async def test_a_refused_claim_ends_it_at_once(server: ScriptedServer, http: httpx.AsyncClient, status: int) -> None:
    server.on(CHALLENGE, PlainTextResponse("R"))
    server.on(CLAIM, Response(status_code=status))
    with pytest.raises(SignInFailed, match=str(status)):
        await attempt(server, http).sign_in()
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
    person = Person()
    server.on(CHALLENGE, answer)
    with pytest.raises(SignInFailed):
        await attempt(server, http, person).sign_in()
    assert person.shown == []


async def test_a_server_that_is_down(http: httpx.AsyncClient, unused_port: int) -> None:
    nowhere = Attempt("hub", f"http://127.0.0.1:{unused_port}", http, Person().ask, Silent(), poll_seconds=0)
    with pytest.raises(ServerUnreachable):
        await nowhere.sign_in()


async def test_a_connection_that_breaks_before_anyone_is_asked(server: ScriptedServer, http: httpx.AsyncClient) -> None:
    person = Person()
    server.on("GET /auth/configuration", Cut(b"{", 50), Response(status_code=404))
    server.on(CHALLENGE, Cut(b"R", 50), PlainTextResponse("R"))
    server.on(CLAIM, TOKEN)
    assert (await attempt(server, http, person).sign_in()).bearer() == "i"
    assert len(person.shown) == 1


CONFIGURATION, CODE, EXCHANGE = "GET /auth/configuration", "POST /auth/device/code", "POST /auth/token"
TOKENS = {"access_token": "a", "id_token": "h.eyJwcmVmZXJyZWRfdXNlcm5hbWUiOiJhZGEifQ.s", "refresh_token": "r"}
PENDING_CODE = JSONResponse({"error": "authorization_pending"}, 400)


def offer_device(server: ScriptedServer, **code: Any) -> None:
    server.on(
        CONFIGURATION,
        {
            "auth_flows": ["classic", "device"],
            "device_authorization_endpoint": f"{server.url}/auth/device/code",
            "device_token_endpoint": f"{server.url}/auth/token",
            "device_token_refresh_url": f"{server.url}/auth/renew/token.toml/device/",
            "device_token_scope": "openid email profile offline_access",
        },
    )
    answer = {"device_code": "secret", "user_code": "FJMC-LPVR", "verification_uri_complete": "https://x/d?user_code=F"}
    server.on(CODE, answer | {"expires_in": 300, "interval": 5} | code)


async def test_the_device_flow(server: ScriptedServer, http: httpx.AsyncClient) -> None:
    person, reports = Person(), Reports()
    offer_device(server)
    server.on(EXCHANGE, PENDING_CODE, PENDING_CODE, TOKENS | {"expires_in": 86399, "token_type": "bearer"})
    before = time.time()
    table = await attempt(server, http, person, reports).sign_in()
    assert person.shown == [Approval("https://x/d?user_code=F", "FJMC-LPVR")]
    assert table.user_name == "ada"
    assert table.refresh_url == f"{server.url}/auth/renew/token.toml/device/"
    assert table.expires == table.expires_at
    assert before + 86398 <= (table.expires or 0) <= time.time() + 86399
    assert reports.said[0] in {f"Waiting for your approval in the browser, {left} left" for left in ("5:00", "4:59")}
    assert parse_qs(bodies(server, CODE)[0].decode()) == {
        "client_id": ["device"],
        "scope": ["openid email profile offline_access"],
    }
    assert parse_qs(bodies(server, EXCHANGE)[0].decode()) == {
        "client_id": ["device"],
        "device_code": ["secret"],
        "grant_type": ["urn:ietf:params:oauth:grant-type:device_code"],
    }


WAITING: "dict[str, Callable[[], Any]]" = {
    "pending, 400": lambda: PENDING_CODE,
    "pending, 401": lambda: JSONResponse({"error": "authorization_pending"}, 401),
    "pending, 200": lambda: {"error": "authorization_pending"},
    "400 without words": lambda: Response(status_code=400),
    "401 with a page": lambda: PlainTextResponse("<html>", 401),
    "a server in trouble": lambda: Response(status_code=503),
    "too many questions": lambda: Response(status_code=429),
    "slower, please": lambda: JSONResponse({"error": "slow_down"}, 400),
    "cut": lambda: Cut(b"{", 50),
}


@pytest.mark.parametrize("case", sorted(WAITING))
async def test_what_is_not_decided_is_waited_for(server: ScriptedServer, http: httpx.AsyncClient, case: str) -> None:
    offer_device(server)
    server.on(EXCHANGE, *(WAITING[case]() for _ in range(30)), TOKENS)
    assert (await attempt(server, http).sign_in()).access_token == "a"
    assert server.seen.count(EXCHANGE) == 31


@pytest.mark.parametrize(
    ("error", "kind"),
    [("access_denied", SignInFailed), ("expired_token", SignInTimedOut), ("invalid_grant", SignInFailed)],
)
@pytest.mark.parametrize("status", [200, 400, 401])
async def test_a_decision_against_it_ends_it(
    server: ScriptedServer, http: httpx.AsyncClient, error: str, kind: type[Exception], status: int
) -> None:
    offer_device(server)
    server.on(EXCHANGE, JSONResponse({"error": error}, status))
    with pytest.raises(kind):
        await attempt(server, http).sign_in()
    assert server.seen.count(EXCHANGE) == 1


async def test_a_code_that_lapses_ends_it(server: ScriptedServer, http: httpx.AsyncClient) -> None:
    offer_device(server, expires_in=0)
    with pytest.raises(SignInTimedOut):
        await attempt(server, http).sign_in()
    assert server.seen.count(EXCHANGE) == 0


@pytest.mark.parametrize(
    "answer", [Response(status_code=403), PlainTextResponse("<html>"), JSONResponse({"device_code": "x"})]
)
async def test_no_code_no_page(server: ScriptedServer, http: httpx.AsyncClient, answer: Response) -> None:
    person = Person()
    offer_device(server)
    server.on(CODE, answer)
    with pytest.raises(SignInFailed):
        await attempt(server, http, person).sign_in()
    assert person.shown == []


@pytest.mark.parametrize(
    "words",
    [
        {"verification_uri_complete": "file:///usr/bin/true"},
        {"verification_uri_complete": "C:\\Windows\\System32\\calc.exe"},
        {"verification_uri_complete": "javascript:alert(1)"},
        {"verification_uri_complete": "--version"},
        {"verification_uri_complete": "http://x.example/d?user_code=F"},
        {"verification_uri_complete": "https://x/d\x1b]0;title\x07"},
        {"verification_uri_complete": "https://x/d --profile"},
        {"user_code": "FJMC\x1b[2J"},
        {"user_code": "FJMC\nopen it"},
    ],
    ids=str,
)
async def test_a_page_that_is_none_for_a_browser_is_not_shown(
    server: ScriptedServer, http: httpx.AsyncClient, words: dict[str, str]
) -> None:
    """Opened by the operating system it could be any program; printed, it could be anything on a terminal."""
    person = Person()
    offer_device(server, **words)
    with pytest.raises(SignInFailed, match="none for a browser"):
        await attempt(server, http, person).sign_in()
    assert person.shown == []


@pytest.mark.parametrize("endpoint", [None, "http://elsewhere.example/code", "ftp://x", "//elsewhere.example"])
async def test_codes_go_to_safe_places_only(
    server: ScriptedServer, http: httpx.AsyncClient, endpoint: str | None
) -> None:
    server.on(CONFIGURATION, {"auth_flows": ["device"], "device_authorization_endpoint": endpoint})
    with pytest.raises(SignInFailed):
        await attempt(server, http).sign_in()
    assert server.seen == [CONFIGURATION]


@pytest.mark.parametrize(
    "configuration", [Response(status_code=501), PlainTextResponse("no"), JSONResponse([1]), JSONResponse({})]
)
async def test_a_server_that_offers_nothing_else_has_the_classic_flow(
    server: ScriptedServer, http: httpx.AsyncClient, configuration: Response
) -> None:
    server.on(CONFIGURATION, configuration)
    server.on(CHALLENGE, PlainTextResponse("R"))
    server.on(CLAIM, TOKEN)
    assert (await attempt(server, http).sign_in()).bearer() == "i"
    with pytest.raises(SignInFailed, match="no sign-in by code"):
        await attempt(server, http).sign_in(Flow.DEVICE)


async def test_the_classic_flow_can_be_asked_for(server: ScriptedServer, http: httpx.AsyncClient) -> None:
    offer_device(server)
    server.on(CHALLENGE, PlainTextResponse("R"))
    server.on(CLAIM, TOKEN)
    assert (await attempt(server, http).sign_in(Flow.CLASSIC)).bearer() == "i"
    assert CODE not in server.seen


@pytest.mark.parametrize("device", [True, False])
async def test_a_sign_in_that_another_window_finishes_is_noticed(
    server: ScriptedServer, http: httpx.AsyncClient, device: bool
) -> None:
    if device:
        offer_device(server)
    server.on(CHALLENGE, PlainTextResponse("R"))
    server.on(CLAIM, PENDING)
    server.on(EXCHANGE, PENDING_CODE)
    answers = iter([None, None, TokenTable(id_token="theirs")])
    table = await attempt(server, http, elsewhere=lambda: next(answers)).sign_in()
    assert table.bearer() == "theirs"


async def test_a_refused_token_leads_to_one_sign_in_and_then_to_a_stop(
    server: ScriptedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refused though not lapsed: set aside; the token of the forced sign-in refused, too: the end (§1.9)."""
    monkeypatch.setenv("JULIA_DEPOT_PATH", str(tmp_path / "depot"))
    monkeypatch.delenv("JULIA_PKG_SERVER", raising=False)
    connections = Connections(Servers(tmp_path, Settings(server=server.url)), ThisComputer(tmp_path / "state"))
    store = connections.tokens(connections.servers.current)
    store.write(TokenTable(id_token="first", expires_at=time.time() + 86400))
    server.on("GET /api/v1", Response(status_code=401))
    server.on(CHALLENGE, PlainTextResponse("R"))
    server.on(CLAIM, TOKEN)
    with pytest.raises(TokenRefused):
        await (await connections.client()).api_version()
    with pytest.raises(SignInFailed, match="refuses the token that it has just given"):
        await Accounts(connections.servers, connections).sign_in(None, Person().ask, Silent())
    with pytest.raises(SignInRequired):
        await (await connections.client()).api_version()
    assert (server.seen.count(CHALLENGE), server.seen.count("GET /api/v1")) == (1, 2)
    assert len(list(store.path.parent.glob("auth.toml.*.backup"))) == 2, "both are kept, under names that say so"
    await connections.aclose()
