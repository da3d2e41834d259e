"""Why a choice cannot be had."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unfit:
    """A sentence, and which of the choices it is about, by its key (`choices.py`)."""

    field: str
    sentence: str
