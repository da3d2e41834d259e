"""Ending processes with everything they started: ask first, then insist."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import psutil

from .protocol import ProcessId

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

GRACE_SECONDS = 5.0
_POLL_SECONDS = 0.05


def identify(pid: int) -> ProcessId | None:
    """The running process of that pid; None when there is none (any more)."""
    try:
        return ProcessId(pid, psutil.Process(pid).create_time())
    except psutil.Error:
        return None


def is_alive(process: ProcessId) -> bool:
    """Whether that very process still runs. A zombie does not."""
    return _find(process) is not None


def session_members() -> list[psutil.Process]:
    """All other processes of the session this process leads, descendants that left it included."""
    me = psutil.Process()
    found = {process.pid: process for process in me.children(recursive=True)}
    if os.name == "posix" and os.getsid(0) == me.pid:
        found.update((process.pid, process) for process in _session(me.pid))
    return [process for process in found.values() if _runs(process)]


def orphans(runner: ProcessId, started: Iterable[ProcessId], jobname: str) -> list[psutil.Process]:
    """What a runner that died has left behind: the processes it started, their descendants, and others of its session.

    A session's number may have been given anew since, so its members count only if they carry the job's name.
    """
    found: dict[int, psutil.Process] = {}
    for process in filter(None, map(_find, started)):
        found.update((each.pid, each) for each in (process, *_descendants(process)))
    if os.name == "posix":
        members = (process for process in _session(runner.pid) if _carries(process, jobname))
        found.update((process.pid, process) for process in members)
    return [process for process in found.values() if _runs(process)]


def end_all(members: Callable[[], list[psutil.Process]], notice: float = 0.0) -> None:
    """End every process that ``members`` names: TERM, and KILL after five seconds in all. Returns when none runs.

    ``notice``: seconds in which they may end by themselves before TERM.
    """
    began = time.monotonic()
    asked: set[int] = set()
    while running := members():
        passed = time.monotonic() - began
        for process in running:
            if passed > GRACE_SECONDS:
                _attempt(process.kill)
            elif process.pid not in asked and passed >= notice:
                asked.add(process.pid)
                _attempt(process.terminate)
        # Not psutil's wait: it would reap our own children before Popen learns their exit code.
        time.sleep(_POLL_SECONDS)


def _find(process: ProcessId) -> psutil.Process | None:
    try:
        found = psutil.Process(process.pid)
        same = abs(found.create_time() - process.create_time) < 1.0
    except psutil.Error:
        return None
    return found if same and _runs(found) else None


def _runs(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def _descendants(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.Error:
        return []


def _session(leader: int) -> list[psutil.Process]:
    members = []
    for process in psutil.process_iter():
        try:
            if process.pid != leader and os.getsid(process.pid) == leader:
                members.append(process)
        except OSError:
            continue
    return members


def _carries(process: psutil.Process, jobname: str) -> bool:
    try:
        return process.environ().get("JRUN_NAME") == jobname
    except psutil.Error:
        return False


def _attempt(signal_process: Callable[[], None]) -> None:
    try:
        signal_process()
    except psutil.Error:
        return
