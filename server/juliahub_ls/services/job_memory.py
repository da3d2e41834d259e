"""The jobs that servers last listed, over restarts: a small file for each account of a server, for its owner only."""

import hashlib
import json
import logging
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from juliahub_ls.domain.jobs.secret_variables import looks_secret
from juliahub_ls.domain.logs.line import LogFacts
from juliahub_ls.services.files import replace_file
from juliahub_wire.jobs import Job, encode_inputs
from juliahub_wire.logs import to_unix_ms

KEPT = 100
"""So many of the newest are kept, and before them those that have not ended."""
LONGEST_OUTPUTS = 20_000
"""A longer results text is not kept."""
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RememberedJob:
    """The server's word on a job; of one that has ended also what its log told."""

    job: Job
    facts: LogFacts = field(default_factory=LogFacts)


class JobMemory:
    """One that cannot be read counts as empty; that it cannot be written is logged. Safe in any thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, server: str, account: str) -> dict[str, RememberedJob]:
        """What was kept last."""
        try:
            text = self._file(server, account).read_bytes()
            return {entry.job.jobname: entry for entry in _ENTRIES.validate_json(text)}
        except FileNotFoundError:
            return {}
        except OSError as error:
            reason = str(error)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            reason = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
        log.warning("The jobs that %s listed last cannot be read: %s", server, reason)
        return {}

    def write(self, server: str, account: str, jobs: Iterable[RememberedJob]) -> None:
        """Keep these in place of those before. Inputs that look secret are left out, and those that cannot be told."""
        content = [_stored(entry) for entry in jobs]
        try:
            replace_file(
                self._file(server, account), json.dumps(content, ensure_ascii=False).encode("utf-8", "replace")
            )
        except OSError as error:
            log.warning("The jobs that %s lists cannot be kept: %s", server, error)

    def _file(self, server: str, account: str) -> Path:
        name = hashlib.sha256(f"{server}\n{account}".encode()).hexdigest()[:32]
        return self._folder / f"{name}.json"


def worth_keeping(known: Mapping[str, RememberedJob], listed: Iterable[str], *, more: bool) -> dict[str, RememberedJob]:
    """Of the jobs known of a server those that it has just listed and, when it has `more`, older ones. Newest first."""
    names = set(listed)
    oldest = min((_submitted(known[name]) for name in names), default=0)
    there = [entry for name, entry in known.items() if name in names or (more and _submitted(entry) < oldest)]
    there.sort(key=_submitted, reverse=True)
    kept = [entry for place, entry in enumerate(there) if place < KEPT or not entry.job.done]
    return {entry.job.jobname: entry for entry in kept}


def _submitted(entry: RememberedJob) -> int:
    return to_unix_ms(entry.job.submittimestamp) or 0


def _stored(entry: RememberedJob) -> dict[str, Any]:
    inputs = {key: str(value) for key, value in entry.job.input_values().items()}
    shown = {key: value for key, value in inputs.items() if not looks_secret(key, value)}
    job = entry.job.model_dump(mode="json")
    job["inputs"] = None if entry.job.inputs is None else encode_inputs(shown)
    if len(entry.job.outputs) > LONGEST_OUTPUTS:
        job["outputs"] = ""
    return {"job": job, "facts": asdict(entry.facts)}


_ENTRIES = TypeAdapter(list[RememberedJob])
