"""A real localhub for tests: started through its command line, in folders of its own, stopped at the end."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil
import tomli

SERVER = Path(__file__).parents[2] / "server"


@dataclass(frozen=True)
class RunningHub:
    """An embedded hub. `token` is its owner's, good for a day."""

    url: str
    state_dir: Path
    data_dir: Path
    pid: int

    @property
    def token(self) -> str:
        """The owner's present access token."""
        return str(self.auth()["access_token"])

    def auth(self) -> dict[str, Any]:
        """The content of `auth.toml`."""
        return tomli.loads((self.state_dir / "auth.toml").read_text())

    def client(self, token: str | None = None) -> httpx.Client:
        """An HTTP client signed in as the owner."""
        headers = {"Authorization": f"Bearer {self.token if token is None else token}"}
        return httpx.Client(base_url=self.url, headers=headers, timeout=30, trust_env=False)

    @property
    def alive(self) -> bool:
        """Whether its process is still there."""
        return _alive(self.pid)

    def kill(self) -> None:
        """SIGKILL the hub alone; its jobs' processes go on."""
        process = psutil.Process(self.pid)
        process.kill()
        wait_for(lambda: not _alive(self.pid), "the hub to be dead")

    def terminate(self) -> None:
        """SIGTERM, and wait for the orderly end."""
        os.kill(self.pid, signal.SIGTERM)
        wait_for(lambda: not _alive(self.pid), "the hub to leave")


def start_hub(folder: Path, *options: str, env: dict[str, str] | None = None) -> RunningHub:
    """Start (or find) the embedded hub whose state and data are in `folder`. Raises with the CLI's words."""
    done = localhub("start", "--json", *_folders(folder), *options, env=env)
    if done.returncode != 0:
        raise RuntimeError(f"localhub start: {done.stdout} {done.stderr}")
    state = json.loads(done.stdout)
    return RunningHub(state["url"], folder / "state", folder / "data", state["pid"])


def stop_hub(folder: Path) -> None:
    """Stop the hub of that folder and its jobs, if there is one."""
    localhub("stop", "--jobs", "--state", str(folder / "state"))


@contextmanager
def running_hub(folder: Path, *options: str, env: dict[str, str] | None = None) -> Iterator[RunningHub]:
    """A hub for the length of the context."""
    try:
        yield start_hub(folder, *options, env=env)
    finally:
        stop_hub(folder)


def localhub(*arguments: str, env: dict[str, str] | None = None, typed: str = "") -> "subprocess.CompletedProcess[str]":
    """Run the command line; `typed` is its standard input."""
    return subprocess.run(
        [sys.executable, "-m", "localhub", *arguments],
        env=hub_environment() | (env or {}),
        input=typed,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def hub_environment() -> dict[str, str]:
    """Our environment, with the source tree importable."""
    path = os.pathsep.join(filter(None, [str(SERVER), os.environ.get("PYTHONPATH")]))
    return os.environ | {"PYTHONPATH": path}


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(condition: Any, what: str, seconds: float = 30.0) -> Any:
    """The condition's first true value. Fails the test when it does not come in time."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, f"waited {seconds:.0f} s for {what}"
        time.sleep(0.02)
    return value


def _folders(folder: Path) -> list[str]:
    return ["--state", str(folder / "state"), "--data", str(folder / "data")]


def _alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
