"""Which version of the distribution this is."""

from importlib import metadata


def version() -> str:
    """The installed version, `0` when run from a source tree that is not installed."""
    try:
        return metadata.version("juliahub-ls")
    except metadata.PackageNotFoundError:
        return "0"
