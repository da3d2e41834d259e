"""What a script is made of: its text, the environment of its job, and what of all that is sent."""

import enum
import os
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from juliahub_ls.domain.environments.environment import LoadedEnvironment, load_environment
from juliahub_ls.domain.environments.files import AS_FOUND, ChosenFiles, JuliaVersion, environment_at
from juliahub_ls.domain.environments.script_environment import EnvironmentChoice
from juliahub_ls.domain.jobs.driver import driver_script, selection_driver
from juliahub_ls.domain.jobs.selection import lines_of, placed, text_of_lines
from juliahub_ls.domain.problem import Problem, warning
from juliahub_ls.domain.toml.text import read_text
from juliahub_ls.errors import ScriptOutsideBundle, SettingInvalid
from juliahub_ls.services.environments import Environments
from juliahub_ls.services.os_errors import translated_os_errors

NOT_SUBMITTED = "Nothing was submitted."


class Send(enum.Enum):
    """What goes along with a script, as `docs/protocol.md` has it."""

    FOLDER = "folder"
    """The bundle folder."""
    ENVIRONMENT = "environment"
    """The texts of project and manifest."""
    PROJECT = "project"
    """The project's text: the server resolves it."""
    SCRIPT = "script"
    """Nothing."""


@dataclass(frozen=True, slots=True)
class Source:
    """What a script is made of: its text, the environment that the job will have, and what is sent.

    `directory` and the script's place in it for `Send.FOLDER`; the other ways send texts. `problems` are about the
    choice of the environment, not about its content.
    """

    script: Path
    reason: str
    send: Send
    code: str
    environment: LoadedEnvironment | None = None
    directory: Path | None = None
    script_in_bundle: PurePosixPath | None = None
    problems: tuple[Problem, ...] = ()
    choices: tuple[EnvironmentChoice, ...] = ()
    """The other environments that the script could have."""
    selection: bool = False
    """`code` is a part of the script, run in its place."""
    chosen: ChosenFiles = AS_FOUND
    """What takes the place of its manifest and artifacts."""
    lines: tuple[int, int] | None = None
    """The first and the last line (from 1) of that part, where it is whole lines of the script as it stands."""

    @property
    def user_code(self) -> str:
        """The Julia text that is sent: that of the script, or what runs it in the bundle."""
        if self.script_in_bundle is None:
            return self.code
        if self.selection:
            return selection_driver(self.script_in_bundle, self.code)
        return driver_script(self.script_in_bundle)

    @property
    def job_environment(self) -> LoadedEnvironment | None:
        """The environment as far as the job will have it."""
        if self.environment is None or self.send is not Send.PROJECT:
            return self.environment
        return replace(self.environment, manifest=None, manifest_file=None)

    @property
    def project_text(self) -> str | None:
        """The project as text, when it goes along as such."""
        if self.environment is None or self.send not in (Send.ENVIRONMENT, Send.PROJECT):
            return None
        return read_text(self.environment.environment.project_file)[0]

    @property
    def manifest_text(self) -> str | None:
        """The manifest as text, when it goes along as such."""
        file = self.environment.manifest_file if self.environment else None
        return read_text(file)[0] if file and self.send is Send.ENVIRONMENT else None


def find_source(
    environments: Environments,
    script: Path,
    directory: Path | None,
    send: Send,
    selection: str | None = None,
    chosen: ChosenFiles = AS_FOUND,
) -> Source:
    """A script with its environment: that of `directory`, else its own. `selection`: the text to run in its place.

    Raises `ScriptNotFound`, `NotJulia`, and `ScriptOutsideBundle` for a `directory` that does not hold it.
    """
    script = Path(os.path.normpath(script.absolute()))
    found = environments.for_script(script)
    because, loaded, problems = found.why, found.loaded, found.problems
    code, part, lines = _text_of(script), selection is not None, None
    if selection is not None:
        selection = selection.replace("\r\n", "\n")
        code, lines = placed(selection, code), lines_of(selection, code)
    if directory is not None:
        directory = Path(os.path.normpath(directory.absolute()))
        if send is Send.FOLDER and not script.is_relative_to(directory):
            raise ScriptOutsideBundle(script=script, directory=directory)
        own, loaded = loaded, _loaded(directory)
        because, problems = "the folder that was asked for", (*problems, *_other_environment(script, own, loaded))
    if loaded and chosen != AS_FOUND:
        loaded = load_environment(chosen.put_into(loaded.environment))
    elif chosen != AS_FOUND:
        message = f"{script.name} has no project, so nothing that was chosen for one goes along."
        problems = (*problems, warning("no-project", message, script))
    top = directory or (loaded.environment.directory if loaded else None)
    if send is Send.FOLDER and top is not None and script.is_relative_to(top):
        inside = PurePosixPath(script.relative_to(top).as_posix())
        return Source(script, because, send, code, loaded, top, inside, problems, found.choices, part, chosen, lines)
    if send is Send.FOLDER:
        send = Send.ENVIRONMENT if loaded else Send.SCRIPT
    sent = None if send is Send.SCRIPT else loaded
    return Source(
        script,
        because,
        send,
        code,
        sent,
        problems=problems,
        choices=found.choices,
        selection=part,
        chosen=chosen,
        lines=lines,
    )


def selected_lines(script: Path, first: int, last: int) -> str:
    """The text of these lines (from 1). Raises `ScriptNotFound`, and `SettingInvalid` for lines that it has not."""
    code = _text_of(script)
    selected = text_of_lines(code, first, last)
    if selected is None:
        count = len(code.removesuffix("\n").split("\n"))
        reason = f"{script.name} has {count} lines, and {first}:{last} are not among them. {NOT_SUBMITTED}"
        raise SettingInvalid(reason=reason)
    return selected


def for_julia(source: Source, julia: JuliaVersion | None) -> Source:
    """The source with the manifest that Julia `julia` takes."""
    if source.environment is None or julia is None:
        return source
    directory = source.environment.environment.directory
    loaded = _loaded(directory, julia, source.chosen) or source.environment
    return replace(source, environment=loaded)


def _text_of(script: Path) -> str:
    with translated_os_errors(script, NOT_SUBMITTED):
        return script.read_text("utf-8", "replace")


def _other_environment(
    script: Path, own: LoadedEnvironment | None, loaded: LoadedEnvironment | None
) -> tuple[Problem, ...]:
    """The folder that was asked for has another environment than the script has here."""
    if own is None or (loaded and loaded.environment.directory == own.environment.directory):
        return ()
    has = f"that of {loaded.environment.project_file}" if loaded else "an empty one"
    message = (
        f"Here {script.name} has the environment {own.environment.project_file}; the job would have {has}, as that is "
        f"what the folder asked for has. Bundle {own.environment.directory} if the code needs its packages."
    )
    return (warning("other-environment", message, own.environment.project_file),)


def _loaded(
    directory: Path, julia: JuliaVersion | None = None, chosen: ChosenFiles = AS_FOUND
) -> LoadedEnvironment | None:
    environment = environment_at(directory, julia, chosen)
    return load_environment(environment, julia) if environment else None
