"""The one place where our errors become JSON-RPC errors. Nothing raw reaches a client."""

import asyncio
import logging
from typing import Any

from lsprotocol.types import LSPErrorCodes
from pygls.exceptions import JsonRpcException

from juliahub_ls.encoding import encode
from juliahub_ls.errors import Cancelled, JuliaHubError

log = logging.getLogger(__name__)


def to_rpc_error(error: BaseException) -> JsonRpcException:
    """Our errors with code, sentence and button; anything else as `internal`, its details in the log only."""
    if isinstance(error, asyncio.CancelledError):
        return JsonRpcException("Cancelled.", LSPErrorCodes.RequestCancelled.value, {"code": "cancelled"})
    if not isinstance(error, JuliaHubError):
        log.error("A request failed unexpectedly", exc_info=error)
        error = JuliaHubError()
    kind = LSPErrorCodes.RequestCancelled if isinstance(error, Cancelled) else LSPErrorCodes.RequestFailed
    return JsonRpcException(str(error), kind.value, error_data(error))


def error_data(error: JuliaHubError) -> dict[str, Any]:
    """`ErrorData` of `docs/protocol.md`."""
    data: dict[str, Any] = {"code": error.code}
    action = error.action
    if action is not None:
        data["action"] = {"title": action.title, "command": action.command, "arguments": encode(action.arguments)}
    details = {key: _plain(value) for key, value in error.data.items() if key not in ("message", "reason", "state")}
    if details:
        data["details"] = details
    return data


def _plain(value: Any) -> Any:
    encoded = encode(value)
    return encoded if isinstance(encoded, (str, int, float, bool, list, dict)) else str(encoded)
