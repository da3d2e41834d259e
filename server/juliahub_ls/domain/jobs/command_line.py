"""The same choices for a terminal: `juliahub submit …`, quoted for the shell that a user has there."""

import re
import shlex
from collections.abc import Sequence
from typing import Any

from juliahub_ls.domain.jobs.choices import CHOICES, Choice, Choices, Kind
from juliahub_ls.domain.jobs.secret_variables import looks_secret

_PLAIN = re.compile(r"[A-Za-z0-9_./:\\=+-]+")


def command_line(choices: Choices, *, lines: tuple[int, int] | None = None, windows: bool = False) -> str:
    """One line. `lines`: of the script, in its place.

    Nothing secret stands in it, as a shell remembers it and every process list shows it: a port's password is asked
    for, and a variable that looks secret is named alone, for the terminal to have it.
    """
    selection = [] if lines is None else ["--lines", f"{lines[0]}:{lines[1]}"]
    arguments = ["juliahub", "submit", *submit_arguments(choices), *selection]
    return " ".join(map(_power_shell, arguments)) if windows else shlex.join(arguments)


def submit_arguments(choices: Choices) -> list[str]:
    """The arguments: the script, then the options in the order of their list."""
    script = choices.get("script")
    arguments = [str(script)] if script else []
    for choice in CHOICES:
        if choice.key in choices and choice.key != "script":
            arguments += _option(choice, choices[choice.key])
    return arguments


def _option(choice: Choice, value: Any) -> Sequence[str]:
    name = f"--{choice.option}"
    if choice.kind is Kind.FLAG:
        return [name] if value else [f"--no-{choice.option}"] if choice.key == "gitignore" else []
    if choice.kind is Kind.LIST:
        return [part for item in value for part in (name, item)]
    if choice.kind is Kind.TABLE:
        return [part for key, item in value.items() for part in (name, _variable(key, item))]
    return [name, f"{value:g}" if isinstance(value, float) and float(f"{value:g}") == value else str(value)]


def _variable(name: str, value: str) -> str:
    return name if looks_secret(name, value) else f"{name}={value}"


def _power_shell(text: str) -> str:
    """As PowerShell reads it, the terminal of Windows; what needs no quotes has none."""
    return text if _PLAIN.fullmatch(text) else "'" + text.replace("'", "''") + "'"
