"""A host of VS Code in the browser, with a fresh profile and home, for as long as a test needs it."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
SCRIPTS = ROOT / "scripts"
NODE_SECONDS = 600
"""For a whole scenario: each of its waits has its own limit, which says more."""


@dataclass(frozen=True)
class Host:
    """A running host. `run` is its folder (profile, home and logs), `url` where it answers."""

    url: str
    run: Path

    def play(self, scenario: str, folder: Path | None = None) -> None:
        """Run a scenario of this folder with Node; its own words are the failure's text."""
        environment = {**os.environ, "HOST_URL": self.url, "HOST_RUN": str(self.run)}
        if folder is not None:
            environment["HOST_FOLDER"] = str(folder)
        command = ["node", "--test", "--test-reporter=spec", str(HERE / f"{scenario}.test.mjs")]
        try:
            played = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=NODE_SECONDS)
        except subprocess.TimeoutExpired as late:
            said = (late.stdout or b"").decode(errors="replace")
            pytest.fail(f"{said}\nnot done in {NODE_SECONDS} s\n{self.client_log()}", pytrace=False)
        print(played.stdout)  # what it measured: pytest shows it when asked, with -rP
        if played.returncode != 0:
            pytest.fail(f"{played.stdout}{played.stderr}\n{self.client_log()}", pytrace=False)

    def client_log(self) -> str:
        """What the extension and the daemon have logged."""
        logs = sorted(self.run.glob("data/logs/*/exthost*/juliahub-ls.juliahub-ls/JuliaHub.log"))
        return "\n".join(f"{log}:\n{log.read_text(errors='replace')[-4000:]}" for log in logs)


def running_host(vsix: Path, settings: dict[str, Any], **environment: str) -> Iterator[Host]:
    """A host with a fresh profile. The hub of its own home ends with it.

    The first one of a test run installs the VSIX; installing takes seconds, so the others have what it made.
    """
    run = Path(tempfile.mkdtemp(prefix="vsc-"))
    port = free_port()
    # Other programs of this machine are nobody's business here: no offers to forward their ports.
    (run / "settings.json").write_text(json.dumps({"remote.autoForwardPorts": False, **settings}))
    script = SCRIPTS / "vscode-host-start.sh"
    installed = vsix.with_name("installed")
    if installed.is_dir():
        copy_extensions(installed, run / "extensions")
    command = [str(part) for part in (script, run, port, vsix, run / "settings.json")]
    process = subprocess.Popen(command, env={**os.environ, **environment}, start_new_session=True)
    host = Host(f"http://127.0.0.1:{port}", run)
    try:
        wait_for(host, process)
        if not installed.is_dir():
            copy_extensions(run / "extensions", installed)
        yield host
    finally:
        end(process)
        stop_hub(run)
        shutil.rmtree(run, ignore_errors=True)


def copy_extensions(source: Path, target: Path) -> None:
    """Extensions as installed: their files as links, their list, which VS Code writes to, as a copy."""

    def copied(file: str, to: str) -> None:
        is_list = Path(file).parent == source
        if is_list or not linked(file, to):
            shutil.copy2(file, to)

    shutil.copytree(source, target, copy_function=copied)


def linked(file: str, to: str) -> bool:
    """Whether a link could be made: not from one disk to another."""
    try:
        os.link(file, to)
    except OSError:
        return False
    return True


def wait_for(host: Host, process: "subprocess.Popen[bytes]") -> None:
    """Until the host answers; its logs when it ends instead."""
    deadline = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(f"{host.url}/healthz", timeout=5).close()
            return
        except (urllib.error.URLError, ConnectionError):
            if process.poll() is not None or time.monotonic() > deadline:
                logs = [log.read_text(errors="replace") for log in host.run.glob("*.log")]
                pytest.fail("the host did not start:\n" + "\n".join(logs), pytrace=False)
            time.sleep(0.1)


def stop_hub(run: Path) -> None:
    """Ends the hub that the daemon started in this run's home, with its jobs, also one that was just starting."""
    environment = {**os.environ, "HOME": str(run / "home"), "PYTHONPATH": str(ROOT / "server")}
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR"):
        environment.pop(name, None)
    command = [sys.executable, "-m", "localhub", "stop", "--jobs"]
    subprocess.run(command, env=environment, capture_output=True, timeout=60)
    left = [process for process in psutil.process_iter(["cmdline"]) if named_in(process, run)]
    for process in left:
        process.kill()
    psutil.wait_procs(left, timeout=10)


def named_in(process: psutil.Process, run: Path) -> bool:
    """Whether a process was started for this run: its folder, which is like no other, stands in its command line."""
    return any(str(run) in argument for argument in process.info["cmdline"] or [])


def end(process: "subprocess.Popen[bytes]") -> None:
    """Ends the host and all that it started in its session."""
    os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)


def free_port() -> int:
    """A loopback port that nobody has now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
