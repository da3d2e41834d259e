"""A server that cannot be reached is known to be offline, told once, and found again by itself."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.responses import Response

from juliahub_ls import errors
from juliahub_ls.services import reachability as module
from juliahub_ls.services.account import Account
from juliahub_ls.services.hub_client import HubClient
from juliahub_ls.services.reachability import Reachability
from juliahub_ls.services.tasks import Tasks
from juliahub_ls.services.token_store import TokenStore
from tests.support.scripted_http import ScriptedServer


@pytest.fixture
async def watch(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Reachability]:
    monkeypatch.setattr(module, "FIRST_PAUSE", 0.001)
    tasks = Tasks()
    yield Reachability(tasks)
    await tasks.aclose()


class News:
    """What a listener was told."""

    def __init__(self, watch: Reachability) -> None:
        self.told: asyncio.Queue[tuple[str, bool]] = asyncio.Queue()
        watch.subscribe(lambda server: self.told.put_nowait((server, watch.offline_since(server) is None)))

    async def next(self) -> tuple[str, bool]:
        return await asyncio.wait_for(self.told.get(), 10)


async def test_a_lost_server_is_told_once_and_looked_for(watch: Reachability) -> None:
    news, answers = News(watch), iter([False, False, True])

    async def probe() -> bool:
        return next(answers)

    watch.lost("hub", probe)
    watch.lost("hub", probe)
    assert await news.next() == ("hub", False)
    assert await news.next() == ("hub", True)
    assert news.told.empty()
    assert watch.offline_since("hub") is None


async def test_nobody_looks_when_nobody_listens(watch: Reachability) -> None:
    async def probe() -> bool:
        raise AssertionError("looked for")

    watch.lost("hub", probe)
    for _ in range(5):
        await asyncio.sleep(0.001)
    assert watch.offline_since("hub") is not None


@pytest.mark.parametrize("status", [200, 401, 500, 404])
async def test_any_answer_means_that_the_server_is_there(
    status: int, watch: Reachability, server: ScriptedServer, http: httpx.AsyncClient, store: TokenStore
) -> None:
    news = News(watch)

    async def never() -> bool:
        return False

    watch.lost("hub", never)
    assert await news.next() == ("hub", False)
    server.on("GET /api/v1", Response(b'{"api_version": "0.2.0"}', status_code=status))
    client = HubClient("hub", server.url, Account("hub", store, http), http, watch)
    try:
        await client.api_version()
    except errors.JuliaHubError:
        assert status != 200
    assert await news.next() == ("hub", True)


async def test_a_request_that_does_not_get_through_means_that_it_is_not(
    watch: Reachability, unused_port: int, http: httpx.AsyncClient, store: TokenStore
) -> None:
    client = HubClient("hub", f"http://127.0.0.1:{unused_port}", Account("hub", store, http), http, watch)
    assert not await client.answers()
    with pytest.raises(errors.ServerUnreachable):
        await client.api_version()
    assert watch.offline_since("hub") is not None
