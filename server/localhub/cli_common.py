"""What all commands share: their common options, where the data is, and how they answer."""

import json
import os
from pathlib import Path
from typing import Annotated, Any, NoReturn, Optional

import typer

FAILED = 1
NOT_RUNNING = 3

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
DataDir = Annotated[
    Optional[Path],  # noqa: UP045 - typer evaluates it on Python 3.10
    typer.Option("--data", help="Folder of jobs, results and database.", show_default="the user's"),
]


def data_dir(chosen: Path | None) -> Path:
    """The chosen data folder, else the user's."""
    import platformdirs

    from .settings import DATA_DIR_VARIABLE

    default = os.environ.get(DATA_DIR_VARIABLE) or platformdirs.user_data_dir("localhub", appauthor=False)
    return (chosen or Path(default)).absolute()


def say(value: dict[str, Any], sentence: str, as_json: bool) -> None:
    """The result, as JSON or as a sentence."""
    typer.echo(json.dumps(value, ensure_ascii=False) if as_json else sentence)


def fail(message: str, as_json: bool, exit_code: int = FAILED) -> NoReturn:
    """Why it could not be done."""
    typer.echo(json.dumps({"error": message}, ensure_ascii=False) if as_json else message, err=not as_json)
    raise typer.Exit(exit_code)
