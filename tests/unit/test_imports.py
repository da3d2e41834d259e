"""Imports run downwards only (ARCHITECTURE.md, invariants)."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SERVER = Path(__file__).parents[2] / "server"
ROOMS = ("toml", "environments", "bundles", "logs", "jobs", "results")
"""Of `juliahub_ls/domain`; each may use those before it."""
FORBIDDEN = {
    # room: what it must not import, and so what would be an import upwards or sideways
    "juliahub_wire": ("juliahub_ls", "localhub", "pygls", "lsprotocol", "httpx", "starlette"),
    "juliahub_ls/domain": (
        "juliahub_ls.services",
        "juliahub_ls.lsp",
        "juliahub_ls.cli",
        "juliahub_ls.payloads",
        "localhub",
        "httpx",
        "websockets",
        "pygls",
        "lsprotocol",
        "asyncio",
        "typer",
    ),
    **{
        f"juliahub_ls/domain/{room}": tuple(f"juliahub_ls.domain.{later}" for later in ROOMS[place + 1 :])
        for place, room in enumerate(ROOMS[:-1])
    },
    "juliahub_ls/services": (
        "juliahub_ls.lsp",
        "juliahub_ls.cli",
        "juliahub_ls.payloads",
        "localhub",
        "pygls",
        "lsprotocol",
        "typer",
        "rich",
    ),
    "juliahub_ls/lsp": ("juliahub_ls.cli", "localhub", "typer", "rich"),
    "juliahub_ls/cli": ("localhub", "pygls"),
    "localhub/domain": (
        "localhub.services",
        "localhub.engines",
        "localhub.web",
        "juliahub_ls",
        "sqlalchemy",
        "starlette",
        "asyncio",
    ),
    "localhub/engines": ("localhub.services", "localhub.web", "juliahub_ls", "sqlalchemy", "starlette"),
    "localhub/services": ("localhub.web", "juliahub_ls", "starlette", "typer"),
    "localhub/web": ("juliahub_ls", "typer"),
}


def modules_of(room: str) -> list[Path]:
    return sorted((SERVER / room).rglob("*.py"))


@pytest.mark.parametrize("room", FORBIDDEN)
def test_imports_run_downwards(room: str) -> None:
    files = modules_of(room)
    assert files, f"the room {room} is empty or has moved"
    upward = [
        f"{path.relative_to(SERVER)} imports {name}"
        for path in files
        for name in imported(path)
        if any(name == bad or name.startswith(f"{bad}.") for bad in FORBIDDEN[room])
    ]
    assert upward == []


def test_the_two_programs_do_not_know_each_other() -> None:
    for program, other in (("juliahub_ls", "localhub"), ("localhub", "juliahub_ls")):
        guilty = [str(path) for path in modules_of(program) for name in imported(path) if name.split(".")[0] == other]
        assert guilty == []


def imported(path: Path) -> Iterator[str]:
    """Absolute names of all that a file imports, also inside functions and for types only."""
    package = ".".join(path.relative_to(SERVER).with_suffix("").parts[:-1])
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                anchor = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*anchor, base]).rstrip(".")
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)
