"""Node specs: what machines a server offers (protocol §3)."""

from typing import Annotated, NamedTuple

from pydantic import BeforeValidator, Field

from .model import WireModel


def _integral(value: object) -> object:
    """Servers write vCores and memory as `2.0`; anything with a fraction is not a node (§3)."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


Integral = Annotated[int, BeforeValidator(_integral)]


class NodeSpec(NamedTuple):
    """One machine type. On the wire a positional array of eleven elements, all required (§3)."""

    node_class: str
    has_gpu: bool
    vcores: Integral
    memory_gb: Integral
    price_per_hour: float
    cpu_description: str
    unknown_6: str
    memory_display: str
    unknown_8: float
    unknown_9: float
    id: Integral


class NodeSpecsAnswer(WireModel):
    """`GET /app/config/nodespecs/info` (§3). A false `success` breaks the whole list."""

    success: bool
    message: str = ""
    node_specs: list[NodeSpec] = Field(default_factory=list)
