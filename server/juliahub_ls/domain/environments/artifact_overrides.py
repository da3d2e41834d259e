"""`artifacts/Overrides.toml` of the depots: artifacts that lie elsewhere (Pkg manual, "Overriding artifact locations").

An entry `hash = place` redirects one tree, `[uuid] name = place` every variant of a package's artifact; a place is an
absolute folder or another tree's hash. Depots that come first win; an empty place takes a later depot's entry back.
"""

import ntpath
import os
import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from juliahub_ls.domain.problem import Problem, warning
from juliahub_ls.domain.toml.text import ReadText, parse_toml, read_text

from .artifacts import Artifacts, is_tree_hash
from .depot import artifact_path
from .project import is_uuid

NAME = "Overrides.toml"


@dataclass(frozen=True, slots=True)
class Override:
    """Where an artifact is instead. `directory` may not exist; None: the hash it leads to is not installed."""

    place: str
    directory: Path | None


@dataclass(frozen=True, slots=True)
class Overrides:
    """All overrides of the depots, hashes and UUIDs in lower case."""

    by_hash: Mapping[str, str] = field(default_factory=dict)
    by_package: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    def within(self, package: str | None, artifacts: Artifacts) -> "Overrides":
        """The overrides for one artifacts file, of the package with the UUID `package`: its names stand for hashes."""
        places = self.by_package.get(package or "", {})
        named = {variant.tree_hash: places[variant.name] for variant in artifacts.variants if variant.name in places}
        return Overrides({**self.by_hash, **named}, self.by_package, self.problems)

    def of(self, tree_hash: str, depots: Sequence[Path]) -> Override | None:
        """What is in the place of the tree `tree_hash`."""
        place = self.by_hash.get(tree_hash)
        return Override(place, self._directory(place, depots)) if place else None

    def _directory(self, place: str, depots: Sequence[Path]) -> Path | None:
        seen: set[str] = set()
        while is_tree_hash(place) and place not in seen:
            seen.add(place)
            if place not in self.by_hash:
                return artifact_path(depots, place)
            place = self.by_hash[place]
        return None if is_tree_hash(place) else Path(place)


def read_overrides(depots: Sequence[Path], read: ReadText = read_text) -> Overrides:
    """The overrides that Julia would follow; never raises, entries it would refuse are reported and left out."""
    by_hash: dict[str, str] = {}
    by_package: dict[str, dict[str, str]] = {}
    problems: list[Problem] = []
    for depot in reversed(depots):
        file = depot / "artifacts" / NAME
        if file.is_file():
            _read(file, read, by_hash, by_package, problems)
    return Overrides(by_hash, by_package, tuple(problems))


def _read(
    file: Path, read: ReadText, by_hash: dict[str, str], by_package: dict[str, dict[str, str]], problems: list[Problem]
) -> None:
    text, unreadable = read(file)
    if unreadable:
        problems.append(unreadable)
        return
    document = parse_toml(text, file)
    problems += document.problems
    for key, value in document.table.items():
        if isinstance(value, dict) and is_uuid(key):
            package = by_package.setdefault(key.lower(), {})
            for name, place in value.items():
                _set(package, name, place, file, problems)
        elif not isinstance(value, dict) and is_tree_hash(key):
            _set(by_hash, key.lower(), value, file, problems)
        else:
            problems.append(_invalid(key, file))


def _set(known: dict[str, str], key: str, place: object, file: Path, problems: list[Problem]) -> None:
    if place == "":
        known.pop(key, None)
    elif isinstance(place, str) and is_tree_hash(place):
        known[key] = place.lower()
    elif isinstance(place, str) and (ntpath if os.name == "nt" else posixpath).isabs(place):
        known[key] = place
    else:
        problems.append(_invalid(key, file))


def _invalid(key: str, file: Path) -> Problem:
    message = (
        f"The override of {key} in {file} is none that Julia understands. "
        f"Give an absolute folder or the hash of another artifact."
    )
    return warning("invalid-override", message, file, key=key)
