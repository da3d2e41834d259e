"""Headers that every reader of archives takes, whatever the name and the size."""

import shutil
import subprocess
import tarfile
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from juliahub_ls.domain.bundles.tar_format import BLOCK, END, directory_header, file_header, padding

EIGHT_GIB = 8**11


def _is_path(text: str) -> bool:
    return "//" not in text and text.strip("/") == text


def read(data: bytes) -> list[str]:
    with tarfile.open(fileobj=BytesIO(data), mode="r:") as archive:
        return [member.name for member in archive.getmembers()]


@given(
    st.text("ab/ä", min_size=1, max_size=300).filter(_is_path)
    | st.lists(st.integers(1, 120), min_size=1, max_size=6).map(lambda sizes: "/".join("n" * size for size in sizes))
)
def test_headers_of_any_path(path: str) -> None:
    data = file_header(path, 3, False) + b"abc" + bytes(padding(3)) + directory_header(path + "x/") + END
    assert read(data) == [path, path + "x"]


@pytest.mark.parametrize("length", [99, 100, 101, 255, 256, 257, 4000])
@pytest.mark.parametrize("shape", ["one name", "folders", "not ASCII"])
def test_names_around_the_lengths_of_the_fields(length: int, shape: str) -> None:
    part = {"one name": "n", "folders": "abcd/", "not ASCII": "ä"}[shape]
    path = (part * length)[:length].rstrip("/")
    header = file_header(path, 0, False)
    assert read(header + END) == [path]
    assert len(header) % BLOCK == 0
    fits = length <= 100 or (shape == "folders" and length <= 255)
    assert (len(header) == BLOCK) == (fits and shape != "not ASCII")


@pytest.mark.parametrize("size", [EIGHT_GIB - 1, EIGHT_GIB, EIGHT_GIB + 5, 10 * EIGHT_GIB])
@pytest.mark.parametrize("path", ["p/big", "p/" + "n" * 200])
def test_sizes_around_eight_gib(tmp_path: Path, size: int, path: str) -> None:
    archive = tmp_path / "big.tar"
    after = file_header("p/after", 3, True) + b"abc" + bytes(padding(3)) + END
    with archive.open("wb") as stream:
        stream.write(file_header(path, size, False))
        try:
            stream.seek(size + padding(size), 1)
            stream.write(after)
        except OSError as reason:
            pytest.skip(f"this disk holds no such sparse file: {reason}")
    with tarfile.open(archive) as opened:
        assert [(member.name, member.size) for member in opened] == [(path, size), ("p/after", 3)]
    if shutil.which("tar"):
        listed = subprocess.run(["tar", "-tvf", str(archive)], capture_output=True, text=True, check=True).stdout
        assert [line.split()[2] for line in listed.splitlines()] == [str(size), "3"]
