"""The submission form (protocol §5.2): what a client sends as multipart parts and a server reads back."""

import json
from typing import Any

from pydantic import Field, field_validator

from .bundles import UploadInfo
from .model import WireModel

SYSIMAGE_NOT_REQUESTED = "nothing"
"""JuliaHub.jl always sends `sysimage_build`; this text means no (§5.2)."""


class Submission(WireModel):
    """One submission, typed. `form()` and `from_form()` convert to and from the wire's text parts.

    `args` are the job's environment variables plus the reserved keys `jobname` (display name) and `jr_uuid`.
    `nworkers` counts *extra* nodes. `isthreaded` means one Julia process a node, else one per vCore (§5.3).
    `limit_value` is in hours; real servers take whole ones.
    """

    args: dict[str, str] = Field(default_factory=dict)
    customcode: bool = True
    usercode: str | None = None
    projecttoml: str | None = None
    manifesttoml: str | None = None
    appbundle: str | None = None
    appbundle_upload_info: UploadInfo | None = None
    appType: str | None = None  # noqa: N815 - the wire's name
    appArgs: dict[str, Any] | None = Field(default=None, repr=False)  # noqa: N815 - the wire's name; may hold a password
    projectid: str | None = None
    registry_name: str | None = None
    package_name: str | None = None
    branch_name: str | None = None
    git_revision: str | None = None
    dns_prefix: str | None = None
    product_name: str | None = None
    image: str | None = None
    image_tag: str | None = None
    sysimage_build: bool = False
    sysimage_manifest_sha: str | None = None
    node_class: str
    cpu: int = Field(gt=0)
    nworkers: int = Field(ge=0)
    elastic: bool = False
    min_workers_required: int | None = Field(default=None, ge=0)
    isthreaded: bool = True
    limit_type: str
    limit_value: float | None = Field(default=None, gt=0)
    est_cost: float = 0

    @field_validator("args", "appArgs", "appbundle_upload_info", mode="before")
    @classmethod
    def _json_text(cls, value: Any) -> Any:
        return json.loads(value) if isinstance(value, str) else value

    @field_validator("sysimage_build", mode="before")
    @classmethod
    def _nothing_is_no(cls, value: Any) -> Any:
        return False if value == SYSIMAGE_NOT_REQUESTED else value

    def form(self) -> dict[str, str]:
        """The multipart parts, exactly those JuliaHub.jl would send: absent fields are omitted, never empty (§5.2)."""
        parts = {name: _part(value) for name, value in self.model_dump(exclude_none=True).items()}
        if not self.sysimage_build:
            parts["sysimage_build"] = SYSIMAGE_NOT_REQUESTED
        if self.limit_value is not None:
            parts["effective_time_limit"] = parts["limit_value"]
        return parts

    @classmethod
    def from_form(cls, parts: dict[str, str]) -> "Submission":
        """Read the parts in any order, tolerating unknown ones.

        Raises pydantic's `ValidationError` naming each wrong field.
        """
        return cls.model_validate(parts)


class SubmitAnswer(WireModel):
    """`POST /juliaruncloud/submit_job`: a refusal's `message` is shown to the user verbatim (§5.1)."""

    success: bool = False
    message: str = ""
    jobname: str | None = None


def _part(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
