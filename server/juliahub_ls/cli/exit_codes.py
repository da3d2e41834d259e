"""Exit codes that scripts can rely on, and errors as JSON (`docs/cli.md`)."""

from typing import Any

from juliahub_ls import errors
from juliahub_ls.encoding import encode

OK = 0
JOB_FAILED = 1
WRONG_INPUT = 2
SIGN_IN_NEEDED = 3
SERVER_FAILED = 4
REFUSED = 5
FAULT = 70
INTERRUPTED = 130
PIPE_CLOSED = 141

HELP = """Exit codes: 0 done; 1 the followed job failed or was stopped; 2 wrong usage or input; 3 sign in first;
4 the server, or a disk or file of this computer, does not work; 5 refused by the server; 130 Ctrl-C."""

_CODES: tuple[tuple[type[errors.JuliaHubError], int], ...] = (
    (errors.InputError, WRONG_INPUT),
    (errors.SignInError, SIGN_IN_NEEDED),
    (errors.ServerError, SERVER_FAILED),
    (errors.ThisComputerError, SERVER_FAILED),
    (errors.RefusedByServer, REFUSED),
    (errors.Cancelled, INTERRUPTED),
)
_IN_THE_SENTENCE = frozenset({"message", "reason", "state"})


def exit_code(error: errors.JuliaHubError) -> int:
    """The exit code for an error, by who can mend it; `FAULT` for what should not happen."""
    return next((code for kind, code in _CODES if isinstance(error, kind)), FAULT)


def error_payload(error: errors.JuliaHubError) -> dict[str, Any]:
    """`{"code", "message", "data"}`; `data` has the numbers and names of the sentence."""
    data = {key: _plain(value) for key, value in error.data.items() if key not in _IN_THE_SENTENCE}
    return {"code": error.code, "message": str(error), "data": data}


def _plain(value: Any) -> Any:
    encoded = encode(value)
    return encoded if isinstance(encoded, (str, int, float, bool, list, dict)) else str(encoded)
