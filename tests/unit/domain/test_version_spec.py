"""`[compat]` entries, understood and printed as Julia's package manager does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from juliahub_ls.domain.environments.version_spec import Style, VersionSpec, version_numbers

PRINTED = [
    ("1", "1"),
    ("1.2", "1.2.0 - 1"),
    ("1.2.3", "1.2.3 - 1"),
    ("^1.2.3", "1.2.3 - 1"),
    ("0.2", "0.2"),
    ("0.2.3", "0.2.3 - 0.2"),
    ("0.0.3", "0.0.3"),
    ("0.0", "0.0"),
    ("0", "0"),
    ("~1.2.3", "1.2.3 - 1.2"),
    ("~1", "1"),
    ("v1.0", "1"),
    ("=1.2.3", "1.2.3"),
    ("= 1.2", "1.2.0"),
    (">=1.2", "1.2.0 - *"),
    ("≥ 0", "*"),
    ("<1.2", "0.0.0 - 1.1"),
    ("< 1.0.3", "0.0.0 - 1.0.2"),
    ("1.2 - 1.4.5", "1.2 - 1.4.5"),
    ("0.3, 1", "[0.3, 1]"),
    ("1, 0.3", "[0.3, 1]"),
    ("0.11, 0.12", "0.11 - 0.12"),
    ("1.4, 1.5", "1.4.0 - 1"),
    ("1.2, 1.2.3, ~1.2.1", "1.2.0 - 1"),
    ("0.18, 0.2, 0.19", "[0.2, 0.18 - 0.19]"),
    ("1.5 - 1.2", "∅"),
]
REFUSED = ["", "x", "1.2.3.4", "0.0.0", "1,", "*", "1-2", "<0", "> 1", "1.2.3-rc1", "^ 1", "^", "𝟙"]


@pytest.mark.parametrize(("text", "printed"), PRINTED)
def test_printed_as_pkg_prints(text: str, printed: str) -> None:
    spec = VersionSpec.parse(text)
    assert spec is not None
    assert spec.text(Style()) == printed
    assert spec.text(Style("-", 3)) == printed.replace(" - ", "-")


@pytest.mark.parametrize("text", REFUSED)
def test_what_julia_refuses(text: str) -> None:
    assert VersionSpec.parse(text) is None


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        ("1.2", "1.3", "1.3.0 - 1"),
        ("0.3, 1", "1", "1"),
        ("1", "2", "∅"),
        ("1.2 - 1.5", "1.4 - 2", "1.4 - 1.5"),
    ],
)
def test_what_suits_both(one: str, other: str, both: str) -> None:
    left, right = VersionSpec.parse(one), VersionSpec.parse(other)
    assert left is not None
    assert right is not None
    assert left.intersection(right) == right.intersection(left)
    assert left.intersection(right).text(Style()) == both
    assert left.intersection(VersionSpec()) == left


@pytest.mark.parametrize(
    ("spec", "version", "inside"),
    [
        ("1.2", "1.9.0", True),
        ("1.2", "1.1.9", False),
        ("1.2", "2.0.0", False),
        ("0.3, 1", "0.3.7+2", True),
        ("0.3, 1", "0.4.0", False),
        ("=1.2.3", "1.2.3", True),
        ("=1.2.3", "1.2.4", False),
        (">=1.2", "7", True),
    ],
)
def test_which_versions_are_in_it(spec: str, version: str, inside: bool) -> None:
    parsed, numbers = VersionSpec.parse(spec), version_numbers(version)
    assert parsed is not None
    assert numbers is not None
    assert parsed.holds(numbers) is inside


_versions = st.lists(st.integers(0, 3), min_size=1, max_size=3).map(lambda numbers: ".".join(map(str, numbers)))
_parts = st.tuples(st.sampled_from(["", "^", "~", "=", ">=", "<"]), _versions).map("".join)
_specs = st.lists(_parts, min_size=1, max_size=4)


@given(_specs, st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(0, 4)))
def test_joining_ranges_loses_and_wins_nothing_that_exists(parts: list[str], version: tuple[int, int, int]) -> None:
    """Ranges that touch are joined: what lies between `1.2.3 - 1.2` and `1.3` does not count as a gap."""
    alone = [VersionSpec.parse(part) for part in parts]
    whole = VersionSpec.parse(", ".join(parts))
    if None in alone:
        assert whole is None
        return
    assert whole is not None
    assert whole.holds(version) or not any(part.holds(version) for part in alone if part)
    assert whole.intersection(whole) == whole
