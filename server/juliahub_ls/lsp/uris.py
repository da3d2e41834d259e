"""Between the URIs of an editor and paths."""

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname


def path_of(uri: str) -> Path:
    """The path of a `file:` URI, or of a plain path that a client sent instead."""
    if not uri.startswith("file:"):
        return Path(uri).absolute()
    parts = urlsplit(uri)
    host = f"//{parts.netloc}" if parts.netloc else ""
    path = url2pathname(host + parts.path) if os.name == "nt" else unquote(parts.path)
    return Path(path)


def path_key(path: "Path | str") -> str:
    """What two ways to write one path have in common: no `..`, and on Windows the case of drive and names."""
    return os.path.normcase(os.path.abspath(path))  # noqa: PTH100 - `resolve` would follow links
