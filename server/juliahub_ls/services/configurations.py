"""The saved configurations of workspace folders: found, checked as a submission would be, named."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from juliahub_ls.domain.jobs.choices import BY_KEY
from juliahub_ls.domain.jobs.configurations import (
    FILE,
    ConfigurationFile,
    SavedConfiguration,
    place_of,
    read_configurations,
)
from juliahub_ls.domain.problem import Problem, error, warning
from juliahub_ls.domain.toml.positions import TomlPositions
from juliahub_ls.domain.toml.text import ReadText, read_text
from juliahub_ls.errors import ConfigurationUnknown
from juliahub_ls.services.choices import request_of
from juliahub_ls.services.job_source import NOT_SUBMITTED
from juliahub_ls.services.submit_request import refusals


def checked_file(text: str, file: Path) -> ConfigurationFile:
    """A file's configurations, with what no server could do and scripts that are not there among the problems."""
    found = read_configurations(text, file)
    places = TomlPositions(text)
    checked, problems = [], list(found.problems)
    for configuration in found.configurations:
        wrong = _refused(configuration, places)
        problems += [*wrong, *_missing(configuration, places)]
        reason = configuration.problem or (wrong[0].message if wrong else None)
        checked.append(replace(configuration, problem=reason))
    return ConfigurationFile(tuple(checked), tuple(problems))


def all_configurations(folders: Sequence[Path], read: ReadText = read_text) -> list[SavedConfiguration]:
    """Those of all workspace folders. A folder without the file has none."""
    found: list[SavedConfiguration] = []
    for folder in dict.fromkeys(folders):
        text, problem = read(folder / FILE)
        if problem is None:
            found += checked_file(text, folder / FILE).configurations
    return found


def find_configuration(name: str, folders: Sequence[Path], read: ReadText = read_text) -> SavedConfiguration:
    """The one of that name, of the first folder that has it. Raises `ConfigurationUnknown`."""
    known = all_configurations(folders, read)
    for configuration in known:
        if configuration.name == name:
            return configuration
    names = ", ".join(dict.fromkeys(configuration.name for configuration in known))
    hint = f"There are {names}." if names else "Save one from the form, or write it there."
    file = folders[0] / FILE if len(folders) == 1 else FILE.as_posix()
    raise ConfigurationUnknown(name=name, path=file, hint=hint)


def folder_above(directory: Path) -> Path | None:
    """The nearest folder from `directory` upward that keeps configurations."""
    return next((folder for folder in (directory, *directory.parents) if (folder / FILE).is_file()), None)


def _refused(configuration: SavedConfiguration, places: TomlPositions) -> list[Problem]:
    """What no server could do. The script may be named later, and a password is never written down."""
    if configuration.problem:
        return []
    found = []
    for refusal in refusals(request_of(configuration.choices)):
        if refusal.field in BY_KEY and refusal.field != "script":
            message = str(refusal.error).replace(NOT_SUBMITTED, "").strip()
            place = place_of(places, configuration.name, refusal.field)
            found.append(error("configuration-impossible", message, configuration.file, place))
    return found


def _missing(configuration: SavedConfiguration, places: TomlPositions) -> list[Problem]:
    script = configuration.choices.get("script")
    if script is None or Path(script).is_file():
        return []
    message = f"There is no file {script}."
    place = place_of(places, configuration.name, "script")
    return [warning("configuration-script-missing", message, configuration.file, place)]
