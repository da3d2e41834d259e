"""From our dataclasses to JSON, one rule for the editor and the terminal.

CamelCase keys, absent instead of null, enums by value, and `NaN` or `Infinity` as text: JSON has no such numbers.
"""

import math
from dataclasses import fields, is_dataclass
from enum import Enum
from pathlib import Path
from typing import Any


def encode(value: Any) -> Any:
    """JSON of a dataclass or a container of them. Paths become their text; `None` fields are left out."""
    if is_dataclass(value) and not isinstance(value, type):
        pairs = ((camel(field.name), getattr(value, field.name)) for field in fields(value))
        return {name: encode(item) for name, item in pairs if item is not None}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Path) or (isinstance(value, float) and not math.isfinite(value)):
        return str(value)
    if isinstance(value, dict):
        return {str(key): encode(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [encode(item) for item in value]
    return value


def camel(name: str) -> str:
    """`processes_per_node` → `processesPerNode`."""
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)
