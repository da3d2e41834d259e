"""A file on its way to a signed address: put whole, and after a break put again from its start (protocol §6.4, §10.6).

A signed PUT cannot be resumed, and its address lapses: each try asks for a new one. Nothing exists on the server until
whoever has put the file says that it is complete, so a repeated put does no harm.
"""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import anyio
import httpx

from juliahub_ls import errors
from juliahub_ls.services.os_errors import translated_os_errors
from juliahub_ls.services.transport import check, first_words, translated

CHUNK = 1 << 20
TRIES = 4
PAUSE_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class FileBody:
    """A request's body: a file of `size` bytes, and what stands before and after it.

    `sent` is told the file's bytes that have gone.
    """

    path: Path
    size: int
    headers: Mapping[str, str]
    sent: Callable[[int], None]
    head: bytes = b""
    tail: bytes = b""

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body in pieces, from its start; progress goes back to it, too. Raises when the file has another size."""
        self.sent(0)
        if self.head:
            yield self.head
        total = 0
        async with await anyio.open_file(self.path, "rb") as file:
            while chunk := await file.read(CHUNK):
                total += len(chunk)
                if total > self.size:
                    break
                yield chunk
                self.sent(total)
        if total != self.size:
            raise errors.FileUnreadable(path=self.path, reason="it changed while it was being uploaded")
        if self.tail:
            yield self.tail


async def put_file(
    http: httpx.AsyncClient, server: str, address: Callable[[], Awaitable[str]], body: FileBody, state: str
) -> None:
    """Put `body` at the address that `address` gives for each try.

    Repeated after a broken connection, a 403 (the address has lapsed) and a server's trouble, a few times; not after a
    silence that outlasted our patience, nor a refusal. `state` is what every error says of how things stand.
    """
    for number in range(1, TRIES + 1):
        url = await address()
        try:
            await _put(http, server, url, body, state)
            return
        except (errors.ServerUnreachable, errors.ServerFailed, errors.PermissionDenied):
            if number == TRIES:
                raise
        pause = PAUSE_SECONDS * 2**number * (1 + random.random()) / 2  # noqa: S311 - jitter, not a secret
        await asyncio.sleep(pause)


async def _put(http: httpx.AsyncClient, server: str, url: str, body: FileBody, state: str) -> None:
    with translated_os_errors(body.path, state):
        async with translated(server, state):
            response = await http.put(url, content=body.chunks(), headers=dict(body.headers))
    status = response.status_code
    if status in (200, 201):
        return
    if status == 403:
        words = _words(response, "you have no permission to upload there.")
        raise errors.PermissionDenied(server=server, message=f"{words} {state}")
    if status == 507:
        raise errors.RefusedByServer(message=f"{_words(response, 'The server has no room for it.')} {state}")
    if 400 <= status < 500 and status not in (401, 429):
        otherwise = f"The server did not take the upload (it answered {status})."
        raise errors.RefusedByServer(message=f"{_words(response, otherwise)} {state}")
    check(response, server, state)
    raise errors.UnexpectedAnswer(server=server, endpoint="an upload", reason=f"status {status}", state=state)


def _words(response: httpx.Response, otherwise: str) -> str:
    """The server's sentence: in JSON's `message`, or as plain text; storage services answer in XML, which is none."""
    try:
        message = json.loads(response.content)["message"]
    except (ValueError, RecursionError, LookupError, TypeError):
        text = first_words(response, otherwise)
        return otherwise if text.startswith(("{", "[")) else text
    return message if isinstance(message, str) and message else otherwise
