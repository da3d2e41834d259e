"""Names that look like secrets, and names that only resemble them."""

import pytest

from juliahub_ls.domain.bundles.secrets import looks_secret


@pytest.mark.parametrize(
    "name",
    [
        ".env", ".env.local", ".ENV", ".envrc", "server.pem", "tls.key", "id_rsa", "id_ed25519", "id_ecdsa_sk", "a.p12",
        "auth.toml", ".netrc", "_netrc", ".git-credentials", ".npmrc", ".pypirc", "credentials.json", "secrets.yaml",
        "secret.toml", "client_secret_123.json", "service-account.json", "vault.kdbx", ".juliahub", "Auth.toml",
    ],
)  # fmt: skip
def test_secrets(name: str) -> None:
    assert looks_secret(name)


@pytest.mark.parametrize(
    "name",
    [
        ".env.example", ".env.sample", ".env.template", "env.jl", "id_rsa.pub", "id_ed25519.pub", "keys.jl", "auth.jl",
        "secrets.jl", "credentials.md", "Project.toml", "grid.asc", "environment.yml", "config", "a.env.jl", "pem",
    ],
)  # fmt: skip
def test_not_secrets(name: str) -> None:
    assert not looks_secret(name)


@pytest.mark.parametrize(
    ("name", "folder", "expected"),
    [
        ("credentials", ".aws", True),
        ("credentials", "src", False),
        ("config", ".aws", False),
        ("config", ".kube", True),
        ("config.json", ".docker", True),
        ("known_hosts", ".ssh", True),
        ("config.json", "app", False),
    ],
)
def test_the_folder_counts(name: str, folder: str, expected: bool) -> None:
    assert looks_secret(name, folder) is expected
