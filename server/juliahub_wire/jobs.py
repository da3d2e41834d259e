"""Jobs as a server shows them (protocol §7)."""

import base64
import binascii
import json
from enum import Enum
from typing import Any

from pydantic import Field

from . import julia_text
from .model import WireModel


class JobStatus(str, Enum):
    """Every status value a client has seen (§7.3). An unknown one is kept as text and counts as not done."""

    SUBMIT_INITIALIZED = "SubmitInitialized"
    PENDING = "Pending"
    SUBMITTED = "Submitted"
    RUNNING = "Running"
    COMPLETED = "Completed"
    FAILED = "Failed"
    STOPPED = "Stopped"


TERMINAL = frozenset({JobStatus.COMPLETED.value, JobStatus.FAILED.value, JobStatus.STOPPED.value})


class FileType(str, Enum):
    """What a job's file is (§7.4); others are tolerated."""

    INPUT = "input"
    SOURCE = "source"
    PROJECT = "project"
    RESULT = "result"


class FileHash(WireModel):
    """`value` is base64 of the digest's bytes; some servers send 64 hex digits (§7.4).

    Both keys are required, either may be null.
    """

    algorithm: str | None
    value: str | None

    @classmethod
    def sha256(cls, digest: bytes) -> "FileHash":
        """The hash object of a SHA-256 digest."""
        return cls(algorithm="sha2_256", value=base64.b64encode(digest).decode("ascii"))

    def sha256_hex(self) -> str | None:
        """The SHA-256 in lower-case hex, or None when there is none that can be read."""
        if self.algorithm != "sha2_256" or self.value is None:
            return None
        if len(self.value) == 64 and all(digit in "0123456789abcdefABCDEF" for digit in self.value):
            return self.value.lower()
        try:
            digest = base64.b64decode(self.value, validate=True)
        except (binascii.Error, ValueError):
            return None
        return digest.hex() if len(digest) == 32 else None


class JobFile(WireModel):
    """A file of a job, identified by (job, type, name) (§7.4). `size` null: not uploaded yet."""

    name: str
    type: str
    size: int | None
    hash: FileHash
    upload_timestamp: str | None = None


class Job(WireModel):
    """A job object (§7.2). `outputs` is the results text, never null; timestamps are RFC 3339 text."""

    jobname: str
    status: str
    outputs: str
    inputs: str | None
    submittimestamp: str | None
    starttimestamp: str | None
    endtimestamp: str | None
    jobname_alias: str | None = None
    files: list[JobFile] = Field(default_factory=list)
    proxy_link: str | None = None
    limit_type: str | None = None
    limit_value: float | None = None
    id: int | None = None
    sysimage_build: bool | None = None

    @property
    def done(self) -> bool:
        """Whether the status is terminal (§7.3)."""
        return self.status in TERMINAL

    def input_values(self) -> dict[str, Any]:
        """The submitted `args`.

        Servers escape the JSON once more when it has backslashes (§7.2), and then it is no JSON as it stands; what
        cannot be read is empty.
        """
        for text in (self.inputs or "", julia_text.unescape(self.inputs or "")):
            try:
                values = json.loads(text, strict=False)
            except (ValueError, RecursionError):
                continue
            return values if isinstance(values, dict) else {}
        return {}


class JobDetails(WireModel):
    """`GET /api/rest/jobs/{jobname}`: an unknown job is an empty list (§7.1)."""

    details: list[Job]


class KillAnswer(WireModel):
    """`GET /juliaruncloud/kill_job` (§7.1)."""

    status: bool
    message: str = ""


class ExtendRequest(WireModel):
    """`POST /juliaruncloud/extend_job_time_limit`; `extendby` in hours (§7.1)."""

    jobname: str
    extendby: float


class SuccessAnswer(WireModel):
    """The `success`/`message` pair inside a 200 (§1.10)."""

    success: bool
    message: str = ""


def encode_inputs(args: dict[str, str]) -> str:
    """The `inputs` text of a job.

    JSON, escaped once more where it holds a backslash so that Julia's unescape restores it (§7.2).
    """
    text = julia_text.dumps(args)
    return julia_text.escape(text) if "\\" in text else text
