"""The options of `submit` that shape a job: machines, image, port, application."""

import os
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

PASSWORD_VARIABLE = "JULIAHUB_PORT_PASSWORD"  # noqa: S105 - a variable's name

ScriptOrNothing = Annotated[
    Path | None, typer.Argument(metavar="SCRIPT", help="A .jl file; none with --app, or with one in --config.")
]
ConfigOption = Annotated[
    str | None,
    typer.Option(
        "--config",
        metavar="NAME",
        help="Choices saved in .vscode/juliahub.toml, here or above; options go before them.",
    ),
]
LinesOption = Annotated[
    str | None,
    typer.Option("--lines", metavar="FIRST:LAST", help="Run these lines of the script in its place, such as 3:7."),
]
NodesOption = Annotated[int | None, typer.Option("--nodes", metavar="N", help="How many machines; else one.")]
MinNodesOption = Annotated[
    int | None, typer.Option("--min-nodes", metavar="N", help="Start when so many of --nodes are there.")
]
ElasticOption = Annotated[bool | None, typer.Option("--elastic", help="Start at once; machines come and go.")]
ProcessesOption = Annotated[
    int | None,
    typer.Option("--processes-per-node", metavar="P", help="Julia processes on each machine; else one."),
]
PerVcpuOption = Annotated[
    bool | None, typer.Option("--process-per-vcpu", help="As many Julia processes on each machine as it has vCPUs.")
]
ThreadsOption = Annotated[int | None, typer.Option("--threads", metavar="T", help="Threads of each process.")]
VcpusOption = Annotated[int | None, typer.Option("--vcpus", metavar="N", help="vCPUs of each machine, at least.")]
MemoryOption = Annotated[int | None, typer.Option("--memory", metavar="GB", help="Memory of each machine, at least.")]
GpuOption = Annotated[bool | None, typer.Option("--gpu", help="Machines with a GPU.")]
NodeOption = Annotated[str | None, typer.Option("--node", metavar="CLASS", help="Machines of this class, such as m6.")]
EnvOption = Annotated[
    list[str] | None,
    typer.Option(
        "--env", "-e", metavar="NAME=VALUE", help="For the job; may be repeated. NAME alone: with its value here."
    ),
]
NameOption = Annotated[str | None, typer.Option("--name", metavar="NAME", help="Else the script's name.")]
TimeLimitOption = Annotated[
    float | None,
    typer.Option("--time-limit", metavar="HOURS", help="Else one; 0 for none. JuliaHub rounds up to whole hours."),
]
CostLimitOption = Annotated[
    float | None,
    typer.Option("--cost-limit", metavar="DOLLARS", help="In place of a time limit: the time that so much buys."),
]
ImageOption = Annotated[str | None, typer.Option("--image", metavar="NAME", help="Run in this image of the product.")]
ProductOption = Annotated[str | None, typer.Option("--product", metavar="NAME", help="Else standard-batch.")]
PortOption = Annotated[
    int | None, typer.Option("--port", metavar="PORT", help="Show this port of the job under an address of its own.")
]
PortAccessOption = Annotated[
    Literal["me", "anyone", "password", "public"] | None,
    typer.Option(
        "--port-access",
        help=f"Who may open the port: you alone (as it is without this option); anyone signed in; with the password in "
        f"{PASSWORD_VARIABLE}, or asked for; all the world.",
    ),
]
PortNameOption = Annotated[
    str | None, typer.Option("--port-name", metavar="NAME", help="The first part of the port's address.")
]
SysimageOption = Annotated[
    bool | None, typer.Option("--sysimage", help="Build a system image of the manifest's packages.")
]
ProjectOption = Annotated[
    str | None, typer.Option("--project", metavar="UUID", help="The server's project that the job belongs to.")
]
AppOption = Annotated[
    str | None, typer.Option("--app", metavar="NAME", help="Run an application of the server in place of a script.")
]
AppRepoOption = Annotated[
    str | None, typer.Option("--app-repo", metavar="URL", help="Run your application from this repository.")
]
BranchOption = Annotated[
    str | None, typer.Option("--branch", metavar="NAME", help="Of the application; HEAD: default.")
]
RevisionOption = Annotated[
    str | None, typer.Option("--revision", metavar="REV", help="Commit or tag of the application; else its release.")
]


def environment(given: list[str]) -> dict[str, str]:
    """`NAME=VALUE` texts as variables; of a `NAME` alone the value that it has here."""
    values = {}
    for text in given:
        key, equals, value = text.partition("=")
        if not key:
            raise typer.BadParameter(f"“{text}” is not NAME=VALUE.", param_hint="--env")
        if not equals and key not in os.environ:
            raise typer.BadParameter(f"{key} is not set here. Set it, or give NAME=VALUE.", param_hint="--env")
        values[key] = value if equals else os.environ[key]
    return values


def lines(text: str) -> tuple[int, int]:
    """`3:7` as numbers; `3` is one line."""
    first, _, last = text.partition(":")
    try:
        return int(first), int(last or first)
    except ValueError:
        raise typer.BadParameter(f"“{text}” names no lines, such as 3:7.", param_hint="--lines") from None


def port_password() -> str:
    """From the environment or the keyboard, never from the command line."""
    given = os.environ.pop(PASSWORD_VARIABLE, None)
    if given is None and sys.stdin.isatty():
        given = typer.prompt("Password for the port", hide_input=True, confirmation_prompt=True, err=True)
    if not given:
        raise typer.BadParameter(
            f"--port-access password needs the password in {PASSWORD_VARIABLE}, or a terminal to type it at."
        )
    return given
