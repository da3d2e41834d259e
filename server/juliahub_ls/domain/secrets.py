"""Files that look like secrets by their name: held back from a bundle unless the user lets them in (design §3)."""

import re

_NAMES = (
    r"\.env",
    r"\.env\..+(?<!\.example)(?<!\.sample)(?<!\.template)(?<!\.dist)",
    r"\.envrc",
    r".+\.(?:pem|key|p12|pfx|ppk|jks|keystore|kdbx)",
    r"id_(?:rsa|dsa|ecdsa|ed25519)(?:_sk)?",
    r"auth\.toml",
    r"\.?netrc|_netrc",
    r"\.git-credentials",
    r"\.(?:npmrc|pypirc|pgpass|my\.cnf|htpasswd|juliahub)",
    r"(?:client_secret|service[-_]account|application_default_credentials).*\.json",
    r"credentials\.(?:json|toml|ya?ml)",
    r"secrets?\.(?:json|toml|ya?ml|env)",
)
_IN_FOLDER = {
    ".aws": frozenset({"credentials"}),
    ".azure": frozenset({"accesstokens.json", "msal_token_cache.json"}),
    ".docker": frozenset({"config.json"}),
    ".kube": frozenset({"config"}),
    ".gnupg": None,
    ".ssh": None,
}
_NAME = re.compile("|".join(_NAMES), re.IGNORECASE)


def looks_secret(name: str, folder: str = "") -> bool:
    """Whether a file called `name`, in a folder called `folder`, is one people keep secrets in, whatever its case."""
    if _NAME.fullmatch(name):
        return True
    if not folder.startswith("."):
        return False
    names = _IN_FOLDER.get(folder.lower(), frozenset())
    return names is None or name.lower() in names
