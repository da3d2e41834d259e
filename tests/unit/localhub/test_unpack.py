"""Bundles that mean harm, and those that do not."""

import io
import os
import sys
import tarfile
from pathlib import Path

import pytest

from localhub.services import unpack as unpack_module
from localhub.services.unpack import BadBundle, unpack

Member = tuple[str, bytes | str | None, bytes]
"""Name, content (a link's target as text, None for a folder), tar type."""

FILE, FOLDER, SYMLINK, HARDLINK = tarfile.REGTYPE, tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE


def archive(path: Path, *members: Member) -> Path:
    with tarfile.open(path, "w") as tar:
        for name, content, kind in members:
            info = tarfile.TarInfo(name)
            info.type = kind
            if isinstance(content, str):
                info.linkname = content
            elif content is not None:
                info.size = len(content)
            tar.addfile(info, io.BytesIO(content) if isinstance(content, bytes) else None)
    return path


def test_a_bundle_becomes_its_one_folder(tmp_path: Path) -> None:
    tar = archive(
        tmp_path / "b.tar",
        ("pi/main.jl", b"println(1)", FILE),  # no record of the folder itself: clients leave it out
        ("pi/empty", None, FOLDER),
        ("pi/data/Δ.csv", b"1,2", FILE),
        ("pi/link.csv", "data/Δ.csv", SYMLINK),
        ("pi/same.csv", "pi/data/Δ.csv", HARDLINK),
    )
    top = unpack(tar, tmp_path / "work")
    assert top == tmp_path / "work" / "pi"
    assert (top / "link.csv").read_bytes() == (top / "same.csv").read_bytes() == b"1,2"
    assert (top / "empty").is_dir()


def test_what_was_left_of_an_earlier_try_goes(tmp_path: Path) -> None:
    (tmp_path / "work" / "stale").mkdir(parents=True)
    unpack(archive(tmp_path / "b.tar", ("pi/a", b"", FILE)), tmp_path / "work")
    assert [path.name for path in (tmp_path / "work").iterdir()] == ["pi"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes")
def test_programs_stay_programs_and_nothing_else_is_kept_of_modes(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "b.tar", "w") as tar:
        for name, mode in (("pi/run", 0o4755), ("pi/data", 0o666)):
            info = tarfile.TarInfo(name)
            info.mode = mode
            tar.addfile(info)
    top = unpack(tmp_path / "b.tar", tmp_path / "work")
    assert (top / "run").stat().st_mode & 0o7777 & ~0o022 == 0o755
    assert (top / "data").stat().st_mode & 0o7777 & ~0o022 == 0o644


@pytest.mark.parametrize(
    "members",
    [
        pytest.param([("../evil", b"x", FILE)], id="up"),
        pytest.param([("pi/../../evil", b"x", FILE)], id="up from within"),
        pytest.param([("/tmp/evil", b"x", FILE)], id="absolute"),
        pytest.param([("pi/l", "/etc", SYMLINK)], id="absolute link"),
        pytest.param([("pi/l", "../../etc", SYMLINK)], id="relative link out"),
        pytest.param([("pi/l", "..", SYMLINK), ("pi/l/../../evil", b"x", FILE)], id="through a link"),
        pytest.param([("pi/a", ".", SYMLINK), ("pi/a/b", "../..", SYMLINK)], id="link below a link"),
        pytest.param(
            [("pi/one", "x/../..", SYMLINK), ("pi/x", "..", SYMLINK)], id="link that leads out once another is there"
        ),
        pytest.param([("l", "pi/x/..", SYMLINK), ("pi/x", "..", SYMLINK), ("l/evil", b"", FILE)], id="late detour"),
        pytest.param([("pi/h", "/etc/passwd", HARDLINK)], id="hard link out"),
        pytest.param([("pi/h", "pi/nothing", HARDLINK)], id="hard link to nothing"),
        pytest.param([("pi/l", "a", SYMLINK), ("pi/h", "pi/l", HARDLINK)], id="hard link to a link"),
        pytest.param([("pi/dev", None, tarfile.CHRTYPE)], id="device"),
        pytest.param([("pi/pipe", None, tarfile.FIFOTYPE)], id="pipe"),
        pytest.param([("pi/a", b"1", FILE), ("pi/a", b"2", FILE)], id="twice"),
        pytest.param([("pi/a", "b", SYMLINK), ("pi/a", b"2", FILE)], id="over a link"),
        pytest.param([("a/x", b"", FILE), ("b/y", b"", FILE)], id="two folders"),
        pytest.param([("file", b"", FILE)], id="no folder"),
        pytest.param([], id="empty"),
    ],
)
def test_a_bundle_that_means_harm_leaves_nothing(tmp_path: Path, members: list[Member]) -> None:
    with pytest.raises(BadBundle):
        unpack(archive(tmp_path / "b.tar", *members), tmp_path / "in" / "work")
    assert {path.name for path in tmp_path.rglob("*")} == {"b.tar", "in"}


@pytest.mark.parametrize("content", [b"not a tar at all" * 100, b""])
def test_what_is_no_archive_is_said(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "b.tar").write_bytes(content)
    with pytest.raises(BadBundle):
        unpack(tmp_path / "b.tar", tmp_path / "work")


def test_a_torn_archive_is_said(tmp_path: Path) -> None:
    whole = archive(tmp_path / "b.tar", ("pi/a", os.urandom(50_000), FILE)).read_bytes()
    (tmp_path / "b.tar").write_bytes(whole[:20_000])
    with pytest.raises(BadBundle, match="not a whole tar archive"):
        unpack(tmp_path / "b.tar", tmp_path / "work")


def test_a_bomb_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpack_module, "MAX_UNPACKED_BYTES", 1000)
    tar = archive(tmp_path / "b.tar", ("pi/a", b"x" * 600, FILE), ("pi/b", b"x" * 600, FILE))
    with pytest.raises(BadBundle, match="more than"):
        unpack(tar, tmp_path / "work")
    assert not (tmp_path / "work").exists()
