"""Between the daemon and a real hub everything breaks that can: in the end each job is there once, each line once."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from juliahub_ls.config import Settings
from juliahub_ls.errors import ServerError, SubmissionUnknown
from juliahub_ls.services import hub_requests, log_stream, results, submission, transport
from juliahub_ls.services.bundling import Bundling
from juliahub_ls.services.connections import Connections
from juliahub_ls.services.environments import Environments
from juliahub_ls.services.jobs import Jobs
from juliahub_ls.services.log_feed import Logs
from juliahub_ls.services.log_store import LogStore
from juliahub_ls.services.log_stream import LogEvent, LogStream, Records, StreamState
from juliahub_ls.services.progress import Silent
from juliahub_ls.services.results import download_results
from juliahub_ls.services.servers import Servers
from juliahub_ls.services.submission import Submitter
from juliahub_ls.services.submit_request import SubmitRequest
from juliahub_ls.services.tasks import Tasks
from juliahub_ls.services.this_computer import ThisComputer
from juliahub_ls.services.token_store import TokenStore, auth_file
from juliahub_wire.auth import TokenTable
from tests.support.chaos import ChaosProxy, chaos
from tests.support.scripted_hub import ScriptedHub, ScriptedJob, scripted_hub

T = TypeVar("T")
LINES = 400
TRIES = 40


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ScriptedHub]:
    with scripted_hub(tmp_path_factory.mktemp("chaos")) as running:
        yield running


@pytest.fixture(params=range(4))
async def proxy(request: pytest.FixtureRequest, hub: ScriptedHub) -> AsyncIterator[ChaosProxy]:
    async with chaos(hub.url, request.param) as running:
        yield running


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is tested is what happens, not how long the client waits in between."""
    retry = transport.retrying
    monkeypatch.setattr(hub_requests, "retrying", lambda attempt: retry(attempt, sleep=lambda _s: asyncio.sleep(0)))
    monkeypatch.setattr(submission, "LOOK_PAUSE_SECONDS", 0.0)
    monkeypatch.setattr(log_stream, "LONGEST_PAUSE", 0.01)
    monkeypatch.setattr(results.anyio, "sleep", lambda _seconds: asyncio.sleep(0))


class Client:
    """The daemon's services, which know the hub by the proxy's address alone."""

    def __init__(self, folder: Path, url: str, table: dict[str, object]) -> None:
        environ = {"JULIA_DEPOT_PATH": str(folder / "depot")}
        TokenStore(auth_file(url, environ, folder)).write(TokenTable.model_validate(table))
        self.tasks = Tasks()
        self.connections = Connections(
            Servers(folder / "config", Settings(server=url)), ThisComputer(folder / "state"), tasks=self.tasks
        )
        bundling = Bundling(folder / "cache", Environments(folder / "config"))
        self.submitter = Submitter(self.connections, bundling)
        self.logs = Logs(self.connections, self.tasks, LogStore(folder / "cache" / "logs"))
        self.jobs = Jobs(self.connections, self.tasks, self.logs)

    async def submit(self, script: Path, name: str) -> str | None:
        """As a user would: again after an error that says that nothing was submitted, not after one that does not."""
        for _ in range(TRIES):
            try:
                return (await self.submitter.submit(SubmitRequest(script, name=name), Silent())).jobname
            except SubmissionUnknown:
                return None
            except ServerError:
                continue
        raise AssertionError(f"{name} was never submitted")

    async def aclose(self) -> None:
        await self.tasks.aclose()
        await self.logs.aclose()
        await self.connections.aclose()


@pytest.fixture
async def client(
    tmp_path: Path, proxy: ChaosProxy, hub: ScriptedHub, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Client]:
    monkeypatch.setenv("JULIA_DEPOT_PATH", str(tmp_path / "depot"))
    made = Client(tmp_path, proxy.url, hub.table())
    yield made
    await made.aclose()


@pytest.fixture
def script(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "Project.toml").write_text("[deps]\n")
    (folder / "main.jl").write_text('println("hello")\n')
    return folder / "main.jl"


async def test_every_job_exists_once(client: Client, proxy: ChaosProxy, hub: ScriptedHub, script: Path) -> None:
    names = [f"{proxy.url} {number}" for number in range(5)]
    for name in names:
        await client.submit(script, name)
    with hub.client() as direct:
        known = direct.get("/juliaruncloud/get_jobs", params={"limit": "1000"}).json()
    mine = sorted(job["jobname_alias"] for job in known if job["jobname_alias"] in names)
    assert mine == names
    assert proxy.done.total() > 0


async def test_every_line_comes_once_and_every_file_whole(
    client: Client, proxy: ChaosProxy, hub: ScriptedHub, script: Path, tmp_path: Path
) -> None:
    jobname = await client.submit(script, f"log of {proxy.url}")
    while jobname is None:
        jobname = await client.submit(script, f"log of {proxy.url}, again")
    job = await asyncio.to_thread(hub.started, jobname)
    content = bytes(range(256)) * 3000
    writing = asyncio.create_task(play(job, content))
    messages, gaps = await asyncio.wait_for(follow(client, jobname), 120)
    await writing
    assert messages == [f"line {number}" for number in range(LINES)]
    assert gaps == []
    view = await retried(client.jobs.get, None, jobname)
    assert view.succeeded
    saved = await retried(download_results, await client.connections.client(), view, tmp_path / "out", Silent())
    assert [hashlib.sha256(file.path.read_bytes()).digest() for file in saved] == [hashlib.sha256(content).digest()]


async def play(job: ScriptedJob, content: bytes) -> None:
    """The runner's side: lines in batches while the client follows, a result, the end."""
    job.runs()
    for start in range(0, LINES, 5):
        job.logs(*(f"line {number}" for number in range(start, start + 5)))
        await asyncio.sleep(0.01)
    result = job.folder / "results" / "data.bin"
    result.parent.mkdir(exist_ok=True)
    result.write_bytes(content)
    job.ends(result_file=str(result))


async def follow(client: Client, jobname: str) -> tuple[list[str], list[object]]:
    """All messages in the order they came, and the gaps that were told."""
    messages: list[str] = []
    gaps: list[object] = []
    async for event in await retried(opened, client, jobname):
        if isinstance(event, Records):
            messages += [record.message for record in event.records]
        elif isinstance(event, StreamState) and event.gap:
            gaps.append(event.gap)
    return messages, gaps


async def opened(client: Client, jobname: str) -> AsyncIterator[LogEvent]:
    await client.jobs.get(None, jobname)
    return LogStream(await client.connections.client(), jobname).events()


async def retried(call: Callable[..., Awaitable[T]], *arguments: object) -> T:
    """As a user would: again."""
    for _ in range(TRIES):
        try:
            return await call(*arguments)
        except ServerError:
            continue
    raise AssertionError("it never worked")
