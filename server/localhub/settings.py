"""How a hub's process is to serve."""

from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

LOOPBACK = "127.0.0.1"
LOOPBACK_NAMES = (LOOPBACK, "localhost", "::1")
CERTIFICATE_FILE = "tls.pem"
"""In the state folder: the certificate a hub serves with, so that its own command line trusts it, whoever signed it."""

DATA_DIR_VARIABLE = "LOCALHUB_DATA_DIR"


class CannotServe(Exception):
    """Why this hub cannot start, in a sentence."""


@dataclass(frozen=True)
class Settings:
    """`state_dir`: where clients of this computer find us. `port` None: the one used last, else a free one.

    `public_url`: the address clients use when it is not the one we listen on. `name`: the host name they use; without
    one those of the certificate count. `accounts`: people sign in with name and password. `idle_seconds` None: never
    leave.
    """

    data_dir: Path
    state_dir: Path
    host: str = LOOPBACK
    port: int | None = None
    tls_cert: Path | None = None
    tls_key: Path | None = None
    public_url: str | None = None
    name: str | None = None
    accounts: bool = False
    package_server: str | None = None
    idle_seconds: float | None = None
    log_to_terminal: bool = False


SETTINGS = TypeAdapter(Settings)
"""To and from JSON, for the one who starts a detached hub."""
