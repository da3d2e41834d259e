"""Who runs the hub."""

import getpass


def owner_name() -> str:
    """The operating-system user's name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # a container may run under a number that has no name
        return "user"
