"""Our view of environments, depots and artifacts beside that of Julia itself. One process answers all questions."""

import os
import random
import shutil
import subprocess
import uuid
from collections.abc import Mapping
from pathlib import Path

import pytest

from juliahub_ls.domain.bundles.dependencies import artifact_views, dependencies
from juliahub_ls.domain.environments.artifact_overrides import read_overrides
from juliahub_ls.domain.environments.artifacts import parse_artifacts
from juliahub_ls.domain.environments.depot import version_slug
from juliahub_ls.domain.environments.environment import load_environment
from juliahub_ls.domain.environments.files import environment_at
from juliahub_ls.domain.environments.project import read_project

from .bundle_plans import HASH, TREE, A, B, C, entry
from .conftest import MakeTree

pytestmark = pytest.mark.julia
OTHER = TREE[::-1]
NAMES = ("JuliaProject.toml", "Project.toml", "JuliaManifest.toml", "Manifest.toml", "Manifest-v1.5.toml")
PLATFORMS = [
    ("linux", "x86_64", "", "", ""),
    ("linux", "x86_64", "", "4", "cxx11"),
    ("linux", "x86_64", "", "3", "cxx03"),
    ("linux", "x86_64", "musl", "5", "cxx11"),
    ("linux", "aarch64", "", "", ""),
    ("linux", "armv7l", "", "5", ""),
    ("linux", "i686", "", "", ""),
    ("macos", "x86_64", "", "4", ""),
    ("windows", "x86_64", "", "5", "cxx11"),
    ("windows", "i686", "", "", ""),
    ("freebsd", "x86_64", "", "", ""),
]
TAGS = ("os", "arch", "libc", "libgfortran_version", "cxxstring_abi")


class Asked:
    """Questions for Julia, each with the answer expected of it."""

    def __init__(self) -> None:
        self.questions: list[tuple[str, ...]] = []
        self.expected: list[str] = []

    def add(self, expected: object, *question: object) -> None:
        self.questions.append(tuple(map(str, question)))
        self.expected.append("" if expected is None else str(expected))

    def check(self, depots: "list[Path]") -> None:
        julia = shutil.which("julia")
        if julia is None:
            pytest.skip("no Julia on this computer")
        script = Path(__file__).with_name("asked_of_julia.jl")
        done = subprocess.run(
            [julia, "--startup-file=no", "--compile=min", str(script)],
            input="".join("\t".join(question) + "\n" for question in self.questions),
            env=os.environ | {"JULIA_DEPOT_PATH": os.pathsep.join(map(str, depots))},
            capture_output=True,
            encoding="utf-8",
            timeout=100,
        )
        assert done.returncode == 0, done.stderr
        answers = done.stdout.split("\n")[:-1]
        wrong = [
            (question, ours, julias)
            for question, ours, julias in zip(self.questions, self.expected, answers, strict=True)
            if ours != julias
        ]
        assert wrong == []


def test_julia_sees_it_so_too(make_tree: MakeTree, corpus: Path) -> None:
    asked = Asked()
    depots = two_depots(make_tree)
    slugs(asked)
    names_of_files(asked, make_tree)
    real_projects(asked, corpus)
    packages(asked, make_tree, depots)
    variants(asked, make_tree)
    places(asked, make_tree, depots)
    asked.check(depots)
    assert len(asked.questions) > 400


def slugs(asked: Asked) -> None:
    chance = random.Random(5)
    for _ in range(200):
        package, tree = str(uuid.UUID(int=chance.getrandbits(128))), f"{chance.getrandbits(160):040x}"
        asked.add(version_slug(package, tree), "slug", package, tree)


def names_of_files(asked: Asked, make_tree: MakeTree) -> None:
    """Every set of these files in a folder."""
    for number in range(2 ** len(NAMES)):
        present = [name for bit, name in enumerate(NAMES) if number & 1 << bit]
        folder = make_tree({f"names/{number}/": "", **{f"names/{number}/{name}": "" for name in present}})
        folder = folder / "names" / str(number)
        found = environment_at(folder, (1, 5))
        expected = "-"
        if found:
            expected = f"{found.project_file.name} {found.manifest_file or ''}"
        asked.add(expected, "files", folder)


def real_projects(asked: Asked, corpus: Path) -> None:
    for file in sorted(corpus.rglob("Project.toml")):
        deps = read_project(file).deps
        asked.add(" ".join(sorted(f"{name}={package}" for name, package in deps.items())), "deps", file)


def packages(asked: Asked, make_tree: MakeTree, depots: "list[Path]") -> None:
    """Development packages by relative and absolute path, installed ones in either depot, and absent ones."""
    sha, old, gone = f'git-tree-sha1 = "{TREE}"', f'git-tree-sha1 = "{HASH}"', f'git-tree-sha1 = "{OTHER}"'
    top = make_tree({"dev/A/src/A.jl": "", "env/B/src/B.jl": ""})
    ids = {name: str(uuid.UUID(int=number << 100)) for number, name in enumerate("ABCDEF", 1)}
    entries = [
        entry("A", ids["A"], 'path = "../dev/A"'),
        entry("B", ids["B"], f'path = "{(top / "env/B").as_posix()}"'),
        entry("C", ids["C"], sha),
        entry("D", ids["D"], sha),
        entry("E", ids["E"], old),
        entry("F", ids["F"], gone),
    ]
    installed = [(0, "C", TREE, 5), (1, "C", TREE, 5), (1, "D", TREE, 5), (1, "E", HASH, 4)]
    for depot, name, tree, length in installed:
        place = depots[depot] / "packages" / name / version_slug(ids[name], tree, length) / "src"
        place.mkdir(parents=True)
        (place / f"{name}.jl").write_text("")
    text = "".join(entries).replace("[[deps.", "[[")
    deps = "[deps]\n" + "".join(f'{name} = "{ids[name]}"\n' for name in ids)
    make_tree({"env/Project.toml": deps, "env/Manifest.toml": text})
    environment = environment_at(top / "env")
    assert environment is not None
    found = dependencies(load_environment(environment), depots)
    assert [item.name for item in found] == list(ids)
    for item in found:
        path = item.source / "src" / f"{item.name}.jl" if item.source else None
        asked.add(path, "locate", top / "env", item.name, item.uuid)
    assert [item.name for item in found if item.source is None] == ["F"]


def variants(asked: Asked, make_tree: MakeTree) -> None:
    """Which variant each machine gets."""
    several = [tags for tags in PLATFORMS if tags not in (PLATFORMS[0], PLATFORMS[10])]
    text = "".join(artifact("several", number, tags) for number, tags in enumerate(several))
    text += "".join(artifact("few", 50 + number, tags) for number, tags in enumerate(several[:3]))
    text += f'[lone]\ngit-tree-sha1 = "{TREE}"\nos = "windows"\n'
    file = make_tree({"variants/Artifacts.toml": text}) / "variants" / "Artifacts.toml"
    artifacts = parse_artifacts(text)
    for machine in PLATFORMS:
        target = {key: value for key, value in zip(TAGS, machine, strict=True) if value}
        ours: Mapping[str, str] = {item.name: item.tree_hash for item in artifacts.for_platform(target)}
        for name in ("several", "few", "lone", "absent"):
            asked.add(ours.get(name), "chosen", file, name, *machine)


def artifact(name: str, number: int, tags: "tuple[str, ...]") -> str:
    given = "".join(f'{key} = "{value}"\n' for key, value in zip(TAGS, tags, strict=True) if value)
    return f'[[{name}]]\ngit-tree-sha1 = "{number:040x}"\n{given}'


def places(asked: Asked, make_tree: MakeTree, depots: "list[Path]") -> None:
    """Installed, overridden by folder, by hash, by a package's name, taken back, and absent artifacts."""
    for project in (f'name = "P"\nuuid = "{A}"\n', f'name = "P"\nuuid = "{B}"\n', ""):
        folder = f"places/{len(asked.questions)}"
        text = "".join(f'[{name}]\ngit-tree-sha1 = "{tree}"\n' for name, tree in ARTIFACTS.items())
        top = make_tree({f"{folder}/Project.toml": project, f"{folder}/Artifacts.toml": text}) / folder
        environment = environment_at(top)
        assert environment is not None
        loaded = load_environment(environment)
        for view in artifact_views(loaded, depots):
            package = loaded.project.uuid or ""
            asked.add(view.directory, "place", top / "Artifacts.toml", package, view.artifact.tree_hash)
    assert read_overrides(depots).problems == ()


ARTIFACTS = {
    name: f"{number:040x}"
    for number, name in enumerate(("here", "folder", "hash", "named", "back", "gone", "chain"), 1)
}


def two_depots(make_tree: MakeTree) -> "list[Path]":
    top = make_tree({"folder/x": "", "later/x": "", "named/x": ""})
    here = top.as_posix()
    first = (
        f'{ARTIFACTS["folder"]} = "{here}/folder"\n{ARTIFACTS["hash"]} = "{ARTIFACTS["here"]}"\n'
        f'{ARTIFACTS["back"]} = ""\n{ARTIFACTS["chain"]} = "{ARTIFACTS["folder"]}"\n'
        f'[{A}]\nnamed = "{here}/named"\nhere = "{here}/nowhere"\n[{C}]\nnamed = "{here}/later"\n'
    )
    second = (
        f'{ARTIFACTS["folder"]} = "{here}/later"\n{ARTIFACTS["back"]} = "{here}/later"\n'
        f'[{B}]\nfolder = "{here}/named"\n'
    )
    make_tree({"1/artifacts/Overrides.toml": first, "2/artifacts/Overrides.toml": second})
    for depot, name in ((2, "here"), (2, "back"), (1, "named"), (2, "named")):
        make_tree({f"{depot}/artifacts/{ARTIFACTS[name]}/x": ""})
    return [top / "1", top / "2"]
