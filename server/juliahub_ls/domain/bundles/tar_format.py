"""Records of a POSIX ustar archive, built by hand: `tarfile` needs three times as long (protocol §6.4).

Everything that could differ between two computers is fixed: owner 0, time 0, modes 0644 and 0755, no names. What the
ustar fields cannot hold goes into a pax header before the record: a path that does not fit its two fields or is not
ASCII, and a size of 8 GiB or more.
"""

BLOCK = 512
END = bytes(2 * BLOCK)
_NAME, _PREFIX = 100, 155
_MAX_SIZE = 8**11 - 1
_OWNER = b"0000000\x00" * 2
_TIME = b"00000000000\x00"
_MAGIC = b"ustar\x0000" + bytes(64) + b"0000000\x00" * 2
_PAD = bytes(12)


def file_header(path: str, size: int, executable: bool) -> bytes:
    """The header of a regular file; its content follows, `size` bytes, padded by `padding(size)` zeros."""
    return _header(path, size, b"0000755\x00" if executable else b"0000644\x00", b"0")


def directory_header(path: str) -> bytes:
    """The record of an empty folder."""
    return _header(path.rstrip("/") + "/", 0, b"0000755\x00", b"5")


def padding(size: int) -> int:
    """How many zeros fill the last block of a content."""
    return -size % BLOCK


def _header(path: str, size: int, mode: bytes, kind: bytes) -> bytes:
    if size <= _MAX_SIZE and path.isascii():
        name = path.encode()
        if len(name) <= _NAME:
            return _block(name, b"", size, mode, kind)
        split = _split(name)
        if split:
            return _block(split[1], split[0], size, mode, kind)
    return _extended(path, size) + _block(path.encode()[:_NAME], b"", min(size, _MAX_SIZE), mode, kind)


def _split(path: bytes) -> tuple[bytes, bytes] | None:
    """Prefix and name at a `/` that suits both fields; None when there is none."""
    cut = path.rfind(b"/", 0, _PREFIX + 1)
    if path.endswith(b"/") and cut == len(path) - 1:
        cut = path.rfind(b"/", 0, cut)
    if cut <= 0 or len(path) - cut - 1 > _NAME:
        return None
    return path[:cut], path[cut + 1 :]


def _extended(path: str, size: int) -> bytes:
    """A pax header that carries the whole path in UTF-8, and the size where its field is too short."""
    content = _pax(b"path", path.encode())
    if size > _MAX_SIZE:
        content += _pax(b"size", b"%d" % size)
    return _block(b"././@PaxHeader", b"", len(content), b"0000644\x00", b"x") + content + bytes(padding(len(content)))


def _pax(key: bytes, value: bytes) -> bytes:
    """`length key=value\\n`, where the length counts its own digits."""
    body = b" " + key + b"=" + value + b"\n"
    length = len(body) + 1
    while len(str(length)) + len(body) != length:
        length = len(str(length)) + len(body)
    return b"%d" % length + body


def _block(name: bytes, prefix: bytes, size: int, mode: bytes, kind: bytes) -> bytes:
    digits = b"%011o\x00" % size
    checksum = _FIXED_SUM + sum(name) + sum(prefix) + sum(digits) + sum(mode) + kind[0]
    return b"".join(
        (
            name.ljust(_NAME, b"\x00"),
            mode,
            _OWNER,
            digits,
            _TIME,
            b"%06o\x00 " % checksum,
            kind,
            bytes(100),
            _MAGIC,
            prefix.ljust(_PREFIX, b"\x00"),
            _PAD,
        )
    )


_FIXED_SUM = sum(_OWNER) + sum(_TIME) + sum(_MAGIC) + 8 * ord(" ")
