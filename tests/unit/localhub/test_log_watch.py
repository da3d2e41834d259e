"""Waiting for a log to grow."""

import asyncio

import pytest

from localhub.services.log_watch import Follower


async def test_it_is_woken_once() -> None:
    follower = Follower(asyncio.get_running_loop())
    follower.wake()
    assert await follower.wait(20)
    assert not await follower.wait(0.01)


@pytest.mark.parametrize("turns", range(6))
async def test_an_end_that_comes_with_a_line_is_not_lost(turns: int) -> None:
    """A stream whose client has gone ends, also when its log grows at that moment."""
    follower = Follower(asyncio.get_running_loop())
    waiting = asyncio.create_task(follower.wait(20))
    await asyncio.sleep(0)
    follower.wake()
    for _ in range(turns):
        await asyncio.sleep(0)
    over = waiting.done()
    waiting.cancel()
    await asyncio.wait({waiting})
    assert over or waiting.cancelled()
