"""The options of a submission, the same for every command that takes them, and the choices that they make."""

import functools
import inspect
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from juliahub_ls.cli import submit_options as own
from juliahub_ls.cli.options import (
    AllowOption,
    ArtifactsOption,
    BundleOption,
    Common,
    GitignoreChoice,
    JuliaOption,
    ManifestOption,
    SendOption,
    common,
)

if TYPE_CHECKING:
    from juliahub_ls.services.submit_request import SubmitRequest

CONFIG = "config"
LINES = "lines"
OPTIONS: dict[str, Any] = {
    "script": own.ScriptOrNothing,
    CONFIG: own.ConfigOption,
    LINES: own.LinesOption,
    "bundle": BundleOption,
    "manifest": ManifestOption,
    "artifacts": ArtifactsOption,
    "send": SendOption,
    "gitignore": GitignoreChoice,
    "allow": AllowOption,
    "name": own.NameOption,
    "env": own.EnvOption,
    "nodes": own.NodesOption,
    "min_nodes": own.MinNodesOption,
    "elastic": own.ElasticOption,
    "processes_per_node": own.ProcessesOption,
    "process_per_vcpu": own.PerVcpuOption,
    "threads": own.ThreadsOption,
    "vcpus": own.VcpusOption,
    "memory": own.MemoryOption,
    "gpu": own.GpuOption,
    "node": own.NodeOption,
    "time_limit": own.TimeLimitOption,
    "cost_limit": own.CostLimitOption,
    "julia": JuliaOption,
    "image": own.ImageOption,
    "product": own.ProductOption,
    "port": own.PortOption,
    "port_access": own.PortAccessOption,
    "port_name": own.PortNameOption,
    "sysimage": own.SysimageOption,
    "project": own.ProjectOption,
    "app": own.AppOption,
    "app_repo": own.AppRepoOption,
    "branch": own.BranchOption,
    "revision": own.RevisionOption,
}
"""Parameter of the command line → its type; the names are the long options, with `_` for `-`. Without one: None."""


def takes_choices(command: Callable[..., Any]) -> Callable[..., Any]:
    """The command with all these options before its own; it finds them in its context."""
    signature = inspect.signature(command)
    first, *rest = signature.parameters.values()
    more = [inspect.Parameter(name, first.kind, default=None, annotation=kind) for name, kind in OPTIONS.items()]

    @functools.wraps(command)
    def with_choices(**given: Any) -> Any:
        return command(**{name: value for name, value in given.items() if name in signature.parameters})

    with_choices.__signature__ = signature.replace(parameters=[first, *more, *rest])  # type: ignore[attr-defined]
    with_choices.__annotations__ = {**command.__annotations__, **OPTIONS}
    return with_choices


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a command was asked for, and the choices for a job, those of `--config` beneath the given ones."""

    asked: Common
    choices: dict[str, Any]

    @classmethod
    def of(cls, context: typer.Context, server: str | None, as_json: bool, *, stream: bool = False) -> "Chosen":
        """From the command line. Raises errors about the configuration that is named."""
        asked = common(context, server, as_json, stream=stream)
        choices = given_choices(context.params)
        name = context.params.get(CONFIG)
        if name is not None:
            from juliahub_ls.domain.jobs.choices import configured

            choices = configured(_configuration(name), choices)
        lines = context.params.get(LINES)
        if lines is not None:
            choices = {**choices, "code": _selected(choices.get("script"), lines)}
        asked = replace(asked, server=asked.server or choices.get("server"))
        return cls(asked, {key: value for key, value in choices.items() if key != "server"})

    def request(self) -> "SubmitRequest":
        """The request. The password of a port is asked for last, when all else is right."""
        from juliahub_ls.services.choices import request_of

        choices = self.choices
        _refuse_contradictions(choices)
        if choices.get("portAccess") == "password":
            choices = {**choices, "portPassword": own.port_password()}
        return request_of(choices)


def given_choices(parameters: dict[str, Any]) -> dict[str, Any]:
    """The choices that the command line makes, by their keys."""
    from juliahub_ls.domain.jobs.choices import CHOICES, Kind

    found: dict[str, Any] = {}
    for choice in CHOICES:
        value = parameters.get(choice.option.replace("-", "_")) if choice.key != "server" else None
        if value is None or value in ([], ()):
            continue
        if choice.kind is Kind.TABLE:
            value = own.environment(list(value))
        elif choice.kind is Kind.PATH:
            value = os.path.normpath(value.absolute())  # it is kept, and read again elsewhere
        found[choice.key] = list(value) if choice.kind is Kind.LIST else value
    if "timeLimit" in found and "costLimit" in found:
        raise typer.BadParameter("--time-limit and --cost-limit are two ways to end a job. Give one of them.")
    return found


def _configuration(name: str) -> dict[str, Any]:
    """The choices of a configuration of this folder, or of one above. Raises `ConfigurationUnknown` or `…Invalid`."""
    from juliahub_ls.domain.jobs.configurations import FILE
    from juliahub_ls.errors import ConfigurationInvalid, ConfigurationUnknown
    from juliahub_ls.services.configurations import find_configuration, folder_above

    folder = folder_above(Path.cwd())
    if folder is None:
        hint = "There is no such file here or in a folder above."
        raise ConfigurationUnknown(name=name, path=FILE.as_posix(), hint=hint)
    found = find_configuration(name, [folder])
    if found.problem:
        raise ConfigurationInvalid(name=name, reason=found.problem)
    return found.choices


def _selected(script: str | None, lines: str) -> str:
    """The text of these lines. Raises errors about the script."""
    from juliahub_ls.services.job_source import selected_lines

    first, last = own.lines(lines)
    if script is None:
        raise typer.BadParameter("--lines names lines of a script, and there is none.")
    return selected_lines(Path(script), first, last)


def _refuse_contradictions(choices: dict[str, Any]) -> None:
    if "directory" in choices and choices.get("send", "folder") != "folder":
        raise typer.BadParameter(
            "--bundle names a folder to send, and --send says that none is sent. Give one of them."
        )
    if "directory" in choices and ("app" in choices or "appRepo" in choices):
        raise typer.BadParameter("--bundle names a folder to send, and an application brings its own code.")
    if "port" not in choices and ("portAccess" in choices or "portName" in choices):
        raise typer.BadParameter("--port-access and --port-name need --port: they say how a port is shown.")
