"""A user's Julia files for the editor's features: an environment with a package of every kind, and a depot."""

from pathlib import Path

from juliahub_ls.domain.environments.depot import version_slug

EXAMPLE = "7876af07-990d-54b4-ab0e-23690620f79a"
EXAMPLE_TREE = "46e44e869b4d90b96bd8ed1fdcf32244fddfb6cc"
TOOLS = "11111111-1111-4111-8111-111111111111"
FORKED = "22222222-2222-4222-8222-222222222222"
DATES = "ade2ca70-3891-5945-98fb-dc099432e06a"
NEWER = "33333333-3333-4333-8333-333333333333"
DATA_TREE = "a" * 40

PROJECT = f"""name = "Study"

[deps]
Dates = "{DATES}"
Example = "{EXAMPLE}"
Forked = "{FORKED}"
MyTools = "{TOOLS}"

[sources]
MyTools = {{path = "../MyTools"}}
Forked = {{url = "https://github.com/someone/Forked.jl", rev = "main"}}

[compat]
Example = "0.5"
"""

MANIFEST = f"""julia_version = "1.11.2"
manifest_format = "2.0"

[[deps.Dates]]
uuid = "{DATES}"
version = "1.11.0"

[[deps.Example]]
git-tree-sha1 = "{EXAMPLE_TREE}"
uuid = "{EXAMPLE}"
version = "0.5.3"

[[deps.Forked]]
deps = ["Dates"]
git-tree-sha1 = "{"b" * 40}"
repo-rev = "main"
repo-url = "https://github.com/someone/Forked.jl"
uuid = "{FORKED}"
version = "2.0.0"

[[deps.MyTools]]
path = "../MyTools"
uuid = "{TOOLS}"
version = "0.3.0"
"""

ARTIFACTS = f"""[data]
git-tree-sha1 = "{DATA_TREE}"
lazy = true

    [[data.download]]
    sha256 = "{"c" * 64}"
    url = "https://example.org/data.tar.gz"

[[tool]]
arch = "x86_64"
git-tree-sha1 = "{"d" * 40}"
os = "linux"

[[tool]]
arch = "aarch64"
git-tree-sha1 = "{"e" * 40}"
os = "macos"
"""


def write(path: Path, text: str) -> Path:
    """A file with all its folders; the text as it is, line ends included."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return path


def study(folders: Path) -> Path:
    """The environment's folder, in the workspace; its development package beside it, its depot outside."""
    place = folders / "work" / "study"
    write(place / "Project.toml", PROJECT)
    write(place / "Manifest.toml", MANIFEST)
    write(place / "Artifacts.toml", ARTIFACTS)
    write(place / "src" / "Study.jl", "module Study end\n")
    write(folders / "work" / "MyTools" / "Project.toml", f'name = "MyTools"\nuuid = "{TOOLS}"\nversion = "0.3.0"\n')
    write(folders / "work" / "MyTools" / "src" / "MyTools.jl", "module MyTools end\n")
    depot = folders / "depot"
    registry = f'name = "General"\n[packages]\n{EXAMPLE} = {{ name = "Example", path = "E/Example" }}\n'
    write(depot / "registries" / "General" / "Registry.toml", registry)
    installed = depot / "packages" / "Example" / version_slug(EXAMPLE, EXAMPLE_TREE)
    write(installed / "Project.toml", f'name = "Example"\nuuid = "{EXAMPLE}"\nversion = "0.5.3"\n')
    write(depot / "artifacts" / DATA_TREE / "values.csv", "1,2\n")
    return place
