"""Every real environment, read and compared with what is written in it, as a plain TOML parser says."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import tomli

from juliahub_ls.domain.environments.files import is_environment_file
from juliahub_ls.domain.environments.manifest import ManifestEntry, read_manifest
from juliahub_ls.domain.environments.project import Source, read_project
from juliahub_ls.domain.toml.positions import TomlPositions

from .test_toml_positions import cut

PROJECTS = 162
MANIFESTS = 13


def test_every_project(corpus: Path) -> None:
    files = sorted(corpus.rglob("Project.toml"))
    assert len(files) == PROJECTS
    for file in files:
        project, raw = read_project(file), table_of(file)
        assert project.problems == (), file
        for key in ("name", "version", "manifest", "entryfile"):
            assert getattr(project, key) == raw.get(key)
        assert project.uuid == (raw["uuid"].lower() if "uuid" in raw else None)
        for section in ("deps", "weakdeps", "extras", "compat", "preferences"):
            assert getattr(project, section) == raw.get(section, {}), (file, section)
        for section in ("targets", "extensions"):
            assert getattr(project, section) == {key: listed(item) for key, item in raw.get(section, {}).items()}
        assert project.sources == {name: Source(**item) for name, item in raw.get("sources", {}).items()}
        assert project.workspace == tuple(raw.get("workspace", {}).get("projects", ()))


def test_every_manifest(corpus: Path) -> None:
    files = sorted(corpus.rglob("*Manifest*.toml"))
    assert len(files) == MANIFESTS
    for file in files:
        manifest, raw = read_manifest(file), table_of(file)
        assert manifest.problems == (), file
        assert manifest.julia_version == raw["julia_version"]
        assert manifest.project_hash == raw["project_hash"]
        expected = [(name, item) for name, items in raw["deps"].items() for item in items]
        assert len(manifest.entries) == len(expected)
        for entry, (name, item) in zip(manifest.entries, expected, strict=True):
            assert_same(entry, name, item)
        known = manifest.by_uuid()
        for entry in manifest.entries:
            assert {known[uuid].name for uuid in manifest.reachable([entry.uuid])} >= {entry.name, *entry.deps}
        assert manifest.reachable(known) == set(known)


def test_every_entry_is_found_where_it_stands(corpus: Path) -> None:
    for file in sorted(corpus.rglob("*Manifest*.toml"))[::4]:
        text, manifest = file.read_bytes().decode(), read_manifest(file)
        places = TomlPositions(text)
        for entry in manifest.entries:
            uuid, header = places.value(*manifest.place(entry, "uuid")), places.table(*manifest.place(entry))
            assert uuid is not None
            assert header is not None
            assert (cut(text, uuid), cut(text, header)) == (f'"{entry.uuid}"', f"deps.{entry.name}")


def test_environments_without_problems_are_read_without_looking_for_places(corpus: Path) -> None:
    """Reading is what happens whenever an editor opens; places cost more and nobody has asked for one."""
    code = (
        "import sys; from pathlib import Path\n"
        "from juliahub_ls.domain.environments.environment import load_environments\n"
        "from juliahub_ls.domain.environments.scan import scan\n"
        "loaded = load_environments(scan([Path(sys.argv[1])]).environments)\n"
        "print(len(loaded), sum(len(item.problems) for item in loaded), 'tree_sitter' in sys.modules)\n"
    )
    server = Path(__file__).parents[3] / "server"
    command = [sys.executable, "-c", code, str(corpus)]
    run = subprocess.run(command, cwd=server, capture_output=True, text=True, check=True)
    assert run.stdout == f"{PROJECTS} 0 False\n"


def test_every_file_is_one_that_a_watcher_cares_about(corpus: Path) -> None:
    assert all(is_environment_file(file.name) for file in corpus.rglob("*.toml"))


def assert_same(entry: ManifestEntry, name: str, raw: dict[str, Any]) -> None:
    assert (entry.name, entry.uuid, entry.version) == (name, raw["uuid"], raw.get("version"))
    assert (entry.path, entry.tree_sha) == (raw.get("path"), raw.get("git-tree-sha1"))
    repository = (raw.get("repo-url"), raw.get("repo-rev"), raw.get("repo-subdir"))
    assert (entry.repo_url, entry.repo_rev, entry.repo_subdir) == repository
    assert entry.pinned == raw.get("pinned", False)
    assert entry.deps == tuple(raw.get("deps", ()))
    assert entry.weakdeps == tuple(raw.get("weakdeps", ()))
    assert entry.dep_uuids == (raw["deps"] if isinstance(raw.get("deps"), dict) else {})
    assert entry.extensions == {key: listed(item) for key, item in raw.get("extensions", {}).items()}
    assert entry.is_stdlib == ("git-tree-sha1" not in raw and "path" not in raw)


def table_of(file: Path) -> dict[str, Any]:
    return tomli.loads(file.read_text("utf-8"))


def listed(item: object) -> tuple[str, ...]:
    return (item,) if isinstance(item, str) else tuple(item) if isinstance(item, list) else ()
