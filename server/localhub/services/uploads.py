"""Signed upload URLs (protocol §6.4): who holds one may store exactly the announced bytes, for a while.

Who has sent which bytes is noted, since a submission names its bundle by its hash alone: one user's knowledge of a
hash must not open another's bundle.
"""

import hashlib
import hmac
import os
import re
import shutil
import time
from pathlib import Path
from urllib.parse import urlencode

from sqlalchemy import delete, select

from juliahub_wire.bundles import UploadInfo
from juliahub_wire.limits import BUNDLE_MAX_BYTES
from localhub.domain.permissions import User
from localhub.domain.refusals import Refusal, byte_text

from .blobs import Blob, BlobStore
from .files import write_atomic
from .models import UploadRow
from .store import Store

PATH = "/uploads/"
URL_SECONDS = 6 * 3600
"""A 2 GiB bundle over a slow line takes hours."""

TAR_MAX_BYTES = 2 * BUNDLE_MAX_BYTES
"""The 2 GiB limit counts the folder's own files before packing; headers and bundled dependencies come on top (§6.1)."""

NOTED_SECONDS = 7 * 24 * 3600
"""For so long a bundle can be used without being sent again."""

_SHA256 = re.compile(r"[0-9a-f]{64}")


class Uploads:
    """Makes upload URLs and checks those that come back."""

    def __init__(self, store: Store, blobs: BlobStore, key_file: Path) -> None:
        self._store = store
        self._blobs = blobs
        if not key_file.exists():
            write_atomic(key_file, os.urandom(32))
        self._key = key_file.read_bytes()

    def url(self, user: User, info: UploadInfo, base_url: str) -> str:
        """An absolute URL for this user to PUT this file to. Raises `Refusal`: too large, no room, or not a SHA-256."""
        if info.hash_alg != "sha2_256" or not _SHA256.fullmatch(info.hash):
            raise Refusal("The bundle was not uploaded: its hash must be a SHA-256 in lower-case hex.")
        if not 0 < info.file_size <= TAR_MAX_BYTES:
            raise Refusal(
                f"The bundle was not uploaded: it is {byte_text(info.file_size)}, and at most "
                f"{byte_text(TAR_MAX_BYTES)} are accepted. Leave out what the job does not need."
            )
        free = shutil.disk_usage(self._blobs.root).free
        if free < info.file_size:
            raise Refusal(
                f"The bundle was not uploaded: it is {byte_text(info.file_size)}, and the hub's disk has only "
                f"{byte_text(free)} left. Free some space there and submit again."
            )
        expires = int(time.time()) + URL_SECONDS
        signature = self._sign(user.id, info.hash, info.file_size, expires)
        query = urlencode({"user": user.id, "size": info.file_size, "expires": expires, "signature": signature})
        return f"{base_url}{PATH}{info.hash}?{query}"

    def check(self, sha256: str, query: dict[str, str]) -> tuple[Blob, int]:
        """What this URL allows to be stored, and for which user's id. Raises `Refusal`: changed, or lapsed."""
        try:
            user_id, size, expires = int(query["user"]), int(query["size"]), int(query["expires"])
        except (KeyError, ValueError):
            raise Refusal("This is not an upload address of this hub.") from None
        signature = self._sign(user_id, sha256, size, expires)
        if not hmac.compare_digest(signature.encode(), query.get("signature", "").encode()):
            raise Refusal("This is not an upload address of this hub.")
        if time.time() > expires:
            raise Refusal("This upload address has lapsed. Submit the job again.")
        return Blob(sha256, size), user_id

    def note(self, user_id: int, sha256: str) -> None:
        """The user has sent these bytes."""
        with self._store.session() as session:
            session.merge(UploadRow(user_id=user_id, sha256=sha256, uploaded_at=time.time()))

    def has_sent(self, user: User, sha256: str) -> bool:
        """Whether this user has sent these bytes lately."""
        sent = select(UploadRow).where(UploadRow.user_id == user.id, UploadRow.sha256 == sha256)
        with self._store.session() as session:
            return session.scalar(sent) is not None

    def prune(self) -> None:
        """Forget who sent what long ago."""
        with self._store.session() as session:
            session.execute(delete(UploadRow).where(UploadRow.uploaded_at < time.time() - NOTED_SECONDS))

    def _sign(self, user_id: int, sha256: str, size: int, expires: int) -> str:
        signed = f"PUT\n{user_id}\n{sha256}\n{size}\n{expires}"
        return hmac.new(self._key, signed.encode(), hashlib.sha256).hexdigest()
