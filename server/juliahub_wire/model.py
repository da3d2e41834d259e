"""The base of every wire model."""

from pydantic import BaseModel, ConfigDict


class WireModel(BaseModel):
    """A JSON object on the wire.

    Unknown keys are tolerated, values are immutable, integers must be integers (protocol §1.10).
    """

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)
