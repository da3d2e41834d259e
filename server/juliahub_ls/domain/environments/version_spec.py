"""`[compat]` entries as Julia's package manager understands them, and prints them (Pkg manual, "Compatibility").

A project's hash is made of the printed form, so it has to be right to the character.
"""

import re
from dataclasses import dataclass
from functools import cmp_to_key

_NUMBER = r"v?([0-9]{1,18})(?:\.([0-9]{1,18}))?(?:\.([0-9]{1,18}))?"
_VERSION = re.compile(_NUMBER)
_CARET_OR_TILDE = re.compile(rf"([~^]?){_NUMBER}")
_INEQUALITY = re.compile(rf"(≥|>=|=|<)\s*v?{_NUMBER}")
_HYPHEN = re.compile(rf"\s*{_NUMBER}\s+-\s+{_NUMBER}\s*")

Bound = tuple[int, ...]
"""The first numbers of a version, none to three: as an upper bound `(1, 2)` is every 1.2, `()` is everything."""


@dataclass(frozen=True, slots=True)
class VersionRange:
    """From `lower` to `upper`, both included, each only as far as it is written."""

    lower: Bound = ()
    upper: Bound = ()

    @property
    def is_empty(self) -> bool:
        """Whether no version can be in it."""
        common = min(len(self.lower), len(self.upper))
        return self.lower[:common] > self.upper[:common]

    def text(self, style: "Style") -> str:
        """As Pkg prints it."""
        dash = style.dash
        if not self.lower and not self.upper:
            return "*"
        if not self.lower:
            return f"0{dash}{_dotted(self.upper)}"
        if not self.upper:
            return f"{_dotted((*self.lower, 0, 0, 0, 0)[: style.open_digits or len(self.lower)])}{dash}*"
        if self.lower == self.upper:
            return _dotted(self.lower)
        return f"{_dotted(self.lower)}{dash}{_dotted(self.upper)}"


@dataclass(frozen=True, slots=True)
class VersionSpec:
    """A set of versions: ranges that are sorted, not empty, and do not touch."""

    ranges: tuple[VersionRange, ...] = (VersionRange(),)

    @classmethod
    def parse(cls, text: str) -> "VersionSpec | None":
        """The set that a `[compat]` entry means; None when Julia would refuse it."""
        ranges = [_parse_range(part.strip()) for part in text.strip().split(",")]
        return None if None in ranges else cls(_joined([part for part in ranges if part is not None]))

    def intersection(self, other: "VersionSpec") -> "VersionSpec":
        """The versions that are in both."""
        return VersionSpec(
            _joined(
                [
                    _range(
                        max(one.lower, two.lower, key=cmp_to_key(_compare_lower)),
                        min(one.upper, two.upper, key=cmp_to_key(_compare_upper)),
                    )
                    for one in self.ranges
                    for two in other.ranges
                ]
            )
        )

    def holds(self, version: Bound) -> bool:
        """Whether a version (major, minor, patch) is in it."""
        return any(
            part.lower <= version[: len(part.lower)] and version[: len(part.upper)] <= part.upper
            for part in self.ranges
        )

    def text(self, style: "Style") -> str:
        """As Pkg prints it."""
        if not self.ranges:
            return "∅"
        parts = [part.text(style) for part in self.ranges]
        return parts[0] if len(parts) == 1 else "[" + ", ".join(parts) + "]"


@dataclass(frozen=True, slots=True)
class Style:
    """How a Pkg prints ranges. `open_digits`: of a lower bound that has no upper one; None: as many as it has."""

    dash: str = " - "
    open_digits: int | None = None


def version_numbers(version: str | None) -> Bound | None:
    """Major, minor and patch of a version such as "1.2.3+4"; None when it is none."""
    match = _VERSION.match(version or "")
    return _padded(_numbers(match.groups())) if match else None


def _range(lower: Bound, upper: Bound) -> VersionRange:
    """`0.20.0-0.20` is `0.20`: where only zeros are the difference, the upper bound says it all."""
    return VersionRange(upper if _padded(lower) == _padded(upper) else lower, upper)


def _parse_range(text: str) -> VersionRange | None:
    if match := _CARET_OR_TILDE.fullmatch(text):
        return _semver(match[1], _numbers(match.groups()[1:]))
    if match := _INEQUALITY.fullmatch(text):
        return _inequality(match[1], _numbers(match.groups()[1:]))
    if match := _HYPHEN.fullmatch(text):
        return _range(_numbers(match.groups()[:3]), _numbers(match.groups()[3:]))
    return None


def _semver(kind: str, written: Bound) -> VersionRange | None:
    if written == (0, 0, 0):
        return None
    lower = _padded(written)
    if kind == "~":
        return _range(lower, lower[:2] if len(written) > 1 else lower[:1])
    if lower[0]:
        return _range(lower, lower[:1])
    if lower[1]:
        return _range(lower, lower[:2])
    return _range(lower, lower[: len(written)])


def _inequality(kind: str, written: Bound) -> VersionRange | None:
    version = _padded(written)
    if written == (0, 0, 0) or (kind == "<" and version == (0, 0, 0)):
        return None
    if kind == "=":
        return VersionRange(version, version)
    if kind != "<":
        return _range(version, ())
    last = max(place for place in range(3) if version[place])
    return _range((0, 0, 0), (*version[:last], version[last] - 1))


def _joined(ranges: list[VersionRange]) -> tuple[VersionRange, ...]:
    """The same versions in as few ranges as Pkg needs, sorted."""
    found: list[VersionRange] = []
    ordered = sorted((part for part in ranges if not part.is_empty), key=cmp_to_key(_compare))
    for part in ordered:
        if found and _touch(found[-1].upper, part.lower):
            upper = max(found[-1].upper, part.upper, key=cmp_to_key(_compare_upper))
            found[-1] = _range(found[-1].lower, upper)
        else:
            found.append(part)
    return tuple(found)


def _touch(upper: Bound, lower: Bound) -> bool:
    """Whether no version lies between the end of one range and the start of the next, as Pkg sees it."""
    common = min(len(upper), len(lower))
    if len(upper) == len(lower) and common:
        return upper[:-1] > lower[:-1] or (upper[:-1] == lower[:-1] and upper[-1] >= lower[-1] - 1)
    return upper[:common] >= lower[:common]


def _compare(one: VersionRange, two: VersionRange) -> int:
    return _compare_lower(one.lower, two.lower) or _compare_upper(one.upper, two.upper)


def _compare_lower(one: Bound, two: Bound) -> int:
    common = min(len(one), len(two))
    left, right = (one[:common], len(one)), (two[:common], len(two))
    return (left > right) - (left < right)


def _compare_upper(one: Bound, two: Bound) -> int:
    common = min(len(one), len(two))
    left, right = (one[:common], -len(one)), (two[:common], -len(two))
    return (left > right) - (left < right)


def _padded(bound: Bound) -> Bound:
    return (*bound, 0, 0, 0)[:3]


def _numbers(groups: tuple[str | None, ...]) -> Bound:
    return tuple(int(group) for group in groups if group is not None)


def _dotted(bound: Bound) -> str:
    return ".".join(map(str, bound))
