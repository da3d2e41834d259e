"""The base of every wire model."""

from pydantic import BaseModel, ConfigDict


class WireModel(BaseModel):
    """A JSON object on the wire.

    Unknown keys are tolerated, values are immutable, integers must be integers (protocol §1.10). What is wrong is named
    by its field, never shown: it could be a secret.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True, hide_input_in_errors=True)
