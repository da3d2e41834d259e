"""Choices that a workspace folder keeps under a name, in `.vscode/juliahub.toml`: read, checked, written.

    [configurations."big sweep"]
    script = "main.jl"
    nodes = 4

    [configurations."big sweep".env]
    N = "1000"

The keys are the long options of `juliahub submit`; files are relative to the workspace folder.
"""

import difflib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from juliahub_ls.domain.bundles.token_lines import find_token
from juliahub_ls.domain.jobs.choices import (
    ALTERNATIVES,
    BY_KEY,
    BY_OPTION,
    CHOICES,
    SECRET_OPTIONS,
    Choice,
    Choices,
    Kind,
    fits,
    unusual,
)
from juliahub_ls.domain.jobs.secret_variables import looks_secret
from juliahub_ls.domain.problem import Problem, Range, Severity, error, warning
from juliahub_ls.domain.toml.edit import header_line, remove_table, set_table
from juliahub_ls.domain.toml.positions import TomlPositions
from juliahub_ls.domain.toml.text import parse_toml

FILE = Path(".vscode", "juliahub.toml")
SECTION = "configurations"


@dataclass(frozen=True, slots=True)
class SavedConfiguration:
    """Choices under a name; files as absolute paths. `line` from 0. `problem`: why it cannot be used as it stands."""

    name: str
    file: Path
    line: int
    choices: dict[str, Any]
    problem: str | None = None

    @property
    def folder(self) -> Path:
        """The workspace folder."""
        return self.file.parent.parent


@dataclass(frozen=True, slots=True)
class ConfigurationFile:
    """What one file says, in its order, and everything that is wrong with it."""

    configurations: tuple[SavedConfiguration, ...] = ()
    problems: tuple[Problem, ...] = field(default_factory=tuple)


def read_configurations(text: str, file: Path) -> ConfigurationFile:
    """All configurations of a file. Never raises; what cannot be understood is told with its place."""
    document, places = parse_toml(text, file), TomlPositions(text)
    problems = list(document.problems)
    for key in document.table:
        if key != SECTION:
            message = f"“{key}” means nothing here. Configurations are tables such as [{SECTION}.sweep]."
            problems.append(warning("configuration-key-unknown", message, file, places.table(key)))
    section = document.table.get(SECTION, {})
    found = []
    for name, table in section.items() if isinstance(section, dict) else ():
        configuration, wrong = _configuration(name, table, file, places)
        found.append(configuration)
        problems += wrong
    if not isinstance(section, dict):
        problems.append(error("configuration-wrong-kind", _not_a_table(SECTION), file, places.value(SECTION)))
    return ConfigurationFile(tuple(found), tuple(problems))


def write_configuration(text: str, name: str, choices: Choices, folder: Path) -> tuple[str, int] | None:
    """The text in which `name` holds these choices, and the line of its header.

    None for a text that has mistakes or has the table in an unusual form (`domain/toml/edit.py`).
    """
    values = {choice.option: _written(choice, choices[choice.key], folder) for choice in _kept(choices)}
    env = values.pop("env", {})
    path = (SECTION, name)
    section = parse_toml(text).table.get(SECTION, {})
    table = section.get(name, {}) if isinstance(section, dict) else {}
    has_own = header_line(text, (*path, "env")) is not None
    inline = not has_own and isinstance(table, dict) and "env" in table
    edited = set_table(text, path, {**values, **({"env": env} if inline and env else {})})
    if edited is not None and env and not inline:
        edited = set_table(edited, (*path, "env"), env, after=path)
    elif edited is not None and has_own:
        edited = remove_table(edited, (*path, "env"))
    return None if edited is None else (edited, header_line(edited, path) or 0)


def place_of(places: TomlPositions, name: str, key: str) -> Range | None:
    """Where a choice stands in a configuration, by the key of the choice; else the configuration's header."""
    option = BY_KEY[key].option if key in BY_KEY else key
    found = places.value(SECTION, name, option) or places.table(SECTION, name, option)
    return found or places.table(SECTION, name)


def _kept(choices: Choices) -> Iterator[Choice]:
    """What is written: no secrets, and nothing that is as it is by default."""
    chosen = unusual(choices)
    for choice in CHOICES:
        value = chosen.get(choice.key)
        if value is None or (choice.kind is Kind.FLAG and not value and choice.key != "gitignore"):
            continue
        if value not in ([], {}):
            yield choice


def _written(choice: Choice, value: Any, folder: Path) -> Any:
    if choice.kind is Kind.TABLE:
        return {name: item for name, item in value.items() if not looks_secret(name, item)}
    if choice.kind is Kind.PATH:
        return relative_path(Path(value), folder)
    return int(value) if isinstance(value, float) and value.is_integer() else value


def relative_path(path: Path, folder: Path) -> str:
    """As a file that is shared names it: below the folder, near it, else (on another drive) whole; with `/`."""
    try:
        return os.path.relpath(path, folder).replace(os.sep, "/")
    except ValueError:
        return path.as_posix()


def _configuration(
    name: str, table: Any, file: Path, places: TomlPositions
) -> tuple[SavedConfiguration, list[Problem]]:
    header = places.table(SECTION, name)
    line = header.start_line if header else 0
    if not isinstance(table, dict):
        message = _not_a_table(f"{SECTION}.{name}")
        problem = error("configuration-wrong-kind", message, file, places.value(SECTION, name))
        return SavedConfiguration(name, file, line, {}, message), [problem]
    problems: list[Problem] = []
    choices: dict[str, Any] = {}
    for option, value in table.items():
        choice = BY_OPTION.get(option)
        wrong = _wrong(option, choice, value)
        if choice is not None and wrong is None:
            choices[choice.key] = _read(choice, value, file.parent.parent)
        elif wrong is not None:
            problems.append(error(*wrong, file, _key_or_value(places, name, option, unknown=choice is None)))
    problems += _contradictions(choices, name, file, places)
    problems += _token_problems(choices, name, file, places)
    reason = next((problem.message for problem in problems if problem.severity is Severity.ERROR), None)
    return SavedConfiguration(name, file, line, choices, reason), problems


def _wrong(option: str, choice: Choice | None, value: Any) -> tuple[str, str] | None:
    """Code and sentence about a key that is none, or has a value of another kind."""
    if option in SECRET_OPTIONS:
        sentence = (
            "A password never stands in a file that is shared. Leave it out; it is asked for when the job starts."
        )
        return "configuration-secret", sentence
    if choice is None:
        near = difflib.get_close_matches(option, BY_OPTION, 1)
        hint = f" Did you mean “{near[0]}”?" if near else ""
        return "configuration-key-unknown", f"“{option}” is nothing that can be chosen for a job.{hint}"
    if fits(choice, value):
        return None
    if choice.words and isinstance(value, str):
        return "configuration-wrong-kind", f"“{option}” is one of {', '.join(choice.words)}, not “{value}”."
    return "configuration-wrong-kind", f"“{option}” must be {choice.kind.value}, not {_kind_of(value)}."


def _read(choice: Choice, value: Any, folder: Path) -> Any:
    if choice.kind is Kind.PATH:
        return os.path.normpath(folder / value)
    return float(value) if choice.kind is Kind.NUMBER else value


def _contradictions(choices: Choices, name: str, file: Path, places: TomlPositions) -> Iterator[Problem]:
    """Two choices of which only one can be made."""
    for group in ALTERNATIVES:
        chosen = [choice for choice in CHOICES if choice.key in group and choices.get(choice.key)]
        if len(chosen) > 1:
            message = f"“{chosen[0].option}” and “{chosen[1].option}” contradict each other. Choose one of the two."
            yield error("configuration-contradiction", message, file, place_of(places, name, chosen[1].key))


def _token_problems(choices: Choices, name: str, file: Path, places: TomlPositions) -> Iterator[Problem]:
    """Variables with values that look like tokens."""
    env: Mapping[str, str] = choices.get("env", {})
    for variable, value in env.items():
        if find_token(value.encode("utf-8", "replace")):
            message = f"The value of {variable} looks like a token, and this file is shared. Leave it out."
            yield error("configuration-secret", message, file, places.value(SECTION, name, "env", variable))
        elif looks_secret(variable, value):
            message = f"{variable} is a name for a secret, and this file is shared. Leave it out if it is one."
            yield warning("configuration-secret", message, file, places.key(SECTION, name, "env", variable))


def _key_or_value(places: TomlPositions, name: str, option: str, *, unknown: bool) -> Range | None:
    if unknown:
        return places.table(SECTION, name, option)
    return places.value(SECTION, name, option) or places.table(SECTION, name, option)


def _not_a_table(name: str) -> str:
    return f"“{name}” must be a table, such as [{SECTION}.sweep]."


def _kind_of(value: object) -> str:
    kinds = ((bool, "true or false"), (str, "text"), (int, "a number"), (float, "a number"), (list, "a list"))
    return next((name for kind, name in kinds if isinstance(value, kind)), "a table")
