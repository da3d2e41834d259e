"""Registries in the depots, packed and unpacked."""

import io
import os
import tarfile
from pathlib import Path

import pytest

from juliahub_ls.domain.environments.registries import Registry, registered_uuids, registries, registry_of

EXAMPLE = "7876af07-990d-54b4-ab0e-23690620f79a"


def test_registries_unpacked_and_packed(tmp_path: Path) -> None:
    folder = tmp_path / "registries"
    (folder / "Mine").mkdir(parents=True)
    assert registered_uuids([tmp_path]) is None
    index = folder / "Mine" / "Registry.toml"
    index.write_text('name = "Mine"\n[packages]\n"' + EXAMPLE.upper() + '" = { name = "Example", path = "E" }\n')
    assert registered_uuids([tmp_path, Path("/none")]) == {EXAMPLE}

    other = "682c06a0-de6a-54ab-a142-c8b1cf79cde6"
    content = f'[packages]\n{other} = {{ name = "Other", path = "O" }}\n'.encode()
    with tarfile.open(folder / "General.tar.gz", "w:gz") as archive:
        for name, data in (("A/Package.toml", b"x" * 700), ("Registry.toml", content), ("Z/Package.toml", b"")):
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    assert registered_uuids([tmp_path]) == {EXAMPLE, other}
    found = registries([tmp_path])
    assert [registry.name for registry in found] == ["General", "Mine"]
    assert [registry_of(found, package) for package in (EXAMPLE, other, "x")] == ["Mine", "General", None]

    index.write_text(f'uuid = "{other}"\n[packages]\n  [packages.{EXAMPLE}]\n  name = "Example"\n')
    os.utime(index, ns=(1, 1))
    assert registered_uuids([tmp_path]) == {EXAMPLE, other}
    index.write_text("[packages]\n")
    os.utime(index, ns=(1, 1))
    assert registered_uuids([tmp_path]) == {other}


@pytest.mark.parametrize("name", ["Broken/Registry.toml", "Broken.tar.gz"])
def test_a_broken_registry_knows_nothing(tmp_path: Path, name: str) -> None:
    file = tmp_path / "registries" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"\x1f\x8b[[[")
    assert registered_uuids([tmp_path]) == frozenset()
    assert registries([tmp_path]) == [Registry("Broken", frozenset())]


def test_a_registrys_own_name_counts_not_a_packages(tmp_path: Path) -> None:
    index = tmp_path / "registries" / "Folder" / "Registry.toml"
    index.parent.mkdir(parents=True)
    index.write_text(f"uuid = 'x'\nname = 'Ours'\n[packages.{EXAMPLE}]\nname = 'Example'\n")
    assert registries([tmp_path]) == [Registry("Ours", frozenset({EXAMPLE}))]
    index.write_text(f"[packages.{EXAMPLE}]\nname = 'Example'\n")
    assert registries([tmp_path])[0].name == "Folder"


def test_a_big_registry_is_read_whole(tmp_path: Path) -> None:
    """It is read in slices, none of which may lose a package at its edge."""
    index = tmp_path / "registries" / "Big" / "Registry.toml"
    index.parent.mkdir(parents=True)
    packages = [f"{number:08x}-0000-4000-8000-000000000000" for number in range(5000)]
    lines = "".join(
        f'{package} = {{ name = "N", path = "{"P" * (number % 60)}" }}\n' for number, package in enumerate(packages)
    )
    index.write_text("[packages]\n" + lines)
    assert registered_uuids([tmp_path]) == set(packages)
