"""What many payloads share: places, problems, buttons, errors."""

from typing import Any, Literal

from typing_extensions import NotRequired, TypedDict


class Position(TypedDict):
    """A zero-based position, as in LSP."""

    line: int
    character: int


class Range(TypedDict):
    """A half-open range, as in LSP."""

    start: Position
    end: Position


class Action(TypedDict):
    """A button: what it says and the command it runs."""

    title: str
    command: str
    arguments: NotRequired[list[Any]]


class Problem(TypedDict):
    """Something to tell the user about an environment or a bundle. `code` is stable; `message` is a sentence;
    `actions` mend it, the best first.
    """

    code: str
    severity: Literal["error", "warning", "information"]
    message: str
    uri: NotRequired[str]
    range: NotRequired[Range]
    actions: NotRequired[list[Action]]


class EmptyResult(TypedDict):
    """Nothing to say."""


class ErrorData(TypedDict):
    """`data` of every failed request.

    A stable code, an optional button, and numbers or names for a client that words it itself.
    """

    code: str
    action: NotRequired[Action]
    details: NotRequired[dict[str, Any]]
