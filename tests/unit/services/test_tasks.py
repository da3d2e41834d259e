"""Background work: kept alive, named in the log when it fails, ended with the daemon."""

import asyncio
import gc
import logging

import pytest

from juliahub_ls.services.tasks import Tasks


async def test_work_lives_though_nobody_holds_it() -> None:
    tasks, done = Tasks(), asyncio.Event()

    async def work() -> None:
        await asyncio.sleep(0)
        done.set()

    tasks.start(work(), "work")
    gc.collect()
    await asyncio.wait_for(done.wait(), 5)


async def test_a_failure_is_logged_by_name(caplog: pytest.LogCaptureFixture) -> None:
    tasks = Tasks()

    async def fails() -> None:
        raise ValueError("why")

    await asyncio.wait([tasks.start(fails(), "counting sheep")])
    await asyncio.sleep(0)
    (entry,) = caplog.records
    assert (entry.levelno, "counting sheep" in entry.message) == (logging.ERROR, True)
    assert "why" in caplog.text


async def test_the_end_cancels_and_waits(caplog: pytest.LogCaptureFixture) -> None:
    tasks, tidied = Tasks(), []

    async def waits() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            tidied.append(True)

    started = [tasks.start(waits(), "waits") for _ in range(3)]
    await asyncio.sleep(0)
    await tasks.aclose()
    assert tidied == [True] * 3
    assert all(task.cancelled() for task in started)
    assert caplog.records == []
