"""The jobs whose end an editor wants to hear of: those that its workspace submitted, remembered over restarts."""

import hashlib
import json
import logging
from collections.abc import Iterable
from pathlib import Path

from juliahub_ls.services.files import replace_file

KEPT = 100
log = logging.getLogger(__name__)
Key = tuple[str, str]
"""Server and job."""


class Awaited:
    """One small file for each set of workspace folders; who has several windows on one hears of an end in the first."""

    def __init__(self, folder: Path, workspace: Iterable[Path]) -> None:
        name = hashlib.sha256("\n".join(sorted(map(str, workspace))).encode()).hexdigest()[:32]
        self._file = folder / f"{name}.json"

    def add(self, key: Key) -> None:
        """Remember a job; the oldest beyond a hundred are forgotten."""
        self._write([key, *(known for known in self._read() if known != key)][:KEPT])

    def take(self, key: Key) -> bool:
        """Whether the job was awaited. It no longer is."""
        known = self._read()
        if key not in known:
            return False
        self._write([other for other in known if other != key])
        return True

    def _read(self) -> list[Key]:
        try:
            return [(str(server), str(job)) for server, job in json.loads(self._file.read_text(encoding="utf-8"))]
        except FileNotFoundError:
            return []
        except (OSError, ValueError, TypeError) as error:
            log.warning("Which jobs are awaited cannot be read from %s: %s", self._file, error)
            return []

    def _write(self, keys: list[Key]) -> None:
        try:
            replace_file(self._file, json.dumps(keys).encode())
        except OSError as error:
            log.warning("Which jobs are awaited cannot be kept in %s: %s", self._file, error)
