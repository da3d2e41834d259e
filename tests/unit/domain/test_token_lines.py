"""Lines that look like tokens, and those that only resemble them. No sample is written out: they are made here."""

import base64
import json
import random
import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from juliahub_ls.domain.bundles.token_lines import KINDS, TokenLine, find_token
from juliahub_ls.domain.bundles.token_shapes import TOKEN_SHAPES

CHANCE = random.Random(11)
ALNUM = string.ascii_letters + string.digits


def some(count: int, alphabet: str = ALNUM) -> str:
    return "".join(CHANCE.choice(alphabet) for _ in range(count))


def part(content: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(content, separators=(",", ":")).encode()).decode().rstrip("=")


def signed(payload: object) -> str:
    return f"{part({'alg': 'HS256', 'typ': 'JWT'})}.{part(payload)}.{some(43)}"


UPPER = string.ascii_uppercase + "234567"
KEY = "\n".join(some(64, ALNUM + "+/") for _ in range(6))
SAMPLES = {
    "ghp_" + some(36): "GitHub token",
    "gho_" + some(36): "GitHub token",
    f"github_pat_{some(22)}_{some(59)}": "GitHub token",
    "glpat-" + some(20, ALNUM + "_"): "GitLab token",
    "AKIA" + some(16, UPPER): "AWS key",
    "ASIA" + some(16, UPPER): "AWS key",
    "aws_secret_access_key = " + some(40, ALNUM + "/+"): "AWS key",
    f"xoxb-{some(12, string.digits)}-{some(12, string.digits)}-{some(24)}": "Slack token",
    f"xapp-1-A{some(10, UPPER)}-{some(13, string.digits)}-{some(64, '0123456789abcdef')}": "Slack token",
    f"https://hooks.slack.com/services/T{some(8, UPPER)}/B{some(8, UPPER)}/{some(24)}": "Slack address",
    "AIza" + some(35, ALNUM + "_-"): "Google key",
    "GOCSPX-" + some(28): "Google token",
    "ya29." + some(60): "Google token",
    "hf_" + some(34): "Hugging Face token",
    "sk-" + some(48): "OpenAI key",
    "sk-proj-" + some(120, ALNUM + "_-"): "OpenAI key",
    "sk-ant-api03-" + some(93, ALNUM + "_-"): "Anthropic key",
    "sk_live_" + some(24): "Stripe key",
    "npm_" + some(36): "npm token",
    "pypi-AgEIcHlwaS5vcmc" + some(150, ALNUM + "_-"): "PyPI token",
    f"DefaultEndpointsProtocol=https;AccountKey={some(86, ALNUM + '+/')}==": "Azure key",
    f"{some(3)}8Q~{some(34)}": "Azure secret",
    signed({"sub": "ada", "exp": 1}): "signed token (JWT)",
    f'refresh_token = "{some(40)}"': "sign-in token",
    f'"access_token": "{some(30)}"': "sign-in token",
    f"-----BEGIN RSA PRIVATE KEY-----\n{KEY}\n-----END RSA PRIVATE KEY-----": "private key",
    f"-----BEGIN OPENSSH PRIVATE KEY-----\n{KEY}\n-----END": "private key",
    f"-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n{KEY}": "private key",
    "-----BEGIN PRIVATE KEY-----\\n" + KEY.replace("\n", "\\n"): "private key",
    f"-----BEGIN PGP PRIVATE KEY BLOCK-----\nVersion: 1\n\n{KEY}": "private key",
}


@pytest.mark.parametrize(("text", "kind"), SAMPLES.items(), ids=[text[:14] for text in SAMPLES])
@pytest.mark.parametrize("around", ["{}", 'token = "{}"\n', "https://me:{}@example.org\n", "\xff\xe4 {}\r\n", "'{}',"])
def test_tokens_are_found(text: str, kind: str, around: str) -> None:
    assert find_token(("# one\n# two\n" + around.format(text)).encode("latin-1")) == TokenLine(3, kind)


def test_every_kind_has_a_sample() -> None:
    assert set(SAMPLES.values()) == set(KINDS)


@pytest.mark.parametrize("shape", TOKEN_SHAPES, ids=[f"{shape.kind} {shape.literals[0]}" for shape in TOKEN_SHAPES])
def test_literals_and_hints_let_every_sample_through(shape: object) -> None:
    assert isinstance(shape, type(TOKEN_SHAPES[0]))
    ours = [text for text, kind in SAMPLES.items() if kind == shape.kind and re.search(shape.exact, text)]
    assert ours
    for text in ours:
        assert any(literal in text for literal in shape.literals)
        assert re.search(shape.hint, text)


@pytest.mark.parametrize(
    "text",
    [
        "ghp_" + "x" * 36,
        "ghp_" + "your-token-here".ljust(36, "0"),
        "ghp_short",
        "prefixghp_" + some(36),
        "AKIAIOSFODNN7EXAMPLE",
        "AKIA" + "A" * 16,
        "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "your key looks like sk-... and begins with sk-",
        "sk-learn-contrib-is-a-name-of-packages-that-people-use",
        "risk-" + "assessment" * 6,
        "hf_hub_download(repo_id, filename, revision, cache)",
        'access_token = "your-access-token-goes-right-here-1"',
        "access_token = get_access_token(client_id, 1234567890)",
        "refresh_token = configuration.authentication.token_value",
        'next_page_token = "abc"',
        "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
        f"-----BEGIN PUBLIC KEY-----\n{KEY}",
        f"-----BEGIN CERTIFICATE-----\n{KEY}",
        part({"alg": "HS256", "typ": "JWT"}) + "." + part({"sub": "1234567890", "name": "John Doe"}) + "." + some(43),
        'git-tree-sha1 = "46e44e869b4d90b96bd8ed1fdcf32244fddfb6cc"',
        'uuid = "6e4b80f9-dd63-53aa-95a3-0cdb28fa8baf"',
        "npm_config_registry_and_other_settings_of_npm",
        "AccountKey=<the key of your storage account>",
        some(4000, ALNUM + "+/"),
        "",
    ],
)
def test_what_only_looks_similar(text: str) -> None:
    assert find_token(text.encode()) is None


def test_the_first_line_is_told_and_no_token_ever_is() -> None:
    token, key = "ghp_" + some(36), "AKIA" + some(16, UPPER)
    found = find_token(f"a\n{key}\n{token}\n".encode())
    assert found is not None
    assert str(found) == "line 2 looks like an AWS key"
    assert key not in repr(found)
    assert str(TokenLine(12, "GitHub token")) == "line 12 looks like a GitHub token"


def test_a_placeholder_does_not_hide_the_token_after_it() -> None:
    assert find_token(f"ghp_{'x' * 36}\nghp_{some(36)}\n".encode()) == TokenLine(2, "GitHub token")


@given(st.binary(max_size=300), st.sampled_from(sorted(SAMPLES)), st.binary(max_size=300))
def test_whatever_stands_around(before: bytes, text: str, after: bytes) -> None:
    data = before + b"\n" + text.encode() + b"\n" + after
    found = find_token(data)
    assert found is not None
    assert found.line <= data[: data.index(text.encode())].count(b"\n") + 1


@given(st.binary(max_size=2000))
def test_any_bytes_can_be_looked_at(data: bytes) -> None:
    assert find_token(data) is None


@pytest.mark.parametrize(
    "text", ["eyJ-", "eyJ" + "a" * 11 + ".eyJ-", "glpat-", "-----BEGIN PRIVATE KEY----- a ", "access_token='a"]
)
def test_no_file_takes_long(text: str) -> None:
    """Each of these takes minutes when an expression goes back to every start; the suite's time limit would tell."""
    placeholder = f"{part({'alg': 'none', 'typ': 'JWT'})}.{part({'sub': '1234567890'})}.{'x' * 43}\nPRIVATE KEY-----\n"
    assert find_token((placeholder + text * (2**20 // len(text))).encode()) is None
