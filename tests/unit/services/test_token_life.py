"""A token's life under everything that can happen at once (protocol §1.3, §1.4), as a state machine.

Two processes of one machine share `auth.toml`. Time passes, the server rotates, revokes and refuses, another program
writes or deletes the file, and a process dies between the server's answer and its own write.
"""

import asyncio
import itertools
import os
import tempfile
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

import httpx
import tomli
import tomli_w
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from juliahub_ls.errors import JuliaHubError, SignInRequired, TokenRefused
from juliahub_ls.services.account import Account
from juliahub_ls.services.hub_client import HubClient
from juliahub_ls.services.token_store import TokenStore
from juliahub_wire.auth import TokenTable

T = TypeVar("T")
URL, DAY = "https://hub.example.dev", 86400


class Died(BaseException):
    """The process ends here, as by SIGKILL."""


class Disk(TokenStore):
    """The real store, on a clock of the test's. It dies before or within the two steps of a renewal's write."""

    def __init__(self, path: Path, clock: "Clock") -> None:
        super().__init__(path, now=clock)
        self._clock = clock
        self.dies: str | None = None

    def write(self, table: TokenTable) -> None:
        super().write(table)
        self._stamp(self.path)

    def keep_successor(self, spent: TokenTable, successor: TokenTable) -> None:
        if self.dies == "before":
            raise Died
        if self.dies == "within":
            waiting = Disk(self._successor_file(spent), self._clock)
            waiting.write(successor)
            raise Died
        super().keep_successor(spent, successor)
        self._stamp(self.path)

    def _stamp(self, path: Path) -> None:
        os.utime(path, (self._clock(), self._clock()))


class Clock:
    """Unix seconds."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


class Hub:
    """The server: what it has given out, and what it still takes. A refresh token is good once."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._numbers = itertools.count(1)
        self.expires: dict[str, float] = {}
        self.refused: set[str] = set()
        self.refresh: set[str] = set()
        self.exchanged: set[str] = set()
        self.offered_again: list[str] = []
        """Refresh tokens that came once more after they had been exchanged."""
        self.sent_lapsed: list[str] = []
        self.down = False

    def issue(self) -> dict[str, Any]:
        """A new sign-in's table."""
        number = next(self._numbers)
        self.expires[f"id-{number}"] = self._clock() + DAY
        self.refresh.add(f"refresh-{number}")
        lapses = int(self._clock() + DAY)
        return {
            "id_token": f"id-{number}",
            "refresh_token": f"refresh-{number}",
            "refresh_url": f"{URL}/auth/renew/token.toml/v2/",
            "expires_in": DAY,
            "expires": lapses,
            "expires_at": lapses,
        }

    async def answer(self, request: httpx.Request) -> httpx.Response:
        """Renewals and everything else."""
        await asyncio.sleep(0)
        if self.down:
            return httpx.Response(503)
        token = request.headers["authorization"].removeprefix("Bearer ")
        if request.url.path.startswith("/auth/renew"):
            if token in self.exchanged:
                self.offered_again.append(token)
            if token not in self.refresh:
                return httpx.Response(401)
            self.refresh.remove(token)
            self.exchanged.add(token)
            return httpx.Response(200, text=tomli_w.dumps(self.issue()))
        if self.expires.get(token, 0) < self._clock():
            self.sent_lapsed.append(token)
        good = token not in self.refused and self.expires.get(token, 0) >= self._clock()
        return httpx.Response(200 if good else 401, json={"api_version": "0.2.0"})


class TokenLife(RuleBasedStateMachine):
    """See the module."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "auth.toml"
        self.clock = Clock()
        self.hub = Hub(self.clock)
        self.http = httpx.AsyncClient(transport=httpx.MockTransport(self.hub.answer))
        self.processes = [self.process(), self.process()]
        self.newest: str | None = None
        """The refresh token that must be in the file, as nobody has died with another; None: unknown."""
        self.crashed: set[str] = set()
        """Refresh tokens whose successor somebody took to the grave."""

    def process(self) -> Account:
        return Account("hub", Disk(self.path, self.clock), self.http, now=self.clock)

    def run(self, work: "Coroutine[Any, Any, T]") -> T:
        return self.loop.run_until_complete(asyncio.wait_for(work, 30))

    async def request(self, account: Account) -> "int | None":
        """What a caller sees: the API, or a sentence; never anything else."""
        try:
            await HubClient("hub", URL, account, self.http).send("GET", "/api/v1")
        except (SignInRequired, TokenRefused):
            return 401
        except JuliaHubError:
            return None
        return 200

    def on_disk(self) -> "dict[str, Any] | None":
        return tomli.loads(self.path.read_text("utf-8")) if self.path.exists() else None

    @initialize()
    def sign_in(self) -> None:
        self.another_program_signs_in()

    @rule(seconds=st.sampled_from([1, 300, DAY - 650, DAY - 550, DAY + 1, 40 * DAY]))
    def time_passes(self, seconds: int) -> None:
        self.clock.now += seconds

    @rule(which=st.integers(0, 1))
    def one_process_asks(self, which: int) -> None:
        self.ask([which])

    @rule(each=st.integers(1, 3))
    def both_processes_ask(self, each: int) -> None:
        self.ask([0, 1] * each)

    @rule(which=st.integers(0, 1), when=st.sampled_from(["before", "within"]))
    def a_process_dies_when_it_would_write(self, which: int, when: str) -> None:
        before = self.on_disk()
        store = self.processes[which].store
        assert isinstance(store, Disk)
        store.dies = when
        try:
            self.run(self.request(self.processes[which]))
        except Died:
            assert before is not None
            if when == "before":
                self.crashed.add(before["refresh_token"])
            self.newest = None
        self.processes[which] = self.process()
        self.settle()

    @rule()
    def the_server_takes_no_old_access_tokens(self) -> None:
        self.hub.refused |= set(self.hub.expires)

    @rule()
    def the_server_ends_the_sign_in(self) -> None:
        self.hub.refused |= set(self.hub.expires)
        self.hub.refresh.clear()

    @rule(down=st.booleans())
    def the_server_goes_or_comes(self, down: bool) -> None:
        self.hub.down = down

    @rule()
    def another_program_signs_in(self) -> None:
        Disk(self.path, self.clock).write(TokenTable.model_validate(self.hub.issue()))
        self.settle()

    @rule()
    def another_program_signs_out(self) -> None:
        self.path.unlink(missing_ok=True)
        self.settle()

    @rule(content=st.sampled_from([b"", b"id_tok", b'id_token = "x', b"\xff"]))
    def another_program_dies_while_it_writes(self, content: bytes) -> None:
        self.path.write_bytes(content)
        os.utime(self.path, (self.clock() - 60, self.clock() - 60))
        self.run(self.request(self.processes[0]))
        self.settle()

    def ask(self, which: "list[int]") -> None:
        async def all_of_them() -> "list[int | None]":
            return await asyncio.gather(*(self.request(self.processes[each]) for each in which))

        answers = self.run(all_of_them())
        table = self.on_disk()
        good = table is not None and self.hub.expires.get(table.get("id_token", ""), 0) >= self.clock()
        if good and not self.hub.down:
            assert 200 in answers, "whoever has a good token is served"
        self.settle()

    def settle(self) -> None:
        """What is in the file now is the newest, and may only be replaced by a newer one."""
        table = self.on_disk() if self.path.exists() and self.path.read_bytes().startswith(b"id_token = ") else None
        found: str | None = table.get("refresh_token") if table else None
        if found and self.newest:
            assert int(found.split("-")[1]) >= int(self.newest.split("-")[1]), "an older token came back"
        self.newest = found

    @invariant()
    def no_lapsed_token_was_sent(self) -> None:
        assert self.hub.sent_lapsed == []

    @invariant()
    def no_refresh_token_was_spent_twice(self) -> None:
        assert set(self.hub.offered_again) <= self.crashed

    @invariant()
    def what_we_write_parses_and_is_complete(self) -> None:
        """PkgAuthentication's rule for a valid file (§1.3)."""
        if self.newest is not None:
            table = self.on_disk()
            assert table is not None
            assert {"id_token", "refresh_token", "refresh_url", "expires_in"} <= table.keys()
            assert type(table["expires"]) is type(table["expires_at"]) is int

    def teardown(self) -> None:
        self.loop.run_until_complete(self.http.aclose())
        self.loop.close()
        self.folder.cleanup()


TestTokenLife = TokenLife.TestCase
TestTokenLife.settings = settings(max_examples=40, stateful_step_count=25, suppress_health_check=list(HealthCheck))
