"""No log, trace, error, output, notification or process list holds a secret: a full run, looked through for each.

The hub is real and has accounts; a person approves the device flow on its page. What the hub gives out is noted where
it is made: tokens, device codes, user codes, signatures of upload addresses.
"""

import asyncio
import json
import logging
import os
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import tomli
import tomli_w

from localhub.domain.permissions import Role
from localhub.web.api import device
from tests.lsp.client import Editor, RpcError
from tests.support.cli import Cli
from tests.support.scripted_hub import ScriptedHub, ScriptedJob, scripted_hub
from tests.wire.conformance.support import PASSWORD, decide

pytestmark = pytest.mark.timeout(180)
FORGED = "forged-token-that-no-server-takes"


class Given:
    """What the hub gave out. `codes` are for a person to see, nothing else is."""

    def __init__(self) -> None:
        self.secrets: set[str] = {PASSWORD, FORGED}
        self.codes: set[str] = set()

    def note(self, made: Any) -> Any:
        """A token table, an upload address, or a device's sign-in."""
        if isinstance(made, dict):
            self.secrets |= {made[key] for key in ("access_token", "id_token", "refresh_token")}
        elif isinstance(made, str):
            self.secrets.add(made.partition("signature=")[2].partition("&")[0])
        else:
            self.secrets.add(made.secret)
            self.codes.add(made.key)
        return made

    def shows_in(self, text: str, *, person: bool = False) -> set[str]:
        """The secrets that are in `text`; the codes, too, unless a person reads it."""
        return {secret for secret in self.secrets | (set() if person else self.codes) if secret in text}


class ProcessList:
    """The command lines of all that this test starts, looked at again and again."""

    def __init__(self) -> None:
        self.seen = ""
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> "ProcessList":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(0.05):
            for process in psutil.Process().children(recursive=True):
                try:
                    self.seen += "\n" + " ".join(process.cmdline())
                except psutil.Error:
                    continue


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedHub]:
    monkeypatch.setattr(device, "POLL_SECONDS", 0.2)
    with scripted_hub(tmp_path / "hub", has_accounts=True) as running:
        running.hub.accounts.add("ada", "ada@example.org", "Ada Example", Role.ADMIN, PASSWORD)
        yield running


@pytest.fixture
def given(hub: ScriptedHub, monkeypatch: pytest.MonkeyPatch) -> Given:
    noted = Given()
    makers: list[tuple[Any, str]] = [(hub.hub.tokens, "issue"), (hub.hub.tokens, "renew"), (hub.hub.uploads, "url")]
    for owner, name in [*makers, (hub.hub.sign_in, "begin_device")]:
        make = getattr(owner, name)
        monkeypatch.setattr(owner, name, lambda *given, make=make, **named: noted.note(make(*given, **named)))
    return noted


@pytest.fixture
def user(cli: Cli) -> Cli:
    """With a project to bundle, and all traces on."""
    (cli.folder / "Project.toml").write_text('name = "Pi"\n')
    return Cli(cli.folder, {"JULIAHUB_DEBUG": "1"})


def auth_file(folder: Path) -> Path:
    return folder / "depot" / "servers" / "127.0.0.1" / "auth.toml"


def change(file: Path, **values: Any) -> None:
    file.write_text(tomli_w.dumps(tomli.loads(file.read_text()) | values))


def plays(job: ScriptedJob) -> None:
    """Two lines and a result."""
    job.runs()
    job.logs("one", "two")
    result = job.folder / "out.csv"
    result.write_text("1,2\n")
    job.ends(result_file=str(result))


def left_behind(*folders: Path) -> str:
    """All that was written, but for the files that hold tokens for those who own them."""
    kept = [file for folder in folders for file in folder.rglob("*") if file.is_file() and "servers" not in file.parts]
    return "\n".join(file.read_bytes().decode("utf-8", "replace") for file in kept)


def test_the_command_line(user: Cli, hub: ScriptedHub, given: Given, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "localhub")
    with ProcessList() as processes:
        signing_in = user.start("login", hub.url, "--device")
        assert decide(hub.url, signing_in.until("/dex/device?").strip(), "approve").status_code == 200
        signed_in = signing_in.ended()
        assert signed_in.code == 0, signed_in.stderr
        submitting = user.start("submit", "hello.jl", "--follow", "--results", "out", "--json")
        plays(hub.started(submitting.until_event("submitted")["job"]["id"]))
        ran = [signed_in, submitting.ended()]
        now = int(time.time())
        change(auth_file(user.folder), expires=now + 60, expires_at=now + 60, expires_in=60)
        ran += [user.run("jobs"), user.run("status", "--json")]
        change(auth_file(user.folder), id_token=FORGED, access_token=FORGED, refresh_token=FORGED)
        ran += [user.run("jobs"), user.run("jobs", "--json")]
        auth_file(user.folder).write_text(f'id_token = "{FORGED}"\nexpires = "{FORGED}')
        os.utime(auth_file(user.folder), (now - 60, now - 60))  # nobody is writing it
        ran += [user.run("status"), user.run("logout")]
        auth_file(user.folder).write_text(f'id_token = "{FORGED}"\n')
        ran += [user.run("logout")]
    assert [each.code for each in ran] == [0, 0, 0, 0, 3, 3, 0, 3, 0], [each.stderr for each in ran]
    assert "Traceback" in ran[4].stderr, "the traces are on"
    assert len(given.secrets) >= 2 + 3 + 3 + 1 + 1, "sign-in, renewal, signature, device code"
    assert (user.folder / "out" / "out.csv").exists()
    for each in ran:
        assert given.shows_in(each.stdout, person=True) == set()
        assert given.shows_in(each.stderr) == set()
    logged = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("localhub"))
    for text in (logged, processes.seen, left_behind(user.folder / "config", user.folder / "cache")):
        assert given.shows_in(text) == set()
    assert "submit" in processes.seen


async def test_the_daemon(user: Cli, hub: ScriptedHub, given: Given) -> None:
    command = [sys.executable, "-m", "juliahub_ls", "--stdio", "--log-level", "debug"]
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, stderr=pipe, env=user.environment)
    editor = Editor(process)
    editor.browser = lambda page: threading.Thread(target=decide, args=(hub.url, page, "approve")).start()
    try:
        with ProcessList() as processes:
            await run_in_editor(editor, user.folder, hub)
    finally:
        await editor.kill()
    assert len(given.secrets) >= 2 + 3 + 1 + 1
    assert given.shows_in(editor.raw.decode(), person=True) == set()
    assert given.shows_in(editor.stderr.decode()) == set()
    assert given.shows_in(processes.seen + left_behind(user.folder / "config", user.folder / "cache")) == set()


async def run_in_editor(editor: Editor, folder: Path, hub: ScriptedHub) -> None:
    """From sign-in to sign-out, with a refused token in between."""
    await editor.initialize(folder, options={"server": hub.url})
    await editor.request("juliahub/signIn", {"server": hub.url})
    submitted = await editor.request("juliahub/submit", {"script": (folder / "hello.jl").as_uri()})
    jobname = submitted["job"]["id"]
    plays(await asyncio.to_thread(hub.started, jobname))
    log = (await editor.request("juliahub/openLog", {"job": jobname}))["log"]
    await editor.until(
        lambda: any(told["log"] == log and told["state"] == "complete" for told in editor.all("juliahub/logState")),
        "the log's end",
    )
    await editor.request("juliahub/downloadResults", {"job": jobname})
    file = auth_file(folder)
    signed_in = file.read_text()
    change(file, id_token=FORGED, access_token=FORGED, refresh_token=FORGED)
    with pytest.raises(RpcError) as caught:
        await editor.request("juliahub/jobs")
    assert json.dumps(caught.value.data).count("token-refused") == 1
    file.write_text(signed_in)
    await editor.request("juliahub/signOut")
    await editor.shut_down()
