"""`Artifacts.toml` (Pkg manual, "Artifacts"): data trees by hash, per platform, fetched at once or when first used."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from juliahub_ls.domain.problem import Problem, warning
from juliahub_ls.domain.toml.text import ReadText, parse_toml, read_text, string

from .platforms import normal_tags, platforms_match, select_platform

_NOT_PLATFORM = frozenset({"git-tree-sha1", "lazy", "download"})


@dataclass(frozen=True, slots=True)
class Artifact:
    """One variant. `platform` is empty when it suits every machine; `urls` when it was made locally."""

    name: str
    tree_hash: str
    lazy: bool = False
    platform: Mapping[str, str] = field(default_factory=dict)
    urls: tuple[str, ...] = ()

    def suits(self, target: Mapping[str, str]) -> bool:
        """Whether a machine described by `target` (`os`, `arch`, …) could use this variant."""
        return platforms_match(self.platform, normal_tags(target))


@dataclass(frozen=True, slots=True)
class Artifacts:
    """All variants of all artifacts of one file, in its order."""

    variants: tuple[Artifact, ...] = ()
    problems: tuple[Problem, ...] = ()

    def by_name(self) -> dict[str, list[Artifact]]:
        """The variants of each artifact."""
        found: dict[str, list[Artifact]] = {}
        for variant in self.variants:
            found.setdefault(variant.name, []).append(variant)
        return found

    def for_platform(self, target: Mapping[str, str]) -> list[Artifact]:
        """The variant Julia takes of each artifact on the machine `target`; artifacts without any are left out."""
        machine = normal_tags(target)
        chosen = (
            select_platform([(variant.platform, variant) for variant in variants], machine)
            for variants in self.by_name().values()
        )
        return [variant for variant in chosen if variant]


def read_artifacts(path: Path, read: ReadText = read_text) -> Artifacts:
    """`parse_artifacts` of a file."""
    text, problem = read(path)
    return Artifacts(problems=(problem,)) if problem else parse_artifacts(text, path)


def parse_artifacts(text: str, path: Path | None = None) -> Artifacts:
    """The artifacts in `text`; never raises. Variants that Julia would refuse are dropped and reported.

    A lone table is for every machine, whatever tags it has; one of several needs `os` and `arch`.
    """
    document = parse_toml(text, path)
    problems = list(document.problems)
    variants = []
    for name, value in document.table.items():
        for raw in value if isinstance(value, list) else [value]:
            wrong = _wrong(raw, one_of_several=isinstance(value, list))
            if wrong:
                problems.append(warning("invalid-artifact", f"Artifact {name} has {wrong}.", path, artifact=name))
            else:
                variants.append(_variant(name, raw, one_of_several=isinstance(value, list)))
    return Artifacts(tuple(variants), tuple(problems))


def is_tree_hash(text: str) -> bool:
    """Whether `text` is a SHA-1 in hexadecimal digits."""
    return len(text) == 40 and all(character in "0123456789abcdef" for character in text.lower())


def _wrong(raw: object, *, one_of_several: bool) -> str | None:
    if not isinstance(raw, dict) or not is_tree_hash(string(raw, "git-tree-sha1") or ""):
        return "no valid git-tree-sha1"
    if one_of_several and not (string(raw, "os") and string(raw, "arch")):
        return "a variant without os and arch, so Julia refuses it"
    return None


def _variant(name: str, raw: dict[str, Any], *, one_of_several: bool) -> Artifact:
    tags = {key: value for key, value in raw.items() if key not in _NOT_PLATFORM and isinstance(value, str)}
    platform = normal_tags(tags) if one_of_several else {}
    tree_hash = str(raw["git-tree-sha1"]).lower()
    return Artifact(name, tree_hash, raw.get("lazy") is True, platform, _urls(raw.get("download")))


def _urls(downloads: Any) -> tuple[str, ...]:
    items = downloads if isinstance(downloads, list) else [downloads]
    return tuple(item["url"] for item in items if isinstance(item, dict) and isinstance(item.get("url"), str))
