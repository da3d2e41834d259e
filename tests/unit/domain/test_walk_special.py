"""Everything that is no plain file with a plain name has a defined answer (protocol §6.2)."""

import os
import socket
import sys
import tarfile
import tempfile
import warnings
from pathlib import Path

import pytest

from juliahub_ls.domain.bundles.entry_names import is_too_long
from juliahub_ls.domain.bundles.ignore_rules import VERSION_CONTROL
from juliahub_ls.domain.bundles.model import LeftOutReason
from juliahub_ls.domain.bundles.plan import plan_bundle
from juliahub_ls.domain.bundles.walk import Tree, walk_tree
from juliahub_ls.domain.bundles.writer import FileChanged, write_bundle

from .conftest import MakeTree

needs_pipes = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")


def link(path: Path, target: Path | str, *, directory: bool = False) -> None:
    try:
        path.symlink_to(target, target_is_directory=directory)
    except OSError:
        pytest.skip("this system does not let us make links")


def paths(tree: Tree) -> set[str]:
    return {file.archive_path for file in tree.files}


def reasons(tree: Tree) -> dict[str, LeftOutReason]:
    return {item.path: item.reason for item in tree.left_out}


@pytest.mark.parametrize("name", sorted(VERSION_CONTROL))
def test_version_control_never_goes_in(make_tree: MakeTree, name: str) -> None:
    rules = f"!{name}\n!{name}/*\n!sub/*\n"
    top = make_tree({".juliabundleignore": rules, f"{name}/config": "", f"sub/{name}/config": "", "sub/a": ""})
    link(top / "history", name, directory=True)
    tree = walk_tree(top, "", None, allow_secrets=frozenset({f"{name}/config"}), guard_secrets=False)
    assert paths(tree) == {".juliabundleignore", "sub/a"}
    assert reasons(tree) == dict.fromkeys([name, f"sub/{name}", "history"], LeftOutReason.VERSION_CONTROL)


def test_a_link_inside_becomes_its_target(make_tree: MakeTree) -> None:
    top = make_tree({"data/x.csv": "12", "tool": "#!"})
    (top / "tool").chmod(0o755)
    link(top / "file", "data/x.csv")
    link(top / "second", "file")
    link(top / "run", "tool")
    tree = walk_tree(top, "", None)
    by_path = {file.archive_path: file for file in tree.files}
    assert by_path["file"].source == by_path["second"].source == str(Path(os.path.realpath(top), "data", "x.csv"))
    assert by_path["run"].executable is (os.name != "nt")


def test_rules_see_a_link_by_its_own_name(make_tree: MakeTree) -> None:
    top = make_tree({"data/x.csv": "", ".juliabundleignore": "data/\nlink/*.log\n", "data/y.log": ""})
    link(top / "link", "data", directory=True)
    assert paths(walk_tree(top, "", None)) == {".juliabundleignore", "link/x.csv"}


def test_a_folder_outside_leads_no_file_in(make_tree: MakeTree) -> None:
    base = make_tree({"p/a": "", "out/f": "", "out/back/g": ""})
    link(base / "p/out", base / "out", directory=True)
    link(base / "p/f", "out/f")
    link(base / "out/home", base / "p", directory=True)
    link(base / "p/round", "out/home/a")
    tree = walk_tree(base / "p", "", None)
    assert paths(tree) == {"a", "round"}
    assert reasons(tree) == dict.fromkeys(["out", "f"], LeftOutReason.OUTSIDE_LINK)


def test_a_name_that_begins_like_the_folder_is_outside(make_tree: MakeTree) -> None:
    base = make_tree({"p/a": "", "p-secret/b": ""})
    link(base / "p/link", "../p-secret/b")
    assert reasons(walk_tree(base / "p", "", None)) == {"link": LeftOutReason.OUTSIDE_LINK}


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("absent", LeftOutReason.DANGLING_LINK),
        ("absent/deeper", LeftOutReason.DANGLING_LINK),
        ("a/deeper", LeftOutReason.DANGLING_LINK),
        ("link", LeftOutReason.LINK_LOOP),
        ("other", LeftOutReason.LINK_LOOP),
        (".", LeftOutReason.LINK_LOOP),
        ("..", LeftOutReason.OUTSIDE_LINK),
        ("sub/up", LeftOutReason.LINK_LOOP),
        ("x" * 300, LeftOutReason.DANGLING_LINK),
    ],
)
def test_links_that_lead_nowhere(make_tree: MakeTree, target: str, reason: LeftOutReason) -> None:
    top = make_tree({"a": "", "sub/b": ""})
    link(top / "sub/up", "..", directory=True)
    link(top / "other", "link")
    link(top / "link", target)
    assert reasons(walk_tree(top, "", None))["link"] is reason


def test_folders_that_link_to_each_other_end(make_tree: MakeTree) -> None:
    top = make_tree({f"d{number}/f": "" for number in range(4)})
    for number in range(4):
        for other in range(4):
            link(top / f"d{number}/to{other}", f"../d{other}", directory=True)
    tree = walk_tree(top, "", None)
    assert {f"d{number}/f" for number in range(4)} <= paths(tree)
    assert max(path.count("/") for path in paths(tree)) <= 4
    assert len(tree.files) < 100


def test_hard_links_are_files(make_tree: MakeTree) -> None:
    top = make_tree({"a": "12"})
    try:
        (top / "b").hardlink_to(top / "a")
    except OSError:
        pytest.skip("this system does not let us make links")
    plan = plan_bundle(top)
    assert [(file.archive_path, file.size) for file in plan.files] == [("a", 2), ("b", 2)]
    write_bundle(plan, top.parent / "hard.tar")
    with tarfile.open(top.parent / "hard.tar") as archive:
        assert all(archive.getmember(f"{plan.name}/{name}").isreg() for name in "ab")


@needs_pipes
@pytest.mark.skipif(sys.platform == "win32", reason="this system has none of these")
def test_sockets_pipes_and_devices(make_tree: MakeTree, monkeypatch: pytest.MonkeyPatch) -> None:
    top = make_tree({"a": ""})
    monkeypatch.chdir(top)  # a socket's path may not be long
    os.mkfifo("pipe")
    link(top / "null", "/dev/null")
    link(top / "to_pipe", "pipe")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket")
        tree = walk_tree(top, "", None)
    assert paths(tree) == {"a"}
    special = LeftOutReason.SPECIAL_FILE
    assert reasons(tree) == {"pipe": special, "socket": special, "to_pipe": special, "null": LeftOutReason.OUTSIDE_LINK}


def walked_as_nobody(top: Path) -> list[str]:
    """What a walk by someone without rights says, in a child process: root may read everything."""
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # other threads are none of the child's business
        child = os.fork()
    if child == 0:
        try:
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid(65534)
                os.setuid(65534)
            tree = walk_tree(top, "", None)
            told = [*sorted(paths(tree)), *sorted(f"{item.path}:{item.reason.name}" for item in tree.left_out)]
            os.write(writing, " ".join(told).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as stream:
        told = stream.read().split()
    os.waitpid(child, 0)
    return told


@pytest.mark.skipif(not hasattr(os, "fork"), reason="permissions are another matter here")
def test_unreadable_things() -> None:
    with tempfile.TemporaryDirectory() as name:
        top = Path(name)
        top.chmod(0o755)
        (top / "folder").mkdir()
        for path in ("file", "folder/x", "a"):
            (top / path).write_text("")
        (top / "link").symlink_to("file")
        (top / "file").chmod(0)
        (top / "folder").chmod(0)
        told = walked_as_nobody(top)
        (top / "folder").chmod(0o755)
    assert told == ["a", "file:UNREADABLE", "folder:UNREADABLE", "link:UNREADABLE"]


def test_what_vanishes_while_walking(make_tree: MakeTree) -> None:
    """A folder that goes is said to be unreadable; a file that goes after it was planned stops the writing."""
    top = make_tree({"a/x": "", "b/y": "", "c": "1"})
    looks = iter([None, lambda: (top / "b/y").unlink(), lambda: (top / "b").rmdir()])

    def cancelled() -> bool:
        action = next(looks, None)
        if action:
            action()
        return False

    tree = walk_tree(top, "", None, cancelled=cancelled)
    assert paths(tree) == {"a/x", "c"}
    assert reasons(tree) == {"b": LeftOutReason.UNREADABLE}
    plan = plan_bundle(top)
    (top / "c").unlink()
    with pytest.raises(FileChanged):
        write_bundle(plan, top.parent / "gone.tar")
    assert not (top.parent / "gone.tar").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="only here may a name be any bytes")
def test_names_that_are_not_utf8(make_tree: MakeTree) -> None:
    top = make_tree({"ä": ""})
    for name in (b"\xff.csv", b"d\xff/x"):
        path = os.path.join(os.fsencode(top), name)  # noqa: PTH118 - bytes
        os.makedirs(os.path.dirname(path), exist_ok=True)  # noqa: PTH103, PTH120 - bytes
        with open(path, "wb"):  # noqa: PTH123 - bytes
            pass
    tree = walk_tree(top, "", None)
    assert paths(tree) == {"ä"}
    assert reasons(tree) == dict.fromkeys(["\\xff.csv", "d\\xff"], LeftOutReason.UNPORTABLE_NAME)


@pytest.mark.parametrize("path", ["n" * 101, "ä" * 60, "n" * 255, "ä" * 127, ("n" * 120 + "/") * 3 + "n" * 120])
def test_long_names_go_in_whole(make_tree: MakeTree, path: str) -> None:
    top = make_tree({f"p/{path}": "1"})
    write_bundle(plan_bundle(top / "p"), top / "long.tar")
    with tarfile.open(top / "long.tar") as archive:
        assert f"p/{path}" in archive.getnames()


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("a/" + "n" * 255, False),
        ("a/" + "n" * 256, True),
        ("ä" * 127, False),
        ("ä" * 128, True),
        ("日" * 85, False),
        ("日" * 86, True),
        ("𝒳" * 64, True),
        ("abcdefghi/" * 409 + "12345", False),
        ("abcdefghi/" * 409 + "123456", True),
        ("é/" * 1365, False),
        ("é/" * 1366, True),
    ],
)
def test_too_long_for_the_machines_that_run_jobs(path: str, expected: bool) -> None:
    assert is_too_long(path) is expected


def test_a_path_too_long_stays_home(make_tree: MakeTree) -> None:
    top = make_tree({"x" * 90: "", "short": "", "d" * 90 + "/x": ""})
    place = ("p" * 250 + "/") * 16
    tree = walk_tree(top, place, None)
    assert paths(tree) == {place + "short"}
    assert set(reasons(tree).values()) == {LeftOutReason.NAME_TOO_LONG}


@pytest.mark.skipif(sys.platform == "win32", reason="its paths end before")
def test_folders_nested_without_end_stop_the_walk(tmp_path: Path) -> None:
    folder = tmp_path
    for _ in range(205):
        folder = folder / "d"
    folder.mkdir(parents=True)
    (folder / "x").write_text("")
    tree = walk_tree(tmp_path, "", None)
    assert (paths(tree), set(reasons(tree).values())) == (set(), {LeftOutReason.TOO_DEEP})


def test_every_reason_has_its_sentence(make_tree: MakeTree) -> None:
    top = make_tree({"a": ""})
    link(top / "nothing", "absent")
    link(top / "loop", ".", directory=True)
    link(top / "away", "..", directory=True)
    plan = plan_bundle(top)
    assert {problem.code: problem.data["paths"] for problem in plan.problems} == {
        "dangling-links-left-out": ["nothing"],
        "link-loops-left-out": ["loop"],
        "outside-links-left-out": ["away"],
    }
