"""How a result file can be looked at, by its name."""

from pathlib import PurePosixPath
from typing import Literal

FileKind = Literal["image", "table", "json", "text", "archive", "other"]

ARCHIVES = (".tar", ".tar.gz", ".tgz")
IMAGES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".svg": "image/svg+xml",
}
_TABLES = frozenset({".csv", ".tsv"})
_JSON = frozenset({".json", ".geojson", ".ipynb"})
_TEXT = frozenset(
    {
        ".txt",
        ".log",
        ".md",
        ".jl",
        ".toml",
        ".yaml",
        ".yml",
        ".xml",
        ".html",
        ".ini",
        ".cfg",
        ".tex",
        ".py",
        ".r",
        ".jsonl",
    }
)


def kind_of(name: str) -> FileKind:
    """The kind; `other` may still turn out to be text."""
    lower = name.lower()
    if lower.endswith(ARCHIVES):
        return "archive"
    suffix = PurePosixPath(lower).suffix
    if suffix in IMAGES:
        return "image"
    if suffix in _TABLES:
        return "table"
    if suffix in _JSON:
        return "json"
    return "text" if suffix in _TEXT else "other"


def media_type(name: str) -> str:
    """Of an image, by its name."""
    return IMAGES[PurePosixPath(name.lower()).suffix]
