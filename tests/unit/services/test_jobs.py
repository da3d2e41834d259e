"""Jobs as they change: last known when the server is away, explained once, watched until they have ended."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from starlette.responses import PlainTextResponse, Response

from juliahub_ls import errors
from juliahub_ls.config import Settings
from juliahub_ls.domain.jobs.job_view import JobView
from juliahub_ls.services.connections import Connections
from juliahub_ls.services.jobs import Jobs
from juliahub_ls.services.log_feed import Logs
from juliahub_ls.services.log_store import LogStore
from juliahub_ls.services.servers import Servers
from juliahub_ls.services.tasks import Tasks
from juliahub_ls.services.this_computer import ThisComputer
from juliahub_wire import logs
from juliahub_wire.auth import TokenTable
from tests.support.scripted_http import ScriptedServer
from tests.unit.services.test_hub_client import GET, JOB, LIST, LOGS

FAILED = JOB | {"status": "Failed"}
REASON = '{"message": "UndefVarError: x", "eventId": "9", "metadata": {"level": "Error"}}'


@pytest.fixture
async def jobs(
    server: ScriptedServer, tmp_path: Path, http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Jobs]:
    monkeypatch.setenv("JULIA_DEPOT_PATH", str(tmp_path / "depot"))
    servers, tasks = Servers(tmp_path / "config", Settings(server=server.url)), Tasks()
    connections = Connections(servers, ThisComputer(tmp_path / "state"), lambda: http)
    connections.tokens(servers.current).write(TokenTable(id_token="token-1"))
    logs = Logs(connections, tasks, LogStore(tmp_path / "logs"))
    yield Jobs(connections, tasks, logs)
    await tasks.aclose()
    await logs.aclose()


async def test_while_the_server_is_away_the_last_known(jobs: Jobs, server: ScriptedServer) -> None:
    server.on(LIST, Response(status_code=500))
    with pytest.raises(errors.ServerFailed):
        await jobs.list(None)
    server.on(LIST, [JOB | {"status": "Completed"}])
    here = await jobs.list(None)
    server.on(LIST, Response(status_code=500))
    away = await jobs.list(None)
    assert (away.jobs, away.offline_since is not None) == (here.jobs, True)
    assert (await jobs.list(None)).offline_since == away.offline_since
    server.on(LIST, [])
    assert (await jobs.list(None)).offline_since is None


async def test_why_a_job_failed_is_looked_up_once(jobs: Jobs, server: ScriptedServer) -> None:
    server.on(GET, {"details": [FAILED]})
    server.on(LOGS, PlainTextResponse(logs.encode_page([])))
    assert (await jobs.get(None, "jr-1")).label == "Failed"
    await jobs.get(None, "jr-1")
    assert server.seen.count(LOGS) == 1


async def test_the_reason_is_told(jobs: Jobs, server: ScriptedServer) -> None:
    told: list[JobView] = []
    jobs.subscribe(told.append)
    server.on(LIST, [FAILED])
    server.on(LOGS, PlainTextResponse(logs.encode_page([REASON])))
    listed = await jobs.list(None)
    assert [view.label for view in told] == ["Failed"]
    for _ in range(2):
        await jobs.explain(listed.jobs[0].server, listed.jobs)
    assert [view.label for view in told] == ["Failed", "Failed: UndefVarError: x"]


async def test_a_job_is_watched_to_its_end(jobs: Jobs, server: ScriptedServer) -> None:
    ended, told = asyncio.Event(), list[JobView]()

    def listen(view: JobView) -> None:
        told.append(view)
        if view.done:
            ended.set()

    jobs.subscribe(listen)
    server.on(GET, {"details": [JOB]}, {"details": [JOB | {"status": "Completed"}]})
    bottom = '{"message": "", "_meta": true, "end": "bottom"}'
    progress = '{"message": "fit", "eventId": "1", "keywords": {"progress": 0.5}}'
    server.on(LOGS, PlainTextResponse(logs.encode_page([progress, bottom])))
    await jobs.get(None, "jr-1")
    await asyncio.wait_for(ended.wait(), 20)
    assert told[0].label == "Running"
    assert "Running, 50%" in [view.label for view in told]
    assert told[-1].succeeded


@pytest.mark.parametrize("hours", [0, -1, float("nan")])
async def test_extending_by_nothing(jobs: Jobs, server: ScriptedServer, hours: float) -> None:
    with pytest.raises(errors.TimeLimitInvalid):
        await jobs.extend(None, "jr-1", hours)
    assert server.seen == []
