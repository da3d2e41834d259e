"""The pixels of images, told before they are drawn."""

import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from juliahub_ls.domain.results.image_size import image_size


def png(width: int, height: int) -> bytes:
    """A whole PNG without a row; what is drawn is decided by its head."""
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head))


def webp(kind: bytes, body: bytes) -> bytes:
    return b"RIFF" + struct.pack("<I", 4 + 8 + len(body)) + b"WEBP" + kind + struct.pack("<I", len(body)) + body


@pytest.mark.parametrize(
    "content",
    [
        png(640, 480),
        b"GIF89a" + struct.pack("<HH", 640, 480) + b"\0\0\0",
        b"\xff\xd8\xff\xe0\x00\x10JFIF"
        + bytes(10)
        + b"\xff\xff\xc0\x00\x11\x08"
        + struct.pack(">HH", 480, 640)
        + b"\x03",
        b"\xff\xd8\xff\xc4\x00\x04ab\xff\xc2\x00\x11\x08" + struct.pack(">HH", 480, 640),
        webp(b"VP8 ", b"\x30\x01\x00\x9d\x01\x2a" + struct.pack("<HH", 640, 480 | 0x4000)),
        webp(b"VP8L", b"\x2f" + struct.pack("<I", 639 | 479 << 14)),
        webp(b"VP8X", bytes(4) + (639).to_bytes(3, "little") + (479).to_bytes(3, "little")),
    ],
    ids=["png", "gif", "jpeg", "progressive jpeg", "webp", "lossless webp", "extended webp"],
)
def test_width_and_height(content: bytes) -> None:
    assert image_size(content) == (640, 480)
    for end in range(len(content)):
        assert image_size(content[:end]) in (None, (640, 480)), "from a part of it, the same or nothing"


@given(
    st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"\xff\xd8", b"RIFF....WEBPVP8L"]), st.binary(max_size=60)
)
def test_anything(beginning: bytes, rest: bytes) -> None:
    """Never an error; a size only of what begins as an image does, as two numbers that its bytes can hold."""
    found = image_size(beginning + rest)
    if found is not None:
        assert (beginning + rest).startswith((b"\x89PNG", b"GIF8", b"\xff\xd8", b"RIFF"))
        assert max(found) < 2**32


def test_what_is_no_image_has_no_size() -> None:
    assert image_size(b"<svg/>") is None
