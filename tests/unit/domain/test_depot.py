"""Depots: their places, and Julia's slugs (values computed by Julia itself)."""

from pathlib import Path

import pytest

from juliahub_ls.domain.environments.depot import (
    artifact_path,
    crc32c,
    depot_paths,
    package_path,
    version_slug,
)

EXAMPLE = "7876af07-990d-54b4-ab0e-23690620f79a"
EXAMPLE_TREE = "46e44e869b4d90b96bd8ed1fdcf32244fddfb6cc"
HOME, SHARE = Path("/home/ada"), Path("/usr/share/julia")
USER = HOME / ".julia"


@pytest.mark.parametrize(
    ("uuid", "tree", "slug"),
    [
        (EXAMPLE, EXAMPLE_TREE, "aqsx3"),
        ("682c06a0-de6a-54ab-a142-c8b1cf79cde6", "1e0228a030642014fe5cfe68c2c0a818f9e3f522", "i2uHh"),
        ("37e2e46d-f89d-539d-b4ee-838fcccc9c8e", "0000000000000000000000000000000000000001", "bdCcj"),
    ],
)
def test_slugs_are_julias(uuid: str, tree: str, slug: str) -> None:
    assert version_slug(uuid, tree) == slug
    assert version_slug(uuid, tree, 4) == slug[:4]


def test_checksum() -> None:
    assert crc32c(b"123456789") == 0xE3069283


@pytest.mark.parametrize(
    ("value", "windows", "expected"),
    [
        (None, False, [USER, SHARE]),
        ("", False, []),
        ("/x", False, [Path("/x")]),
        ("/x:", False, [Path("/x"), SHARE]),
        (":/x", False, [USER, SHARE, Path("/x")]),
        (":", False, [USER, SHARE]),
        (":/x::/y", False, [USER, SHARE, Path("/x"), Path("/y")]),
        ("~/depot:/x:/x", False, [HOME / "depot", Path("/x")]),
        ("/x;/y", True, [Path("/x"), Path("/y")]),
    ],
)
def test_depot_paths(value: str | None, windows: bool, expected: list[Path]) -> None:
    assert depot_paths(value, HOME, [SHARE], windows=windows) == expected


def test_packages_are_found_under_either_slug(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    old = second / "packages" / "Example" / "aqsx"
    old.mkdir(parents=True)
    assert package_path([first, second], "Example", EXAMPLE, EXAMPLE_TREE) == old
    new = first / "packages" / "Example" / "aqsx3"
    new.mkdir(parents=True)
    assert package_path([first, second], "Example", EXAMPLE, EXAMPLE_TREE) == new
    assert package_path([first], "Example", EXAMPLE, "nonsense") is None
    assert package_path([first], "Other", EXAMPLE, EXAMPLE_TREE) is None


def test_artifacts_are_found(tmp_path: Path) -> None:
    place = tmp_path / "artifacts" / EXAMPLE_TREE
    place.mkdir(parents=True)
    assert artifact_path([Path("/none"), tmp_path], EXAMPLE_TREE) == place
    assert artifact_path([tmp_path], EXAMPLE_TREE[::-1]) is None
