"""Standard input, read by a thread of its own: a request goes from thread to thread once.

pygls's own reader asks a pool of threads for each line of a message's head and for its body. Each of these six steps
waits for its turn while other threads compute.
"""

import asyncio
import os
import threading

PART_BYTES = 1 << 16
LONGEST_LINE = 1 << 20
"""No line of a message's head is longer."""


class StandardInput:
    """What pygls reads messages from. `descriptor` is read from the first question on, to its end."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._stream: asyncio.StreamReader | None = None

    async def readline(self) -> bytes:
        """The next line with its end; nothing when there is no more. One that is too long is no line of a head."""
        try:
            return await self._opened().readline()
        except ValueError:
            return b"-\n"

    async def readexactly(self, count: int) -> bytes:
        """So many bytes; nothing when there are no more of them. What the message before began has its turn first."""
        await asyncio.sleep(0)
        try:
            return await self._opened().readexactly(count)
        except asyncio.IncompleteReadError:
            return b""

    def _opened(self) -> asyncio.StreamReader:
        if self._stream is None:
            self._stream = asyncio.StreamReader(LONGEST_LINE)
            arguments = (asyncio.get_running_loop(), self._stream)
            threading.Thread(target=self._read, args=arguments, name="standard input", daemon=True).start()
        return self._stream

    def _read(self, loop: asyncio.AbstractEventLoop, stream: asyncio.StreamReader) -> None:
        try:
            while part := self._part():
                loop.call_soon_threadsafe(stream.feed_data, part)
            loop.call_soon_threadsafe(stream.feed_eof)
        except RuntimeError:
            """The loop is closed: nobody reads any more."""

    def _part(self) -> bytes:
        """Past Python's own buffer, whose lock a thread that waits would hold while the process ends."""
        try:
            return os.read(self._descriptor, PART_BYTES)
        except OSError:
            return b""
