"""`juliahub`: the command line. Wires the commands, and is the boundary at which every error becomes a sentence.

What a command needs is imported when it runs: `--help` and completion are immediate.
"""

import os
import sys
from contextlib import suppress
from typing import Annotated

import typer

from juliahub_ls import __version__
from juliahub_ls.cli import commands, exit_codes
from juliahub_ls.cli.options import JsonOption, ServerOption
from juliahub_ls.cli.output import Output, OutputClosed, OutputFailed

app = typer.Typer(
    name="juliahub",
    help="Run Julia code on this computer, a group's hub or JuliaHub: submit scripts, follow logs, fetch results.",
    epilog=exit_codes.HELP,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
commands.register(app)
USAGE_ERROR: type[Exception] = next(
    kind for kind in typer.BadParameter.__mro__ if issubclass(kind, Exception) and kind.__name__ == "ClickException"
)
"""What typer raises for wrong usage, whichever click it brings."""


@app.callback(invoke_without_command=True)
def every_command(
    context: typer.Context,
    server: ServerOption = None,
    as_json: JsonOption = False,
    show_version: Annotated[bool, typer.Option("--version", help="Show the version and exit.")] = False,
) -> None:
    """Take the options that stand before the command's name."""
    context.obj = (server, as_json)
    if show_version:
        typer.echo(f"juliahub {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def main(arguments: list[str] | None = None) -> None:
    """Run one command and exit with its code. Nothing but sentences leaves here, unless `JULIAHUB_DEBUG` is set."""
    given = sys.argv[1:] if arguments is None else arguments
    code = _run(given)
    try:
        sys.stdout.flush()
    except OSError:
        code = code or exit_codes.PIPE_CLOSED
        _forget_stdout()
    sys.exit(code)


def _run(arguments: list[str]) -> int:
    from juliahub_ls.errors import JuliaHubError

    options = arguments[: arguments.index("--")] if "--" in arguments else arguments
    try:
        code = app(arguments, prog_name="juliahub", standalone_mode=False)
        return code if isinstance(code, int) else exit_codes.OK
    except JuliaHubError as error:
        return _tell(error, "--json" in options)
    except (KeyboardInterrupt, typer.Abort):
        return exit_codes.INTERRUPTED
    except (OutputClosed, BrokenPipeError):
        _forget_stdout()
        return exit_codes.PIPE_CLOSED
    except OutputFailed as error:
        _forget_stdout()
        Output.standard(as_json=False).note(f"The output cannot be written: {error}. It is not complete.")
        return exit_codes.SERVER_FAILED
    except USAGE_ERROR as error:
        return _tell_usage(error, "--json" in options)
    except Exception as error:  # noqa: BLE001 - the boundary
        return _tell_fault(error, "--json" in options)


def _tell(error: Exception, as_json: bool) -> int:
    """One sentence on standard error; with `--json` the error on standard output."""
    from juliahub_ls.errors import JuliaHubError, SignInError

    assert isinstance(error, JuliaHubError)
    output = Output.standard(as_json=as_json)
    _trace(error)
    if as_json:
        output.event("error", {"error": exit_codes.error_payload(error)})
        return exit_codes.exit_code(error)
    output.note(output.paint.bare(str(error)))
    if isinstance(error, SignInError):
        output.note(f"  juliahub login {error.data['server']}")
    return exit_codes.exit_code(error)


def _tell_usage(error: Exception, as_json: bool) -> int:
    """The sentence about an option or argument, and where help is."""
    output = Output.standard(as_json=as_json)
    message = error.format_message()  # type: ignore[attr-defined]
    if as_json:
        output.event("error", {"error": {"code": "usage", "message": message, "data": {}}})
        return exit_codes.WRONG_INPUT
    context = getattr(error, "ctx", None)
    output.note(f"{message}\n  {context.command_path if context else 'juliahub'} --help")
    return exit_codes.WRONG_INPUT


def _tell_fault(error: Exception, as_json: bool) -> int:
    """A fault of ours, or a file that cannot be used."""
    from juliahub_ls.errors import FileUnreadable, JuliaHubError

    _trace(error)
    if isinstance(error, OSError) and isinstance(error.filename, str):
        return _tell(FileUnreadable(path=error.filename, reason=(error.strerror or str(error)).lower()), as_json)
    ours = JuliaHubError()
    if as_json:
        return _tell(ours, as_json)
    Output.standard(as_json=False).note("Something went wrong that should not have. JULIAHUB_DEBUG=1 shows where.")
    return exit_codes.FAULT


def _trace(error: BaseException) -> None:
    if os.environ.get("JULIAHUB_DEBUG", "") in ("", "0"):
        return
    from juliahub_ls.log_setup import print_trace

    print_trace(error)


def _forget_stdout() -> None:
    """Whoever read it has gone; Python must not complain when it flushes at exit."""
    with suppress(OSError, ValueError):
        devnull = os.open(os.devnull, os.O_WRONLY)
        os.dup2(devnull, sys.stdout.fileno())


if __name__ == "__main__":
    main()
