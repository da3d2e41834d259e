"""One served hub per file, with the accounts ada (admin) and eve, and clients that are signed in as them."""

from collections.abc import Iterator

import httpx
import pytest

from localhub.domain.permissions import Role
from tests.support.scripted_hub import ScriptedHub, scripted_hub

from .support import PASSWORD


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ScriptedHub]:
    with scripted_hub(tmp_path_factory.mktemp("hub"), has_accounts=True) as running:
        running.hub.accounts.add("ada", "ada@example.org", "Ada Example", Role.ADMIN, PASSWORD)
        running.hub.accounts.add("eve", "eve@example.org", "Eve Example", Role.USER, PASSWORD)
        yield running


@pytest.fixture
def client(hub: ScriptedHub) -> Iterator[httpx.Client]:
    with hub.client() as signed_in:
        yield signed_in


@pytest.fixture
def eve(hub: ScriptedHub) -> Iterator[httpx.Client]:
    with hub.client(hub.token("eve")) as signed_in:
        yield signed_in


@pytest.fixture
def stranger(hub: ScriptedHub) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=hub.url, timeout=30, trust_env=False) as client:
        yield client
