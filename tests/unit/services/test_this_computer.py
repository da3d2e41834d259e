"""The hub of this computer is started when needed, kept while it serves, and replaced when an update left it behind."""

import asyncio
import json
from pathlib import Path

import pytest

from juliahub_ls import __version__
from juliahub_ls.services.this_computer import ThisComputer, is_older
from juliahub_wire.hub_state import STATE_DIR_VARIABLE, STATE_FILE
from tests.support.hub import RunningHub, running_hub


@pytest.mark.parametrize(
    ("version", "than", "older"),
    [
        ("0.1.0", "0.1.0", False),
        ("0.1.0", "0.1.1", True),
        ("0.9.0", "0.10.0", True),
        ("1.0", "0.10.2", False),
        ("0.1.0.dev3", "0.1.0", False),
        ("0", "0.1.0", True),
        ("unknown", "0.1.0", True),
    ],
)
def test_releases_are_compared_by_their_numbers(version: str, than: str, older: bool) -> None:
    assert is_older(version, than) is older


def pretend(hub: RunningHub, version: str) -> None:
    """Let the running hub say that it is of another version."""
    file = hub.state_dir / STATE_FILE
    file.write_text(json.dumps(json.loads(file.read_text()) | {"version": version}))


def test_a_hub_of_an_older_version_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with running_hub(tmp_path) as hub:
        monkeypatch.setenv(STATE_DIR_VARIABLE, str(hub.state_dir))
        pretend(hub, "0.0.1")
        state = asyncio.run(ThisComputer(hub.state_dir).ensure())
        assert state.version == __version__
        assert state.pid != hub.pid
        assert not hub.alive


@pytest.mark.parametrize("version", [__version__, "99.0"])
def test_a_hub_of_this_version_or_a_newer_one_stays(
    version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running_hub(tmp_path) as hub:
        monkeypatch.setenv(STATE_DIR_VARIABLE, str(hub.state_dir))
        pretend(hub, version)
        assert asyncio.run(ThisComputer(hub.state_dir).ensure()).pid == hub.pid
