"""Jobs as they change: last known when the server is away, explained once, watched until they have ended."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from pathlib import Path

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from juliahub_ls import errors
from juliahub_ls.config import Settings
from juliahub_ls.domain.jobs.job_view import JobView
from juliahub_ls.services.connections import Connections
from juliahub_ls.services.job_memory import JobMemory
from juliahub_ls.services.jobs import Jobs
from juliahub_ls.services.log_feed import Logs
from juliahub_ls.services.log_store import LogStore
from juliahub_ls.services.servers import Servers
from juliahub_ls.services.tasks import Tasks
from juliahub_ls.services.this_computer import ThisComputer
from juliahub_ls.services.token_store import TokenStore, auth_file
from juliahub_wire import logs
from juliahub_wire.auth import TokenTable
from juliahub_wire.jobs import encode_inputs
from tests.support.scripted_http import ScriptedServer
from tests.unit.services.test_hub_client import GET, JOB, KILL, LIST, LOGS

FAILED, DONE = JOB | {"status": "Failed"}, JOB | {"status": "Completed"}
REASON = '{"message": "UndefVarError: x", "eventId": "9", "metadata": {"level": "Error"}}'

Sessions = Callable[..., AbstractAsyncContextManager[Jobs]]


@asynccontextmanager
async def session(url: str, tmp_path: Path, http: httpx.AsyncClient) -> AsyncIterator[Jobs]:
    """The jobs of one session of the daemon; the next finds what it has kept."""
    servers, tasks = Servers(tmp_path / "config", Settings(server=url)), Tasks()
    connections = Connections(servers, ThisComputer(tmp_path / "state"), lambda: http)
    logs = Logs(connections, tasks, LogStore(tmp_path / "logs"))
    try:
        yield Jobs(connections, tasks, logs, memory=JobMemory(tmp_path / "jobs"))
    finally:
        await tasks.aclose()
        await logs.aclose()


def sign_in(server: ScriptedServer, tmp_path: Path, account: str) -> None:
    file = auth_file(server.url, {"JULIA_DEPOT_PATH": str(tmp_path / "depot")}, tmp_path)
    TokenStore(file).write(TokenTable(id_token="token-1", user_name=account))


async def explained(jobs: Jobs) -> None:
    """Lists the jobs, and learns why they failed."""
    listed = (await jobs.list(None)).jobs
    await jobs.explain(listed[0].server, listed)


@pytest.fixture
def next_session(
    server: ScriptedServer, tmp_path: Path, http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> Sessions:
    monkeypatch.setenv("JULIA_DEPOT_PATH", str(tmp_path / "depot"))
    sign_in(server, tmp_path, "ada")
    return partial(session, server.url, tmp_path, http)


@pytest.fixture
async def jobs(next_session: Sessions) -> AsyncIterator[Jobs]:
    async with next_session() as jobs:
        yield jobs


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


async def test_the_last_known_outlive_the_session(next_session: Sessions, server: ScriptedServer) -> None:
    """With why they failed, which is not looked up again; the server's words go before them once it is back."""
    server.on(LIST, [FAILED])
    server.on(LOGS, PlainTextResponse(logs.encode_page([REASON])))
    async with next_session() as jobs:
        await explained(jobs)
        await jobs.list(None)
    server.on(LIST, Response(status_code=500))
    async with next_session() as jobs:
        told: list[JobView] = []
        jobs.subscribe(told.append)
        away = await jobs.list(None)
        assert ([view.label for view in away.jobs], away.offline_since is not None) == (
            ["Failed: UndefVarError: x"],
            True,
        )
        assert told == away.jobs
        server.on(LIST, [])
        assert list((await jobs.list(None)).jobs) == []
    server.on(LIST, [FAILED])
    async with next_session() as jobs:
        await explained(jobs)
    assert server.seen.count(LOGS) == 2, "nothing is kept of what the server no longer has"


async def test_another_account_sees_nothing_of_the_first(
    next_session: Sessions, server: ScriptedServer, tmp_path: Path
) -> None:
    server.on(LIST, [DONE])
    async with next_session() as jobs:
        await jobs.list(None)
        server.on(LIST, Response(status_code=500))
        sign_in(server, tmp_path, "grace")
        with pytest.raises(errors.ServerFailed):
            await jobs.list(None)
        sign_in(server, tmp_path, "ada")
        assert [view.id for view in (await jobs.list(None)).jobs] == ["jr-1"]


async def test_a_job_that_ran_is_found_behind_many_newer_ones(next_session: Sessions, server: ScriptedServer) -> None:
    """The list is of the newest: what ran when it was last heard of is asked for by name, and followed."""
    followed = asyncio.Event()

    async def log(_request: Request) -> Response:
        followed.set()
        return PlainTextResponse(logs.encode_page([]))

    server.on(LIST, [JOB])
    server.on(GET, {"details": [JOB]})
    server.on(LOGS, log)
    async with next_session() as jobs:
        await jobs.list(None)
        await asyncio.wait_for(followed.wait(), 20)
    newer = [DONE | {"jobname": f"jr-{day}", "submittimestamp": f"2030-01-0{day}T00:00:00Z"} for day in (3, 2)]
    server.on(LIST, [*newer, JOB])
    followed.clear()
    async with next_session() as jobs:
        page = await jobs.list(None, limit=2)
        assert [view.id for view in page.jobs] == ["jr-3", "jr-2"]
        await asyncio.wait_for(followed.wait(), 20)
        assert not jobs.view(page.jobs[0].server, "jr-1").done


async def test_no_secret_is_kept(next_session: Sessions, server: ScriptedServer, tmp_path: Path) -> None:
    """Nor what cannot be told to be none."""
    inputs = encode_inputs({"jobname": "pi", "N": "10", "API_TOKEN": "hush"})
    server.on(LIST, [DONE | {"inputs": inputs + " and more", "outputs": "x" * 30_000}])
    async with next_session() as jobs:
        await jobs.list(None)
        (file,) = (tmp_path / "jobs").iterdir()
        assert "hush" not in file.read_text()
        assert file.stat().st_size < 2_000
        server.on(LIST, [DONE | {"inputs": inputs}])
        await jobs.list(None)
        assert "hush" not in file.read_text()
    server.on(LIST, Response(status_code=500))
    async with next_session() as jobs:
        (view,) = (await jobs.list(None)).jobs
    assert (view.name, view.inputs) == ("pi", {"N": "10"})


async def test_a_broken_memory_is_an_empty_one(
    next_session: Sessions, server: ScriptedServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The log says what is wrong with it, and nothing of what is in it."""
    server.on(LIST, [DONE])
    async with next_session() as jobs:
        await jobs.list(None)
    (file,) = (tmp_path / "jobs").iterdir()
    file.write_text('[{"job": 1}, {"job": "password=hush"}]')
    server.on(LIST, Response(status_code=500))
    async with next_session() as jobs:
        with pytest.raises(errors.ServerFailed):
            await jobs.list(None)
    told = next(line for line in caplog.messages if "cannot be read" in line)
    assert " listed last cannot be read: 0.job: " in told
    assert "hush" not in caplog.text


async def test_a_server_that_is_away_is_not_asked_why_jobs_failed(
    next_session: Sessions, server: ScriptedServer
) -> None:
    server.on(LIST, [FAILED])
    async with next_session() as jobs:
        await jobs.list(None)
    server.on(LIST, Response(status_code=500))
    server.on(LOGS, PlainTextResponse(logs.encode_page([REASON])))
    async with next_session() as jobs:
        await explained(jobs)
        assert LOGS not in server.seen
        server.on(LIST, [FAILED])
        await explained(jobs)
        assert LOGS in server.seen


@pytest.mark.parametrize("content", [b'id_token = "half', None], ids=["half", "away"])
async def test_a_token_that_is_being_written_is_no_other_account(
    next_session: Sessions, server: ScriptedServer, tmp_path: Path, content: "bytes | None"
) -> None:
    """PkgAuthentication writes in place (§1.3): jobs stay what they were, a stopping one stops still."""
    file = auth_file(server.url, {"JULIA_DEPOT_PATH": str(tmp_path / "depot")}, tmp_path)
    whole = file.read_bytes()
    server.on(LIST, [JOB])
    server.on(GET, {"details": [JOB]})
    server.on(KILL, {"status": True})
    async with next_session() as jobs:
        await jobs.list(None)
        assert (await jobs.stop(None, "jr-1")).label == "Stopping…"
        file.write_bytes(content) if content else file.unlink()
        meanwhile = asyncio.create_task(jobs.list(None))
        await asyncio.sleep(0)
        file.write_bytes(whole)
        await asyncio.gather(meanwhile, return_exceptions=True)  # without a token nobody is signed in
        assert [view.label for view in (await jobs.list(None)).jobs] == ["Stopping…"]
    assert len(list((tmp_path / "jobs").iterdir())) == 1


async def test_a_first_list_while_the_token_is_being_written(
    next_session: Sessions, server: ScriptedServer, tmp_path: Path
) -> None:
    """Whose jobs they are is known by the next one: they stay known, and are kept as that account's."""
    file = auth_file(server.url, {"JULIA_DEPOT_PATH": str(tmp_path / "depot")}, tmp_path)
    whole = file.read_bytes()
    server.on(LIST, [JOB])
    server.on(GET, {"details": [JOB]})
    server.on(KILL, {"status": True})
    file.write_bytes(b'id_token = "half')
    async with next_session() as jobs:
        listing = asyncio.create_task(jobs.list(None))
        await asyncio.sleep(0)
        file.write_bytes(whole)
        await listing
        await jobs.stop(None, "jr-1")
        assert [view.label for view in (await jobs.list(None)).jobs] == ["Stopping…"]
    assert len(list((tmp_path / "jobs").iterdir())) == 1


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
