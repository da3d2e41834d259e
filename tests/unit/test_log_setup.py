"""What looks like a secret is not in the log, whoever wrote it there."""

import pytest

from juliahub_ls.log_setup import redacted


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("> Authorization: Bearer abc.def", "> Authorization: Bearer *****"),
        ("PUT https://h/u?size=3&signature=ab%2Fc&user=1", "PUT https://h/u?size=3&signature=*****&user=1"),
        ("https://s3/k?X-Amz-Signature=ab&X-Amz-Date=1", "https://s3/k?X-Amz-Signature=*****&X-Amz-Date=*****"),
        ("/dex/device?user_code=FJMC-LPVR", "/dex/device?user_code=*****"),
        ("{'device_code': 'q9x', 'expires_in': 300}", "{'device_code': '*****', 'expires_in': 300}"),
        ('refresh_token = "r1"', 'refresh_token = "*****"'),
        ("got eyJhbGci.eyJzdWIi.c2ln here", "got ***** here"),
        ("status code 500 from hub", "status code 500 from hub"),
        ("The job jr-1 is no longer watched: gone", "The job jr-1 is no longer watched: gone"),
    ],
)
def test_secrets_become_stars(text: str, expected: str) -> None:
    assert redacted(text) == expected
