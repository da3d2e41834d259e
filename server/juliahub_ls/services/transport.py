"""The one place where the network's errors become ours, and where an HTTP client is made."""

import asyncio
import json
import random
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

import anyio
import httpx

from juliahub_ls import errors
from juliahub_ls.config import patience_seconds
from juliahub_ls.services.bounded_client import AnswerTooLong, BoundedClient

CONNECT_SECONDS = 10.0
READ_SECONDS = patience_seconds()
WHOLE_SECONDS = 5 * READ_SECONDS
"""A call that answers drop by drop ends here; uploads and downloads, which take as long as they take, do not."""
RETRIES = 2
RETRIED_STATUS = frozenset({502, 503, 504})
LONGEST_RETRY_AFTER = 20.0
"""A server that asks for more patience than this is told on to the user instead."""
NOTHING_CHANGED = "Nothing has changed."
INTERNAL = "The server has a problem of its own and says no more."
T = TypeVar("T")


def make_client(transport: httpx.AsyncBaseTransport | None = None) -> httpx.AsyncClient:
    """An HTTP client with our time-outs and certificates; proxies come from the environment, but none for loopback."""
    from juliahub_ls.services.trust import trusted

    timeouts = httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS)
    return BoundedClient(
        timeout=timeouts, transport=transport, mounts=_direct(), http2=transport is None, verify=trusted()
    )


def make_file_client(timeouts: httpx.Timeout) -> httpx.Client:
    """The same for one file, which threads read. Not over HTTP/2: its frames cost more than the file's bytes."""
    from juliahub_ls.services.trust import trusted_by_sockets

    return httpx.Client(timeout=timeouts, mounts=_direct(), verify=trusted_by_sockets())


@asynccontextmanager
async def translated(server: str, state: str = NOTHING_CHANGED, *, whole: bool = False) -> AsyncIterator[None]:
    """Run network calls so that each library exception leaves as one of ours, the most specific there is.

    `whole`: all of it together is bounded, too, not each wait alone.
    """
    try:
        with anyio.fail_after(WHOLE_SECONDS if whole else None):
            yield
    except TimeoutError as error:
        raise errors.ServerTooSlow(server=server, seconds=WHOLE_SECONDS, state=state) from error
    except (httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        raise errors.ServerUnreachable(server=server, state=state) from error
    except httpx.TimeoutException as error:
        raise errors.ServerTooSlow(server=server, seconds=READ_SECONDS, state=state) from error
    except (httpx.TransportError, httpx.InvalidURL) as error:
        untrusted = _certificate_error(error)
        if untrusted is not None:
            reason = untrusted.verify_message.rstrip(".").lower()
            raise errors.CertificateUntrusted(server=server, reason=reason, state=state) from error
        raise errors.ServerUnreachable(server=server, state=state) from error
    except (httpx.HTTPError, httpx.StreamError) as error:
        too_long = isinstance(error, AnswerTooLong)
        reason = "its answer is too long" if too_long else "its answer cannot be decoded"
        raise errors.UnexpectedAnswer(server=server, endpoint="a request", reason=reason, state=state) from error


async def retrying(
    attempt: Callable[[], Awaitable[T]], *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
) -> T:
    """Repeat a harmless call after a transport error or a passing 5xx, twice, with jitter.

    Not after a time-out: who has waited that long wants to know.
    """
    for number in range(RETRIES):
        pause = 0.2 * 2**number * (1 + random.random())  # noqa: S311 - jitter, not a secret
        try:
            return await attempt()
        except errors.ServerUnreachable:
            pass
        except errors.ServerFailed as error:
            if error.data["status"] not in RETRIED_STATUS:
                raise
            pause = max(pause, error.data.get("retry_after") or 0.0)
        except errors.TooManyRequests as error:
            pause = max(pause, error.data["seconds"])
            if pause > LONGEST_RETRY_AFTER:
                raise
        await sleep(min(pause, LONGEST_RETRY_AFTER))
    return await attempt()


def check(response: httpx.Response, server: str, state: str = NOTHING_CHANGED) -> None:
    """Raise our error for a status that is none of success (protocol §1.10)."""
    if response.status_code == 401:
        raise errors.TokenRefused(server=server)
    if response.status_code == 403:
        raise errors.PermissionDenied(server=server, message=first_words(response, "you have no permission."))
    if response.status_code == 429:
        words = first_words(response, "it has had too many.")
        seconds = retry_after(response) or 1.0
        raise errors.TooManyRequests(server=server, message=words, seconds=seconds, state=state)
    if response.status_code >= 500:
        after = retry_after(response)
        raise errors.ServerFailed(server=server, status=response.status_code, state=state, retry_after=after)
    if response.status_code not in (200, 201):
        reason = f"status {response.status_code}"
        raise errors.UnexpectedAnswer(server=server, endpoint=response.url.path, reason=reason, state=state)


def decode(response: httpx.Response, server: str, state: str = NOTHING_CHANGED) -> Any:
    """The JSON of a successful response. HTML, an empty body or broken JSON is an `UnexpectedAnswer`.

    An internal error inside a 200 is a refusal in the server's words (protocol §1.10).
    """
    check(response, server, state)
    try:
        value = json.loads(response.content)
    except (ValueError, RecursionError) as error:
        kind = response.headers.get("content-type", "no content type").split(";")[0]
        raise errors.UnexpectedAnswer(
            server=server, endpoint=response.url.path, reason=f"not JSON but {kind}", state=state
        ) from error
    if isinstance(value, dict) and value.get("internal_error") is True and value.get("success") is not True:
        words = value.get("message")
        raise errors.RefusedByServer(message=words if isinstance(words, str) and words else f"{INTERNAL} {state}")
    return value


def first_words(response: httpx.Response, otherwise: str) -> str:
    """A short text from an error body, for the user, `otherwise` when there is none or only a web page."""
    text = response.text.strip().strip('"')
    return otherwise if not text or text.startswith("<") else text[:300]


def retry_after(response: httpx.Response, now: Callable[[], float] = time.time) -> float | None:
    """The seconds of a `Retry-After`, given as a number or as a date; None without a sensible one."""
    text = response.headers.get("retry-after", "").strip()
    if text.isdecimal():
        return float(text[:9])
    try:
        return max(parsedate_to_datetime(text).timestamp() - now(), 0.0)
    except (ValueError, TypeError, OverflowError):
        return None


def _direct() -> dict[str, None]:
    return dict.fromkeys(("all://localhost", "all://127.0.0.1", "all://[::1]"))


def _certificate_error(error: BaseException | None) -> ssl.SSLCertVerificationError | None:
    """The reason behind a connection that failed for its certificate."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return error
        error = error.__cause__ or error.__context__
    return None
