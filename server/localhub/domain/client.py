"""The program or device that asks for a token, as far as a server can know it."""

from typing import NamedTuple

MAX_CHARACTERS = 120


class Client(NamedTuple):
    """`name` and `agent` are the client's own words, shown to a person and never trusted; `address` is what we saw."""

    name: str
    agent: str = ""
    address: str = ""


def told(text: str) -> str:
    """What a client says of itself, fit to be shown: one short line of printable characters."""
    line = "".join(character if character.isprintable() else " " for character in text[:MAX_CHARACTERS])
    return " ".join(line.split())
