"""What tells clients of this computer about a running hub (`juliahub_wire.hub_state`): its address and a token."""

import asyncio
import os
import time
from pathlib import Path

import psutil
import tomli
import tomli_w

from juliahub_wire.hub_state import AUTH_FILE, STATE_FILE, HubState, read_state
from juliahub_wire.version import VERSION

from .domain.client import Client
from .services.files import private_dir, write_atomic
from .services.hub import Hub
from .services.tokens import InvalidToken
from .settings import CERTIFICATE_FILE

RENEW_AFTER_SECONDS = 6 * 3600
CHECK_SECONDS = 5


class StateFiles:
    """The files, private to the user. The token in them is always good for hours more."""

    def __init__(self, folder: Path, hub: Hub, url: str, local_url: str, data_dir: Path, tls_cert: Path | None) -> None:
        self._state_file = folder / STATE_FILE
        self._auth_file = folder / AUTH_FILE
        self._certificate_file = folder / CERTIFICATE_FILE
        self._tls_cert = tls_cert
        self._hub = hub
        self._state = HubState(
            url=url,
            local_url=None if local_url == url else local_url,
            pid=os.getpid(),
            create_time=psutil.Process().create_time(),
            version=VERSION,
            data_dir=str(data_dir),
        )
        self._token, self._token_made_at = "", 0.0

    def publish(self) -> None:
        """Write them, the token first: who sees the state file finds a token."""
        private_dir(self._state_file.parent)
        self._write_token()
        self.certificate_changed()
        write_atomic(self._state_file, self._state.model_dump_json().encode())

    def withdraw(self) -> None:
        """Remove the state file, unless it is already another hub's."""
        if read_state(self._state_file.parent) == self._state:
            self._state_file.unlink(missing_ok=True)
            self._certificate_file.unlink(missing_ok=True)

    def certificate_changed(self) -> None:
        """The certificate's file holds another one: our own command line must trust it."""
        if self._tls_cert is not None:
            write_atomic(self._certificate_file, self._tls_cert.read_bytes())

    async def keep(self) -> None:
        """Renew the token in time, by the wall clock since a laptop may sleep, and put back what went missing."""
        while True:
            await asyncio.sleep(CHECK_SECONDS)
            await asyncio.to_thread(self._check)

    def _check(self) -> None:
        if not (self._state_file.exists() and self._auth_file.exists()):
            self.publish()
        elif not 0 <= time.time() - self._token_made_at < RENEW_AFTER_SECONDS or self._is_revoked():
            self._write_token()

    def _is_revoked(self) -> bool:
        """On the account's page, or by a change of its password."""
        try:
            self._hub.tokens.verify(self._token)
        except InvalidToken:
            return True
        return False

    def _write_token(self) -> None:
        """Renew the sign-in of the file that is there; a new one only where it cannot be."""
        tokens, url = self._hub.tokens, self._state.url
        try:
            held = str(tomli.loads(self._auth_file.read_text("utf-8"))["refresh_token"])
            table = tokens.renew(held, url)
        except (OSError, ValueError, KeyError, InvalidToken):
            table = tokens.issue(self._hub.owner, url, Client("localhub", "the command line of this computer"))
        write_atomic(self._auth_file, tomli_w.dumps(table).encode())
        self._token, self._token_made_at = str(table["access_token"]), time.time()
