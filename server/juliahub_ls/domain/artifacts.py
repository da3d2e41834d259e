"""`Artifacts.toml` (Pkg manual, "Artifacts"): data trees by hash, per platform, fetched at once or when first used."""

import platform as host
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .problem import Problem, warning
from .toml_text import ReadText, parse_toml, read_text, string

_NOT_PLATFORM = frozenset({"git-tree-sha1", "lazy", "download"})
_ARCHITECTURES = {"amd64": "x86_64", "arm64": "aarch64", "i386": "i686", "x86": "i686"}


@dataclass(frozen=True, slots=True)
class Artifact:
    """One variant. `platform` is empty when it suits every machine; `urls` when it was made locally."""

    name: str
    tree_hash: str
    lazy: bool = False
    platform: Mapping[str, str] = field(default_factory=dict)
    urls: tuple[str, ...] = ()

    def suits(self, target: Mapping[str, str]) -> bool:
        """Whether a machine described by `target` (`os`, `arch`, …) would take this variant."""
        return all(target.get(key, value) == value for key, value in self.platform.items())


@dataclass(frozen=True, slots=True)
class Artifacts:
    """All variants of all artifacts of one file, in its order."""

    variants: tuple[Artifact, ...] = ()
    problems: tuple[Problem, ...] = ()

    def for_platform(self, target: Mapping[str, str]) -> list[Artifact]:
        """The variant each artifact has for `target`: the most specific one; artifacts without any are left out."""
        chosen: dict[str, Artifact] = {}
        for variant in self.variants:
            if variant.suits(target):
                known = chosen.get(variant.name)
                if known is None or len(variant.platform) > len(known.platform):
                    chosen[variant.name] = variant
        return list(chosen.values())


def read_artifacts(path: Path, read: ReadText = read_text) -> Artifacts:
    """`parse_artifacts` of a file."""
    text, problem = read(path)
    return Artifacts(problems=(problem,)) if problem else parse_artifacts(text, path)


def parse_artifacts(text: str, path: Path | None = None) -> Artifacts:
    """The artifacts in `text`; never raises. Variants without a tree hash are dropped and reported."""
    document = parse_toml(text, path)
    problems = list(document.problems)
    variants = []
    for name, value in document.table.items():
        for raw in value if isinstance(value, list) else [value]:
            variant = _variant(name, raw)
            if variant is None:
                problems.append(warning("invalid-artifact", f"Artifact {name} has no valid git-tree-sha1.", path))
            else:
                variants.append(variant)
    return Artifacts(tuple(variants), tuple(problems))


def this_platform() -> dict[str, str]:
    """The computer this runs on, in Julia's words: `os` and `arch`."""
    names = {"darwin": "macos", "win32": "windows"}
    machine = host.machine().lower()
    return {"os": names.get(sys.platform, sys.platform), "arch": _ARCHITECTURES.get(machine, machine)}


def _variant(name: str, raw: object) -> Artifact | None:
    if not isinstance(raw, dict):
        return None
    tree_hash = string(raw, "git-tree-sha1")
    if tree_hash is None or len(tree_hash) != 40 or not all(c in "0123456789abcdef" for c in tree_hash.lower()):
        return None
    platform = {key: str(value) for key, value in raw.items() if key not in _NOT_PLATFORM}
    return Artifact(name, tree_hash.lower(), raw.get("lazy") is True, platform, _urls(raw.get("download")))


def _urls(downloads: Any) -> tuple[str, ...]:
    items = downloads if isinstance(downloads, list) else [downloads]
    return tuple(item["url"] for item in items if isinstance(item, dict) and isinstance(item.get("url"), str))
