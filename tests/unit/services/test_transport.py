"""Every failure of the network leaves as one of ours, with a sentence that fits."""

import gzip
import inspect
from pathlib import Path

import httpx
import pytest
import trustme
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from juliahub_ls import errors
from juliahub_ls.services import bounded_client, transport
from juliahub_ls.services.hub_client import HubClient
from juliahub_ls.services.trust import context_for
from tests.support.scripted_http import Cut, ScriptedServer, hang, scripted_server
from tests.unit.services.conftest import Mocked

REQUEST = httpx.Request("GET", "https://hub.dev/api/v1")
OUTSIDE = {
    httpx.HTTPStatusError: "raised by raise_for_status alone, which is not called",
    httpx.CookieConflict: "raised by a look-up in a cookie jar, which is not done",
}
EXCEPTIONS = [
    kind
    for _, kind in inspect.getmembers(httpx, inspect.isclass)
    if issubclass(kind, Exception) and kind not in OUTSIDE and not issubclass(kind, Warning)
]
MAPPED = {
    httpx.ConnectTimeout: errors.ServerUnreachable,
    httpx.PoolTimeout: errors.ServerUnreachable,
    httpx.TimeoutException: errors.ServerTooSlow,
    httpx.TransportError: errors.ServerUnreachable,
    httpx.InvalidURL: errors.ServerUnreachable,
    httpx.HTTPError: errors.UnexpectedAnswer,
    httpx.StreamError: errors.UnexpectedAnswer,
}


def instance(kind: "type[Exception]") -> Exception:
    """One of them, whatever its arguments are."""
    if issubclass(kind, httpx.RequestError):
        return kind("secret detail", request=REQUEST)
    return kind() if len(inspect.signature(kind).parameters) == 0 else kind("secret detail")


@pytest.mark.parametrize("kind", EXCEPTIONS, ids=lambda kind: kind.__name__)
async def test_every_exception_of_the_library_is_ours(kind: "type[Exception]") -> None:
    expected = next(ours for theirs, ours in MAPPED.items() if issubclass(kind, theirs))
    with pytest.raises(errors.ServerError) as caught:
        async with transport.translated("hub", "Nothing was submitted."):
            raise instance(kind)
    assert type(caught.value) is expected
    assert "Nothing was submitted." in str(caught.value)
    assert "secret detail" not in str(caught.value)
    assert isinstance(caught.value.__cause__, kind)


@pytest.mark.parametrize(
    ("status", "body", "expected", "words"),
    [
        (401, "", errors.SignInRequired, "not signed in"),  # there is nothing to renew with
        (403, '"You may not."', errors.PermissionDenied, "You may not."),
        (403, "<html>", errors.PermissionDenied, "you have no permission"),
        (404, "", errors.UnexpectedAnswer, "status 404"),
        (302, "", errors.UnexpectedAnswer, "status 302"),
        (500, "<html>", errors.ServerFailed, "500"),
        (503, "", errors.ServerFailed, "503"),
        (200, "<html>Welcome to our hotel", errors.UnexpectedAnswer, "not JSON but text/html"),
        (200, "", errors.UnexpectedAnswer, "not JSON"),
        (200, '{"api_version": ', errors.UnexpectedAnswer, "not JSON"),
        (200, "[" * 100_000, errors.UnexpectedAnswer, "not JSON"),
        (200, "[]", errors.UnexpectedAnswer, "the whole answer"),
        (200, "{}", errors.UnexpectedAnswer, "api_version: field required"),
        (200, '{"api_version": {"eyJ": "secret"}}', errors.UnexpectedAnswer, "api_version"),
    ],
)
async def test_answers_that_are_none(
    mocked: Mocked, status: int, body: str, expected: "type[errors.JuliaHubError]", words: str
) -> None:
    client = mocked(lambda _request: httpx.Response(status, html=body))
    expected = errors.TokenRefused if status == 401 else expected
    with pytest.raises(expected) as caught:
        await client.api_version()
    assert status == 401 or words in str(caught.value)
    assert "eyJ" not in str(caught.value)
    assert "<" not in str(caught.value)


async def test_a_redirect_is_not_followed_with_the_token(client: HubClient, server: ScriptedServer) -> None:
    server.on("GET /api/v1", RedirectResponse(f"{server.url}/elsewhere"))
    with pytest.raises(errors.UnexpectedAnswer):
        await client.api_version()
    assert "GET /elsewhere" not in server.seen


@pytest.mark.parametrize("status", [502, 503, 504])
async def test_a_passing_failure_is_tried_again(client: HubClient, server: ScriptedServer, status: int) -> None:
    server.on("GET /api/v1", Response(status_code=status), Cut(b"{", 20), {"api_version": "0.2.0"})
    assert (await client.api_version()).api_version == "0.2.0"
    assert len(server.seen) == 3


@pytest.mark.parametrize(("status", "times"), [(500, 1), (503, 3)])
async def test_a_lasting_failure_is_told(client: HubClient, server: ScriptedServer, status: int, times: int) -> None:
    server.on("GET /api/v1", Response(status_code=status))
    with pytest.raises(errors.ServerFailed):
        await client.api_version()
    assert len(server.seen) == times


async def test_a_slow_server(server: ScriptedServer) -> None:
    server.on("GET /api/v1", hang)
    async with httpx.AsyncClient(timeout=httpx.Timeout(5, read=0.05)) as http:
        with pytest.raises(errors.ServerTooSlow, match="did not answer"):
            async with transport.translated("hub"):
                await http.get(server.url + "/api/v1")


async def test_a_body_that_cannot_be_decoded(client: HubClient, server: ScriptedServer) -> None:
    server.on("GET /api/v1", Response(b"no gzip", headers={"Content-Encoding": "gzip"}))
    with pytest.raises(errors.UnexpectedAnswer, match="cannot be decoded"):
        await client.api_version()


@pytest.mark.parametrize("compressed", [False, True])
async def test_an_answer_without_end_is_not_read_to_its_end(
    client: HubClient, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch, compressed: bool
) -> None:
    """Also where it is a thousand times as long as what is sent."""
    monkeypatch.setattr(bounded_client, "MOST_BYTES", 100_000)
    sent = b"[" + b" " * 2_000_000
    headers = {"Content-Encoding": "gzip"} if compressed else {}
    server.on("GET /juliaruncloud/get_jobs", Response(gzip.compress(sent) if compressed else sent, headers=headers))
    with pytest.raises(errors.UnexpectedAnswer, match="its answer is too long"):
        await client.jobs()


async def test_a_compressed_answer_is_read(client: HubClient, server: ScriptedServer) -> None:
    server.on("GET /juliaruncloud/get_jobs", Response(gzip.compress(b"[]"), headers={"Content-Encoding": "gzip"}))
    assert await client.jobs() == []


async def test_loopback_is_never_asked_through_a_proxy(
    server: ScriptedServer, unused_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(variable, f"http://127.0.0.1:{unused_port}")
    for variable in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(variable, raising=False)
    server.on("GET /x", PlainTextResponse("here"))
    async with transport.make_client() as http:
        assert (await http.get(server.url + "/x")).text == "here"
        with pytest.raises(httpx.ConnectError):
            await http.get("http://hub.example/")


async def test_a_busy_server_is_given_the_time_it_asks_for(client: HubClient, server: ScriptedServer) -> None:
    busy = Response("One at a time.", status_code=429, headers={"Retry-After": "3"})
    server.on("GET /api/v1", busy, busy, {"api_version": "0.2.0"})
    assert (await client.api_version()).api_version == "0.2.0"
    server.on("GET /api/v1", busy)
    with pytest.raises(errors.TooManyRequests, match=r"One at a time\..* in 3 seconds"):
        await client.api_version()


async def test_who_asks_for_too_much_time_is_told_on(client: HubClient, server: ScriptedServer) -> None:
    server.on("GET /api/v1", Response(status_code=429, headers={"Retry-After": "3600"}))
    with pytest.raises(errors.TooManyRequests):
        await client.api_version()
    assert len(server.seen) == 1


@pytest.mark.parametrize(
    ("status", "header", "pause"), [(503, "7", 7.0), (429, "7", 7.0), (503, "999999", transport.LONGEST_RETRY_AFTER)]
)
async def test_pauses_are_as_long_as_asked_and_bounded(status: int, header: str, pause: float) -> None:
    pauses: list[float] = []

    async def attempt() -> None:
        transport.check(httpx.Response(status, headers={"Retry-After": header}, request=REQUEST), "hub")

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    with pytest.raises(errors.JuliaHubError):
        await transport.retrying(attempt, sleep=sleep)
    assert pauses == [pause, pause]


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("5", 5.0),
        ("0", 0.0),
        ("Thu, 01 Jan 1970 00:02:00 GMT", 20.0),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0.0),
        ("soon", None),
        ("-5", None),
        ("", None),
        ("9" * 400, 999999999.0),
    ],
)
def test_retry_after_is_a_number_or_a_date(header: str, seconds: float | None) -> None:
    response = httpx.Response(503, headers={"Retry-After": header})
    assert transport.retry_after(response, now=lambda: 100.0) == seconds


async def test_a_call_that_comes_drop_by_drop_ends(server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "WHOLE_SECONDS", 0.05)
    server.on("GET /x", hang)
    async with transport.make_client() as http:
        with pytest.raises(errors.ServerTooSlow):
            async with transport.translated("hub", whole=True):
                await http.get(server.url + "/x")


async def test_an_untrusted_certificate_is_named_as_the_reason(tmp_path: Path) -> None:
    _, file = _certificate(tmp_path)
    async with scripted_server(file) as server, transport.make_client() as http:
        with pytest.raises(errors.CertificateUntrusted, match="does not trust"):
            async with transport.translated("hub"):
                await http.get(server.url + "/x")


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "JULIA_SSL_CA_ROOTS_PATH", "NODE_EXTRA_CA_CERTS"])
async def test_an_organisations_certificate_is_trusted_when_it_is_named(tmp_path: Path, variable: str) -> None:
    authority, file = _certificate(tmp_path)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    context = context_for({"SSL_CERT_FILE": str(tmp_path / "absent.pem"), variable: str(tmp_path / "ca.pem")})
    async with scripted_server(file) as server, httpx.AsyncClient(verify=context, trust_env=False) as http:
        server.on("GET /x", PlainTextResponse("safe"))
        assert (await http.get(server.url + "/x")).text == "safe"


def _certificate(folder: Path) -> "tuple[trustme.CA, Path]":
    """A CA that nobody knows, and the server's certificate with its key."""
    authority = trustme.CA()
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(folder / "server.pem")
    return authority, folder / "server.pem"
