"""The files of a job directory: their names, and reading and replacing them so that no one ever sees a part."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

SPEC = "spec.json"
CONTROL = "control.json"
RUNNER = "runner.json"
EXIT = "exit.json"
LOG = "log.jsonl"
RESERVE = "reserve"
OUTPUT = "output"

PRIVATE = 0o600
_SHARING_RETRIES = 20


def read_object(path: Path) -> dict[str, Any] | None:
    """The JSON object in the file, None when the file is absent, unreadable or holds no object."""
    try:
        value = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return value if isinstance(value, dict) else None


def write_object(path: Path, value: dict[str, Any]) -> None:
    """Replace the file by this JSON object, mode 0600: a reader sees the old object or the new one. Raises OSError."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(json.dumps(value).encode())
            file.flush()
            os.fsync(file.fileno())
        _replace(temporary, path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


def claim(path: Path, value: dict[str, Any]) -> bool:
    """Create the file with this JSON object, as the only one to do so; False when it is there. Raises OSError."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
    except FileExistsError:
        return False
    with os.fdopen(descriptor, "wb") as file:
        file.write(json.dumps(value).encode())
    return True


def _replace(source: Path, target: Path) -> None:
    """``os.replace``; on Windows it fails while a reader has the target open, which passes."""
    for _ in range(_SHARING_RETRIES if os.name == "nt" else 0):
        try:
            source.replace(target)
        except PermissionError:
            time.sleep(0.01)
        else:
            return
    source.replace(target)
