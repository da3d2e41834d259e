"""What was submitted from this computer as a job: to run it again, to show it, to compare it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter, ValidationError

from juliahub_ls.domain.bundles.token_lines import find_token
from juliahub_ls.domain.jobs.choices import BY_KEY, Choices, known_choices
from juliahub_ls.domain.jobs.secret_variables import looks_secret

MAX_CODE = 100_000
"""A longer selection is not kept, and so cannot be run again."""


@dataclass(frozen=True, slots=True)
class SubmissionRecord:
    """`choices` as they were; `kept_back`: keys of those that are not kept, as they are secret or too large.

    On `nodes` machines of `node_class` with `vcpus` and `memory` (GB) each, `processes` Julia processes in all, for
    `price_per_hour` US dollars; `cluster` says so in words. `submitted` in Unix milliseconds. `environment`: its name.
    """

    server: str
    job: str
    submitted: int
    choices: dict[str, Any]
    cluster: str
    node_class: str
    nodes: int
    processes: int
    vcpus: int
    memory: int
    gpu: bool
    price_per_hour: float
    julia_version: str | None = None
    image: str | None = None
    environment: str | None = None
    bundle_files: int | None = None
    bundle_size: int | None = None
    bundle_sha256: str | None = None
    kept_back: list[str] = field(default_factory=list)

    @property
    def script(self) -> str | None:
        """The script's path."""
        script = self.choices.get("script")
        return script if isinstance(script, str) else None

    @property
    def can_run_again(self) -> bool:
        """Whether everything that it takes is here."""
        return not self.kept_back

    @property
    def is_selection(self) -> bool:
        """A part of the script ran, which was for once."""
        return "code" in self.choices or "code" in self.kept_back


def kept_choices(choices: Choices) -> tuple[dict[str, Any], list[str]]:
    """What of the choices may be written down, and the keys of what may not: passwords, variables that look secret."""
    kept, back = {key: value for key, value in choices.items() if key in BY_KEY}, []
    env: Mapping[str, str] = choices.get("env", {})
    plain = {name: value for name, value in env.items() if not looks_secret(name, value)}
    if plain != env:
        back.append("env")
        kept["env"] = plain
    if choices.get("portAccess") == "password":
        back.append("portPassword")
    code = choices.get("code")
    if isinstance(code, str):
        if len(code) > MAX_CODE or find_token(code.encode()):
            back.append("code")
        else:
            kept["code"] = code
    return kept, back


def records_of(stored: object) -> list[SubmissionRecord]:
    """Those that an earlier session or another window has written; what is none is passed over."""
    entries = stored.get("submissions") if isinstance(stored, dict) else None
    return [record for entry in (entries if isinstance(entries, list) else []) if (record := _record(entry))]


def bounded(records: Sequence[SubmissionRecord], limit: int, scripts: int) -> list[SubmissionRecord]:
    """The newest `limit`, oldest first, and before them the newest of each of up to `scripts` other scripts."""
    recent, older = records[-limit:], records[:-limit]
    known = {record.script for record in recent if not record.is_selection}
    last = {record.script: record for record in older if record.script not in known and not record.is_selection}
    kept = sorted(last.values(), key=lambda record: record.submitted)
    return [*kept[max(len(kept) - scripts, 0) :], *recent]


def _record(entry: object) -> SubmissionRecord | None:
    try:
        record = _RECORD.validate_python(entry)
    except ValidationError:
        return None
    code = record.choices.get("code")
    choices = known_choices(record.choices) | ({"code": code} if isinstance(code, str) else {})
    record.choices.clear()
    record.choices.update(choices)
    return record


_RECORD = TypeAdapter(SubmissionRecord)
