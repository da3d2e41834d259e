"""Hubs for the wire tests: one shared by a module's tests, and its owner's client."""

from collections.abc import Iterator

import httpx
import pytest

from tests.support.scripted_hub import ScriptedHub, scripted_hub


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ScriptedHub]:
    """A served hub whose jobs the test plays by hand."""
    with scripted_hub(tmp_path_factory.mktemp("hub")) as running:
        yield running


@pytest.fixture
def client(hub: ScriptedHub) -> Iterator[httpx.Client]:
    """Signed in as the hub's owner."""
    with hub.client() as signed_in:
        yield signed_in
