"""`.gitignore` files decide here as they do for git itself."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from juliahub_ls.domain.bundles.model import BundleOptions, LeftOutReason
from juliahub_ls.domain.bundles.plan import plan_bundle
from juliahub_ls.domain.bundles.walk import Tree, walk_tree

from .conftest import MakeTree

NAMES = st.sampled_from(["a", "b", "ab", "a.c", "d", "#x", "!y", "a b", "x "])
PATHS = st.lists(NAMES, min_size=1, max_size=4).map("/".join)
PIECES = st.sampled_from(["a", "b", "d", "/", "*", "**", "**/", "/**", "?", ".c", "[ab]", "[!a]", "\\", " ", "#x", "y"])
LINES = st.builds(
    "{}{}{}".format, st.sampled_from(["", "", "!"]), st.lists(PIECES, max_size=5).map("".join), st.just("")
)
RULES = st.lists(LINES | PATHS, max_size=5).map("\n".join)
TREES = st.dictionaries(PATHS, st.just(""), min_size=1, max_size=10)
PLACES = st.sampled_from(["", "a", "b", "a/b", "d"])


@pytest.fixture(scope="module")
def repository() -> Iterator[Path]:
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    with tempfile.TemporaryDirectory() as name:
        top = Path(os.path.realpath(name), "repository")
        git(top.parent, "init", "-q", str(top))
        yield top


def git(folder: Path, *arguments: str, lines: str = "") -> str:
    """Runs git with nobody's settings."""
    environment = {**os.environ, "GIT_CONFIG_NOSYSTEM": "1", "HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    finished = subprocess.run(
        ["git", *arguments], cwd=folder, input=lines.encode(), capture_output=True, check=False, env=environment
    )
    assert finished.returncode in (0, 1), finished.stderr
    return finished.stdout.decode()


def fill(top: Path, files: Mapping[str, str]) -> None:
    """Files in a folder whose former content goes, except its repository; a path in the way of another is left."""
    for path in top.iterdir():
        if path.name != ".git":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    for name, content in files.items():
        path = top / name
        if not any(parent.is_file() for parent in path.parents) and not path.is_dir():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, newline="")


def left_out_by_git(top: Path) -> dict[str, str]:
    """Paths that git leaves out, folders above them judged first → file:line of the rule."""
    paths = [str(path.relative_to(top)) for path in sorted(top.rglob("*")) if ".git" not in path.relative_to(top).parts]
    told = git(top, "check-ignore", "-v", "-z", "--stdin", "--no-index", lines="\0".join([*paths, ""])).split("\0")
    fields = [told[start : start + 4] for start in range(0, len(told) - 3, 4)]
    return {path: f"{source}:{line}" for source, line, pattern, path in fields if not pattern.startswith("!")}


def kept(tree: Tree) -> set[str]:
    return {file.archive_path for file in tree.files}


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture], max_examples=40)
@example({"a/b": "", "a/d": "", "b": ""}, {"": "a/*\n!a/b\n"}, "")
@example({"a/b/d": ""}, {"": "**/d\n/a/**/d/\nb/**"}, "a")
@example({"x ": "", "a b": "", "#x": "", "!y": ""}, {"": "x\\ \na b  \n\\#x\n\\!y\n"}, "")
@given(TREES, st.dictionaries(PLACES, RULES, max_size=3), RULES)
def test_as_git(repository: Path, files: dict[str, str], rules: dict[str, str], exclude: str) -> None:
    fill(repository, files | {f"{place}/.gitignore".lstrip("/"): text for place, text in rules.items()})
    (repository / ".git/info").mkdir(exist_ok=True)
    (repository / ".git/info/exclude").write_text(exclude, newline="")
    git_says = left_out_by_git(repository)
    tree = walk_tree(repository, "", None, gitignore=True)
    everything = {str(path.relative_to(repository)) for path in repository.rglob("*") if path.is_file()}
    expected = {path for path in everything if path not in git_says and not path.startswith(".git/")}
    assert kept(tree) == expected
    for item in tree.left_out:
        if item.reason is LeftOutReason.RULE:
            assert item.rule is not None
            source, _, line = git_says[item.path].rpartition(":")
            assert (repository / source, int(line)) == (item.rule.file, item.rule.line)


def test_rules_from_above_the_folder_count(repository: Path) -> None:
    fill(repository, {".gitignore": "*.log\n/sub/p/out\n/out\n", "sub/.gitignore": "!keep.log\n", "sub/p/out/x": ""})
    fill_more = {"sub/p/a.log": "", "sub/p/keep.log": "", "sub/p/b/out": "", "sub/p/main.jl": "", "sub/p/c.tmp": ""}
    for name, content in fill_more.items():
        (repository / name).parent.mkdir(exist_ok=True, parents=True)
        (repository / name).write_text(content)
    (repository / ".git/info/exclude").write_text("*.tmp\n")
    tree = walk_tree(repository / "sub/p", "", None, gitignore=True)
    assert kept(tree) == {"keep.log", "b/out", "main.jl"}
    by_path = {item.path: str(item.rule) for item in tree.left_out}
    assert by_path == {"a.log": ".gitignore:1", "out": ".gitignore:2", "c.tmp": "exclude:1"}
    assert kept(walk_tree(repository / "sub/p", "", None)) >= {"a.log", "c.tmp", "out/x"}


def test_the_chosen_folder_is_in_even_when_git_ignores_it(repository: Path) -> None:
    fill(repository, {".gitignore": "build/\n", "build/x": "", "build/build/y": ""})
    assert kept(walk_tree(repository / "build", "", None, gitignore=True)) == {"x"}


def test_a_repository_within_has_its_own_rules(repository: Path) -> None:
    fill(repository, {".gitignore": "*.csv\n", "a.csv": "", "within/a.csv": "", "within/b.txt": ""})
    git(repository, "init", "-q", "within")
    (repository / "within/.git/info/exclude").write_text("*.txt\n")
    assert kept(walk_tree(repository, "", None, gitignore=True)) == {".gitignore", "within/a.csv"}


def test_a_working_tree_beside_its_repository(make_tree: MakeTree) -> None:
    base = make_tree(
        {
            "main/.git/info/exclude": "*.csv\n",
            "main/.git/worktrees/w/commondir": "../..\n",
            "w/.git": "gitdir: ../main/.git/worktrees/w\n",
            "w/a.csv": "",
            "w/b.txt": "",
        }
    )
    assert kept(walk_tree(base / "w", "", None, gitignore=True)) == {"b.txt"}


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        ("", set()),
        ("!data/keep.csv\n", {"data/keep.csv"}),
        ("!data/\n", {"data/keep.csv", "data/x.csv"}),
        ("!data/*.csv\n", set()),
        ("data/keep.csv\n!data/\n", {"data/x.csv"}),
        ("!*.csv\n!data/\n", {"data/keep.csv", "data/x.csv", "a.csv"}),
    ],
)
def test_our_including_rules_win(make_tree: MakeTree, own: str, expected: set[str]) -> None:
    top = make_tree(
        {".gitignore": "data/\n*.csv\n", ".juliabundleignore": own, "data/keep.csv": "", "data/x.csv": "", "a.csv": ""}
    )
    tree = walk_tree(top, "", None, gitignore=True)
    assert kept(tree) - {".gitignore", ".juliabundleignore"} == expected


A = "aaaaaaaa-0000-4000-8000-000000000000"


def test_the_option_reaches_development_packages_in_their_own_repositories(make_tree: MakeTree) -> None:
    manifest = f'manifest_format = "2.0"\n[[deps.A]]\nuuid = "{A}"\npath = "../A"\n'
    base = make_tree(
        {
            "p/Project.toml": "",
            "p/Manifest.toml": manifest,
            "p/.gitignore": "*.log\n",
            "p/a.log": "",
            "A/Project.toml": f'name = "A"\nuuid = "{A}"\n',
            "A/src/A.jl": "",
            "A/src/A.jl.cov": "",
            "A/a.log": "",
            "A/.gitignore": "*.cov\n",
        }
    )
    plain, careful = (plan_bundle(base / "p", options=BundleOptions(gitignore=option)) for option in (False, True))
    gone = {file.archive_path for file in plain.files} - {file.archive_path for file in careful.files}
    assert gone == {"a.log", ".bundle/dev/A/src/A.jl.cov"}
    assert {(item.path, str(item.rule)) for item in careful.left_out} == {
        ("a.log", ".gitignore:1"),
        (".bundle/dev/A/src/A.jl.cov", ".gitignore:1"),
    }


def test_what_a_depot_holds_is_not_git_s_business(make_tree: MakeTree) -> None:
    top = make_tree({".gitignore": "*\n", "src/A.jl": ""})
    assert "src/A.jl" in kept(walk_tree(top, "", None, guard_secrets=False))
    assert kept(walk_tree(top, "", None, gitignore=True)) == set()
