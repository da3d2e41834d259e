"""`lsp/protocol/`, the extension's `protocol/` and `docs/protocol.md` say the same of methods, fields and types."""

import pkgutil
import re
import types
import typing
from importlib import import_module
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import pytest
from typing_extensions import NotRequired, get_type_hints, is_typeddict

from juliahub_ls.lsp import protocol

ROOT = Path(__file__).parents[2]
TYPESCRIPT = "\n".join(
    path.read_text("utf-8") for path in sorted((ROOT / "vscode-extension" / "src" / "protocol").glob("*.ts"))
)
DOCUMENT = (ROOT / "docs" / "protocol.md").read_text("utf-8")
MODULES = [import_module(f"{protocol.__name__}.{module.name}") for module in pkgutil.iter_modules(protocol.__path__)]
PAYLOADS = {name: kind for module in MODULES for name, kind in vars(module).items() if is_typeddict(kind)}
SIMPLE = {str: "string", int: "number", float: "number", bool: "boolean", Any: "unknown", type(None): "null"}
Shape = dict[str, tuple[bool, str]]
"""Field → whether it may be absent, and its type in TypeScript's words."""


def python_shape(kind: type) -> Shape:
    hints = get_type_hints(kind, include_extras=True)
    return {name: (get_origin(hint) is NotRequired, typescript(_bare(hint))) for name, hint in hints.items()}


def _bare(hint: Any) -> Any:
    return get_args(hint)[0] if get_origin(hint) is NotRequired else hint


def typescript(hint: Any) -> str:
    """A type of `lsp/protocol/` as TypeScript writes it."""
    origin, arguments = get_origin(hint), get_args(hint)
    if hint in SIMPLE:
        return SIMPLE[hint]
    if origin is Literal:
        return " | ".join(f'"{value}"' for value in arguments)
    if origin is list:
        inner = typescript(arguments[0])
        return f"({inner})[]" if "|" in inner else f"{inner}[]"
    if origin is dict:
        return f"Record<{typescript(arguments[0])}, {typescript(arguments[1])}>"
    if origin in (typing.Union, types.UnionType):
        return " | ".join(typescript(argument) for argument in arguments)
    return str(hint.__name__)


def typescript_shapes() -> "dict[str, Shape]":
    """Every interface, and every alias of a record without fields."""
    text = re.sub(r"/\*.*?\*/|//[^\n]*", "", TYPESCRIPT, flags=re.DOTALL)
    shapes: dict[str, Shape] = {}
    for name, body in re.findall(r"export interface (\w+) \{(.*?)\n\}", text, re.DOTALL):
        fields = re.findall(r'^\s*(?:readonly )?("?[\w/]+"?)(\??): (.*);$', body, re.MULTILINE)
        assert len(fields) == body.count(";"), f"{name} has a line that is not understood"
        shapes[name] = {field.strip('"'): (optional == "?", kind) for field, optional, kind in fields}
    for name in re.findall(r"export type (\w+) = Record<string, never>;", text):
        shapes[name] = {}
    return shapes


TYPES = typescript_shapes()


@pytest.mark.parametrize("name", sorted(PAYLOADS))
def test_a_payload_is_the_same_on_both_sides(name: str) -> None:
    assert TYPES[name] == python_shape(PAYLOADS[name])


def test_neither_side_has_more() -> None:
    assert set(TYPES) - {"Requests", "Notifications"} == set(PAYLOADS)


def test_methods_are_the_same_on_both_sides() -> None:
    requests = {
        method: f"[{params.__name__}, {result.__name__}]" for method, (params, result) in protocol.REQUESTS.items()
    }
    notifications = {method: params.__name__ for method, params in protocol.NOTIFICATIONS.items()}
    assert {method: kind for method, (_, kind) in TYPES["Requests"].items()} == requests
    assert {method: kind for method, (_, kind) in TYPES["Notifications"].items()} == notifications
    constants = dict(re.findall(r'^  (\w+): "(juliahub/\w+)",$', TYPESCRIPT, re.MULTILINE))
    assert constants == {method.removeprefix("juliahub/"): method for method in [*requests, *notifications]}


def test_the_document_lists_every_method() -> None:
    rows = re.findall(r"^\| `(juliahub/\w+)` \| `(\w+)`(?: → `(\w+)`)? \|", DOCUMENT, re.MULTILINE)
    documented = {method: (params, result) for method, params, result in rows}
    requests = {method: (params.__name__, result.__name__) for method, (params, result) in protocol.REQUESTS.items()}
    notifications = {method: (params.__name__, "") for method, params in protocol.NOTIFICATIONS.items()}
    assert documented == requests | notifications


def test_every_method_has_a_handler() -> None:
    from juliahub_ls.lsp.server import FEATURES

    handlers = [import_module(f"juliahub_ls.lsp.features.{feature}").HANDLERS for feature in FEATURES]
    assert sorted(method for table in handlers for method in table) == sorted(protocol.REQUESTS)
    assert [sorted(f"juliahub/{name}" for name in names) for names in FEATURES.values()] == [
        sorted(table) for table in handlers
    ]


def test_every_payload_is_explained() -> None:
    assert [name for name, kind in PAYLOADS.items() if not kind.__doc__] == []
