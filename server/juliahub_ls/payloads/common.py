"""What all payloads share: problems with their buttons, and fields that are left out when there is nothing to say."""

from pathlib import Path
from typing import Any

from juliahub_ls.domain.problem import Mend, Mending, Problem, Range


def problem(value: Problem) -> dict[str, Any]:
    """A `Problem`."""
    payload: dict[str, Any] = {"code": value.code, "severity": value.severity.value, "message": value.message}
    if value.path is not None:
        payload["uri"] = uri(value.path)
    if value.range is not None:
        payload["range"] = range_(value.range)
    if value.mends:
        payload["actions"] = [action(mend) for mend in value.mends]
    return payload


def range_(at: Range) -> dict[str, Any]:
    """A `Range`."""
    return {
        "start": {"line": at.start_line, "character": at.start_character},
        "end": {"line": at.end_line, "character": at.end_character},
    }


def uri(path: Path) -> str:
    """A file's URI."""
    return path.absolute().as_uri()


def present(payload: dict[str, Any]) -> dict[str, Any]:
    """Without the fields that are None: absent is how the protocol says so."""
    return {key: value for key, value in payload.items() if value is not None}


def action(mend: Mend) -> dict[str, Any]:
    """An `Action`."""
    directory = uri(mend.directory)
    if mend.how in (Mending.RESOLVE, Mending.INSTANTIATE):
        command, arguments = "juliahub/mendEnvironment", {"directory": directory, "how": mend.how.value}
    else:
        included = mend.how is Mending.LET_IN
        command, arguments = "juliahub/setBundleRule", {"directory": directory, "path": mend.path, "included": included}
    return {"title": mend.title, "command": command, "arguments": [arguments]}
