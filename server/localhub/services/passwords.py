"""Passwords: what may be one, and how it is kept (argon2id)."""

import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from localhub.domain.refusals import Refusal

MIN_CHARACTERS = 8
MAX_CHARACTERS = 1000

_AT_ONCE = 2
"""Hashing takes 64 MB for a moment; this many may run side by side, however many ask."""


class Passwords:
    """Hashes and checks passwords. Blocks for some 50 ms; thread-safe."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._turn = threading.Semaphore(_AT_ONCE)
        self._nobodys: str | None = None

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
        with self._turn:
            try:
                return self._hasher.verify(stored or self._stand_in(), password[:MAX_CHARACTERS]) and stored is not None
            except (VerifyMismatchError, InvalidHashError):
                return False

    def is_outdated(self, stored: str) -> bool:
        """Whether the hash was made with other costs than are asked for now."""
        return self._hasher.check_needs_rehash(stored)

    def _stand_in(self) -> str:
        if self._nobodys is None:
            self._nobodys = self._hasher.hash("nobody's")
        return self._nobodys
