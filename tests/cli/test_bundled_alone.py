"""A job whose Julia has an empty depot: what the bundle does not bring cannot be found."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from juliahub_ls.domain.environments.depot import version_slug
from localhub.engines.julia_versions import find_julias
from tests.support.cli import Cli
from tests.support.hub import running_hub

pytestmark = [pytest.mark.julia, pytest.mark.timeout(300)]

OUTSIDE, FOUND, BASE = (f"{digit * 8}-0000-4000-8000-000000000000" for digit in "123")
TREE = "46e44e869b4d90b96bd8ed1fdcf32244fddfb6cc"
TABLE, OWN, PROJECTS = "1" * 40, "2" * 40, "3" * 40

MAIN = """
import Pkg
using Outside, Found
Arts = Pkg.Artifacts
content(toml, name) = read(joinpath(Arts.artifact_path(Arts.artifact_hash(name, toml)), "data.txt"), String)
toml = Arts.find_artifacts_toml(pathof(Found))
println(Outside.hello())
println(Found.hello())
println(content(toml, "table"), content(toml, "own"), content(joinpath(@__DIR__, "Artifacts.toml"), "projects"))
println(all(startswith(pathof(m), joinpath(pwd(), ".bundle")) for m in (Outside, Found)))
println(any(startswith(d, ENV["USERS_DEPOT"]) for d in DEPOT_PATH))
"""


@pytest.fixture(scope="module")
def user(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cli]:
    """A user with a depot of their own, and a hub on this computer whose jobs have an empty one."""
    if not find_julias():
        pytest.skip("no Julia on this computer")
    folder = tmp_path_factory.mktemp("user")
    make_depot(folder / "depot")
    make_project(folder / "work")
    (folder / "empty").mkdir()
    with running_hub(folder, env={"JULIA_DEPOT_PATH": str(folder / "empty")}):
        yield Cli(folder, {"JULIA_DEPOT_PATH": str(folder / "depot")})


def test_all_that_a_job_needs_comes_along(user: Cli) -> None:
    ran = user.run("submit", "work/p/main.jl", "--env", f"USERS_DEPOT={user.folder / 'depot'}", "--follow", "--json")
    assert ran.code == 0, ran.stdout[-3000:] + ran.stderr
    printed = [event["message"] for event in ran.events if event["type"] == "line" and event.get("module") == "Main"]
    assert printed[-5:] == ["outside, on base", "found", "table own project", "true", "false"]


def test_without_the_users_depot_the_job_finds_nothing(user: Cli) -> None:
    """So that the test above says something: the same job, of a user who has nothing installed."""
    poor = Cli(user.folder, {"JULIA_DEPOT_PATH": str(user.folder / "nothing")})
    ran = poor.run("submit", "work/p/main.jl", "--follow", "--json")
    assert ran.code == 1, ran.stdout[-3000:] + ran.stderr
    final = [event for event in ran.events if event["type"] == "job"][-1]
    assert "The environment could not be prepared" in final["reason"]


def make_project(work: Path) -> None:
    """A development package outside that needs another by `[sources]`, and one that is in no registry."""
    package(work / "tools" / "Outside", "Outside", OUTSIDE, '"outside, on " * Base_.hello()', "using Base_", Base_=BASE)
    package(work / "tools" / "Base_", "Base_", BASE, '"base"')
    project = work / "p"
    write(project / "main.jl", MAIN)
    write(project / "Project.toml", f'[deps]\nFound = "{FOUND}"\nOutside = "{OUTSIDE}"\n')
    write(
        project / "Manifest.toml",
        f'[[Base_]]\npath = "../tools/Base_"\nuuid = "{BASE}"\nversion = "0.1.0"\n\n'
        f'[[Found]]\ngit-tree-sha1 = "{TREE}"\nuuid = "{FOUND}"\nversion = "0.1.0"\n\n'
        f'[[Outside]]\ndeps = ["Base_"]\npath = "../tools/Outside"\nuuid = "{OUTSIDE}"\nversion = "0.1.0"\n',
    )
    write(project / "Artifacts.toml", f'[projects]\ngit-tree-sha1 = "{PROJECTS}"\n')


def make_depot(depot: Path) -> None:
    """A registry that knows another package, the source of `Found`, its artifacts, one of them overridden."""
    write(depot / "registries" / "Ours" / "Registry.toml", f'name = "Ours"\n[packages]\n{BASE[::-1]} = {{ }}\n')
    found = depot / "packages" / "Found" / version_slug(FOUND, TREE)
    package(found, "Found", FOUND, '"found"')
    write(found / "Artifacts.toml", f'[table]\ngit-tree-sha1 = "{TABLE}"\n\n[own]\ngit-tree-sha1 = "{OWN}"\n')
    write(depot / "artifacts" / TABLE / "data.txt", "table ")
    write(depot / "artifacts" / PROJECTS / "data.txt", "project")
    own = depot.parent / "own"
    write(own / "data.txt", "own ")
    write(depot / "artifacts" / "Overrides.toml", f'[{FOUND}]\nown = "{own.as_posix()}"\n')


def package(folder: Path, name: str, uuid: str, hello: str, uses: str = "", **deps: str) -> None:
    needs = "".join(f'{dependency} = "{id_}"\n' for dependency, id_ in deps.items())
    write(folder / "Project.toml", f'name = "{name}"\nuuid = "{uuid}"\nversion = "0.1.0"\n\n[deps]\n{needs}')
    write(folder / "src" / f"{name}.jl", f"module {name}\n{uses}\nhello() = {hello}\nend\n")


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
