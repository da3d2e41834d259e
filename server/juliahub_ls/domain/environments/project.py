"""`Project.toml` as a value (Pkg manual, "Project.toml and Manifest.toml"); nonsense becomes a problem."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from juliahub_ls.domain.problem import Problem, error
from juliahub_ls.domain.toml.positions import TomlPositions
from juliahub_ls.domain.toml.text import ReadText, parse_toml, read_text, string, string_list, strings

from .version_spec import VersionSpec

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_VERSION = re.compile(
    r"v?\d{1,18}(\.\d{1,18}){0,2}(-|(-[0-9a-z-]+(\.[0-9a-z-]+)*)?(\+|(\+[0-9a-z-]+(\.[0-9a-z-]+)*)?))", re.IGNORECASE
)
_SECTIONS = ("deps", "weakdeps", "extras", "compat", "targets", "extensions", "sources", "workspace", "preferences")


@dataclass(frozen=True, slots=True)
class Source:
    """One entry of `[sources]` (Julia 1.11): where a dependency comes from when not from a registry."""

    path: str | None = None
    url: str | None = None
    rev: str | None = None
    subdir: str | None = None


@dataclass(frozen=True, slots=True)
class Project:
    """What a project file says. UUIDs are lower-case text; `workspace` are the members' relative paths.

    `deps` are the table's, so a package may also be in `weakdeps`; `strong_deps` are those that Julia loads.
    `entryfile`: the package's own file, relative to the project file, when it is not `src/Name.jl` (Julia 1.11).
    """

    name: str | None = None
    uuid: str | None = None
    version: str | None = None
    manifest: str | None = None
    entryfile: str | None = None
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
    def strong_deps(self) -> dict[str, str]:
        """Without those that are also weak: they stand in both tables for Julia before 1.9 only."""
        return {name: uuid for name, uuid in self.deps.items() if self.weakdeps.get(name) != uuid}

    @property
    def listed(self) -> dict[str, str]:
        """Every package that a section gives a UUID: `[extras]`, `[weakdeps]`, `[deps]`; the last one counts."""
        return {**self.extras, **self.weakdeps, **self.deps}

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
    reader = _Reader(document.table, TomlPositions(text), path, list(document.problems))
    return reader.project()


def is_uuid(text: str) -> bool:
    """Whether Julia reads `text` as a UUID (case does not matter)."""
    return _UUID.fullmatch(text.lower()) is not None


class _Reader:
    def __init__(
        self, table: Mapping[str, Any], places: TomlPositions, path: Path | None, problems: list[Problem]
    ) -> None:
        self._table = table
        self._places = places
        self._path = path
        self._problems = problems

    def project(self) -> Project:
        self._check_sections()
        return Project(
            name=string(self._table, "name"),
            uuid=self._own_uuid(),
            version=self._version(),
            manifest=string(self._table, "manifest"),
            entryfile=string(self._table, "entryfile"),
            deps=self._uuids("deps"),
            weakdeps=self._uuids("weakdeps"),
            extras=self._uuids("extras"),
            compat=self._compat(),
            targets=_string_lists(self._section("targets")),
            extensions=_string_lists(self._section("extensions")),
            sources=_sources(self._section("sources")),
            workspace=string_list(self._section("workspace").get("projects")),
            preferences=self._section("preferences"),
            problems=tuple(self._problems),
        )

    def _section(self, name: str) -> dict[str, Any]:
        value = self._table.get(name)
        return value if isinstance(value, dict) else {}

    def _check_sections(self) -> None:
        for name in _SECTIONS:
            if name in self._table and not isinstance(self._table[name], dict):
                message = f"`{name}` is not a table, so Julia cannot read this project. Make it a section: `[{name}]`."
                self._report("invalid-section", message, name)

    def _own_uuid(self) -> str | None:
        uuid = self._table.get("uuid")
        if uuid is None or (isinstance(uuid, str) and is_uuid(uuid)):
            return uuid.lower() if uuid else None
        message = f"`uuid` is not a UUID: {uuid!r}. Julia's `UUIDs.uuid4()` makes one."
        self._report("invalid-uuid", message, "uuid")
        return None

    def _version(self) -> str | None:
        version = self._table.get("version")
        if version is None or (isinstance(version, str) and _VERSION.fullmatch(version)):
            return version
        message = f'`version` is not a version: {version!r}. Write it as in `version = "0.1.0"`.'
        self._report("invalid-version", message, "version")
        return None

    def _uuids(self, section: str) -> dict[str, str]:
        found: dict[str, str] = {}
        names: dict[str, str] = {}
        for name, uuid in self._section(section).items():
            if not isinstance(uuid, str) or not is_uuid(uuid):
                message = f"`{name}` in [{section}] is not a UUID: {uuid!r}. "
                message += "Remove the line and add the package again with Julia's `] add`."
                self._report("invalid-uuid", message, section, name)
                continue
            found[name] = uuid.lower()
            first = names.setdefault(uuid.lower(), name)
            if first != name:
                message = f"{name} has the same UUID as {first}, so Julia refuses this project. Remove one of the two."
                self._report("duplicate-uuid", message, section, name)
        return found

    def _compat(self) -> dict[str, str]:
        written = self._section("compat")
        for name, text in written.items():
            if not isinstance(text, str) or VersionSpec.parse(text) is None:
                message = f"The compatibility of {name} is no range of versions: {text!r}. "
                message += 'Write it as in `"1.2"` or `"0.3, 1"`.'
                self._report("invalid-compat", message, "compat", name)
        return strings(written)

    def _report(self, code: str, message: str, *path: str) -> None:
        place = self._places.value(*path) or self._places.table(*path)
        self._problems.append(error(code, message, self._path, place))


def _sources(section: Mapping[str, Any]) -> dict[str, Source]:
    return {
        name: Source(string(item, "path"), string(item, "url"), string(item, "rev"), string(item, "subdir"))
        for name, item in section.items()
        if isinstance(item, dict)
    }


def _string_lists(section: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    return {name: string_list(item) for name, item in section.items()}
