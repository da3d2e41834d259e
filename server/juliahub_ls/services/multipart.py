"""A form with one file in it, streamed: httpx would want the file open and read by its own rules."""

import secrets
from collections.abc import Callable
from pathlib import Path

from juliahub_ls.services.upload import FileBody


def one_file(path: Path, size: int, sent: Callable[[int], None], field: str = "file") -> FileBody:
    """A `multipart/form-data` body with the file `path` of `size` bytes as its one part."""
    boundary = secrets.token_hex(16)
    name = path.name.replace("\\", "_").replace('"', "_").replace("\r", "_").replace("\n", "_")
    disposition = f'form-data; name="{field}"; filename="{name}"'
    head = f"--{boundary}\r\nContent-Disposition: {disposition}\r\nContent-Type: application/octet-stream\r\n\r\n"
    tail = f"\r\n--{boundary}--\r\n"
    length = len(head.encode()) + size + len(tail)
    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}", "Content-Length": str(length)}
    return FileBody(path, size, headers, sent, head.encode(), tail.encode())
