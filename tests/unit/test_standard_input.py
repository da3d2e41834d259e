"""What an editor sends, as it comes: in parts, too long, cut off."""

import os
from collections.abc import AsyncIterator, Iterator

import pytest

from juliahub_ls.lsp import standard_input
from juliahub_ls.lsp.standard_input import StandardInput


@pytest.fixture
def pipe() -> Iterator[tuple[StandardInput, int]]:
    """The reading end, and the descriptor to write to."""
    reading, writing = os.pipe()
    yield StandardInput(reading), writing
    os.close(reading)


async def test_a_message_in_parts(pipe: tuple[StandardInput, int]) -> None:
    reader, writing = pipe
    os.write(writing, b"Content-Len")
    os.write(writing, b"gth: 5\r\n\r\nhe")
    assert await reader.readline() == b"Content-Length: 5\r\n"
    assert await reader.readline() == b"\r\n"
    os.write(writing, b"lloContent")
    assert await reader.readexactly(5) == b"hello"
    os.close(writing)
    assert await reader.readline() == b"Content", "what is left before the end"
    assert await reader.readline() == b""


async def test_a_message_that_is_cut_off(pipe: tuple[StandardInput, int]) -> None:
    reader, writing = pipe
    os.write(writing, b"hel")
    os.close(writing)
    assert await reader.readexactly(5) == b""


async def test_a_line_without_an_end(pipe: tuple[StandardInput, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standard_input, "LONGEST_LINE", 64)
    reader, writing = pipe
    os.write(writing, b"x" * 1000)
    assert (await reader.readline()).strip() == b"-", "neither the end nor a head's empty line"
    os.write(writing, b"\nnext\n")
    os.close(writing)
    lines = [line async for line in lines_of(reader)]
    assert lines[-1] == b"next\n"


async def lines_of(reader: StandardInput) -> AsyncIterator[bytes]:
    while line := await reader.readline():
        yield line
