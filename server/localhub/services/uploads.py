"""Signed upload URLs (protocol §6.4): who holds one may store exactly the announced bytes, for a while."""

import hashlib
import hmac
import os
import re
import shutil
import time
from pathlib import Path
from urllib.parse import urlencode

from juliahub_wire.bundles import UploadInfo
from juliahub_wire.limits import BUNDLE_MAX_BYTES
from localhub.domain.refusals import Refusal, byte_text

from .blobs import Blob, BlobStore
from .files import write_atomic

PATH = "/uploads/"
URL_SECONDS = 6 * 3600
"""A 2 GiB bundle over a slow line takes hours."""

TAR_MAX_BYTES = 2 * BUNDLE_MAX_BYTES
"""The 2 GiB limit counts the folder's own files before packing; headers and bundled dependencies come on top (§6.1)."""

_SHA256 = re.compile(r"[0-9a-f]{64}")


class Uploads:
    """Makes upload URLs and checks those that come back."""

    def __init__(self, blobs: BlobStore, key_file: Path) -> None:
        self._blobs = blobs
        if not key_file.exists():
            write_atomic(key_file, os.urandom(32))
        self._key = key_file.read_bytes()

    def url(self, info: UploadInfo, base_url: str) -> str:
        """An absolute URL to PUT this file to. Raises `Refusal`: too large, no room, or not a SHA-256."""
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
        query = urlencode(
            {"size": info.file_size, "expires": expires, "signature": self._sign(info.hash, info.file_size, expires)}
        )
        return f"{base_url}{PATH}{info.hash}?{query}"

    def check(self, sha256: str, query: dict[str, str]) -> Blob:
        """What this URL allows to be stored. Raises `Refusal` when it was changed or has lapsed."""
        try:
            size, expires = int(query["size"]), int(query["expires"])
        except (KeyError, ValueError):
            raise Refusal("This is not an upload address of this hub.") from None
        if not hmac.compare_digest(self._sign(sha256, size, expires).encode(), query.get("signature", "").encode()):
            raise Refusal("This is not an upload address of this hub.")
        if time.time() > expires:
            raise Refusal("This upload address has lapsed. Submit the job again.")
        return Blob(sha256, size)

    def _sign(self, sha256: str, size: int, expires: int) -> str:
        return hmac.new(self._key, f"PUT\n{sha256}\n{size}\n{expires}".encode(), hashlib.sha256).hexdigest()
