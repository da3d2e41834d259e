"""A value that must not be seen: it prints as stars, in every form, and is read only by asking for it."""


class Secret:
    """Wraps a token. `reveal()` is the one way to its text."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself, for an `Authorization` header and nothing else."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(*****)"

    __str__ = __repr__

    def __format__(self, _spec: str) -> str:
        return repr(self)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __reduce__(self) -> str:
        raise TypeError("A secret is not pickled.")
