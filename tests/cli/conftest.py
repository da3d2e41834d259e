"""A user at a terminal, and a hub whose jobs the test plays by hand."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.cli import Cli
from tests.support.scripted_hub import ScriptedHub, scripted_hub


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    """The command line of a user who has nothing yet but a script, `hello.jl`."""
    folder = tmp_path / "user"
    folder.mkdir()
    (folder / "hello.jl").write_text('println("hello")\n')
    return Cli(folder)


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ScriptedHub]:
    """A served hub whose jobs the test plays by hand."""
    with scripted_hub(tmp_path_factory.mktemp("hub")) as running:
        yield running


@pytest.fixture
def signed_in(cli: Cli, hub: ScriptedHub) -> Cli:
    """The same user, signed in to the hub, which `JULIA_PKG_SERVER` names."""
    user = Cli(cli.folder, {"JULIA_PKG_SERVER": hub.url})
    user.sign_in(hub.url, hub.token())
    return user
