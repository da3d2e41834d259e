"""JuliaHub's HTTP and WebSocket protocol as types: models and constants both sides share, each with its section of
the protocol reference.

Nothing of this project is imported here. Models are lenient in what servers may omit and exact in what the protocol
requires: a missing required field raises pydantic's `ValidationError`, which names it.
"""
