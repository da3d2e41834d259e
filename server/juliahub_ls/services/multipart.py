"""A form with one file in it, streamed: httpx would want the file open and read by its own rules."""

import secrets
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import anyio

CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class OneFile:
    """The body and its headers, the length among them. `sent` is told the file's bytes that have gone."""

    path: Path
    head: bytes
    tail: bytes
    headers: dict[str, str]
    sent: Callable[[int], None]

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body in pieces."""
        yield self.head
        total = 0
        async with await anyio.open_file(self.path, "rb") as file:
            while chunk := await file.read(CHUNK):
                yield chunk
                total += len(chunk)
                self.sent(total)
        yield self.tail


def one_file(path: Path, size: int, sent: Callable[[int], None], field: str = "file") -> OneFile:
    """A `multipart/form-data` body with the file `path` of `size` bytes as its one part."""
    boundary = secrets.token_hex(16)
    name = path.name.replace("\\", "_").replace('"', "_").replace("\r", "_").replace("\n", "_")
    disposition = f'form-data; name="{field}"; filename="{name}"'
    head = f"--{boundary}\r\nContent-Disposition: {disposition}\r\nContent-Type: application/octet-stream\r\n\r\n"
    tail = f"\r\n--{boundary}--\r\n"
    length = len(head.encode()) + size + len(tail)
    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}", "Content-Length": str(length)}
    return OneFile(path, head.encode(), tail.encode(), headers, sent)
