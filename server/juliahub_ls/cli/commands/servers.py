"""`login`, `logout`, `status`: servers and accounts."""

import os
import sys
import time
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from juliahub_ls.cli.options import Common, JsonOption, ServerOption, common
from juliahub_ls.cli.output import Output
from juliahub_ls.cli.session import with_services

if TYPE_CHECKING:
    from juliahub_ls.services.services import Services
    from juliahub_ls.services.sign_in import Approval

ServerArgument = Annotated[
    str | None, typer.Argument(metavar="[SERVER]", help="A host such as juliahub.com, or a URL.")
]


def login(
    context: typer.Context,
    name: ServerArgument = None,
    device: Annotated[
        bool, typer.Option("--device", help="Only show the page and the code, for a browser on another machine.")
    ] = False,
    server: ServerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Sign in to a server through the browser, and make it the current one."""
    asked = common(context, name or server, as_json)

    async def work(services: "Services") -> dict[str, Any]:
        from juliahub_ls import payloads
        from juliahub_ls.cli.status_line import StatusLine
        from juliahub_ls.services.sign_in import Flow

        profile = services.servers.find(asked.server)
        with StatusLine(asked.output) as status:
            ask = partial(_ask, asked.output, profile.name, _has_display() and not device)
            flow = Flow.DEVICE if device else None
            account = await services.accounts.sign_in(profile.url or profile.id, ask, status, flow)
        if not asked.output.as_json:
            account = asked.output.paint.bare(account)  # the server's word
            asked.output.line(_signed_in(account, profile.name, profile.is_this_computer))
        return payloads.servers(services.connections)

    _answer(asked, with_services(asked, work))


def logout(
    context: typer.Context, name: ServerArgument = None, server: ServerOption = None, as_json: JsonOption = False
) -> None:
    """Remove a server's token from this computer."""
    asked = common(context, name or server, as_json)

    async def work(services: "Services") -> dict[str, Any]:
        from juliahub_ls import payloads

        profile = services.servers.find(asked.server)
        stored = None if profile.is_this_computer else services.connections.tokens(profile).read()
        await services.accounts.sign_out(asked.server)
        if not asked.output.as_json:
            asked.output.line(_signed_out(profile.name, profile.is_this_computer, stored.expiry if stored else None))
        return payloads.servers(services.connections)

    _answer(asked, with_services(asked, work))


def status(context: typer.Context, server: ServerOption = None, as_json: JsonOption = False) -> None:
    """Show the servers, the accounts, and which server is current. Asks those that you are signed in to."""
    asked = common(context, server, as_json)

    async def work(services: "Services") -> dict[str, Any]:
        import asyncio

        from juliahub_ls import payloads

        signed_in = [server["id"] for server in payloads.servers(services.connections)["servers"] if _asks(server)]
        await asyncio.gather(*(_ask_version(services, server) for server in signed_in))
        return payloads.servers(services.connections)

    found = with_services(asked, work)
    _answer(asked, found)
    if not asked.output.as_json:
        _show(asked.output, found["servers"])


COMMANDS = {"login": login, "logout": logout, "status": status}


def _asks(server: dict[str, Any]) -> bool:
    """Whether asking it starts nothing and signs in to nothing."""
    return bool(server["state"] == "signedIn")


async def _ask_version(services: "Services", server: str) -> None:
    """Whether it is there, and what it speaks; what it does not say is not shown."""
    from juliahub_ls.errors import JuliaHubError

    with suppress(JuliaHubError):
        await (await services.connections.client(server)).api_version()


def _answer(asked: Common, found: dict[str, Any]) -> None:
    if asked.output.as_json:
        asked.output.document(found)


async def _ask(output: Output, name: str, open_browser: bool, approval: "Approval") -> None:
    import asyncio
    import webbrowser

    say = output.note if output.as_json else output.line
    code = f"  with the code {output.paint(approval.code, 'bold')}\n" if approval.code else ""
    say(f"Approve the sign-in to {name} in your browser:\n\n  {approval.url}\n{code}")
    if open_browser:
        await asyncio.to_thread(webbrowser.open, approval.url)


def _has_display() -> bool:
    """Whether a browser on this machine would open before the user's eyes."""
    if os.environ.get("SSH_CONNECTION") or os.environ.get("SSH_TTY"):
        return False
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _signed_in(account: str, name: str, here: bool) -> str:
    if here:
        return f"{name} needs no sign-in. Jobs run here from now on."
    return f"Signed in to {name} as {account}. Jobs run there from now on; `juliahub login this-computer` goes back."


def _signed_out(name: str, here: bool, expiry: float | None) -> str:
    """What is gone, and what it cannot remove: copies of the token elsewhere."""
    if here:
        return "This computer needs no sign-in."
    left = "until it lapses" if expiry is None else f"for another {_lifetime(expiry - time.time())}"
    return (
        f"Signed out of {name}: its token is gone from this computer. Programs that copied it can use it {left}; the "
        "server's account page revokes it."
    )


def _show(output: Output, servers: list[dict[str, Any]]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, show_header=False)
    for server in servers:
        mark = output.paint.sign("●") if server["current"] else " "
        version = f"API {server['apiVersion']}" if "apiVersion" in server else ""
        cells = (mark, server["name"], _state(server), server.get("url", ""), version)
        table.add_row(*(Text(output.paint.bare(cell)) for cell in cells))
    output.table(table)


def _state(server: dict[str, Any]) -> str:
    if server["kind"] == "thisComputer":
        return "starts when it is needed" if server["state"] == "stopped" else "running"
    if server["state"] == "signedOut":
        return f"not signed in: juliahub login {server['id']}"
    if server["state"] == "offline":
        return "cannot be reached now"
    account = f"signed in as {server['account']}" if server.get("account") else "signed in"
    expires = server.get("tokenExpires")
    return f"{account}, token good for {_lifetime(expires / 1000 - time.time())}" if expires else account


def _lifetime(seconds: float) -> str:
    for unit, length in (("days", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds // length:.0f} {unit}"
    return f"{max(seconds, 0):.0f} s"
