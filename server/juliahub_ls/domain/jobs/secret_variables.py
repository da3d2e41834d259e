"""Environment variables that are not to be written down."""

import re

from juliahub_ls.domain.bundles.token_lines import find_token

_NAME = re.compile(r"token|secret|passw|credential|api_?key|private_?key", re.IGNORECASE)


def looks_secret(name: str, value: str) -> bool:
    """Whether an environment variable is one that is not to be written down."""
    return _NAME.search(name) is not None or find_token(value.encode("utf-8", "replace")) is not None
