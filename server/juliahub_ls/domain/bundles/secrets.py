"""Files that look like secrets, by name or content: kept out of a bundle unless the user lets them in (design §3)."""

import os
import re
from typing import NamedTuple

from .content_scan import ContentScan
from .file_status import status_of
from .ignore_rules import Rule
from .token_lines import TokenLine

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


class Secrets(NamedTuple):
    """What to do about secrets: `allow` lets paths in, `scan` reads files. With `guard` off, nothing is a secret."""

    allow: frozenset[str] = frozenset()
    guard: bool = True
    scan: ContentScan | None = None

    def suspects(self, archive: str, rule: Rule | None) -> bool:
        """Whether a file could be held back: neither the user nor a literal rule has let it in by name."""
        return self.guard and archive not in self.allow and not (rule and rule.includes and rule.literal)

    def token(self, archive: str, source: str, status: os.stat_result, rule: Rule | None) -> TokenLine | None:
        """The line that holds back the regular file `source`."""
        if self.scan is None or not self.suspects(archive, rule):
            return None
        return self.scan.token(source, status_of(status))
