"""The command line: start, serve, status, stop, code, and accounts.

Exit codes: 0 done; 1 it could not be done; 2 wrong usage; 3 there is no hub running.
"""

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from .accounts_cli import group_app, user_app
from .cli_common import FAILED, NOT_RUNNING, AsJson, DataDir, data_dir, fail, say

if TYPE_CHECKING:
    from .settings import Settings

app = typer.Typer(
    help="A hub of your own that speaks JuliaHub's protocol.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(user_app, name="user")
app.add_typer(group_app, name="group")

StateDir = Annotated[
    Optional[Path],  # noqa: UP045 - typer evaluates it on Python 3.10
    typer.Option("--state", help="Folder of the hub's state file.", show_default="the user's"),
]
Idle = Annotated[float, typer.Option("--idle", min=1, help="Leave after this many seconds without requests and jobs.")]
PackageServer = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--package-server", help="Package server of jobs.", show_default="JULIA_PKG_SERVER"),
]
IDLE_DEFAULT = 900.0
_HOST_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")


@app.command()
def start(
    state: StateDir = None,
    data: DataDir = None,
    idle: Idle = IDLE_DEFAULT,
    package_server: PackageServer = None,
    as_json: AsJson = False,
) -> None:
    """Start this user's hub on this computer, unless it is running, and wait until it answers."""
    from . import hub_client
    from .settings import Settings

    settings = Settings(
        data_dir=data_dir(data), state_dir=_state_dir(state), idle_seconds=idle, package_server=_server(package_server)
    )
    try:
        hub = hub_client.start(settings)
    except (hub_client.CannotReach, OSError) as error:
        fail(str(error), as_json)
    say(hub.model_dump(), f"localhub is running at {hub.url}", as_json)


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8443,
    tls_cert: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(exists=True, dir_okay=False, help="Certificate chain, PEM."),
    ] = None,
    tls_key: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(exists=True, dir_okay=False, help="Private key, PEM."),
    ] = None,
    data: DataDir = None,
    name: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="Host name under which clients come.", show_default="the certificate's"),
    ] = None,
    public_url: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="Address clients use, if it is another: behind a proxy that speaks TLS."),
    ] = None,
    package_server: PackageServer = None,
) -> None:
    """Serve a hub in the foreground until Ctrl-C. Its state file is in the data folder, under state/."""
    from .settings import LOOPBACK, LOOPBACK_NAMES, Settings

    if (tls_cert is None) != (tls_key is None):
        raise typer.BadParameter("--tls-cert and --tls-key go together.")
    if tls_cert is None and host not in LOOPBACK_NAMES:
        raise typer.BadParameter(
            f"Tokens would travel unencrypted on {host}. Give --tls-cert and --tls-key, or listen on {LOOPBACK}."
        )
    if name is not None and not _HOST_NAME.fullmatch(name):
        raise typer.BadParameter("--name must be a host name, like hub.example.org.")
    if name is not None and public_url is not None:
        raise typer.BadParameter("Give --name or --public-url, not both.")
    if public_url is not None and not _is_safe_address(public_url):
        raise typer.BadParameter("--public-url must be like https://hub.example.org:8443.")
    folder = data_dir(data)
    _serve(
        Settings(
            data_dir=folder,
            state_dir=folder / "state",
            host=host,
            port=port,
            tls_cert=tls_cert,
            tls_key=tls_key,
            public_url=public_url,
            name=name,
            accounts=True,
            package_server=_server(package_server),
            log_to_terminal=True,
        )
    )


@app.command()
def status(state: StateDir = None, as_json: AsJson = False) -> None:
    """Say whether the hub is running, where, and how many jobs are live."""
    from . import hub_client
    from .control_paths import STATUS_PATH

    state_dir = _state_dir(state)
    hub = hub_client.running(state_dir)
    if hub is None:
        say({"running": False}, "localhub is not running.", as_json)
        raise typer.Exit(NOT_RUNNING)
    live = hub_client.ask(state_dir, "GET", STATUS_PATH).get("live_jobs", 0)
    say(
        {"running": True, "live_jobs": live, **hub.model_dump()},
        f"localhub is running at {hub.url}, {_count(live)}.",
        as_json,
    )


@app.command()
def stop(
    state: StateDir = None,
    jobs: Annotated[bool, typer.Option("--jobs", help="End its live jobs too; else they go on.")] = False,
    as_json: AsJson = False,
) -> None:
    """Stop the hub. Its live jobs go on and are found again when it starts next, unless --jobs."""
    from . import hub_client
    from .control_paths import STOP_PATH

    state_dir = _state_dir(state)
    hub = hub_client.running(state_dir)
    if hub is None:
        say({"running": False}, "localhub is not running.", as_json)
        raise typer.Exit(NOT_RUNNING)
    try:
        live = hub_client.ask(state_dir, "POST", STOP_PATH + ("?jobs=true" if jobs else "")).get("live_jobs", 0)
        hub_client.wait_until_gone(hub)
    except hub_client.CannotReach as error:
        fail(str(error), as_json)
    gone = f"localhub has stopped; {_count(live)} {'stopped too' if jobs else 'running on'}."
    say({"running": False, "live_jobs": live}, gone, as_json)


@app.command()
def code(state: StateDir = None, as_json: AsJson = False) -> None:
    """Print a one-time code with which a sign-in in the browser is approved; it works for five minutes."""
    from . import hub_client
    from .control_paths import CODE_PATH

    try:
        value = str(hub_client.ask(_state_dir(state), "POST", CODE_PATH)["code"])
    except hub_client.CannotReach as error:
        fail(str(error), as_json, NOT_RUNNING if isinstance(error, hub_client.NotRunning) else FAILED)
    say({"code": value}, value, as_json)


def main() -> None:
    """The console script."""
    app()


def _serve(settings: "Settings") -> None:
    from .hub_process import run
    from .settings import CannotServe

    try:
        run(settings)
    except CannotServe as error:
        fail(str(error), as_json=False)


def _is_safe_address(url: str) -> bool:
    from urllib.parse import urlsplit

    from .settings import LOOPBACK_NAMES

    try:
        parts = urlsplit(url)
        _ = parts.port  # raises where it is no number
    except ValueError:
        return False
    bare = parts.path in ("", "/") and not parts.query and not parts.fragment and parts.username is None
    return bare and bool(parts.hostname) and (parts.scheme == "https" or parts.hostname in LOOPBACK_NAMES)


def _state_dir(chosen: Path | None) -> Path:
    from juliahub_wire.hub_state import state_dir

    return (chosen or state_dir()).absolute()


def _server(chosen: str | None) -> str | None:
    return chosen or os.environ.get("JULIA_PKG_SERVER") or None


def _count(jobs: int) -> str:
    return "no jobs" if jobs == 0 else "1 job" if jobs == 1 else f"{jobs} jobs"
