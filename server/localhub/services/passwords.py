"""Passwords: what may be one, and how it is kept (argon2id)."""

import threading
from functools import cached_property
from typing import TYPE_CHECKING

from localhub.domain.refusals import Refusal

if TYPE_CHECKING:
    from argon2 import PasswordHasher

MIN_CHARACTERS = 8
MAX_CHARACTERS = 1000

_AT_ONCE = 2
"""Hashing takes 64 MB for a moment; this many may run side by side, however many ask."""


class Passwords:
    """Hashes and checks passwords. Blocks for some 50 ms; thread-safe."""

    def __init__(self, hasher: "PasswordHasher | None" = None) -> None:
        self._given = hasher
        self._turn = threading.Semaphore(_AT_ONCE)

    def hash(self, password: str) -> str:
        """The hash to store. Raises `Refusal` for what may not be a password."""
        if not MIN_CHARACTERS <= len(password) <= MAX_CHARACTERS:
            raise Refusal(
                f"A password must have {MIN_CHARACTERS} to {MAX_CHARACTERS:,} characters. Choose another one."
            )
        with self._turn:
            return self._hasher.hash(password)

    def is_right(self, stored: str | None, password: str) -> bool:
        """Whether the password is the stored one. It takes as long when there is none to compare with."""
        from argon2.exceptions import InvalidHashError, VerifyMismatchError

        with self._turn:
            try:
                return self._hasher.verify(stored or self._nobodys, password[:MAX_CHARACTERS]) and stored is not None
            except (VerifyMismatchError, InvalidHashError):
                return False

    def is_outdated(self, stored: str) -> bool:
        """Whether the hash was made with other costs than are asked for now."""
        return self._hasher.check_needs_rehash(stored)

    @cached_property
    def _hasher(self) -> "PasswordHasher":
        """Loaded when the first password comes: a hub without accounts starts sooner."""
        from argon2 import PasswordHasher

        return self._given or PasswordHasher()

    @cached_property
    def _nobodys(self) -> str:
        return self._hasher.hash("nobody's")
