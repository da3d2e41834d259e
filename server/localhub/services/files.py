"""Small files that must be whole or absent, and private."""

import json
import os
import secrets
from pathlib import Path
from typing import Any

PRIVATE = 0o600
PRIVATE_DIR = 0o700


def private_dir(path: Path) -> Path:
    """The directory, made with mode 0700 where it does not exist. Parents get the default mode."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.mkdir(mode=PRIVATE_DIR, exist_ok=True)
    return path


def write_atomic(path: Path, content: bytes, mode: int = PRIVATE) -> None:
    """Replace the file: after a crash it holds the old content or the new, never a part."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, mode), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_dir(path.parent)


def write_json(path: Path, value: Any, mode: int = PRIVATE) -> None:
    """`write_atomic` of a JSON value."""
    write_atomic(path, json.dumps(value, ensure_ascii=False).encode(), mode)


def read_json(path: Path) -> dict[str, Any] | None:
    """A JSON object, or None when the file is absent or holds none."""
    try:
        value = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return value if isinstance(value, dict) else None


def sync_dir(path: Path) -> None:
    """Make a rename last through a power cut. Windows has no such call and needs none."""
    if os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


_BINARY = getattr(os, "O_BINARY", 0)
