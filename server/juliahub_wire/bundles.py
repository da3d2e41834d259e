"""Appbundle upload (protocol §6.4)."""

from typing import Any

from .model import WireModel

FILE_NAME = "appbundle.tar"
EXTERNAL_UPLOAD = "__APPBUNDLE_EXTERNAL_UPLOAD__"
"""The constant `appbundle` field of a submission whose bundle was uploaded apart (§5.2)."""


class UploadInfo(WireModel):
    """What identifies an uploaded bundle.

    The upload URL's query and the submission's `appbundle_upload_info` alike (§6.4).
    """

    file_type: str = "input"
    file_name: str = FILE_NAME
    file_size: int
    hash: str
    hash_alg: str = "sha2_256"


class UploadUrlAnswer(WireModel):
    """`GET /jobs/appbundle_upload_url`.

    On success `message.upload_url` is an absolute signed URL, else `message` may be text (§6.4).
    """

    success: bool
    message: dict[str, Any] | str = ""

    @property
    def upload_url(self) -> str | None:
        """The signed URL, or None when the server refused."""
        url = self.message.get("upload_url") if self.success and isinstance(self.message, dict) else None
        return url if isinstance(url, str) else None
