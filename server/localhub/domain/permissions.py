"""Who may do what."""

from enum import Enum
from typing import NamedTuple


class Role(str, Enum):
    """What an account may do beyond its own jobs: an admin sees all accounts and sign-ins."""

    USER = "user"
    ADMIN = "admin"


class User(NamedTuple):
    """An account of this hub. An embedded hub has one: the operating-system user who runs it."""

    id: int
    name: str
    email: str
    full_name: str = ""


def may_use_job(user: User, owner_id: int) -> bool:
    """A job, its log and its files are its submitter's alone."""
    return user.id == owner_id
