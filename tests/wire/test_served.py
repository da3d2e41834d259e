"""A hub for a group: TLS under a name, accounts made on the command line, a browser that signs in (real processes)."""

import getpass
import html
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import trustme

from juliahub_wire.hub_state import read_state
from tests.support.hub import free_port, localhub, wait_for
from tests.support.served_hub import NAME, ServedHub, served, served_hub, write_certificate

pytestmark = pytest.mark.timeout(180)

PASSWORD = "correct horse"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory, authority: trustme.CA) -> Iterator[ServedHub]:
    with served_hub(tmp_path_factory.mktemp("served"), authority) as running:
        yield running


def add(hub: ServedHub, name: str, *options: str) -> None:
    done = hub.command("user", "add", name, *options, typed=PASSWORD + "\n")
    assert (done.returncode, done.stderr) == (0, ""), done.stdout


def field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, page
    return html.unescape(found[1])


def sign_in(browser: httpx.Client, name: str, password: str, path: str) -> httpx.Response:
    """Open the page, fill in its form, send it, follow where it leads."""
    page = browser.get(path).text
    form = {"proof": field(page, "proof"), "next": field(page, "next"), "name": name, "password": password}
    return browser.post("/login", data=form, follow_redirects=True)


def device_sign_in(hub: ServedHub, name: str, password: str = PASSWORD) -> httpx.Response:
    """The whole device flow of that person, in a browser of their own."""
    with hub.client() as device, hub.client() as browser:
        code = device.post("/auth/device/code", data={"client_id": "device"}).json()
        page = sign_in(browser, name, password, code["verification_uri_complete"])
        if page.status_code == 200:
            form = {"proof": field(page.text, "proof"), "decision": "approve"}
            page = browser.post(code["verification_uri_complete"], data=form)
            assert "Signed in" in page.text
        grant = {
            "client_id": "device",
            "device_code": code["device_code"],
            "grant_type": "urn:ietf:params:oauth:grant-type:device_code",
        }
        return device.post("/auth/token", data=grant)


def test_the_name_is_the_certificates(hub: ServedHub) -> None:
    assert re.fullmatch(rf"https://{re.escape(NAME)}:\d+", hub.url)
    with hub.client() as client:
        configuration = client.get("/auth/configuration").json()
    assert configuration["device_token_endpoint"] == f"{hub.url}/auth/token"


def test_who_may_sign_in_is_said_at_the_first_start(hub: ServedHub) -> None:
    assert "nobody can sign in yet. Add an account: localhub user add NAME --data" in hub.printed


def test_a_person_signs_in_a_device(hub: ServedHub) -> None:
    add(hub, "grace", "--full-name", "Grace Hopper", "--email", "grace@example.org")
    table = device_sign_in(hub, "grace").json()
    assert (table["user_name"], table["user_email"]) == ("grace", "grace@example.org")
    with hub.client(table["id_token"]) as client:
        assert client.get("/api/v1").json()["username"] == "grace"


def test_a_removed_account_is_out_at_once(hub: ServedHub) -> None:
    add(hub, "mallory")
    table = device_sign_in(hub, "mallory").json()
    done = hub.command("user", "remove", "mallory")
    assert done.returncode == 0, done.stderr
    with hub.client(table["access_token"]) as client:
        assert client.get("/api/v1").status_code == 401
        renewal = client.get(
            "/auth/renew/token.toml/device/", headers={"Authorization": f"Bearer {table['refresh_token']}"}
        )
        assert renewal.status_code == 401
    assert device_sign_in(hub, "mallory").json()["error"] == "authorization_pending"


def test_a_changed_password_ends_sign_ins(hub: ServedHub) -> None:
    add(hub, "linus")
    table = device_sign_in(hub, "linus").json()
    assert hub.command("user", "password", "linus", typed="battery staple\n").returncode == 0
    with hub.client(table["access_token"]) as client:
        assert client.get("/api/v1").status_code == 401
    assert device_sign_in(hub, "linus").status_code == 400
    assert device_sign_in(hub, "linus", "battery staple").status_code == 200


def test_the_session_cookie_is_for_this_host_and_its_pages_alone(hub: ServedHub) -> None:
    add(hub, "vint")
    with hub.client() as browser:
        before = browser.get("/account").headers["set-cookie"]
        page = browser.get("/account").text
        form = {"proof": field(page, "proof"), "next": "/account", "name": "vint", "password": PASSWORD}
        after = browser.post("/login", data=form).headers["set-cookie"]
    for cookie in (before, after):
        assert re.match(r"__Host-localhub=[\w-]{43};", cookie)
        attributes = cookie.lower()
        assert all(each in attributes for each in ("; httponly", "; secure", "; samesite=strict", "; path=/"))
        assert "domain" not in attributes
    assert before.split(";")[0] != after.split(";")[0], "signing in gives a new cookie"


def test_the_command_line_of_who_runs_it_survives_a_new_password(hub: ServedHub) -> None:
    before, owner = hub.owner_token(), getpass.getuser()
    assert hub.command("user", "add", owner, typed=PASSWORD).returncode == 0
    assert hub.command("user", "password", owner, typed="battery staple").returncode == 0
    wait_for(lambda: hub.owner_token() != before, "another token in the state folder")
    assert localhub("status", "--state", str(hub.folder / "data" / "state")).returncode == 0
    done = hub.command("user", "remove", owner)
    assert (done.returncode, "runs this hub" in done.stderr) == (1, True)


def test_the_command_line_lists_accounts_and_groups(hub: ServedHub) -> None:
    add(hub, "alan", "--admin", "--full-name", "Alan Turing")
    for command in (("group", "add", "enigma"), ("group", "join", "enigma", "alan")):
        assert hub.command(*command).returncode == 0
    people = {each["name"]: each for each in json.loads(hub.command("user", "list", "--json").stdout)["users"]}
    assert people["alan"]["role"] == "admin"
    assert people["alan"]["groups"] == ["enigma"]
    assert "alan, Alan Turing, alan@localhost, admin, in enigma" in hub.command("user", "list").stdout
    assert hub.command("group", "list").stdout == "enigma: alan\n"
    assert hub.command("group", "leave", "enigma", "alan").returncode == 0
    assert json.loads(hub.command("group", "list", "--json").stdout) == {"groups": [{"name": "enigma", "members": []}]}
    assert hub.command("group", "remove", "enigma").returncode == 0


@pytest.mark.parametrize(
    ("arguments", "typed", "sentence"),
    [
        (("user", "add", "bad name"), PASSWORD, "cannot be an account's name"),
        (("user", "add", "new"), "short", "A password must have 8"),
        (("user", "add", "new"), "", "A password must have 8"),
        (("user", "add", "new", "--email", "nowhere"), PASSWORD, "is no e-mail address"),
        (("user", "remove", "nobody"), "", "There is no account nobody."),
        (("user", "password", "nobody"), PASSWORD, "There is no account nobody."),
        (("group", "join", "nothing", "nobody"), "", "There is no group nothing."),
    ],
)
def test_what_the_command_line_cannot_do_it_says(
    hub: ServedHub, arguments: tuple[str, ...], typed: str, sentence: str
) -> None:
    done = hub.command(*arguments, typed=typed)
    assert (done.returncode, done.stdout) == (1, "")
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_its_own_command_line_reaches_it_without_its_name(hub: ServedHub) -> None:
    done = localhub("status", "--state", str(hub.folder / "data" / "state"))
    assert (done.returncode, hub.url in done.stdout) == (0, True), done.stderr


def test_a_one_time_code_is_for_hubs_without_accounts(hub: ServedHub) -> None:
    done = localhub("code", "--state", str(hub.folder / "data" / "state"))
    assert (done.returncode, "This hub has accounts" in done.stderr) == (1, True)


def test_nothing_secret_is_in_the_log(hub: ServedHub) -> None:
    add(hub, "edsger")
    table = device_sign_in(hub, "edsger").json()
    log = hub.printed + (hub.folder / "data" / "logs" / "hub.log").read_text()
    for secret in (PASSWORD, table["access_token"], table["id_token"], table["refresh_token"], hub.owner_token()):
        assert secret not in log


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGHUP")
def test_a_new_certificate_is_taken_without_a_restart(tmp_path: Path, authority: trustme.CA) -> None:
    with served_hub(tmp_path, authority) as hub:
        (tmp_path / "key.pem").write_text("no key")
        hub.hang_up()
        wait_for(lambda: "the certificate was not reloaded" in hub.printed, "the bad certificate to be refused")
        other = trustme.CA()
        write_certificate(other, tmp_path, NAME)
        hub.hang_up()
        wait_for(lambda: "the certificate was reloaded" in hub.printed, "the new certificate to be in use")
        with hub.client() as trusting_the_new_one:
            assert trusting_the_new_one.get("/auth/configuration").status_code == 200
        assert localhub("status", "--state", str(tmp_path / "data" / "state")).returncode == 0


def test_a_name_may_be_chosen_where_the_certificate_has_a_wildcard(tmp_path: Path, authority: trustme.CA) -> None:
    tls = write_certificate(authority, tmp_path, "*.example.dev")
    where = ("--host", "0.0.0.0", "--port", str(free_port()), "--data", str(tmp_path / "data"))
    with served(*where, *tls, "--name", "one.example.dev", printed=tmp_path / "printed"):
        state = wait_for(lambda: read_state(tmp_path / "data" / "state"), "the hub to serve")
        assert state.url.startswith("https://one.example.dev:")
        with ServedHub(state.url, tmp_path, state.pid).client() as client:
            assert client.get("/auth/configuration").status_code == 200
            other = state.url.replace("one.", "two.") + "/auth/configuration"
            assert client.get(other).status_code == 403


def test_without_a_name_there_is_no_address_to_tell(tmp_path: Path, authority: trustme.CA) -> None:
    tls = write_certificate(authority, tmp_path, "*.example.dev")
    done = localhub("serve", "--host", "0.0.0.0", "--port", str(free_port()), "--data", str(tmp_path / "data"), *tls)
    assert done.returncode == 1
    assert "say under which name clients come: --name" in done.stderr
