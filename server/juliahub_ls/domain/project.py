"""`Project.toml` as a value (Pkg manual, "Project.toml and Manifest.toml"); nonsense becomes a problem."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .problem import Problem, error
from .toml_text import ReadText, locate, parse_toml, read_text, string, string_list, strings

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Source:
    """One entry of `[sources]` (Julia 1.11): where a dependency comes from when not from a registry."""

    path: str | None = None
    url: str | None = None
    rev: str | None = None
    subdir: str | None = None


@dataclass(frozen=True, slots=True)
class Project:
    """What a project file says. UUIDs are lower-case text; `workspace` are the members' relative paths."""

    name: str | None = None
    uuid: str | None = None
    version: str | None = None
    manifest: str | None = None
    deps: Mapping[str, str] = field(default_factory=dict)
    weakdeps: Mapping[str, str] = field(default_factory=dict)
    extras: Mapping[str, str] = field(default_factory=dict)
    compat: Mapping[str, str] = field(default_factory=dict)
    targets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    extensions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sources: Mapping[str, Source] = field(default_factory=dict)
    workspace: tuple[str, ...] = ()
    preferences: Mapping[str, Any] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    @property
    def is_package(self) -> bool:
        """Whether other environments can load it: it has a name and a UUID."""
        return self.name is not None and self.uuid is not None

    @property
    def path_sources(self) -> dict[str, str]:
        """The `[sources]` that are folders: name → path as written, relative to the project file."""
        return {name: source.path for name, source in self.sources.items() if source.path is not None}


def read_project(path: Path, read: ReadText = read_text) -> Project:
    """`parse_project` of a file."""
    text, problem = read(path)
    return Project(problems=(problem,)) if problem else parse_project(text, path)


def parse_project(text: str, path: Path | None = None) -> Project:
    """The project in `text`; never raises, what is not understood is left out and reported."""
    document = parse_toml(text, path)
    table, problems = document.table, list(document.problems)
    uuid = string(table, "uuid")
    if uuid is not None and not is_uuid(uuid):
        problems.append(_bad_uuid(text, path, "", "uuid", uuid))
    workspace = table.get("workspace")
    return Project(
        name=string(table, "name"),
        uuid=uuid.lower() if uuid and is_uuid(uuid) else None,
        version=string(table, "version"),
        manifest=string(table, "manifest"),
        deps=_uuids(table, "deps", text, path, problems),
        weakdeps=_uuids(table, "weakdeps", text, path, problems),
        extras=_uuids(table, "extras", text, path, problems),
        compat=strings(table.get("compat")),
        targets=_string_lists(table.get("targets")),
        extensions=_string_lists(table.get("extensions")),
        sources=_sources(table.get("sources")),
        workspace=string_list(workspace.get("projects")) if isinstance(workspace, dict) else (),
        preferences=_table(table.get("preferences")),
        problems=tuple(problems),
    )


def is_uuid(text: str) -> bool:
    """Whether Julia reads `text` as a UUID (case does not matter)."""
    return _UUID.fullmatch(text.lower()) is not None


def _uuids(
    table: Mapping[str, Any], section: str, text: str, path: Path | None, problems: list[Problem]
) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, uuid in _table(table.get(section)).items():
        if isinstance(uuid, str) and is_uuid(uuid):
            found[name] = uuid.lower()
        else:
            problems.append(_bad_uuid(text, path, section, name, uuid))
    return found


def _bad_uuid(text: str, path: Path | None, section: str, key: str, value: object) -> Problem:
    where = f"`{key}` in [{section}]" if section else f"`{key}`"
    message = f"{where} is not a UUID: {value!r}. Remove the line and add the package again with Julia's `] add`."
    return error("invalid-uuid", message, path, locate(text, section, key))


def _sources(value: object) -> dict[str, Source]:
    return {
        name: Source(string(item, "path"), string(item, "url"), string(item, "rev"), string(item, "subdir"))
        for name, item in _table(value).items()
        if isinstance(item, dict)
    }


def _string_lists(value: object) -> dict[str, tuple[str, ...]]:
    return {name: string_list(item) for name, item in _table(value).items()}


def _table(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
