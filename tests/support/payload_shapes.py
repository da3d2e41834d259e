"""Whether a payload is exactly what `docs/protocol.md` says: nothing missing, nothing of another type, nothing more."""

from typing import Any

from pydantic import TypeAdapter


def assert_shape(kind: type, payload: Any) -> None:
    """Check a payload against a TypedDict of `lsp/protocol.py`, which drops what it does not know."""
    known = TypeAdapter(kind).validate_python(payload, strict=True)
    assert known == payload, f"{kind.__name__} has no such fields: {payload}"


def without_type(event: dict[str, Any]) -> dict[str, Any]:
    """The payload of a JSON line."""
    return {key: value for key, value in event.items() if key != "type"}
