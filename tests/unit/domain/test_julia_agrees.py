"""What Julia's own package manager and loader make of the same folders, compared with what is made of them here.

One Julia looks at all folders. Before 1.6.2 it reads manifests of format 1.0 only; what a newer one knows besides is
compared where there is one.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from juliahub_ls.domain.bundles.dependencies import Origin, dependencies
from juliahub_ls.domain.environments.depot import version_slug
from juliahub_ls.domain.environments.environment import load_environment
from juliahub_ls.domain.environments.files import environment_at
from juliahub_ls.domain.environments.project import Project
from juliahub_ls.domain.environments.project_hash import project_hashes
from juliahub_ls.domain.environments.version_spec import Style, VersionSpec

from .conftest import MakeTree
from .test_version_spec import PRINTED, REFUSED

A, B, C, D, E, OWN, OTHER_B = (f"{digit * 8}-0000-4000-8000-000000000000" for digit in "abcdef1")
BASE64 = "2a0f44e3-6c83-55bd-87e4-b1978d98bd5f"
TREE_B, TREE_C = "46e44e869b4d90b96bd8ed1fdcf32244fddfb6cc", "0123456789abcdef0123456789abcdef01234567"

JULIA = r"""
import Pkg
say(parts...) = println(join(map(part -> part === nothing ? "-" : replace(string(part), '\\' => '/'), parts), '|'))
for spec in ARGS[3:end]
    say("spec", spec, try Pkg.Types.semver_spec(spec) catch; nothing end)
end
for name in sort(readdir(ARGS[1]))
    folder = joinpath(ARGS[1], name)
    cd(folder)  # Julia 1.5 looks for a manifest that the project names from here
    empty!(LOAD_PATH); push!(LOAD_PATH, folder)
    env = Pkg.Types.EnvCache(Base.active_project())
    say("files", name, relpath(env.project_file, folder),
        isfile(env.manifest_file) ? relpath(env.manifest_file, folder) : nothing)
    for (dep, uuid) in env.project.deps
        say("dep", name, dep, uuid)
        id = Base.identify_package(dep)
        found = id === nothing ? nothing : Base.locate_package(id)
        found = found === nothing || startswith(found, Sys.STDLIB) ? nothing : realpath(found)
        say("load", name, dep, id === nothing ? nothing : id.uuid, found)
    end
    for (uuid, entry) in env.manifest
        say("entry", name, uuid, entry.name, entry.version, entry.path, entry.pinned, entry.tree_hash,
            entry.repo.source, entry.repo.rev, entry.repo.subdir)
        for (dep, below) in entry.deps
            say("below", name, uuid, dep, below)
        end
    end
    if isdefined(Pkg.Types, :workspace_resolve_hash)
        say("hash", name, Pkg.Types.workspace_resolve_hash(env))
    elseif isdefined(Pkg.Types, :project_resolve_hash)
        say("hash", name, Pkg.Types.project_resolve_hash(env.project))
    end
end
"""

EVERY_ORIGIN = f"""\
[[Apple]]
deps = ["Base64", "Birch"]
path = "../../elsewhere/Apple"
uuid = "{A}"
version = "0.3.0"

[[Base64]]
uuid = "{BASE64}"

[[Birch]]
git-tree-sha1 = "{TREE_B}"
pinned = true
uuid = "{B}"
version = "1.2.3+4"

[[Cedar]]
git-tree-sha1 = "{TREE_C}"
repo-rev = "main"
repo-subdir = "lib/Cedar"
repo-url = "https://example.org/Trees.jl"
uuid = "{C}"
version = "0.1.0"

[[Dogwood]]
git-tree-sha1 = "{TREE_C[::-1]}"
uuid = "{D}"
version = "2.0.0"
"""
TWO_OF_A_NAME = f"""\
[[Apple]]
path = "Apple"
uuid = "{A}"

    [Apple.deps]
    Birch = "{OTHER_B}"

[[Birch]]
git-tree-sha1 = "{TREE_B}"
uuid = "{B}"
version = "1.2.3"

[[Birch]]
path = "Birch"
uuid = "{OTHER_B}"
"""


def project(**deps: str) -> str:
    return "[deps]\n" + "".join(f'{name} = "{uuid}"\n' for name, uuid in deps.items())


def package(name: str, uuid: str) -> str:
    return f'name = "{name}"\nuuid = "{uuid}"\nversion = "0.3.0"\n'


FOLDERS = {
    "envs/origins/JuliaProject.toml": project(Apple=A, Base64=BASE64, Birch=B, Cedar=C, Dogwood=D),
    "envs/origins/Project.toml": project(Nothing=E),
    "envs/origins/JuliaManifest.toml": EVERY_ORIGIN,
    "envs/origins/Manifest.toml": "",
    "envs/package/Project.toml": package("Own", OWN) + project(Apple=A) + '[compat]\nApple = "0.2.3, 1"\njulia = "1"\n',
    "envs/package/src/Own.jl": "module Own end",
    "envs/package/Manifest.toml": f'[[Apple]]\npath = "dev/Apple"\nuuid = "{A}"\n',
    "envs/package/dev/Apple/src/Apple.jl": "module Apple end",
    "envs/two/Project.toml": project(Apple=A, Birch=B),
    "envs/two/Manifest.toml": TWO_OF_A_NAME,
    "envs/two/Apple/src/Apple.jl": "module Apple end",
    "envs/two/Birch/src/Birch.jl": "module Birch end",
    "envs/unresolved/Project.toml": project(Apple=A),
    "envs/elsewhere/Project.toml": 'manifest = "../../Shared.toml"\n' + project(Apple=A),
    "Shared.toml": f'[[Apple]]\npath = "elsewhere/Apple"\nuuid = "{A}"\n',
    "elsewhere/Apple/Project.toml": package("Apple", A),
    "elsewhere/Apple/src/Apple.jl": "module Apple end",
    f"depot/packages/Birch/{version_slug(B, TREE_B)}/src/Birch.jl": "module Birch end",
    f"depot/packages/Cedar/{version_slug(C, TREE_C, 4)}/src/Cedar.jl": "module Cedar end",
}


@pytest.fixture
def top(make_tree: MakeTree) -> Path:
    return Path(os.path.realpath(make_tree(FOLDERS)))


@pytest.mark.julia
@pytest.mark.skipif(shutil.which("julia") is None, reason="there is no Julia here")
def test_julia_sees_the_same(top: Path) -> None:
    specs = [text for text, _ in PRINTED] + [text for text in REFUSED if text]
    script = top / "look.jl"
    script.write_text(JULIA, "utf-8")
    depot = top / "depot"
    command = ["julia", "--startup-file=no", str(script), str(top / "envs"), str(depot), *specs]
    environment = {**os.environ, "JULIA_DEPOT_PATH": str(depot), "JULIA_PKG_SERVER": ""}
    run = subprocess.run(command, capture_output=True, env=environment, timeout=100, check=False)
    assert run.returncode == 0, run.stderr.decode()
    julia = run.stdout.decode().splitlines()
    hashes = {line for line in julia if line.startswith("hash|")}
    theirs = sorted(line for line in julia if line not in hashes)
    ours = sorted("|".join(parts) for parts in look(top, specs, spaced="spec|>=1.2|1.2.0 - *" in theirs))
    assert ours == theirs
    for line in hashes:
        _, name, recorded = line.split("|")
        assert recorded in project_hashes([loaded_project(top / "envs" / name)])


def look(top: Path, specs: list[str], *, spaced: bool) -> Iterator[list[str]]:
    """The same lines as Julia's, from what is known here."""
    for text in specs:
        spec = VersionSpec.parse(text)
        yield ["spec", text, spec.text(Style() if spaced else Style("-", 3)) if spec else "-"]
    for folder in sorted((top / "envs").iterdir()):
        yield from _look(folder, top / "depot")


def _look(folder: Path, depot: Path) -> Iterator[list[str]]:
    environment = environment_at(folder)
    assert environment is not None
    loaded = load_environment(environment, (1, 5))
    manifest_file = os.path.relpath(loaded.manifest_file, folder) if loaded.manifest_file else None
    yield ["files", folder.name, environment.project_file.name, said(manifest_file)]
    sources = {item.uuid: item for item in dependencies(loaded, [depot])}
    for name, uuid in loaded.project.deps.items():
        item = sources[uuid]
        yield ["dep", folder.name, name, uuid]
        source = item.source / "src" / f"{name}.jl" if item.source and item.origin is not Origin.STDLIB else None
        yield ["load", folder.name, name, uuid, said(source)]
    for entry in loaded.manifest.entries if loaded.manifest else ():
        parts = (entry.version, entry.path, entry.pinned, entry.tree_sha, entry.repo_url, entry.repo_rev)
        yield ["entry", folder.name, entry.uuid, entry.name, *map(said, (*parts, entry.repo_subdir))]
        for name in entry.deps:
            named = loaded.manifest.by_name().get(name, []) if loaded.manifest else []
            yield ["below", folder.name, entry.uuid, name, entry.dep_uuids.get(name) or named[0].uuid]


def said(value: object) -> str:
    """As the Julia script prints it."""
    if isinstance(value, bool):
        return str(value).lower()
    return "-" if value is None else str(value).replace("\\", "/")


def loaded_project(folder: Path) -> Project:
    environment = environment_at(folder)
    assert environment is not None
    return load_environment(environment).project
