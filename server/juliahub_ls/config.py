"""Settings: a typed value with defaults, decoded once at the edge, and where our own files lie."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import platformdirs

THIS_COMPUTER = "this-computer"
PATIENCE_SECONDS = 60.0
SCAN_LIMIT = 1_000_000
DOWNLOAD_DIRECTORY = "juliahub-results"
PUBLIC_PACKAGE_SERVERS = ("pkg.julialang.org", "pkg.julialang.org.cn")
"""Package servers that are no JuliaHub, nor are those below them, such as us-east.pkg.julialang.org."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a user can set. See `docs/protocol.md`, initialization options."""

    server: str | None = None
    """The server to use; None: follow `package_server`."""
    package_server: str | None = None
    """`julia.packageServer`, else `JULIA_PKG_SERVER`; of a public one, which names no place to run jobs, neither."""
    download_directory: str = DOWNLOAD_DIRECTORY
    """Where results are saved, relative to the workspace or the current folder."""
    gitignore: bool = False
    """Whether what `.gitignore` files leave out stays out of bundles, too."""
    scan_limit: int = SCAN_LIMIT
    """After so many files and folders the search for environments ends and says so."""


def settings_from(options: object, environ: Mapping[str, str]) -> tuple[Settings, list[str]]:
    """Settings from an editor's initialization options and the environment.

    What is of the wrong type is named and has its default.
    """
    given = options if isinstance(options, dict) else {}
    problems = []

    def text(key: str) -> str | None:
        value = given.get(key)
        if value is not None and not isinstance(value, str):
            problems.append(f"The setting “{key}” must be text; its default is used.")
            return None
        return value or None

    def yes(key: str) -> bool:
        value = given.get(key)
        if value is not None and not isinstance(value, bool):
            problems.append(f"The setting “{key}” must be true or false; its default is used.")
        return value is True

    def count(key: str, default: int) -> int:
        value = given.get(key)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not 1 <= value < 2**53:
            problems.append(f"The setting “{key}” must be a number above 0; its default is used.")
            return default
        return int(value)

    package_servers = text("packageServer"), environ.get("JULIA_PKG_SERVER")
    package_server = next((url for url in package_servers if url and not _is_public(url)), None)
    directory = text("downloadDirectory") or DOWNLOAD_DIRECTORY
    limit = count("scanLimit", SCAN_LIMIT)
    return Settings(text("server"), package_server, directory, yes("gitignore"), limit), problems


def config_dir() -> Path:
    """Where the server profiles are kept: `JULIAHUB_CONFIG_DIR`, else the operating system's convention."""
    chosen = os.environ.get("JULIAHUB_CONFIG_DIR")
    return Path(chosen) if chosen else Path(platformdirs.user_config_dir("juliahub-ls", appauthor=False))


def cache_dir() -> Path:
    """Where bundles are written and kept for re-use: `JULIAHUB_CACHE_DIR`, else the operating system's convention."""
    chosen = os.environ.get("JULIAHUB_CACHE_DIR")
    return Path(chosen) if chosen else Path(platformdirs.user_cache_dir("juliahub-ls", appauthor=False))


def _is_public(package_server: str) -> bool:
    try:
        host = urlsplit(package_server if "://" in package_server else f"https://{package_server}").hostname or ""
    except ValueError:
        return False
    return f".{host}".endswith(tuple(f".{public}" for public in PUBLIC_PACKAGE_SERVERS))


def patience_seconds() -> float:
    """How long a server may stay silent before it counts as too slow: `JULIAHUB_TIMEOUT`, else a minute."""
    try:
        chosen = float(os.environ.get("JULIAHUB_TIMEOUT", ""))
    except ValueError:
        return PATIENCE_SECONDS
    return chosen if 0 < chosen < float("inf") else PATIENCE_SECONDS
