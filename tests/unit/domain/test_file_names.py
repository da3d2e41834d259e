"""Names of results, hostile ones too."""

import os
import re
import shutil
import subprocess
import unicodedata
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from juliahub_ls.domain.results.file_names import LONGEST, FreeNames, member_path, safe_name, saved_names

NAMES = st.text(max_size=20) | st.text("./\\:con ~githeADX\u200c", max_size=12)


@pytest.mark.parametrize(
    ("name", "posix", "windows"),
    [
        ("a.csv", "a.csv", "a.csv"),
        ("../../etc/passwd", "passwd", "passwd"),
        ("/etc/passwd", "passwd", "passwd"),
        ("C:\\windows\\x", "x", "x"),
        ("..", "result", "result"),
        ("", "result", "result"),
        ("a/..", "result", "result"),
        ("/", "result", "result"),
        ("CON", "CON", "_CON"),
        ("aux.csv", "aux.csv", "_aux.csv"),
        ("com1.tar.gz", "com1.tar.gz", "_com1.tar.gz"),
        ("console.log", "console.log", "console.log"),
        ("out. .", "out. .", "out___"),
        ("...", "...", "___"),
        ("2026-01-01T12:00:00.csv", "2026-01-01T12:00:00.csv", "2026-01-01T12_00_00.csv"),
        ("a.txt:stream", "a.txt:stream", "a.txt_stream"),
        ("two\nlines\0.csv", "two_lines_.csv", "two_lines_.csv"),
        ("a.bin.part", "a.bin.part_", "a.bin.part_"),
        (".git", "_.git", "_.git"),
        (".GIT", "_.GIT", "_.GIT"),
        (".g\u200cit", "_.g\u200cit", "_.g\u200cit"),
        ("git~1", "_git~1", "_git~1"),
        (".gitignore", ".gitignore", ".gitignore"),
        ("HEAD", "_HEAD", "_HEAD"),
        ("head", "_head", "_head"),
        ("HEAD.csv", "HEAD.csv", "HEAD.csv"),
    ],
)
def test_a_file_is_called(name: str, posix: str, windows: str) -> None:
    assert safe_name(name, windows=False) == posix
    assert safe_name(name, windows=True) == windows


def test_a_long_name_keeps_its_ending() -> None:
    name = safe_name("ü" * 400 + ".csv", windows=False)
    assert (len(name.encode()) <= LONGEST, name[-4:], name[0]) == (True, ".csv", "ü")


def test_no_file_takes_the_place_of_another() -> None:
    names = ["b/x.csv", "a/x.csv", "X.csv", "é.txt", "e\u0301.txt", "a/x.csv"]
    found = saved_names(names, windows=False)
    assert found == saved_names(reversed(names), windows=False)
    assert set(found) == set(names)
    folded = {unicodedata.normalize("NFC", name).casefold() for name in found.values()}
    assert len(folded) == len(found) == 5
    assert found["X.csv"] == "X.csv"
    assert found["b/x.csv"] == "x (3).csv"


def test_no_file_of_an_archive_takes_the_place_of_another() -> None:
    free = FreeNames(["taken", "a.csv"], fold=True)
    names = ["A.csv", "taken/x", "taken/y", "out/x", "out", "out/x/y", "OUT/z"]
    expected = ["A (2).csv", "taken (2)/x", "taken (2)/y", "out/x", "out (2)", "out/x (2)/y", "OUT/z"]
    assert list(map(free, names)) == expected


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("./out/a.csv", "out/a.csv"),
        ("out/../a.csv", "a.csv"),
        ("../a.csv", None),
        ("/a.csv", None),
        ("out/../../a.csv", None),
        (".", None),
        ("repo/.git/config", "repo/_.git/config"),
        ("repo/HEAD", "repo/_HEAD"),
        ("head/1.png", "head/1.png"),
        ("a.csv.part", "a.csv.part_"),
        (".a.tar.unpacking/0", ".a.tar.unpacking_/0"),
        ("out/a.csv.part", "out/a.csv.part"),
    ],
)
def test_a_file_of_an_archive_goes(name: str, path: "str | None") -> None:
    assert member_path(name, windows=False) == path


def test_an_archive_on_windows() -> None:
    assert member_path("..\\a.csv", windows=True) is None
    assert member_path("a\\nul\\b:c.csv", windows=True) == "a/_nul/b_c.csv"


@pytest.mark.parametrize("arguments", [[], ["--bare"]], ids=["beside files", "bare"])
def test_no_folder_becomes_a_git_repository(tmp_path: Path, arguments: "list[str]") -> None:
    if shutil.which("git") is None:
        pytest.skip("needs git")
    theirs, ours = tmp_path / "theirs", tmp_path / "ours"
    subprocess.run(["git", "init", "-q", *arguments, str(theirs)], check=True)
    shutil.copytree(theirs, tmp_path / "copied")
    for file in (path for path in theirs.rglob("*") if path.is_file()):
        target = ours / (member_path(file.relative_to(theirs).as_posix(), windows=False) or "")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, target)
    for folder in ("objects/pack", "refs/heads"):
        (ours / folder).mkdir(parents=True, exist_ok=True)
    assert [_is_repository(tmp_path / "copied"), _is_repository(ours)] == [True, False]


def _is_repository(folder: Path) -> bool:
    environment = os.environ | {"GIT_CEILING_DIRECTORIES": str(folder.parent)}
    return subprocess.run(["git", "rev-parse", "--git-dir"], cwd=folder, env=environment, check=False).returncode == 0


@given(st.lists(NAMES, max_size=6), st.booleans())
def test_any_names(names: "list[str]", windows: bool) -> None:
    found = saved_names(names, windows=windows)
    assert len({name.casefold() for name in found.values()}) == len(set(names))
    for name in [*found.values(), *(path for each in names if (path := member_path(each, windows=windows)))]:
        for part in name.split("/"):
            assert part not in ("", ".", "..")
            assert not re.search(r"[\x00-\x1f]", part)
            assert part.casefold() != ".git"
            assert name.casefold().rsplit("/", 1)[-1] != "head"
            if windows:
                assert not part.endswith((".", " "))
                assert not PureWindowsPath(part).is_reserved()
                assert PureWindowsPath(part).drive == ""
        assert not PurePosixPath(name).is_absolute()
