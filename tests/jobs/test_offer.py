"""What this computer offers: machine types from its own size, and its Julias."""

import json
import os
import stat
from pathlib import Path

import psutil
import pytest

from localhub.engines import julia_versions, local

posix_only = pytest.mark.skipif(os.name == "nt", reason="uses shell scripts as Julias")


@pytest.mark.parametrize(("vcpus", "sizes"), [(1, [1]), (2, [1, 2]), (6, [1, 2, 4, 6]), (8, [1, 2, 4, 8])])
def test_node_specs_are_parts_of_this_computer(monkeypatch: pytest.MonkeyPatch, vcpus: int, sizes: list[int]) -> None:
    monkeypatch.setattr(local, "available_vcpus", lambda: vcpus)
    specs = local.LocalEngine().node_specs()
    assert [spec.vcores for spec in specs] == sizes
    assert specs[-1].memory_gb == max(1, round(psutil.virtual_memory().total / 1e9))
    assert all(spec.price_per_hour == 0 and not spec.has_gpu for spec in specs)
    assert len({spec.node_class for spec in specs}) == len({spec.id for spec in specs}) == len(sizes)


def make_julia(path: Path, version: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho 'julia version {version}'\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@pytest.fixture
def no_julia(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A computer without any Julia, whose home is the folder given."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.delenv("JULIA", raising=False)
    monkeypatch.setenv("JULIAUP_DEPOT_PATH", str(tmp_path / "depot"))
    return tmp_path


def install_with_juliaup(home: Path, versions: list[str], default: str) -> None:
    folder = home / "depot" / "juliaup"
    for version in versions:
        make_julia(folder / f"julia-{version}" / "bin" / "julia", version)
    state = {
        "Default": "mine",
        "InstalledVersions": {f"{each}+0.x64": {"Path": f"./julia-{each}"} for each in versions},
        "InstalledChannels": {"mine": {"Version": f"{default}+0.x64"}, "linked": {"Command": "/x/julia", "Args": []}},
    }
    (folder / "juliaup.json").write_text(json.dumps(state))


def test_a_computer_without_julia(no_julia: Path) -> None:
    assert julia_versions.find_julias() == []


@posix_only
def test_julia_on_the_path_is_the_default(no_julia: Path) -> None:
    on_path = make_julia(no_julia / "bin" / "julia", "1.9.4")
    install_with_juliaup(no_julia, ["1.10.10", "1.6.7", "1.12.0-rc1", "1.12.0", "1.9.4", "1.4.2"], "1.6.7")
    found = julia_versions.find_julias()
    assert [image.version for image in found] == ["1.9.4", "1.12.0", "1.12.0-rc1", "1.10.10", "1.6.7"]
    assert [image.default for image in found] == [True, False, False, False, False]
    assert found[0].command == (str(on_path),)


@posix_only
def test_the_variable_julia_comes_before_the_path(no_julia: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_julia(no_julia / "bin" / "julia", "1.9.4")
    monkeypatch.setenv("JULIA", str(make_julia(no_julia / "own" / "julia", "1.11.1")))
    assert [image.version for image in julia_versions.find_julias()] == ["1.11.1", "1.9.4"]


@posix_only
def test_juliaups_launcher_on_the_path_stands_for_the_julia_it_starts(no_julia: Path) -> None:
    install_with_juliaup(no_julia, ["1.10.10", "1.6.7"], "1.6.7")
    (no_julia / "bin").mkdir()
    (no_julia / "bin" / "julia").symlink_to(make_julia(no_julia / "up" / "julialauncher", "1.6.7"))
    default = julia_versions.find_julias()[0]
    assert (default.version, default.default) == ("1.6.7", True)
    assert "julia-1.6.7" in default.command[0]


@posix_only
def test_without_another_the_default_is_juliaups(no_julia: Path) -> None:
    install_with_juliaup(no_julia, ["1.10.10", "1.6.7"], "1.6.7")
    assert [image.version for image in julia_versions.find_julias()] == ["1.6.7", "1.10.10"]


@posix_only
def test_a_julia_that_was_replaced_is_asked_again(no_julia: Path) -> None:
    make_julia(no_julia / "bin" / "julia", "1.9.4")
    assert julia_versions.find_julias()[0].version == "1.9.4"
    make_julia(no_julia / "bin" / "julia", "1.10.10")
    assert julia_versions.find_julias()[0].version == "1.10.10"


@posix_only
@pytest.mark.parametrize(
    "script", ["exit 1", "echo 'julia version 1.9.4'; exit 3", "echo hello", "echo julia version x"]
)
def test_what_does_not_work_is_not_offered(no_julia: Path, script: str) -> None:
    make_julia(no_julia / "bin" / "julia", "1.9.4").write_text(f"#!/bin/sh\n{script}\n")
    assert julia_versions.find_julias() == []


@pytest.mark.parametrize("content", ["", "[]", "{", '{"InstalledVersions": {"1.9.4": {}}}', '{"InstalledVersions": 3}'])
def test_a_broken_juliaup_is_passed_over(no_julia: Path, content: str) -> None:
    (no_julia / "depot" / "juliaup").mkdir(parents=True)
    (no_julia / "depot" / "juliaup" / "juliaup.json").write_text(content)
    assert julia_versions.find_julias() == []
