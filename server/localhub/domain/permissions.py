"""Who may do what."""

from typing import NamedTuple


class User(NamedTuple):
    """An account of this hub. An embedded hub has one: the operating-system user who runs it."""

    id: int
    name: str
    email: str


def may_use_job(user: User, owner_id: int) -> bool:
    """A job, its log and its files are its submitter's alone."""
    return user.id == owner_id
