"""How rows of tables become cases, and what the steps of a sign-in look like."""

import html
import re
import secrets
import string
from collections.abc import Iterable
from typing import Any

import httpx
import pytest

PASSWORD = "correct horse"
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def rows(names: str, table: Iterable[tuple[Any, ...]]) -> pytest.MarkDecorator:
    """Parametrize by a table whose first column is the row's name."""
    return pytest.mark.parametrize(names, [pytest.param(*values, id=name) for name, *values in table])


def is_integer(value: object) -> bool:
    """A JSON integer: no fraction, no boolean."""
    return isinstance(value, int) and not isinstance(value, bool)


def is_text(value: object) -> bool:
    """A JSON string."""
    return isinstance(value, str)


def is_flag(value: object) -> bool:
    """A JSON boolean."""
    return isinstance(value, bool)


def is_number(value: object) -> bool:
    """A JSON number."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def is_integral(value: object) -> bool:
    """A number without a fraction."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and float(value).is_integer()


def challenge() -> str:
    """32 characters as PkgAuthentication makes them."""
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(32))


def begin_classic(stranger: httpx.Client) -> tuple[str, str]:
    """Challenge and response."""
    text = challenge()
    answer = stranger.post("/auth/challenge", content=text)
    assert answer.status_code == 200, answer.text
    return text, answer.text


def claim(stranger: httpx.Client, text: str, response: str) -> httpx.Response:
    """The claim, JSON without a content type."""
    return stranger.post("/auth/claimtoken", content=f'{{"challenge": "{text}", "response": "{response}"}}')


def begin_device(stranger: httpx.Client, path: str = "/auth/device/code") -> dict[str, Any]:
    """The answer with both codes."""
    answer = stranger.post(path, content="client_id=device&scope=openid email profile offline_access", headers=FORM)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def poll(stranger: httpx.Client, device_code: str, path: str = "/auth/token") -> httpx.Response:
    """One poll as PkgAuthentication sends it: nothing is escaped."""
    body = f"client_id=device&device_code={device_code}&grant_type={DEVICE_GRANT}"
    return stranger.post(path, content=body, headers=FORM)


def decide(base_url: str, page: str, decision: str, name: str = "ada") -> httpx.Response:
    """What a person does in a browser of their own: sign in, look, decide."""
    with httpx.Client(base_url=base_url, timeout=30, trust_env=False) as browser:
        form = {"name": name, "password": PASSWORD, "next": page.removeprefix(base_url)}
        shown = browser.get(page).text
        shown = browser.post("/login", data={**form, "proof": field(shown, "proof")}, follow_redirects=True).text
        return browser.post(page, data={"proof": field(shown, "proof"), "decision": decision})


def field(page: str, name: str) -> str:
    """The value of a form's hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, page
    return html.unescape(found[1])


def device_tokens(hub_url: str, stranger: httpx.Client, path: str = "/auth/token") -> dict[str, Any]:
    """The tokens of a whole device flow."""
    codes = begin_device(stranger)
    assert decide(hub_url, codes["verification_uri_complete"], "approve").status_code == 200
    answer = poll(stranger, codes["device_code"], path)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())
