"""Runs a command's work with the daemon's services, and ends it cleanly on Ctrl-C."""

import logging
import os
import signal
import warnings
from collections.abc import Awaitable, Callable, Coroutine
from types import FrameType
from typing import TYPE_CHECKING, TypeVar

from juliahub_ls.cli.options import Common

if TYPE_CHECKING:
    from juliahub_ls.services.services import Services

T = TypeVar("T")


def debugging() -> bool:
    """Whether the user wants traces: `JULIAHUB_DEBUG=1`."""
    return os.environ.get("JULIAHUB_DEBUG", "") not in ("", "0")


def with_services(common: Common, work: "Callable[[Services], Awaitable[T]]") -> T:
    """Run `work` with services whose current server is the one that was asked for."""
    from dataclasses import replace

    from juliahub_ls.config import settings_from
    from juliahub_ls.services.services import build_services

    _set_up_logging()
    found, _ = settings_from(None, os.environ)
    settings = replace(found, server=common.server)

    async def run() -> T:
        services = build_services(settings)
        try:
            services.servers.find(common.server)  # an option that names no server is an error, unlike a setting
            return await work(services)
        finally:
            await services.aclose()

    return interruptible(run())


def interruptible(work: Coroutine[object, object, T]) -> T:
    """Run `work`. Ctrl-C cancels it, so that it can say how things stand; a second one ends it at once.

    Raises `KeyboardInterrupt` after a Ctrl-C.
    """

    import asyncio

    async def guarded() -> T:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None

        def interrupt(_number: int, _frame: FrameType | None) -> None:
            signal.signal(signal.SIGINT, signal.default_int_handler)
            loop.call_soon_threadsafe(task.cancel)

        before = signal.signal(signal.SIGINT, interrupt)
        try:
            return await work
        finally:
            signal.signal(signal.SIGINT, before)

    try:
        return asyncio.run(guarded())
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None


def _set_up_logging() -> None:
    """Our own log is for us: a person gets sentences."""
    if debugging():
        from juliahub_ls.log_setup import set_up_logging

        set_up_logging(logging.INFO)
    else:
        logging.getLogger().addHandler(logging.NullHandler())
        warnings.simplefilter("ignore")
