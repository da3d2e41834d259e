"""A real localhub in this process, with an engine whose jobs the test plays by hand.

Everything but Julia is the real thing: uvicorn on a real socket, the guard, the store, the streams. The test writes
what a runner would write into the job's directory, exactly when it wants it there.
"""

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from argon2 import PasswordHasher
from starlette.types import ASGIApp

from juliahub_wire.nodes import NodeSpec
from localhub.domain.client import Client
from localhub.domain.offer import JuliaImage
from localhub.engines import job_files
from localhub.engines.protocol import ExitState, JobSpec, Observation, RunnerState
from localhub.hub_process import configuration
from localhub.listener import address, listening, origins
from localhub.services.hub import Hub
from localhub.services.passwords import Passwords
from localhub.settings import Settings
from localhub.web.app import create_app
from tests.support.hub import wait_for

NODE = NodeSpec("local-2", False, 2, 8, 0.0, "This computer", "", "8", 0.0, 0.0, 1)
IMAGES = [JuliaImage("1.10.4", ("/opt/julia-1.10.4",), default=True), JuliaImage("1.9.0", ("/opt/julia-1.9.0",))]


@dataclass
class ScriptedEngine:
    """Starts nothing. What it was asked for is in `specs`, `stopped` and `deadlines`, by job name."""

    specs: dict[str, JobSpec] = field(default_factory=dict)
    stopped: set[str] = field(default_factory=set)
    deadlines: dict[str, float | None] = field(default_factory=dict)

    def node_specs(self) -> Sequence[NodeSpec]:
        return [NODE]

    def start(self, job_dir: Path, spec: JobSpec, deadline: float | None = None) -> None:
        self.deadlines[spec.jobname] = deadline
        self.specs[spec.jobname] = spec

    def observe(self, job_dir: Path) -> Observation:
        runner = job_files.read_object(job_dir / job_files.RUNNER)
        exit_state = job_files.read_object(job_dir / job_files.EXIT)
        return Observation(
            None if runner is None else RunnerState.from_json(runner),
            None if exit_state is None else ExitState.from_json(exit_state),
        )

    def stop(self, job_dir: Path) -> None:
        self.stopped.add(job_dir.name)

    def set_deadline(self, job_dir: Path, deadline: float | None) -> None:
        self.deadlines[job_dir.name] = deadline


@dataclass(frozen=True)
class ScriptedJob:
    """One job of a scripted engine, with the runner's side of it."""

    jobname: str
    folder: Path

    def runs(self) -> None:
        """The runner is there."""
        job_files.write_object(self.folder / job_files.RUNNER, RunnerState(1, 1.0, time.time(), "code").to_json())

    def logs(self, *messages: str) -> None:
        """The runner wrote these lines, in one go."""
        self.records(*({"message": text} for text in messages))

    def records(self, *records: dict[str, Any]) -> None:
        """The same of whole records."""
        stamped = [record | {"timestamp": "2026-01-01T00:00:00.000Z"} for record in records]
        with (self.folder / job_files.LOG).open("a", encoding="utf-8") as log:
            log.write("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in stamped))

    def ends(self, status: Any = "Completed", **state: Any) -> None:
        """The runner wrote its last file."""
        job_files.write_object(self.folder / job_files.EXIT, ExitState(status, time.time(), **state).to_json())


@dataclass(frozen=True)
class ScriptedHub:
    """A hub that serves in this process."""

    hub: Hub
    engine: ScriptedEngine
    url: str
    data_dir: Path

    def client(self, token: str | None = None) -> httpx.Client:
        """Signed in as the owner, unless with another token."""
        bearer = self.token() if token is None else token
        headers = {"Authorization": f"Bearer {bearer}"}
        return httpx.Client(base_url=self.url, headers=headers, timeout=30, trust_env=False)

    def token(self, user: str = "ada") -> str:
        """A new access token of that user."""
        return str(self.table(user)["access_token"])

    def table(self, user: str = "ada") -> dict[str, Any]:
        """A new sign-in of that user: the full token table."""
        account = self.hub.accounts.ensure(user, f"{user}@localhost")
        return self.hub.tokens.issue(account, self.url, Client("test"))

    def started(self, jobname: str) -> ScriptedJob:
        """That job, when the engine was asked to start it."""
        wait_for(lambda: jobname in self.engine.specs, f"{jobname} to be started")
        return ScriptedJob(jobname, self.data_dir / "jobs" / jobname)


@contextmanager
def scripted_hub(
    data_dir: Path,
    engine: ScriptedEngine | None = None,
    *,
    has_accounts: bool = False,
    before: Callable[[ASGIApp], ASGIApp] = lambda app: app,
) -> Iterator[ScriptedHub]:
    """A hub of the user `ada` over this data directory. With accounts its passwords are cheap to check.

    `before` puts something before it.
    """
    engine = engine or ScriptedEngine()
    settings = Settings(data_dir, data_dir / "state")
    cheap = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    hub = Hub.open(
        data_dir,
        engine,
        lambda: IMAGES,
        ("ada", "ada@localhost"),
        None,
        has_accounts=has_accounts,
        passwords=cheap,
    )
    with listening(settings) as listener:
        url = address(settings, listener)
        app = create_app(hub, origins(url, settings, listener), lambda: None)
        server = uvicorn.Server(configuration(before(app), settings))

        async def serve() -> None:
            await hub.runs.recover()
            await server.serve(sockets=[listener])
            await hub.runs.leave()

        thread = threading.Thread(target=lambda: asyncio.run(serve()), name="scripted-hub")
        thread.start()
        try:
            yield ScriptedHub(hub, engine, url, data_dir)
        finally:
            server.should_exit = True
            thread.join()
            hub.store.close()
