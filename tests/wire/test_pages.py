"""The hub's pages: who may decide, which forms are ours, and what happens to those who try too often."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from localhub.domain.permissions import Role
from localhub.services import sign_in as sign_in_module
from localhub.services.rate_limits import RateLimit, RateLimits
from tests.support.scripted_hub import ScriptedHub, scripted_hub
from tests.wire.conformance.support import PASSWORD, begin_classic, begin_device, claim, decide, field, poll


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ScriptedHub]:
    """A hub with the accounts ada and eve."""
    with scripted_hub(tmp_path_factory.mktemp("hub"), has_accounts=True) as running:
        for name in ("ada", "eve"):
            running.hub.accounts.add(name, f"{name}@example.org", "", Role.USER, PASSWORD)
        yield running


@pytest.fixture
def browser(served: ScriptedHub) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=served.url, timeout=30, trust_env=False) as client:
        yield client


@pytest.fixture
def device(served: ScriptedHub) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=served.url, timeout=30, trust_env=False) as client:
        yield client


def sign_in(browser: httpx.Client, name: str = "ada", password: str = PASSWORD, **form: str) -> httpx.Response:
    page = browser.get("/account").text
    given = {"proof": field(page, "proof"), "next": "/account", "name": name, "password": password}
    return browser.post("/login", data={**given, **form})


def error_of(device: httpx.Client, codes: dict[str, str]) -> str:
    return str(poll(device, codes["device_code"]).json()["error"])


@pytest.mark.parametrize("path", ["/account", "/dex/device", "/auth/response?x", "/dex/device?user_code=BBBB-BBBB"])
def test_every_page_keeps_to_itself(browser: httpx.Client, path: str) -> None:
    headers = browser.get(path).headers
    policy = headers["content-security-policy"]
    for rule in ("default-src 'none'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"):
        assert rule in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"


def test_a_page_brings_nothing_from_elsewhere(browser: httpx.Client) -> None:
    for path in ("/account", "/dex/device"):
        page = browser.get(path).text
        assert not re.findall(r"(?:src|href)=[\"']?(?:https?:)?//", page)
        assert "<script" not in page
        assert "@import" not in page


def test_opening_a_page_decides_nothing(served: ScriptedHub, browser: httpx.Client, device: httpx.Client) -> None:
    codes = begin_device(device)
    sign_in(browser)
    for query in ("", "&decision=approve", "&decision=refuse"):
        assert browser.get(codes["verification_uri_complete"] + query).status_code == 200
    assert error_of(device, codes) == "authorization_pending"


@pytest.mark.parametrize("decision", ["approve", "refuse"])
@pytest.mark.parametrize("signed_in", [True, False])
@pytest.mark.parametrize("proof", ["", "0" * 64, "another browser's"])
def test_a_form_that_is_not_ours_decides_nothing(
    browser: httpx.Client, device: httpx.Client, decision: str, signed_in: bool, proof: str
) -> None:
    codes = begin_device(device)
    if signed_in:
        sign_in(browser)
    if proof == "another browser's":
        proof = field(device.get("/account").text, "proof")
    page = browser.post(codes["verification_uri_complete"], data={"decision": decision, "proof": proof})
    assert page.status_code in (400, 403)
    assert error_of(device, codes) == "authorization_pending"


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "null"}]
)
def test_a_form_of_another_page_decides_nothing(
    browser: httpx.Client, device: httpx.Client, headers: dict[str, str]
) -> None:
    codes = begin_device(device)
    sign_in(browser)
    proof = field(browser.get(codes["verification_uri_complete"]).text, "proof")
    form = {"decision": "approve", "proof": proof}
    assert browser.post(codes["verification_uri_complete"], data=form, headers=headers).status_code == 403
    assert error_of(device, codes) == "authorization_pending"


def test_our_own_page_may(browser: httpx.Client, device: httpx.Client, served: ScriptedHub) -> None:
    codes = begin_device(device)
    sign_in(browser)
    form = {"decision": "approve", "proof": field(browser.get(codes["verification_uri_complete"]).text, "proof")}
    headers = {"Sec-Fetch-Site": "same-origin", "Origin": served.url}
    assert browser.post(codes["verification_uri_complete"], data=form, headers=headers).status_code == 200
    assert poll(device, codes["device_code"]).json()["user_name"] == "ada"


def test_a_decision_is_made_once(served: ScriptedHub, device: httpx.Client) -> None:
    codes = begin_device(device)
    decide(served.url, codes["verification_uri_complete"], "refuse")
    with httpx.Client(base_url=served.url, trust_env=False) as browser:
        page = browser.get(codes["verification_uri_complete"])
        assert (page.status_code, "This sign-in was refused" in page.text) == (400, True)
        sign_in(browser)
        form = {"decision": "approve", "proof": field(browser.get("/account").text, "proof")}
        assert browser.post(codes["verification_uri_complete"], data=form).status_code == 400
    assert error_of(device, codes) == "access_denied"


def test_unknown_and_lapsed_sign_ins_say_so(
    browser: httpx.Client, device: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sign_in_module, "PAIR_SECONDS", 0)
    lapsed = browser.get(f"/auth/response?{begin_classic(device)[1]}")
    unknown = browser.get("/auth/response?" + "x" * 64)
    assert (lapsed.status_code, "has lapsed" in lapsed.text) == (400, True)
    assert (unknown.status_code, "is not known here" in unknown.text) == (400, True)


def test_what_a_client_calls_itself_is_only_text(browser: httpx.Client, device: httpx.Client) -> None:
    device.headers["User-Agent"] = "<b>bold</b> \t " + "x" * 500
    answer = device.post("/auth/device/code", data={"client_id": "<script>alert(1)</script>\u202e"}).json()
    sign_in(browser)
    page = browser.get(answer["verification_uri_complete"]).text
    assert "<script>" not in page
    assert "<b>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "\u202e" not in page
    assert "x" * 121 not in page


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/localhub/stop", ""],
)
def test_signing_in_leads_to_our_own_pages_only(browser: httpx.Client, target: str) -> None:
    answer = sign_in(browser, next=target)
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")


def test_an_unknown_name_and_a_wrong_password_look_alike(browser: httpx.Client) -> None:
    bodies = []
    for name, password in (("ada", "wrong horse"), ("bob", PASSWORD)):
        answer = sign_in(browser, name, password)
        assert answer.status_code == 400
        bodies.append(re.sub(r'nonce(="|-)[\w-]+|value="[^"]*"', "", answer.text))
    assert bodies[0] == bodies[1]


def test_signing_in_changes_the_cookie_and_signing_out_ends_it(browser: httpx.Client) -> None:
    browser.get("/account")
    before = browser.cookies["localhub"]
    sign_in(browser)
    signed_in = browser.cookies["localhub"]
    assert signed_in != before
    page = browser.get("/account")
    assert "ada@example.org" in page.text
    browser.post("/logout", data={"proof": field(page.text, "proof")})
    with httpx.Client(base_url=browser.base_url, cookies={"localhub": signed_in}, trust_env=False) as thief:
        assert "ada@example.org" not in thief.get("/account").text


def test_a_sign_in_is_revoked_by_its_owner_alone(served: ScriptedHub, browser: httpx.Client) -> None:
    token = str(served.table("ada")["access_token"])
    session_id = served.hub.tokens.verify(token).session_id
    for name, status in (("eve", 200), ("ada", 401)):
        with httpx.Client(base_url=served.url, trust_env=False) as person, served.client(token) as program:
            sign_in(person, name)
            page = person.get("/account").text
            assert (session_id in page) is (name == "ada")
            person.post("/account/revoke", data={"sign_in": session_id, "proof": field(page, "proof")})
            assert program.get("/api/v1").status_code == status


def test_the_root_leads_to_the_account(browser: httpx.Client) -> None:
    answer = browser.get("/")
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")


# Too many tries


@pytest.fixture
def strict(tmp_path: Path) -> Iterator[ScriptedHub]:
    """A hub that allows three of everything."""
    with scripted_hub(tmp_path / "hub", has_accounts=True) as running:
        running.hub.accounts.add("ada", "ada@example.org", "", Role.USER, PASSWORD)
        limits: RateLimits = running.hub.limits
        for name in ("sign_ins", "bad_tokens", "guesses", "account_guesses"):
            setattr(limits, name, RateLimit(3, 3600))
        yield running


GRANT = "urn:ietf:params:oauth:grant-type:device_code"


@pytest.mark.parametrize(
    ("method", "path", "form"),
    [
        ("POST", "/auth/challenge", {"c": "c"}),
        ("POST", "/auth/device/code", {"client_id": "device"}),
        ("POST", "/dex/device/code", {"client_id": "device"}),
        ("POST", "/auth/claimtoken", None),
        ("POST", "/auth/token", {"client_id": "device", "device_code": "x", "grant_type": GRANT}),
        ("POST", "/dex/token", {"client_id": "device", "refresh_token": "x", "grant_type": "refresh_token"}),
        ("GET", "/dex/token", None),
        ("GET", "/auth/renew/token.toml/v2/", None),
        ("GET", "/dex/device?user_code=BBBB-BBBB", None),
    ],
)
def test_who_tries_too_often_waits(strict: ScriptedHub, method: str, path: str, form: dict[str, str] | None) -> None:
    with httpx.Client(base_url=strict.url, trust_env=False) as client:
        content = None if path != "/auth/claimtoken" else '{"challenge": "x", "response": "y"}'
        answers = [client.request(method, path, data=form, content=content) for _ in range(4)]
    assert [answer.status_code == 429 for answer in answers] == [False] * 3 + [True]
    assert 0 < int(answers[-1].headers["retry-after"]) <= 3600


def test_guessing_a_password_is_slow_for_one_account_and_says_nothing_of_it(strict: ScriptedHub) -> None:
    strict.hub.limits.guesses = RateLimit(100, 1)
    for name in ("ada", "nobody"):
        with httpx.Client(base_url=strict.url, trust_env=False) as browser:
            statuses = [sign_in(browser, name, "wrong horse").status_code for _ in range(4)]
            assert statuses == [400, 400, 400, 429]
            assert sign_in(browser, name.upper(), PASSWORD).status_code == 429, "the right one, too"


def test_good_sign_ins_are_not_counted(strict: ScriptedHub) -> None:
    for _ in range(5):
        with httpx.Client(base_url=strict.url, trust_env=False) as browser:
            assert sign_in(browser).status_code == 303


def test_polling_with_a_good_code_is_not_limited(strict: ScriptedHub) -> None:
    with httpx.Client(base_url=strict.url, trust_env=False) as device:
        codes = begin_device(device)
        assert {poll(device, codes["device_code"]).status_code for _ in range(10)} == {400}
        pair = begin_classic(device)
        assert {claim(device, *pair).status_code for _ in range(10)} == {200}


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS has one loopback address unless told otherwise")
def test_an_address_waits_and_others_do_not(strict: ScriptedHub) -> None:
    with httpx.Client(base_url=strict.url, trust_env=False) as one:
        assert [one.post("/auth/challenge", content="c").status_code for _ in range(4)] == [200, 200, 200, 429]
    other = httpx.HTTPTransport(local_address="127.0.0.2")
    with httpx.Client(base_url=strict.url, transport=other, trust_env=False) as neighbour:
        assert neighbour.post("/auth/challenge", content="c").status_code == 200
