"""What users install: whole, for its platform alone, and running with nothing but a Python."""

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from scripts import check_vsix
from scripts.package_python import this_target
from tests.support.vsix import EXTENSION, packaged

MINORS = (10, 11, 12, 13, 14)
FOREIGN = "linux-x64" if sys.platform == "win32" else "win32-x64"

pytestmark = [pytest.mark.editor, pytest.mark.timeout(420)]


@pytest.fixture(scope="module")
def vsix(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This machine's."""
    return packaged(tmp_path_factory)


@pytest.fixture(scope="module")
def extension(vsix: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The extension's folder, as VS Code unpacks it."""
    folder = tmp_path_factory.mktemp("installed")
    with ZipFile(vsix) as archive:
        archive.extractall(folder)
    return folder / "extension"


def test_it_is_whole(vsix: Path) -> None:
    assert check_vsix.problems(vsix) == []
    assert target_of(vsix) == this_target()


def test_another_platforms_is_whole(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Also when a Python has run from where it is put together."""
    cache = EXTENSION / "bundled" / FOREIGN / "bundled" / "__pycache__"
    cache.mkdir(parents=True, exist_ok=True)
    (cache / "left.cpython-310.pyc").write_bytes(b"compiled")
    vsix = packaged(tmp_path_factory, FOREIGN)
    assert check_vsix.problems(vsix) == []
    assert target_of(vsix) == FOREIGN


def target_of(vsix: Path) -> str:
    with ZipFile(vsix) as archive:
        return "".join(re.findall(r'TargetPlatform="([^"]*)"', archive.read("extension.vsixmanifest").decode()))


def python_of(minor: int) -> str:
    """A Python of that version, on the PATH or kept by pyenv."""
    kept = sorted(Path.home().glob(f".pyenv/versions/3.{minor}.*/bin/python3"))
    for candidate in (shutil.which(f"python3.{minor}"), *map(str, kept), sys.executable):
        if candidate is not None and version_of(candidate) == minor:
            return candidate
    pytest.skip(f"this machine has no Python 3.{minor}")


def version_of(python: str) -> int | None:
    """Its minor version; nothing where it does not start."""
    command = [python, "-I", "-c", "import sys; print(sys.version_info[1])"]
    asked = subprocess.run(command, capture_output=True, text=True)
    return int(asked.stdout) if asked.returncode == 0 else None


@pytest.mark.parametrize("minor", MINORS)
async def test_the_daemon_runs_in_an_empty_environment(extension: Path, tmp_path: Path, minor: int) -> None:
    """No package of the machine's own serves it, and it answers."""
    environment = {"PATH": os.defpath, "HOME": str(tmp_path)}
    if sys.platform == "win32":
        environment |= {"SYSTEMROOT": os.environ["SYSTEMROOT"], "USERPROFILE": str(tmp_path)}
    command = [python_of(minor), "-I", str(extension / "launch.py")]
    pipe = asyncio.subprocess.PIPE
    daemon = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, stderr=pipe, env=environment)
    assert daemon.stdin is not None
    messages: list[dict[str, object]] = [
        {"id": 1, "method": "initialize", "params": {"capabilities": {}, "processId": None, "rootUri": None}},
        {"method": "initialized", "params": {}},
        {"id": 2, "method": "juliahub/servers", "params": {}},
    ]
    for message in messages:
        daemon.stdin.write(framed(message))
    initialized, servers = await answer(daemon, 1), await answer(daemon, 2)
    daemon.stdin.write(framed({"id": 3, "method": "shutdown"}) + framed({"method": "exit"}))
    await asyncio.wait_for(daemon.communicate(), 30)
    assert daemon.returncode == 0
    package = json.loads((extension / "package.json").read_text(encoding="utf-8"))
    assert initialized["serverInfo"] == {"name": "juliahub-ls", "version": package["version"]}
    assert [server["id"] for server in servers["servers"]] == ["this-computer"]


def framed(message: dict[str, object]) -> bytes:
    """A message of LSP's base protocol."""
    body = json.dumps({"jsonrpc": "2.0", **message}).encode()
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


async def answer(daemon: asyncio.subprocess.Process, request: int) -> dict[str, list[dict[str, str]]]:
    """The result of a request; notifications before it are passed over."""
    assert daemon.stdout is not None
    while True:
        head = await asyncio.wait_for(daemon.stdout.readuntil(b"\r\n\r\n"), 60)
        length = int(head.split(b"Content-Length: ")[1].split(b"\r")[0])
        message = json.loads(await daemon.stdout.readexactly(length))
        if message.get("id") == request and "method" not in message:
            assert "result" in message, message
            result: dict[str, list[dict[str, str]]] = message["result"]
            return result


def test_what_is_wrong_is_said(vsix: Path, tmp_path: Path) -> None:
    """A library that is missing, one for another machine, a module that a Python lacks, a stray."""
    spoilt = tmp_path / "spoilt.vsix"
    elf = b"\x7fELF" + bytes(14) + (8).to_bytes(2, "little") + bytes(44)
    with ZipFile(vsix) as whole, ZipFile(spoilt, "w") as archive:
        for name in whole.namelist():
            if "/h11-" not in name and not re.search(r"_cffi_backend\.(cpython-|cp)312", name):
                archive.writestr(name, whole.read(name))
        archive.writestr("extension/bundled/libs/odd/_odd.abi3.so", elf)
        archive.writestr("extension/out/extension.js.map", "{}")
    found = "\n".join(check_vsix.problems(spoilt))
    assert len(found.splitlines()) == 4
    for words in ("h11 0.16.0 is missing", "_odd.abi3.so is for", "_cffi_backend is not built for Python 3.12", ".map"):
        assert words in found
