"""The options that every command has, before or after its name, and what a command gets of them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import typer

from juliahub_ls.cli.output import Output

ServerOption = Annotated[
    str | None,
    typer.Option("--server", "-s", metavar="SERVER", help="this-computer, a host or a URL; else the current one."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for programs instead of text.")]
AllowOption = Annotated[
    list[str] | None,
    typer.Option("--allow", metavar="PATH", help="Let in a file that looks like a secret; may be repeated."),
]
GitignoreOption = Annotated[
    bool, typer.Option("--gitignore", help="Leave out what .gitignore files leave out, too; else as the setting says.")
]
GitignoreChoice = Annotated[
    bool | None,
    typer.Option("--gitignore/--no-gitignore", help="Leave out what .gitignore files leave out, too, or not."),
]
SendOption = Annotated[
    Literal["folder", "environment", "project", "script"] | None,
    typer.Option(
        "--send",
        help="What goes along: the folder; project and manifest as texts; the project alone, for the server to "
        "resolve; nothing but the script.",
    ),
]
JuliaOption = Annotated[
    str | None, typer.Option("--julia", metavar="VERSION", help="Such as 1.10; else the manifest's.")
]
BundleOption = Annotated[
    Path | None, typer.Option("--bundle", metavar="DIR", help="Bundle this folder; else the script's environment.")
]
ManifestOption = Annotated[
    Path | None,
    typer.Option("--manifest", metavar="FILE", help="Use this manifest in the place of the one that Julia would read."),
]
ArtifactsOption = Annotated[
    Path | None,
    typer.Option("--artifacts", metavar="FILE", help="Use this in the place of the Artifacts.toml Julia would read."),
]
JobArgument = Annotated[str, typer.Argument(metavar="JOB", help="The job's id, such as jr-xf4tslavut.")]


@dataclass(frozen=True, slots=True)
class Common:
    """What a command was asked for besides its own: the server, if any, and where its words go."""

    server: str | None
    output: Output


def common(context: typer.Context, server: str | None, as_json: bool, *, stream: bool = False) -> Common:
    """Join the options given before the command's name with those after it; the later ones win.

    `stream`: with `--json` the command prints JSON lines, not one document.
    """
    before: tuple[str | None, bool] = context.obj or (None, False)
    return Common(server or before[0], Output.standard(as_json=as_json or before[1], stream=stream))
