"""The hub of this computer: found through its state file, started when it is not there (`juliahub_wire.hub_state`)."""

import asyncio
import re
import sys
from pathlib import Path

import httpx
import psutil

from juliahub_ls import __version__
from juliahub_ls.errors import LocalhubFailed
from juliahub_ls.services.token_store import TokenStore
from juliahub_ls.services.trust import trusted
from juliahub_wire import paths
from juliahub_wire.hub_state import AUTH_FILE, HubState, read_state, state_dir

START_SECONDS = 60.0


class ThisComputer:
    """Knows the running embedded hub and starts one on demand.

    Its token is the hub's own gift: `auth.toml` beside the state file.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or state_dir()
        self._known: HubState | None = None
        self._starting = asyncio.Lock()

    @property
    def tokens(self) -> TokenStore:
        """Where the hub leaves the token for this user."""
        return TokenStore(self._folder / AUTH_FILE)

    def running(self) -> HubState | None:
        """The hub's state when its process lives; does not ask it."""
        state = read_state(self._folder)
        return state if state is not None and _alive(state) else None

    async def ensure(self) -> HubState:
        """The running hub, started if need be. Raises `LocalhubFailed` with the starter's own words."""
        async with self._starting:
            state = self.running()
            serves = state is not None and (state == self._known or await _answers(state))
            if state is not None and serves:
                if not is_older(state.version, __version__):
                    self._known = state
                    return state
                await self._localhub("stop")  # an update left it without its own files; its jobs go on
                await self._localhub("start", "--data", state.data_dir)
            else:
                await self._localhub("start")
            state = read_state(self._folder)
            if state is None:
                raise LocalhubFailed(reason="it left no state file.")
            self._known = state
            return state

    async def _localhub(self, verb: str, *options: str) -> None:
        """In the state folder: `python -m` looks for modules where it is started, and a user's folder may hold any."""
        await asyncio.to_thread(self._folder.mkdir, parents=True, exist_ok=True, mode=0o700)
        command = [sys.executable, "-m", "localhub", verb, *options]
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=self._folder,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            _, stderr = await asyncio.wait_for(process.communicate(), START_SECONDS)
        except asyncio.TimeoutError:
            process.kill()
            raise LocalhubFailed(reason=f"`localhub {verb}` took more than {START_SECONDS:.0f} seconds.") from None
        if process.returncode != 0:
            words = stderr.decode("utf-8", "replace").strip().split("\n")
            raise LocalhubFailed(reason=words[-1] or f"`localhub {verb}` ended with {process.returncode}.")


def is_older(version: str, than: str) -> bool:
    """Whether a release, such as "0.1.0", came before another. A newer hub serves an older client, so it stays."""
    return _release(version) < _release(than)


def _release(version: str) -> tuple[int, ...]:
    leading = re.match(r"\d+(?:\.\d+)*", version)
    return tuple(int(part) for part in leading[0].split(".")) if leading else ()


def _alive(state: HubState) -> bool:
    try:
        process = psutil.Process(state.pid)
        same = abs(process.create_time() - state.create_time) < 1.0
        return same and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


async def _answers(state: HubState) -> bool:
    """Whether something that refuses us for want of a token listens there: that is a hub."""
    try:
        async with httpx.AsyncClient(timeout=5.0, trust_env=False, verify=trusted()) as client:
            response = await client.get(state.url + paths.API_VERSION)
    except httpx.HTTPError:
        return False
    return response.status_code == 401
