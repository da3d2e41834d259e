"""Completion in `.vscode/juliahub.toml`: keys, and values that exist: scripts, environments, machines, images."""

import asyncio
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from lsprotocol import types

from juliahub_ls import payloads
from juliahub_ls.domain.environments.environment import LoadedEnvironment
from juliahub_ls.domain.jobs.choices import ALTERNATIVES, BY_OPTION, CHOICES, Choice, Kind
from juliahub_ls.domain.jobs.cluster_words import node_label
from juliahub_ls.domain.jobs.configuration_cursor import Cursor, cursor_at
from juliahub_ls.domain.jobs.configurations import SECTION, relative_path
from juliahub_ls.domain.jobs.image_choice import version_of
from juliahub_ls.domain.problem import Range
from juliahub_ls.domain.toml.text import utf16_length
from juliahub_ls.domain.toml.writer import toml_value
from juliahub_ls.lsp.features.configuration_text import choice_text
from juliahub_ls.lsp.file_kinds import FileKind
from juliahub_ls.lsp.ranges import before
from juliahub_ls.lsp.session import Session
from juliahub_ls.lsp.uris import path_of

MAX_SCRIPTS = 200
MAX_LOOKED_AT = 5_000
_SKIPPED = frozenset({"node_modules", "juliahub-results", "__pycache__"})
_KEY, _VALUE, _FILE, _SNIPPET = 10, 12, 17, 15
"""`CompletionItemKind`: property, value, file, snippet."""
Offer = tuple[str, str]
"""A value, and what it is."""
_OF_ENVIRONMENTS: dict[str, Callable[[LoadedEnvironment], Path | None]] = {
    "directory": lambda loaded: loaded.environment.directory,
    "manifest": lambda loaded: loaded.manifest_file,
    "artifacts": lambda loaded: loaded.environment.artifacts_file,
}
"""What of the workspace's environments is offered for a choice."""


async def answer(session: Session, params: types.CompletionParams) -> Any:
    """The `CompletionItem`s at a place."""
    file = session.live.views().file(path_of(params.text_document.uri))
    if file is None or file.kind is not FileKind.CONFIGURATIONS:
        return []
    lines, line = file.text.split("\n"), params.position.line
    text = lines[line] if line < len(lines) else ""
    head = before(text, params.position.character)
    cursor = cursor_at(file.text, line, head)
    if cursor is None:
        return []
    typed, tail = head[cursor.start :], text[len(head) :]
    closed = typed.startswith('"') and tail.startswith('"')  # by the editor itself
    at = Range(line, utf16_length(head[: cursor.start]), line, params.position.character + closed)
    if cursor.choice is not None:
        offers = await _values(session, cursor.choice, file.path.parent.parent)
        return [_value_item(cursor.choice, offer, at, number) for number, offer in enumerate(offers)]
    if cursor.wants == "header":
        return [_header_item(at)]
    return list(_key_items(cursor, at, "" if tail.lstrip().startswith("=") else " = "))


def _key_items(cursor: Cursor, at: Range, equals: str) -> Iterator[dict[str, Any]]:
    """The keys that can still be chosen, followed by `equals`."""
    used = {BY_OPTION[option].key for option in cursor.used if option in BY_OPTION}
    for number, choice in enumerate(CHOICES):
        contradicted = any(choice.key in group and group & used for group in ALTERNATIVES)
        if choice.key in used or contradicted or choice.kind is Kind.TABLE:
            continue
        yield {
            "label": choice.option,
            "kind": _KEY,
            "documentation": {"kind": "markdown", "value": choice_text(choice)},
            "sortText": f"{number:03}",
            "textEdit": {"range": payloads.range_(at), "newText": f"{choice.option}{equals}"},
        }


def _header_item(at: Range) -> dict[str, Any]:
    text = f"[{SECTION}."
    return {
        "label": f"[{SECTION}.NAME]",
        "kind": _SNIPPET,
        "filterText": text,
        "detail": "choices for a job, under a name",
        "textEdit": {"range": payloads.range_(at), "newText": text},
    }


def _value_item(choice: Choice, offer: Offer, at: Range, number: int) -> dict[str, Any]:
    value, detail = offer
    text = value if choice.kind in (Kind.FLAG, Kind.COUNT, Kind.NUMBER) else toml_value(value)
    return {
        "label": value,
        "kind": _FILE if choice.kind is Kind.PATH else _VALUE,
        "detail": detail,
        "filterText": text,
        "sortText": f"{number:03}",
        "textEdit": {"range": payloads.range_(at), "newText": text},
    }


async def _values(session: Session, choice: Choice, folder: Path) -> Sequence[Offer]:
    """What is known without asking anybody."""
    if choice.words:
        return [(word, "") for word in choice.words]
    if choice.kind is Kind.FLAG:
        return [("true", ""), ("false", "")]
    if choice.key == "script":
        return await asyncio.to_thread(lambda: [(name, "") for name in scripts_below(folder)])
    if choice.key in _OF_ENVIRONMENTS:
        of_environment, known = _OF_ENVIRONMENTS[choice.key], await session.workspace.environments()
        found = [(of_environment(loaded), loaded.name) for loaded in known]
        return [(relative_path(path, folder), name) for path, name in found if path]
    if choice.key == "server":
        return [(profile.id, profile.name) for profile in session.services.servers.all()]
    return list(_of_server(session, choice.key))


def _of_server(session: Session, key: str) -> Iterator[Offer]:
    """Machines and images of the current server, as far as they are known."""
    known = session.services.last_known
    nodes, images = known.peek(None, "nodes"), known.peek(None, "images")
    if key == "node" and nodes:
        for name, specs in _grouped((spec.node_class, node_label(spec)) for spec in nodes.value):
            yield name, "; ".join(specs)
    for image in images.value if images else ():
        version = version_of(image.name)
        if key == "image":
            yield image.name, image.product
        elif key == "julia" and version:
            yield ".".join(map(str, version)), image.name
    if key == "product" and images:
        yield from ((name, "") for name in dict.fromkeys(image.product for image in images.value))


def _grouped(pairs: Iterable[tuple[str, str]]) -> Iterable[tuple[str, list[str]]]:
    groups: dict[str, list[str]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return groups.items()


def scripts_below(folder: Path) -> list[str]:
    """Julia files, the nearest first, with `/`; hidden folders are passed over, and after a bound the rest."""
    found: list[str] = []
    seen, waiting = 0, [folder]
    while waiting and len(found) < MAX_SCRIPTS and seen < MAX_LOOKED_AT:
        try:
            entries = sorted(os.scandir(waiting.pop(0)), key=lambda entry: entry.name)
        except OSError:
            continue
        seen += len(entries)
        for entry in entries:
            if entry.name.startswith(".") or entry.name in _SKIPPED:
                continue
            if entry.is_dir(follow_symlinks=False):
                waiting.append(Path(entry.path))
            elif entry.name.endswith(".jl"):
                found.append(relative_path(Path(entry.path), folder))
    return found[:MAX_SCRIPTS]
