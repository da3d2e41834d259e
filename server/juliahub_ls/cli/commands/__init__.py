"""The commands, one file for each kind. Their files import nothing slow; each command does when it runs."""

import typer

from . import bundles, datasets, environments, jobs, logs, results, servers, submit


def register(app: typer.Typer) -> None:
    """Add every command, in the order in which help lists them."""
    for module in (servers, environments, bundles, submit, jobs, logs, results, datasets):
        for name, command in module.COMMANDS.items():
            app.command(name)(command)
