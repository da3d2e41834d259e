"""pygls's protocol with three habits of ours: plain payloads stay plain, large ones are written out in a thread and in
pieces, so that no other request waits for them, and positions are UTF-16.
"""

import asyncio
import json
from collections.abc import Generator, Iterator
from typing import Any

import cattrs
import msgspec
from lsprotocol import converters, types
from pygls.protocol import (
    JsonRPCNotification,
    JsonRPCRequestMessage,
    JsonRPCResponseMessage,
    LanguageServerProtocol,
)
from pygls.protocol.language_server import lsp_method

PIECE = 200
"""Items of a list that are encoded in one go: well under a millisecond, in which no other thread runs."""


class Encoded:
    """A payload that is JSON text already."""

    def __init__(self, text: str) -> None:
        self.text = text


class PlainProtocol(LanguageServerProtocol):
    """Payloads of ours are plain JSON: they are written as they are, not walked through once more."""

    @lsp_method(types.INITIALIZE)
    def lsp_initialize(self, params: types.InitializeParams) -> Generator[Any, Any, types.InitializeResult]:
        """Every client knows UTF-16, and all our ranges are in it: no other encoding is agreed on."""
        if params.capabilities.general is not None:
            params.capabilities.general.position_encodings = [types.PositionEncodingKind.Utf16]
        return (yield from super().lsp_initialize(params))

    @lsp_method(types.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: types.DidOpenTextDocumentParams) -> Generator[Any, Any, None]:
        """Ours alone: see `documents.py`."""
        yield self.fm.features[types.TEXT_DOCUMENT_DID_OPEN], (params,), None

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: types.DidChangeTextDocumentParams) -> Generator[Any, Any, None]:
        """Ours alone."""
        yield self.fm.features[types.TEXT_DOCUMENT_DID_CHANGE], (params,), None

    @lsp_method(types.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: types.DidCloseTextDocumentParams) -> Generator[Any, Any, None]:
        """Ours alone."""
        yield self.fm.features[types.TEXT_DOCUMENT_DID_CLOSE], (params,), None

    def notify_plain(self, method: str, params: Any) -> None:
        """Send a notification whose parameters are plain JSON, or `Encoded`, also where LSP has a type for them."""
        self._send_data(JsonRPCNotification(method=method, jsonrpc=self.VERSION, params=params))

    def _send_data(self, data: Any) -> None:
        text = _message(data)
        if text is None or self.writer is None:
            super()._send_data(data)
            return
        body = text.encode(self.CHARSET)
        self.writer.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body) if self._include_headers else body)

    def _serialize_message(self, data: Any) -> dict[str, Any]:
        if isinstance(data, JsonRPCNotification):
            return {"jsonrpc": data.jsonrpc, "method": data.method, "params": data.params}
        if isinstance(data, JsonRPCResponseMessage):
            return {"jsonrpc": data.jsonrpc, "id": data.id, "result": data.result}
        message: dict[str, Any] = super()._serialize_message(data)
        return message


def plain_converter() -> cattrs.Converter:
    """The LSP types' converter; params and results of methods it does not know stay plain JSON."""
    converter = converters.get_converter()
    for kind in (JsonRPCRequestMessage, JsonRPCNotification, JsonRPCResponseMessage):
        converter.register_structure_hook(kind, _plain)
    return converter


async def encoded(payload: Any) -> Any:
    """The payload; where it holds a long list, as JSON text that was made in a thread."""
    return await asyncio.to_thread(_encode, payload) if _is_large(payload) else payload


def _is_large(payload: Any) -> bool:
    if isinstance(payload, dict):
        return any(isinstance(value, list) and len(value) > PIECE for value in payload.values())
    return isinstance(payload, list) and len(payload) > PIECE


def _encode(payload: Any) -> Encoded:
    return Encoded("".join(_pieces(payload)))


def _pieces(payload: Any) -> Iterator[str]:
    """Lists in pieces: the encoder lets no other thread run until it is done."""
    if isinstance(payload, dict) and payload:
        for number, (key, value) in enumerate(payload.items()):
            yield f"{',' if number else '{'}{json.dumps(key)}:"
            yield from _pieces(value)
        yield "}"
    elif isinstance(payload, list) and len(payload) > PIECE:
        for start in range(0, len(payload), PIECE):
            yield ("," if start else "[") + _json(payload[start : start + PIECE])[1:-1]
        yield "]"
    else:
        yield _json(payload)


def _json(value: Any) -> str:
    """Fast, where the value is plain."""
    try:
        return msgspec.json.encode(value).decode()
    except (TypeError, ValueError, OverflowError, RecursionError):
        return json.dumps(value)


def _message(data: Any) -> str | None:
    """A whole message around `Encoded` content; None for every other one."""
    if isinstance(data, JsonRPCResponseMessage) and isinstance(data.result, Encoded):
        return f'{{"jsonrpc":"2.0","id":{json.dumps(data.id)},"result":{data.result.text}}}'
    if isinstance(data, JsonRPCNotification) and isinstance(data.params, Encoded):
        return f'{{"jsonrpc":"2.0","method":{json.dumps(data.method)},"params":{data.params.text}}}'
    return None


def _plain(message: dict[str, Any], kind: type) -> Any:
    fields = {name: message.get(name) for name in kind.__annotations__}
    return kind(**fields)
