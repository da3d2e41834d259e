"""Registries in the depots, packed and unpacked."""

import io
import os
import tarfile
from pathlib import Path

import pytest

from juliahub_ls.domain.registries import registered_uuids

EXAMPLE = "7876af07-990d-54b4-ab0e-23690620f79a"


def test_registries_unpacked_and_packed(tmp_path: Path) -> None:
    registries = tmp_path / "registries"
    (registries / "Mine").mkdir(parents=True)
    assert registered_uuids([tmp_path]) is None
    index = registries / "Mine" / "Registry.toml"
    index.write_text('name = "Mine"\n[packages]\n"' + EXAMPLE.upper() + '" = { name = "Example", path = "E" }\n')
    assert registered_uuids([tmp_path, Path("/none")]) == {EXAMPLE}

    other = "682c06a0-de6a-54ab-a142-c8b1cf79cde6"
    content = f'[packages]\n{other} = {{ name = "Other", path = "O" }}\n'.encode()
    with tarfile.open(registries / "General.tar.gz", "w:gz") as archive:
        for name, data in (("A/Package.toml", b"x" * 700), ("Registry.toml", content), ("Z/Package.toml", b"")):
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    assert registered_uuids([tmp_path]) == {EXAMPLE, other}

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
