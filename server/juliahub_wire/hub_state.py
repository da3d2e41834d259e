"""How a client on this machine finds the embedded localhub: its state file. Not JuliaHub's protocol, but a contract
of the same two sides.

`localhub start` writes `{state folder}/hub.json` (mode 0600) when it is ready to serve, and `auth.toml` (0600, the
shape of protocol §1.3) beside it, with a token for the operating-system user who runs it. A file that names a dead
process, or a live one that does not answer, is left over: start another.
"""

import os
from pathlib import Path

import platformdirs

from .model import WireModel

STATE_FILE = "hub.json"
AUTH_FILE = "auth.toml"
STATE_DIR_VARIABLE = "LOCALHUB_STATE_DIR"


class HubState(WireModel):
    """A running hub: where it is reached and which process it is. `create_time` is psutil's, Unix seconds.

    `local_url` is there when this computer should use another address than everyone else.
    """

    url: str
    local_url: str | None = None
    pid: int
    create_time: float
    version: str
    data_dir: str


def state_dir() -> Path:
    """The user's state folder for localhub: `LOCALHUB_STATE_DIR`, else the operating system's convention."""
    chosen = os.environ.get(STATE_DIR_VARIABLE)
    return Path(chosen) if chosen else Path(platformdirs.user_state_dir("localhub", appauthor=False))


def read_state(folder: Path) -> HubState | None:
    """The state file's content, or None when it is absent or not one."""
    try:
        return HubState.model_validate_json((folder / STATE_FILE).read_bytes())
    except (OSError, ValueError):
        return None
