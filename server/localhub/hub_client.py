"""A hub seen from outside, by the command line: find it, start it, ask it something."""

import contextlib
import http.client
import json
import ssl
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import filelock
import psutil
import tomli

import localhub
from juliahub_wire import paths
from juliahub_wire.hub_state import AUTH_FILE, HubState, read_state

from .services.files import private_dir
from .settings import CERTIFICATE_FILE, SETTINGS, Settings

START_SECONDS = 30.0
REQUEST_SECONDS = 10.0
_POLL_SECONDS = 0.01


class CannotReach(Exception):
    """The hub could not be started or did not answer; the text says why."""


class NotRunning(CannotReach):
    """There is no hub."""


def running(state_dir: Path) -> HubState | None:
    """The hub of that state folder if it is alive and answers, else None.

    The process is checked first: our token must not go to a stranger who was given the port since.
    """
    state = read_state(state_dir)
    if state is None or not _alive(state):
        return None
    with contextlib.suppress(CannotReach):
        ask(state_dir, "GET", paths.API_VERSION)
        return state
    return None


def ask(state_dir: Path, method: str, path: str) -> dict[str, Any]:
    """One request with the owner's token. Raises `CannotReach`, `NotRunning`."""
    state = read_state(state_dir)
    if state is None or not _alive(state):
        raise NotRunning("localhub is not running.")
    connection = _connection(state, state_dir)
    try:
        connection.request(method, path, headers={"Authorization": f"Bearer {_token(state_dir)}"})
        response = connection.getresponse()
        body = response.read()
        value = json.loads(body)
        if response.status != 200:
            said = value.get("message") if isinstance(value, dict) else None
            raise CannotReach(str(said or f"localhub at {state.url} answered {response.status}."))
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise CannotReach(f"localhub at {state.url} does not answer ({error}).") from error
    finally:
        connection.close()
    return value if isinstance(value, dict) else {}


def start(settings: Settings) -> HubState:
    """The running hub, started if there is none. However many start at once, there is one in the end.

    Raises `CannotReach` when it does not come up.
    """
    state = running(settings.state_dir)
    if state is not None:
        return state
    with filelock.FileLock(private_dir(settings.state_dir) / "start.lock", timeout=2 * START_SECONDS):
        return running(settings.state_dir) or _start(settings)


def wait_until_gone(state: HubState) -> None:
    """Wait for a hub that was asked to stop. Raises `CannotReach` when it stays."""
    deadline = time.monotonic() + START_SECONDS
    while _alive(state):
        if time.monotonic() > deadline:
            raise CannotReach(f"localhub (process {state.pid}) was asked to stop and has not yet.")
        time.sleep(_POLL_SECONDS)


def _connection(state: HubState, state_dir: Path) -> http.client.HTTPConnection:
    url, certificate = urlsplit(state.local_url or state.url), state_dir / CERTIFICATE_FILE
    host = url.hostname or ""
    if url.scheme != "https":
        return http.client.HTTPConnection(host, url.port, timeout=REQUEST_SECONDS)
    context = ssl.create_default_context()
    if certificate.exists():
        # This very certificate is trusted, by whatever name we reach it.
        context = ssl.create_default_context(cafile=str(certificate))
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        context.check_hostname = False
    return http.client.HTTPSConnection(host, url.port, timeout=REQUEST_SECONDS, context=context)


def _start(settings: Settings) -> HubState:
    messages = private_dir(private_dir(settings.data_dir) / "logs") / "start.log"
    with messages.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "localhub.embedded", SETTINGS.dump_json(settings).decode()],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=Path(localhub.__file__).parents[1],  # -m looks there: ours, however this process found itself
            **_detached(),
        )
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        state = running(settings.state_dir)
        if state is not None:
            return state
        if process.poll() is not None:
            raise CannotReach(_last_line(messages) or "localhub ended while it was starting.")
        time.sleep(_POLL_SECONDS)
    raise CannotReach(f"localhub was started and did not answer within {START_SECONDS:.0f} s. See {messages}.")


def _detached() -> dict[str, Any]:
    """So that the hub outlives the terminal or editor that started it."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


def _alive(state: HubState) -> bool:
    try:
        process = psutil.Process(state.pid)
        return abs(process.create_time() - state.create_time) < 1 and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def _token(state_dir: Path) -> str:
    try:
        table = tomli.loads((state_dir / AUTH_FILE).read_text("utf-8"))
    except (OSError, ValueError):
        return ""
    return str(table.get("access_token", ""))


def _last_line(path: Path) -> str:
    lines = path.read_text("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else ""
