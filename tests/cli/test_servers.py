"""Signing in to a real hub and out again, and what `status` tells of it."""

import re
import time

import tomli_w

from juliahub_ls.lsp.protocol.servers import ServersResult
from tests.support.cli import Cli
from tests.support.payload_shapes import assert_shape
from tests.support.scripted_hub import ScriptedHub


def approve(hub: ScriptedHub, page: str) -> None:
    """What the user does in the browser: the owner's one-time code, typed into the page."""
    with hub.client() as owner:
        code = owner.post("/localhub/sign_in_code").json()["code"]
    with hub.client("") as stranger:
        stranger.headers.pop("Authorization")
        assert stranger.post(page, data={"code": code}).status_code == 200


def test_status_without_anything_is_this_computer(cli: Cli) -> None:
    ran = cli.run("status", "--json")
    assert ran.code == 0
    assert_shape(ServersResult, ran.document)
    (here,) = ran.document["servers"]
    assert (here["id"], here["state"], here["current"]) == ("this-computer", "stopped", True)
    assert cli.run("status").stdout.split() == ["●", "This", "computer", "starts", "when", "it", "is", "needed"]


def test_signing_in_and_out(cli: Cli, hub: ScriptedHub) -> None:
    running = cli.start("login", hub.url)
    page = running.until(f"{hub.url}/dex/device?").strip()
    approve(hub, page)
    ran = running.ended()
    assert (ran.code, ran.stderr) == (0, "")
    assert "Signed in to 127.0.0.1" in ran.stdout
    assert "as ada" in ran.stdout

    token_file = next((cli.folder / "depot" / "servers").glob("*/auth.toml"))
    assert token_file.stat().st_mode & 0o077 == 0
    servers = cli.run("status", "--json").document["servers"]
    mine = next(server for server in servers if server["kind"] == "hub")
    assert (mine["state"], mine["account"], mine["current"]) == ("signedIn", "ada", True)
    assert mine["tokenExpires"] > time.time() * 1000
    assert re.search(r"●  127.0.0.1:\d+ +signed in as ada, token good for \d+ (h|days)", cli.run("status").stdout)
    assert cli.run("jobs").code == 0, "the server signed in to is the current one"

    out = cli.run("logout", "--json")
    assert out.code == 0
    assert_shape(ServersResult, out.document)
    assert not token_file.exists()
    assert cli.run("jobs").code == 3
    assert not list(token_file.parent.glob("*.backup"))
    again = cli.run("logout", "--json")
    assert (again.code, again.error["code"]) == (3, "sign-in-required")


def test_signing_in_with_json_tells_the_page_on_standard_error(cli: Cli, hub: ScriptedHub) -> None:
    running = cli.start("login", hub.url, "--json")
    approve(hub, running.until_error(f"{hub.url}/dex/device?").strip())
    ran = running.ended()
    assert ran.code == 0
    assert_shape(ServersResult, ran.document)


def test_signing_out_says_what_it_cannot_remove(cli: Cli, hub: ScriptedHub) -> None:
    table = hub.table()
    file = cli.folder / "depot" / "servers" / "127.0.0.1" / "auth.toml"
    file.parent.mkdir(parents=True)
    file.write_text(tomli_w.dumps(table))
    ran = cli.run("logout", hub.url)
    assert ran.code == 0
    assert "its token is gone from this computer" in ran.stdout
    assert re.search(r"can use it for another \d\d h; the server's account page revokes it\.", ran.stdout)
    assert not file.exists()


def test_this_computer_needs_no_sign_in(cli: Cli) -> None:
    ran = cli.run("logout", "this-computer")
    assert (ran.code, ran.stdout) == (0, "This computer needs no sign-in.\n")
