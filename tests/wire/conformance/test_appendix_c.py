"""Appendix C: the points of the checklist that no section's table holds."""

import time

import httpx
import pytest

from juliahub_wire.limits import CLAIM_POLL_SECONDS
from tests.support.scripted_hub import ScriptedHub
from tests.support.submissions import upload_info, upload_url

from .support import begin_classic, begin_device, claim, decide, poll


def test_c_3_device_is_advertised_with_all_its_keys(stranger: httpx.Client) -> None:
    configuration = stranger.get("/auth/configuration").json()
    assert "device" in configuration["auth_flows"]
    for key in ("device_authorization_endpoint", "device_token_endpoint", "device_token_refresh_url"):
        assert configuration[key].startswith("http")


def test_c_4_a_device_code_outlives_pkgauthentications_patience(stranger: httpx.Client) -> None:
    assert begin_device(stranger)["expires_in"] > 21 * CLAIM_POLL_SECONDS


def test_c_4_the_classic_expiry_is_absolute(stranger: httpx.Client) -> None:
    assert claim(stranger, *begin_classic(stranger)).json()["expiry"] > time.time()


def test_c_7_forms_with_raw_spaces_and_colons(hub: ScriptedHub, stranger: httpx.Client) -> None:
    codes = begin_device(stranger)
    decide(hub.url, codes["verification_uri_complete"], "approve")
    assert poll(stranger, codes["device_code"]).status_code == 200


def test_c_14_upload_urls_are_absolute_and_signed(client: httpx.Client) -> None:
    url = httpx.URL(upload_url(client, upload_info(b"x" * 10)))
    assert url.is_absolute_url
    assert url.params["signature"]


@pytest.mark.parametrize(
    ("path", "status"),
    [("/datasets?project=cd6c9ee3-d15f-414f-a762-7e1d3faed835", 400), ("/datasets?project=", 400)],
)
def test_c_18_unknown_project(client: httpx.Client, path: str, status: int) -> None:
    assert client.get(path).status_code == status
